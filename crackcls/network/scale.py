"""The sizes of the images that a model was trained on, which tell how it judges others."""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from crackcls import images
from crackcls.datasets.split import spread_evenly
from crackcls.errors import InputError

# Side in pixels of the patches that METU's photos were cut into.
PATCH = 227
# Of so many images, spread over all of them, the header is read.
MEASURED = 500
# The share of the images that is smaller than the least, and larger than the most, of a scale.
RARE = 0.05
# Images are called equal in size where their sides differ by less than this share.
ALIKE = 0.1
# An image is judged whole up to so many times the long side of nearly all that were trained on.
ABOUT = 1.1


@dataclass(frozen=True)
class Scale:
    """The sizes of nearly all images of a training, in pixels.

    Attributes:
        long: Their longer side: of 5 % it is below the first number, of half below the second,
            of 5 % above the third.
        short: The same of their shorter side.
    """

    long: tuple[int, int, int]
    short: tuple[int, int, int]

    @property
    def is_of_patches(self) -> bool:
        """Whether half of the images or more are patches, as photos are cut into."""
        return self.long[1] < 2 * PATCH

    def is_of_this_size(self, size: tuple[int, int]) -> bool:
        """Tell whether an image is no larger than those of the training are."""
        return max(size) <= ABOUT * self.long[2]


def measure(files: Sequence[str], path_of: Callable[[str], Path]) -> Scale | None:
    """Measure the images of a training by their headers.

    Args:
        files: All of them; `MEASURED`, spread evenly, are opened.
        path_of: Gives where a file lies.

    Returns:
        Their sizes; None where no header can be read.
    """
    chosen = [path_of(files[i]) for i in spread_evenly(np.arange(len(files)), MEASURED)]
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        found = [size for size in threads.map(_size_of, chosen) if size]
    if not found:
        return None
    return of_sizes(np.array(found))


def of_sizes(sizes: np.ndarray) -> Scale:
    """Give the scale of images.

    Args:
        sizes: Shape `(images, 2)`, int: width and height, one image or more.
    """
    ordered, shares = np.sort(sizes, axis=1), (RARE, 0.5, 1 - RARE)
    # The sizes themselves, not numbers between them.
    short, long = np.quantile(ordered, shares, axis=0, method="nearest").astype(int).T.tolist()
    return Scale((long[0], long[1], long[2]), (short[0], short[1], short[2]))


def to_json(scale: Scale | None) -> dict[str, Any] | None:
    """Give what `model.json` keeps of a scale."""
    return asdict(scale) if scale else None


def from_json(kept: Mapping[str, Any] | None) -> Scale | None:
    """Read what `to_json` gave, as `folders.model_of` has checked it."""
    return Scale(tuple(kept["long"]), tuple(kept["short"])) if kept else None


def in_words(scale: Scale) -> str:
    """Say what a model was trained on: 'whole photos of about 1,200 x 900 pixels'."""
    what = "patches" if scale.is_of_patches else "whole photos"
    sizes = [f"{long:,} x {short:,}" for long, short in zip(scale.long, scale.short, strict=True)]
    if all(side[2] <= (1 + ALIKE) * side[0] for side in (scale.long, scale.short)):
        return f"{what} of about {sizes[1]} pixels"
    is_mixed = (scale.long[0] < 2 * PATCH) != (scale.long[2] < 2 * PATCH)
    return f"{'patches and photos' if is_mixed else what} of {sizes[0]} to {sizes[2]} pixels"


def _size_of(path: Path) -> tuple[int, int] | None:
    """Give the sides of an image, which may lie on its side; None where it is no photo."""
    # What is wrong with it is said when it is decoded.
    with suppress(InputError, OSError, MemoryError):
        return images.size_of(path.read_bytes())
    return None
