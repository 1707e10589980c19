"""A line round the places of a photo that voted: light, with a dark edge."""

from collections.abc import Iterable

from PIL import Image, ImageChops, ImageDraw, ImageFilter

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
    area = _area(image.size, boxes, 3 * thick)
    outer = _shrunk(area, thick)
    middle = _shrunk(outer, thick)
    inner = _shrunk(middle, thick)
    edge, line = ImageChops.subtract(area, inner), ImageChops.subtract(outer, middle)
    drawn = image.copy()
    for colour, where in ((DARK, edge), (LIGHT, line)):
        drawn.paste(colour, mask=where.crop(_within(area.size, 3 * thick)))
    return drawn


def _area(size: tuple[int, int], boxes: Iterable[Box], margin: int) -> Image.Image:
    """Fill the boxes on a ground with a margin, so that the picture's border counts as one."""
    area = Image.new("L", (size[0] + 2 * margin, size[1] + 2 * margin))
    draw = ImageDraw.Draw(area)
    for left, top, right, bottom in boxes:
        corners = left + margin, top + margin, right + margin - 1, bottom + margin - 1
        draw.rectangle(corners, fill=255)
    return area


def _shrunk(area: Image.Image, pixels: int) -> Image.Image:
    """Take so many pixels off the border, one by one: a larger filter takes far longer."""
    for _ in range(pixels):
        area = area.filter(ImageFilter.MinFilter(3))
    return area


def _within(size: tuple[int, int], margin: int) -> Box:
    return margin, margin, size[0] - margin, size[1] - margin
