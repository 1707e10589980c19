"""Photo bytes to upright RGB: formats, depths, transparency and refusals."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms

from crackcls import images
from crackcls.errors import InputError
from tests.conftest import encoded, picture

WIDE, TALL = (32, 16), (16, 32)
RED, WHITE = (255, 0, 0), (255, 255, 255)


def png_header(width: int, height: int) -> bytes:
    """Give the start of a PNG file that says its size and holds no pixels."""
    about = b"IHDR" + struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    sizes = [struct.pack(">I", number) for number in (13, zlib.crc32(about), 8)]
    return b"\x89PNG\r\n\x1a\n" + sizes[0] + about + sizes[1] + sizes[2] + b"IDAT"


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize(
    ("orientation", "size", "dark_at"),
    [
        (1, WIDE, (4, 4)),
        (2, WIDE, (28, 4)),
        (3, WIDE, (28, 12)),
        (4, WIDE, (4, 12)),
        (5, TALL, (4, 4)),
        (6, TALL, (12, 4)),
        (7, TALL, (12, 28)),
        (8, TALL, (4, 28)),
    ],
)
def test_a_photo_is_turned_as_its_exif_says(format_, orientation, size, dark_at):
    stored = Image.new("RGB", WIDE, "white")
    stored.paste((0, 0, 0), (0, 0, 8, 8))
    exif = Image.Exif()
    exif[0x0112] = orientation
    upright = images.read_photo(encoded(stored, format_, exif=exif))
    assert upright.size == size
    corners = [(x, y) for x in (4, size[0] - 4) for y in (4, size[1] - 4)]
    assert min(corners, key=lambda at: upright.getpixel(at)[0]) == dark_at


@pytest.mark.parametrize(
    ("format_", "options"),
    [
        ("PNG", {}),
        ("BMP", {}),
        ("TIFF", {}),
        ("WEBP", {"lossless": True}),
        ("JPEG2000", {}),
        ("PPM", {}),
    ],
)
def test_a_lossless_format_gives_the_same_pixels(format_, options):
    photo = images.read_photo(encoded(picture(1), format_, **options))
    assert (photo.mode, photo.size) == ("RGB", (64, 64))
    assert np.array_equal(photo, picture(1))


@pytest.mark.parametrize("format_", ["JPEG", "AVIF", "WEBP"])
def test_a_lossy_format_gives_nearly_the_same_pixels(format_):
    photo = np.asarray(images.read_photo(encoded(picture(1), format_)), float)
    assert np.abs(photo - np.asarray(picture(1), float)).mean() < 5


@pytest.mark.parametrize(
    ("mode", "colour", "seen"),
    [
        ("RGBA", (255, 0, 0, 255), RED),
        ("RGBA", (255, 0, 0, 0), WHITE),
        ("RGBA", (0, 0, 0, 128), (127, 127, 127)),
        ("LA", (0, 0), WHITE),
        ("LA", (40, 255), (40, 40, 40)),
        ("L", 40, (40, 40, 40)),
        ("1", 1, WHITE),
        ("1", 0, (0, 0, 0)),
    ],
)
def test_a_png_of_each_mode_shows_the_colour_that_a_person_sees(mode, colour, seen):
    photo = images.read_photo(encoded(Image.new(mode, (8, 8), colour), "PNG"))
    assert photo.mode == "RGB"
    assert photo.getpixel((4, 4)) == seen


@pytest.mark.parametrize(
    ("mode", "left", "right", "transparent"),
    [("P", 0, 1, 0), ("L", 10, 76, 10), ("RGB", (0, 0, 255), RED, (0, 0, 255))],
)
def test_a_transparent_colour_becomes_white_and_others_stay(mode, left, right, transparent):
    image = Image.new(mode, (8, 8), left)
    if mode == "P":
        image.putpalette([0, 0, 255, 76, 76, 76])
    image.paste(right, (4, 0, 8, 8))
    photo = images.read_photo(encoded(image, "PNG", transparency=transparent))
    assert photo.getpixel((1, 1)) == WHITE
    assert photo.getpixel((6, 6)) == (RED if mode == "RGB" else (76, 76, 76))


@pytest.mark.parametrize("format_", ["PNG", "TIFF"])
def test_16_bit_grey_is_scaled_and_not_clipped(format_):
    deep = Image.fromarray(np.array([[0, 257, 12850, 32896, 65535]], np.uint16))
    photo = images.read_photo(encoded(deep, format_))
    assert np.asarray(photo)[0, :, 0].tolist() == [0, 1, 50, 128, 255]


def test_a_nearly_black_16_bit_png_stays_nearly_black():
    deep = Image.fromarray(np.full((4, 4), 250, np.uint16))
    photo = images.read_photo(encoded(deep, "PNG"))
    assert np.asarray(photo).max() <= 1


@pytest.mark.parametrize(
    ("ink", "seen"),
    [((0, 0, 0, 0), WHITE), ((0, 0, 0, 255), (0, 0, 0)), ((0, 255, 255, 0), RED)],
)
def test_a_cmyk_jpeg_keeps_its_colours(ink, seen):
    photo = images.read_photo(encoded(Image.new("CMYK", (16, 16), ink), "JPEG", quality=95))
    assert photo.mode == "RGB"
    assert np.allclose(photo.getpixel((8, 8)), seen, atol=6)


@pytest.mark.parametrize("format_", ["GIF", "WEBP", "TIFF", "MPO"])
def test_the_first_of_several_frames_is_taken(format_):
    frames = [Image.new("RGB", (16, 16), colour) for colour in (RED, (0, 0, 255))]
    photo = images.read_photo(encoded(frames[0], format_, save_all=True, append_images=frames[1:]))
    assert np.allclose(photo.getpixel((8, 8)), RED, atol=6)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", ["must have content", "0 bytes"]),
        (b"no photo at all", ["must be a photo", "a text"]),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", ["must be a photo", "(EPS, AI)"]),
        (encoded(picture(1))[:-40], ["must be complete", "JPEG", "truncated"]),
        (encoded(picture(1), "PNG")[:-400], ["must be complete", "PNG"]),
        (
            b"\xff\xd8\xff" + bytes(26 * 2**20 - 3),
            ["at most 26,214,400 bytes (25 MB)", "has 27,262,976"],
        ),
        (png_header(9000, 9000), ["(80 megapixels)", "9000 x 9000", "81,000,000"]),
        (png_header(20_000, 20_000), ["(80 megapixels)", "far more"]),
    ],
    ids=["empty", "text", "eps", "jpeg cut", "png cut", "26 MB", "81 megapixels", "bomb"],
)
def test_a_refusal_names_the_rule_and_the_value(data, words):
    with pytest.raises(InputError) as error:
        images.read_photo(data)
    assert [word for word in words if word not in str(error.value)] == []


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"GIF89a".ljust(25 * 2**20), "can be opened"),
        (png_header(10_000, 8_000), "must be complete"),
    ],
    ids=["25 MB", "80 megapixels"],
)
def test_a_photo_at_a_limit_is_not_refused_for_its_size(data, words):
    with pytest.raises(InputError, match=words):
        images.read_photo(data)


@pytest.mark.parametrize(("shape", "side"), [((300, 100), 96), ((64, 64), 160), ((40, 900), 224)])
def test_a_square_keeps_the_whole_image(shape, side):
    width, height = shape
    image = Image.new("RGB", shape, RED)
    image.paste((0, 255, 0), (width // 2, 0, width, height // 2))
    image.paste((0, 0, 255), (0, height // 2, width // 2, height))
    image.paste(WHITE, (width // 2, height // 2, width, height))
    square = images.to_square(image, side)
    assert (square.shape, square.dtype) == ((side, side, 3), np.uint8)
    corners = square[[0, 0, -1, -1], [0, -1, 0, -1]]
    assert corners.tolist() == [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]


def heic(image: Image.Image, **options) -> bytes:
    import pillow_heif

    buffer = io.BytesIO()
    pillow_heif.from_pillow(image).save(buffer, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
def test_a_heic_photo_is_read(mode):
    stored = picture(3, 96, cracked=True).convert(mode)
    upright = images.read_photo(heic(stored, quality=95))
    assert (upright.mode, upright.size) == ("RGB", (96, 96))
    difference = np.abs(np.asarray(upright, int) - np.asarray(stored.convert("RGB"), int))
    assert difference.mean() < 12


def test_a_heic_photo_is_turned_as_its_exif_says():
    stored = Image.new("RGB", (64, 32), "white")
    stored.paste((0, 0, 0), (0, 0, 16, 16))
    exif = Image.Exif()
    exif[0x0112] = 6
    upright = images.read_photo(heic(stored, quality=95, exif=exif.tobytes()))
    assert upright.size == (32, 64)
    assert upright.getpixel((28, 4))[0] < 60 < upright.getpixel((4, 4))[0]


def test_a_damaged_heic_photo_is_refused_by_a_sentence():
    content = heic(picture(3, 96))
    for end in (12, 40, len(content) // 2, len(content) - 50):
        with pytest.raises(InputError):
            images.read_photo(content[:end])


SECRET = b"52 degrees 31 minutes"


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
@pytest.mark.parametrize("orientation", [1, 6])
def test_nothing_that_describes_the_photo_goes_on_from_here(format_, orientation):
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = orientation, SECRET.decode()
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0)}
    notes = {"exif": exif.tobytes(), "xmp": b"<x>%s</x>" % SECRET, "icc_profile": steep_profile()}
    stored = picture(1)
    content = heic(stored, **notes) if format_ == "HEIF" else encoded(stored, format_, **notes)
    assert SECRET in content
    photo = images.read_photo(content)
    assert (photo.info, dict(photo.getexif())) == ({}, {})
    for exported in ("JPEG", "PNG", "WEBP", "TIFF"):
        again = encoded(photo, exported)
        assert SECRET not in again
        assert 0x8825 not in images.open_header(again).getexif()


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "BMP"])
def test_what_is_decoded_is_not_copied_and_keeps_no_decoder(format_, monkeypatch):
    decoded = []
    real = images._decoded
    monkeypatch.setattr(images, "_decoded", lambda *a: decoded.append(real(*a)) or decoded[0])
    photo = images.read_photo(encoded(picture(1), format_))
    assert photo.im is decoded[0].im
    assert type(photo) is Image.Image


def test_colours_are_brought_from_the_photos_profile_to_srgb():
    grey_steep = ImageCms.ImageCmsProfile(io.BytesIO(steep_profile())).tobytes()
    stored = Image.new("RGB", (8, 8), (128, 128, 128))
    seen = images.read_photo(encoded(stored, "PNG", icc_profile=grey_steep)).getpixel((4, 4))
    assert max(seen) < 110


@pytest.mark.parametrize("profile", [b"no profile at all", b"\0" * 200])
def test_a_broken_profile_spoils_no_photo(profile):
    stored = Image.new("RGB", (8, 8), (10, 200, 30))
    seen = images.read_photo(encoded(stored, "PNG", icc_profile=profile))
    assert seen.getpixel((4, 4)) == (10, 200, 30)


def steep_profile() -> bytes:
    """Give an sRGB profile whose tone curve is replaced by a power of 3."""
    content = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    content = content.replace("sRGB".encode("utf-16-be"), "abcd".encode("utf-16-be"))
    at = content.find(b"para")
    content[at : at + 16] = b"para" + bytes(4) + struct.pack(">HHI", 0, 0, 3 << 16)
    return bytes(content)


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_a_size_is_read_without_the_pixels(format_):
    content = encoded(picture(1).resize((96, 80)), format_)
    assert images.size_of(content) == (96, 80) == images.read_photo(content).size


@pytest.mark.parametrize(
    "content", [b"", b"no photo", b"II*\x00\xff\xff\xff\xff", b"\xff\xd8\xff\xe0\x00\x10JFIF"]
)
def test_what_has_no_size_is_refused(content):
    with pytest.raises(InputError):
        images.size_of(content)
