"""The line round what voted, and whether every eye sees it and the heat."""

import numpy as np
import pytest
from PIL import Image

from crackcls.network import heatmap
from crackcls.photos import examples, outline

GREY = Image.new("RGB", (120, 80), (128, 128, 128))
# What colour-blind eyes see of linear RGB (G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, "A
# Physiologically-based Model for Simulation of Color Vision Deficiency", 2009, severity 1).
EYES = {
    "all colours": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])


def luminance(pixels: object, eye: str) -> np.ndarray:
    """Give the relative luminance of WCAG, as an eye sees it."""
    share = np.asarray(pixels, float) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return np.clip(linear @ np.asarray(EYES[eye]).T, 0, 1) @ LUMINANCE


def contrast(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return (np.maximum(one, other) + 0.05) / (np.minimum(one, other) + 0.05)


def is_drawn(image: Image.Image) -> np.ndarray:
    return (np.asarray(image) != 128).any(axis=-1)


def test_boxes_that_touch_have_one_line_round_them():
    seen = outline.draw_round(GREY, [(20, 20, 60, 60), (60, 20, 100, 60)], 1)
    expected = np.zeros((80, 120), bool)
    expected[20:60, 20:100] = True
    expected[23:57, 23:97] = False
    assert (is_drawn(seen) == expected).all()
    row = [seen.getpixel((x, 40)) for x in (20, 21, 22)]
    assert row == [outline.DARK, outline.LIGHT, outline.DARK]


def test_what_covers_the_picture_has_a_line_at_its_border():
    seen = outline.draw_round(GREY, [(0, 0, 120, 80)], 2)
    assert is_drawn(seen)[:6].all()
    assert not is_drawn(seen)[6:-6, 6:-6].any()


def test_without_a_box_there_is_no_line():
    assert outline.draw_round(GREY, [], 3).tobytes() == GREY.tobytes()


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("seed", [1, 5])
def test_line_and_heat_differ_from_concrete_for_each_eye(eye, seed):
    wall = examples.wall(seed, None).resize((300, 225))
    concrete = luminance(wall, eye)
    lines = [contrast(luminance(colour, eye), concrete) for colour in (outline.LIGHT, outline.DARK)]
    assert np.maximum(*lines).min() >= 4.5
    heated = luminance(heatmap.overlay(wall, np.ones((2, 2)), 0.5, above=0), eye)
    assert np.median(contrast(heated, concrete)) >= 1.4


@pytest.mark.parametrize("eye", EYES)
def test_more_heat_is_brighter_for_each_eye(eye):
    ramp = np.linspace(0, 1, 11)[None]
    black = Image.new("RGB", (11, 1))
    seen = luminance(heatmap.overlay(black, ramp, 1.0, above=0), eye)[0]
    assert (np.diff(seen) > 0).all()
