"""Made-up walls and a picture that shows none, to try the Predict page on."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from crackcls.datasets.synthetic import marks, surface

# Small ones, made by `python -m benchmarks.thumbnails`.
THUMBNAILS = Path(__file__).with_name("thumbnails")
# The first example, and beside it what the shipped model finds in it.
JUDGED = THUMBNAILS / "judged.jpg"
JUDGED_SHOWS = (
    "A drawing of a wall with a crack. Beside it the same, with heat and an outline at the places "
    "where the model sees a crack."
)
SIDE, CUT = 1200, (0, 150, 1200, 1050)
Mark = Callable[[np.random.Generator, np.ndarray], np.ndarray]


def wall(seed: int, mark: Mark | None) -> Image.Image:
    """Draw concrete of 1200 x 900 pixels, with a mark on it."""
    rng = np.random.default_rng(seed)
    scene = surface.concrete(rng, SIDE)
    scene = mark(rng, scene) if mark else scene
    return Image.fromarray(surface.photograph(rng, scene)).crop(CUT)


def beach_balls() -> Image.Image:
    """Draw coloured discs on a blue ground."""
    image = Image.new("RGB", (1200, 900), (40, 120, 200))
    draw, rng = ImageDraw.Draw(image), np.random.default_rng(0)
    for x, y, radius in rng.integers((0, 0, 40), (1200, 900, 200), (40, 3)).tolist():
        colour = tuple(rng.integers(60, 255, 3).tolist())
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), colour, "white", 6)
    return image


EXAMPLES = {
    "A wall with a crack": lambda: wall(1, marks.crack),
    "A sound wall": lambda: wall(3, None),
    "A wall with a joint": lambda: wall(5, marks.joint),
    "No wall at all": beach_balls,
}


def picture(name: str) -> bytes:
    """Give an example as a JPEG, the same bytes each time on one machine."""
    buffer = io.BytesIO()
    EXAMPLES[name]().save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def thumbnail(name: str) -> Path:
    """Give the file of an example's small picture."""
    return THUMBNAILS / f"{name.lower().replace(' ', '_')}.jpg"
