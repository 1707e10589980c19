"""What goes between a worker and its process."""

import io

import pytest

from crackcls.cluster.child import LENGTH, read_frame


@pytest.mark.parametrize(
    ("content", "frame"),
    [
        (LENGTH.pack(5) + b"hello" + b"more", b"hello"),
        (LENGTH.pack(0), b""),
        (LENGTH.pack(5) + b"hel", None),
        (LENGTH.pack(5)[:3], None),
        (b"", None),
    ],
)
def test_a_frame_is_whole_or_none(content: bytes, frame: bytes | None):
    assert read_frame(io.BytesIO(content)) == frame
