"""A JPEG loses what a camera wrote, and no pixel."""

import io

import pytest
from PIL import Image

from crackcls.formats.bare_jpeg import bare
from tests.conftest import encoded, picture
from tests.photos.test_export import MARK, marked


@pytest.mark.parametrize("orientation", [None, 1, 6])
def test_place_and_words_go_and_pixels_and_orientation_stay(orientation):
    content = marked("JPEG")
    assert content.count(MARK.encode()) >= 3
    left = bare(content, orientation)
    assert MARK.encode() not in left and b"xmp" not in left.lower()
    before, after = (Image.open(io.BytesIO(one)) for one in (content, left))
    assert before.tobytes() == after.tobytes()
    turned = {0x0112: 6} if orientation == 6 else {}
    assert dict(after.getexif()) == turned
    assert after.info.get("icc_profile"), "the colours stay"


@pytest.mark.parametrize("content", [b"", b"\xff\xd8", encoded(picture(1))[:30], b"\xff\xd8none"])
def test_what_is_damaged_before_its_pixels_stays_as_it_is(content):
    assert bare(content, None) == content
