"""The small picture of a photo that waits."""

import io

import pytest
from PIL import Image

from crackcls.errors import InputError
from crackcls.photos import thumbnail
from tests.conftest import encoded, picture


def test_a_jpeg_is_small_upright_and_bare():
    photo = picture(3, 900).crop((0, 0, 900, 600))
    exif = photo.getexif()
    exif[0x0112], exif[0x010E] = 6, "secret"
    small = thumbnail.of(encoded(photo, exif=exif))
    opened = Image.open(io.BytesIO(small))
    assert (opened.size, opened.format) == ((213, 320), "JPEG")
    assert b"secret" not in small and not opened.getexif()


def test_other_formats_give_one_where_the_file_is_small_and_a_broken_file_says_why():
    small = Image.open(io.BytesIO(thumbnail.of(encoded(picture(3, 400), "PNG"))))
    assert (small.size, small.format) == ((320, 320), "JPEG")
    large = encoded(Image.effect_noise((900, 900), 90).convert("RGB"), "PNG")
    assert len(large) > thumbnail.MOST_BYTES
    assert thumbnail.of(large) == b""
    for broken in (b"none", encoded(picture(3))[:300]):
        with pytest.raises(InputError):
            thumbnail.of(broken)
