"""A line round the places of a photo that voted: light, with a dark edge."""

from collections.abc import Iterable

import numpy as np
from PIL import Image, ImageDraw

# White on black is seen by every eye, and from any colour one of the two differs by 4.5:1.
LIGHT, DARK = (255, 255, 255), (0, 0, 0)

Box = tuple[int, int, int, int]


def draw_round(image: Image.Image, boxes: Iterable[Box], thick: int) -> Image.Image:
    """Draw a line inside the border of the area that some boxes cover together.

    Args:
        image: Pillow image of mode RGB.
        boxes: Left, top, right, bottom in pixels, right and bottom outside.
        thick: Pixels of the light line; a dark one of the same width lies on both sides of it.

    Returns:
        A copy of the image; no box, no line.
    """
    margin = 3 * thick
    area = np.asarray(_area(image.size, boxes, margin)) > 0
    outer = _shrunk(area, thick)
    middle = _shrunk(outer, thick)
    inner = _shrunk(middle, thick)
    drawn = np.array(image)
    within = slice(margin, margin + image.height), slice(margin, margin + image.width)
    drawn[(area & ~inner)[within]] = DARK
    drawn[(outer & ~middle)[within]] = LIGHT
    return Image.fromarray(drawn)


def _area(size: tuple[int, int], boxes: Iterable[Box], margin: int) -> Image.Image:
    """Fill the boxes on a ground with a margin, so that the picture's border counts as one."""
    area = Image.new("L", (size[0] + 2 * margin, size[1] + 2 * margin))
    draw = ImageDraw.Draw(area)
    for left, top, right, bottom in boxes:
        corners = left + margin, top + margin, right + margin - 1, bottom + margin - 1
        draw.rectangle(corners, fill=255)
    return area


def _shrunk(area: np.ndarray, pixels: int) -> np.ndarray:
    """Take so many pixels off the border, first down and then across."""
    for _ in range(2):
        padded = np.pad(area, ((pixels, pixels), (0, 0)))
        kept = area.copy()
        for by in range(2 * pixels + 1):
            kept &= padded[by : by + len(area)]
        area = np.ascontiguousarray(kept.T)
    return area
