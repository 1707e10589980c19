"""Shrinking: what Pillow gives, to the bit."""

import numpy as np
import pytest
from PIL import Image

from crackcls import images
from crackcls.datasets import shrink
from tests.conftest import METU, needs_metu, picture

SIDE = 16


def by_pillow(grey: Image.Image) -> tuple[np.ndarray, np.ndarray]:
    sizes = (SIDE + 1, SIDE), (SIDE, SIDE + 1)
    wide, tall = (np.asarray(grey.resize(size, Image.Resampling.LANCZOS)) for size in sizes)
    return wide, tall


def expect_the_same(grey: Image.Image) -> None:
    for ours, theirs in zip(shrink.shrink(np.asarray(grey), SIDE), by_pillow(grey), strict=True):
        assert np.array_equal(ours, theirs)


@pytest.mark.parametrize("side", [18, 19, 20, 31, 32, 33, 64, 100, 160, 224, 227, 255, 256])
def test_noise_is_shrunk_as_pillow_does(side):
    rng = np.random.default_rng(side)
    for most in (2, 256):
        pixels = rng.integers(0, most, (side, side)) * (255 // (most - 1))
        expect_the_same(Image.fromarray(pixels.astype(np.uint8)))


def test_black_and_white_stay_so():
    for value in (0, 255):
        wide, tall = shrink.shrink(np.full((227, 227), value, np.uint8), SIDE)
        assert (wide == value).all() and (tall == value).all()
        assert (wide.shape, tall.shape) == ((16, 17), (17, 16))


def test_a_picture_with_a_stroke_is_shrunk_as_pillow_does():
    expect_the_same(picture(3, 227, cracked=True).convert("L"))


@needs_metu
def test_real_images_are_shrunk_as_pillow_does():
    for name in ("Negative", "Positive"):
        for path in sorted((METU / name).iterdir())[::100]:
            expect_the_same(images.read_photo(path.read_bytes()).convert("L"))
