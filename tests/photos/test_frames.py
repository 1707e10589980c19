"""Judged photos there and back."""

import io

import numpy as np
import pytest

from crackcls.errors import InputError
from crackcls.photos import frames
from crackcls.photos.judged import Judged
from tests.widgets.analyses import analysis_of


def test_what_is_packed_comes_back():
    one = Judged('a\n"ü\u202e.jpg', b"\xff\xd8\x00", analysis_of([0.9, 0.1, 0.2], (1, 2)), b"\0x")
    other = Judged("b", b"", analysis_of([0.5], (1,), ("a", "b")))
    seen = [("page 1", one), ("page 2", InputError("It is damaged.")), ("", other)]
    (first, failed, last) = frames.unpack(frames.pack(seen))
    assert (first[0], failed[0], last[0]) == ("page 1", "page 2", "")
    assert str(failed[1]) == "It is damaged."
    for before, (_, after) in ((one, first), (other, last)):
        assert (after.name, after.preview) == (before.name, before.preview)
        assert after.closeup == before.closeup
        for name, value in vars(before.analysis).items():
            found = getattr(after.analysis, name)
            assert type(found) is type(value)
            assert np.array_equal(found, value)


def test_bytes_that_would_run_code_are_refused():
    buffer = io.BytesIO()
    np.savez(buffer, about=np.array([{"a": 1}], object))
    with pytest.raises(ValueError, match="allow_pickle"):
        frames.unpack(buffer.getvalue())


def test_frames_come_whole_or_not_at_all():
    stream = io.BytesIO()
    frames.write(stream, b"one")
    frames.write(stream, b"")
    cut = io.BytesIO(stream.getvalue()[:10])
    stream.seek(0)
    assert [frames.read(stream), frames.read(stream)] == [b"one", b""]
    for broken in (stream, cut, io.BytesIO((2**40).to_bytes(8) + b"x")):
        with pytest.raises(EOFError):
            frames.read(broken)
