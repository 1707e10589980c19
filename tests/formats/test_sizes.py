"""Sizes of WebP files from their first bytes, beside what Pillow decodes."""

import pytest
from PIL import Image

from crackcls.formats import sizes
from tests.conftest import encoded

SIZE = (301, 4)


@pytest.mark.parametrize(
    "content",
    [
        encoded(Image.new("RGB", SIZE), "WEBP"),
        encoded(Image.new("RGB", SIZE), "WEBP", lossless=True),
        encoded(Image.new("RGBA", SIZE, (1, 2, 3, 4)), "WEBP"),
        encoded(Image.new("RGB", SIZE), "WEBP", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0"),
        encoded(
            Image.new("RGB", SIZE), "WEBP", save_all=True, append_images=[Image.new("L", SIZE, 9)]
        ),
    ],
    ids=["lossy", "lossless", "transparent", "with metadata", "animation"],
)
def test_each_kind_of_webp_tells_its_size(content):
    assert sizes.of_webp(content) == SIZE


@pytest.mark.parametrize(
    "content", [b"", b"RIFF", b"RIFF1234WEBP", b"RIFF1234WEBPnone" + b"x" * 20, b"RIFX" * 20]
)
def test_what_is_no_webp_tells_none(content):
    assert sizes.of_webp(content) is None
