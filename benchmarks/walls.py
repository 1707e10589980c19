"""Made-up walls, larger than the patches of a training: with roots, wet edges, and cracks."""

from collections.abc import Callable

import numpy as np
from PIL import Image

from crackcls.datasets.synthetic import marks, surface

SIDE = 768
# Other numbers than those of any synthetic data set.
SEED = 20_261_126
ROOTS, EDGES, CRACKED = 0, 1, 2

Draw = Callable[[np.random.Generator, np.ndarray], np.ndarray]


def rooted(number: int) -> Image.Image:
    """Draw a sound wall with one to three roots on it."""
    return _marked(_drawing(number, ROOTS), marks.root, 3)


def wet(number: int) -> Image.Image:
    """Draw a sound wall with one or two wet edges."""
    return _marked(_drawing(number, EDGES), marks.wet_edge, 2)


def cracked(number: int) -> tuple[Image.Image, np.ndarray]:
    """Draw a wall with a crack, and tell where it is.

    Returns:
        The photo, and the crack's pixels: shape `(SIDE, SIDE)`, bool.
    """
    rng = _drawing(number, CRACKED)
    sound = surface.concrete(rng, SIDE)
    if rng.random() < 0.5:
        sound = marks.LOOK_ALIKES[rng.integers(len(marks.LOOK_ALIKES))](rng, sound)
    scene = marks.crack(rng, sound)
    mask = (np.abs(scene - sound).max(axis=0) > 0.1).astype(bool)
    return Image.fromarray(surface.photograph(rng, scene)), mask


def _marked(rng: np.random.Generator, draw: Draw, most: int) -> Image.Image:
    """Draw a sound wall with one mark or more."""
    scene = surface.concrete(rng, SIDE)
    for _ in range(rng.integers(1, most + 1)):
        scene = draw(rng, scene)
    return Image.fromarray(surface.photograph(rng, scene))


def _drawing(number: int, kind: int) -> np.random.Generator:
    return np.random.Generator(np.random.SFC64([SEED, number, kind]))
