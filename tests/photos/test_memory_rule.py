"""A photo that takes too much memory is told so, with figures, and never called damaged."""

import pytest
from PIL import Image

from crackcls.photos import memory_rule
from tests.conftest import encoded

MB = 10**6


def black(kind: str, side: int) -> bytes:
    return encoded(Image.new("RGB", (side, side)), kind)


@pytest.mark.parametrize(
    ("kind", "side", "megabytes", "hidden"),
    [
        ("WEBP", 2000, 95, True),
        ("WEBP", 2000, 97, False),
        ("JPEG2000", 1000, 23, True),
        ("JPEG2000", 1000, 25, False),
        ("HEIF", 1000, 9, True),
        ("AVIF", 1000, 9, True),
        ("AVIF", 1000, 11, False),
        ("JPEG", 1000, 1, False),
        ("PNG", 1000, 1, False),
    ],
)
def test_decoders_that_hide_a_lack_of_memory_are_seen_through(kind, side, megabytes, hidden):
    assert memory_rule.hides_it(black(kind, side), megabytes * MB) == hidden


@pytest.mark.parametrize(
    ("kind", "megabytes", "too_large"),
    [("PNG", 27, True), ("PNG", 29, False), ("JPEG", 27, True), ("WEBP", 29, False)],
)
def test_what_cannot_fit_is_known_before_it_is_decoded(kind, megabytes, too_large):
    assert memory_rule.is_too_large(black(kind, 2000), megabytes * MB) == too_large


def test_more_pixels_than_any_photo_may_have_stay_what_they_are_told_to_be():
    # The header of a lossless WebP of 16,384 x 16,384 pixels.
    content = b"RIFF\x20\0\0\0WEBPVP8L\x10\0\0\0\x2f" + b"\xff" * 16
    assert memory_rule.header(content) == ("WEBP", 16_384**2)
    assert not memory_rule.hides_it(content, 1 * MB)
    assert not memory_rule.is_too_large(content, 1 * MB)


@pytest.mark.parametrize(
    ("content", "which"),
    [(black("WEBP", 2000), "this WEBP of 4 megapixels"), (b"no photo", "this one")],
)
def test_the_sentence_has_figures(content, which):
    told = str(memory_rule.refusal(content, 300 * MB))
    assert told == (
        f"A photo must fit into the 300 MB of memory that this server has for one, and {which} "
        "does not. Save it as JPEG with at most 12 megapixels."
    )
