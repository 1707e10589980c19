"""The page's icon: a wall with a crack, drawn."""

import io

from PIL import Image, ImageDraw

SIDES = 192, 512
GROUND, CRACK = (194, 65, 12), (255, 255, 255)
# Points of the crack in shares of the side, within the circle that a phone may cut out.
POINTS = (0.46, 0.14), (0.56, 0.33), (0.42, 0.48), (0.58, 0.64), (0.5, 0.86)


def icon(side: int) -> bytes:
    """Draw the icon as PNG.

    Args:
        side: Of the square in pixels.
    """
    large = Image.new("RGB", (4 * side, 4 * side), GROUND)
    line = [(4 * side * x, 4 * side * y) for x, y in POINTS]
    ImageDraw.Draw(large).line(line, CRACK, round(0.24 * side), joint="curve")
    buffer = io.BytesIO()
    large.resize((side, side), Image.Resampling.LANCZOS).save(buffer, "PNG")
    return buffer.getvalue()
