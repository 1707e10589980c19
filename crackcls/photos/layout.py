"""Into which parts a photo is cut for a model: none where it is as large as those of training."""

from collections.abc import Sequence

import numpy as np

from crackcls import config
from crackcls.network.scale import PATCH, Scale
from crackcls.photos import tiles

# A photo is cut into parts from so many times the long side of those of the training.
MUCH_LARGER = 2
# The largest parts are at most so many times as large as those.
MOST_TIMES = 4
# A photo shorter than this share of those of the training is too small to show what they show.
TOO_SMALL = 0.5


def is_one(size: tuple[int, int], trained_on: Scale) -> bool:
    """Tell whether a photo is judged whole, squeezed to a square as those of the training.

    Args:
        size: Width and height of the photo in pixels.
        trained_on: Sizes of the images of the training.
    """
    long = max(size)
    if trained_on.is_of_this_size(size):
        return True
    return long < 2 * PATCH if trained_on.is_of_patches else long < MUCH_LARGER * trained_on.long[2]


def parts(size: tuple[int, int], trained_on: Scale, most: int) -> list[np.ndarray]:
    """Cut a photo into parts that overlap, for a model that was trained on whole photos.

    Args:
        size: Width and height of the photo in pixels.
        trained_on: Sizes of the images of the training.
        most: About so many parts of the smallest scale at most.

    Returns:
        For each scale, the largest parts first, places of shape `(parts, 4)`, int: left, top,
        width and height in pixels of the photo. A photo of a size like theirs is one part.
    """
    if is_one(size, trained_on):
        return [np.array([[0, 0, *size]])]
    long, short = trained_on.long[1], trained_on.short[1]
    side = np.array((long, short) if size[0] >= size[1] else (short, long))
    large = size if max(size) <= MOST_TIMES * long else MOST_TIMES * side
    count = np.prod(size) / np.prod(side)
    overlap = tiles.OVERLAP
    if count / (1 - overlap) ** 2 > most:
        overlap = tiles.NATIVE_OVERLAP
    times = max(1.0, (count / (1 - overlap) ** 2 / most) ** 0.5)
    return [_grid(size, large, tiles.OVERLAP), _grid(size, side * times, overlap)]


def caution(size: tuple[int, int], trained_on: Scale | None) -> str:
    """Say that a photo is too small to show a hairline; nothing where it is not.

    Args:
        size: Width and height of the photo in pixels.
        trained_on: Sizes of the images of the training; None where they are not known.
    """
    least = trained_on.short[0] if trained_on else PATCH
    if min(size) >= max(config.SMALL_SIDE, TOO_SMALL * least):
        return ""
    learned = ""
    if trained_on:
        learned = f" and the model learned from {_by(trained_on.long[1], trained_on.short[1])}"
    return (
        f"The photo is small, {_by(*size)} pixels{learned}: fine lines may not show in it. "
        "Take a larger one."
    )


def _grid(size: tuple[int, int], part: Sequence[float] | np.ndarray, overlap: float) -> np.ndarray:
    width, height = (min(round(side), whole) for side, whole in zip(part, size, strict=True))
    lefts = tiles.starts(size[0], width, overlap)
    tops = tiles.starts(size[1], height, overlap)
    return np.array([(left, top, width, height) for top in tops for left in lefts])


def _by(width: int, height: int) -> str:
    return f"{width:,} x {height:,}"
