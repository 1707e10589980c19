"""Files that hold several pictures: each judged, or the name says that others are there."""

import io

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from crackcls import images
from crackcls.datasets import pictures
from crackcls.errors import InputError
from tests.conftest import SHARED, encoded, picture
from tests.tiffs import tags_of, tiff

COLOURS = (200, 40, 40), (30, 60, 190), (20, 160, 60)
SIZE = 32, 16


def plain(colour: tuple[int, int, int], size: tuple[int, int] = SIZE) -> Image.Image:
    return Image.new("RGB", size, colour)


def several(format_: str, *others: Image.Image, **options) -> bytes:
    return encoded(plain(COLOURS[0]), format_, save_all=True, append_images=others, **options)


def burst(primary: int) -> bytes:
    heif = pillow_heif.from_pillow(plain(COLOURS[0]))
    for colour in COLOURS[1:]:
        heif.add_from_pillow(plain(colour))
    buffer = io.BytesIO()
    heif.save(buffer, quality=95, primary_index=primary)
    return buffer.getvalue()


def page(colour: tuple[int, int, int], **tags: object) -> tuple[dict, list[bytes]]:
    return tags_of(SIZE, 3, 8, **tags), [bytes(colour) * (SIZE[0] * SIZE[1])]


def seen(content: bytes) -> list[tuple[str, tuple[int, int, int]]]:
    """Give what each picture of a file is called, and the colour in its middle."""
    names = pictures.names_of(content)
    shown = [images.read_photo(content, i if name else None) for i, name in enumerate(names)]
    return [(name, one.getpixel((8, 8))) for name, one in zip(names, shown, strict=True)]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("large", [False, True])
def test_each_page_of_a_tiff_is_a_picture(order, large):
    content = tiff([page(colour) for colour in COLOURS], order, large)
    names = ["page 1 of 3", "page 2 of 3", "page 3 of 3"]
    assert seen(content) == list(zip(names, COLOURS, strict=True))


def test_pages_of_other_sizes_depths_and_turns_are_read_each_as_it_is():
    bands = tags_of((8, 4), 5, 8), [bytes(range(160))]
    content = tiff([page(COLOURS[0], t274=6), bands, page(COLOURS[2])])
    shown = [images.read_photo(content, number) for number in range(3)]
    assert [one.size for one in shown] == [SIZE[::-1], (8, 4), SIZE]
    assert np.asarray(shown[1])[0, :2].tolist() == [[0, 1, 2], [5, 6, 7]]


@pytest.mark.parametrize("kind", [1, 4, 5])
def test_a_smaller_copy_and_a_mask_are_no_pages(kind):
    small = tags_of((4, 4), 1, 8, t254=kind), [bytes(16)]
    for pages in ([page(COLOURS[0]), small, small], [small, page(COLOURS[0])]):
        assert seen(tiff(pages)) == [("", COLOURS[0])]


def test_a_page_that_is_damaged_leaves_the_others():
    content = tiff([page(COLOURS[0]), page(COLOURS[1], t259=5), page(COLOURS[2])])
    assert len(pictures.names_of(content)) == 3
    with pytest.raises(InputError, match="be complete"):
        images.read_photo(content, 1)
    assert images.read_photo(content, 2).getpixel((8, 8)) == COLOURS[2]


def test_pages_in_a_circle_and_without_end_are_counted_once():
    content = bytearray(tiff([page(colour) for colour in COLOURS]))
    first = int.from_bytes(content[4:8], "little")
    content[-4:] = first.to_bytes(4, "little")
    assert len(pictures.names_of(bytes(content))) == 3
    step = 2 + 12 + 4
    links = ((8 + step * (i + 1)).to_bytes(4, "little") for i in range(5000))
    chain = b"".join(b"\1\0" + bytes(12) + link for link in links)
    assert pictures.names_of(b"II*\0\x08\0\0\0" + chain) == ("",)


@pytest.mark.parametrize("primary", [0, 2])
def test_each_picture_of_a_burst_is_judged_and_the_main_one_is_what_others_show(primary):
    content = burst(primary)
    found = seen(content)
    assert [name for name, _ in found] == [f"picture {i} of 3" for i in (1, 2, 3)]
    for (_, colour), wanted in zip(found, COLOURS, strict=True):
        assert np.allclose(colour, wanted, atol=9)
    main = images.read_photo(content).getpixel((8, 8))
    assert np.allclose(main, COLOURS[primary], atol=9)


@pytest.mark.parametrize("format_", ["GIF", "PNG", "WEBP", "AVIF"])
def test_of_an_animation_the_name_says_that_one_frame_was_judged(format_):
    content = several(format_, *map(plain, COLOURS[1:]))
    ((name, colour),) = seen(content)
    assert name == "first frame of several"
    assert np.allclose(colour, COLOURS[0], atol=12)


@pytest.mark.parametrize(
    ("size", "name"), [(SIZE, "first picture of several"), ((16, 8), ""), ((8, 4), "")]
)
def test_a_second_picture_of_a_jpeg_is_said_and_a_preview_is_not(size, name):
    content = several("MPO", plain(COLOURS[1], size), quality=95)
    ((found, colour),) = seen(content)
    assert found == name
    assert np.allclose(colour, COLOURS[0], atol=9)


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "AVIF", "HEIF"])
def test_a_photo_is_one_picture(format_):
    assert pictures.names_of(encoded(picture(1), format_)) == ("",)


def test_what_is_no_photo_has_no_pictures():
    with pytest.raises(InputError, match="a PDF document"):
        pictures.names_of(b"%PDF-1.7\n")


def test_more_than_are_judged_is_said():
    assert pictures.too_many(("a",) * 3, 3) is None
    assert "at most 2 pictures" in str(pictures.too_many(("a",) * 3, 2))


@pytest.mark.skipif(
    not (SHARED / "cases").is_dir(), reason="the cases are not beside the project (../shared/cases)"
)
def test_the_scan_among_the_cases_has_three_pages():
    content = (SHARED / "cases" / "scan_three_pages.tif").read_bytes()
    pages = [np.asarray(images.read_photo(content, number)) for number in range(3)]
    assert pictures.names_of(content)[-1] == "page 3 of 3"
    stored = [np.frombuffer(content, np.uint8, 19200, at) for at in (122, 19450, 38778)]
    assert [one[..., 0].ravel().tolist() for one in pages] == [one.tolist() for one in stored]
