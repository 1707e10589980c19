"""A large photo seen in pieces: cut alike for training and for judging, its features pooled.

A photo of 1,200 pixels that is squeezed to 160 loses its thin cracks. Its pieces keep them, and
need no labels of their own: of each feature the photo has the highest value of its pieces.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from crackcls import images, stored
from crackcls.network.scale import Scale

Run = Callable[[np.ndarray], dict[str, np.ndarray]]

# The pieces are shrunk to the model's input by about this factor, where there are not too many.
SHRUNK, MOST_ALONG = 2, 8
# Smaller photos are seen whole alone.
LEAST_TIMES = 3
FILE = "pieces.npz"
# How many the backbone gives for an image.
FEATURES = 1280


@dataclass(frozen=True)
class Pieces:
    """Into how many pieces a photo is cut, beside a look at the whole.

    Attributes:
        along: So many along its long side.
        across: So many along its short side.
    """

    along: int
    across: int

    @property
    def looks(self) -> int:
        """How often the backbone runs for one photo."""
        return self.along * self.across + 1

    def grid(self, size: tuple[int, int]) -> tuple[int, int]:
        """Give columns and rows for a photo of some width and height."""
        return (self.along, self.across) if size[0] >= size[1] else (self.across, self.along)


@dataclass(frozen=True)
class Head:
    """The last layer of a model that was trained on pooled features.

    Attributes:
        kernel: Shape `(features, classes)`, float32.
        bias: Shape `(classes,)`, float32.
    """

    kernel: np.ndarray
    bias: np.ndarray

    def scores(self, pooled: np.ndarray) -> np.ndarray:
        """Give the scores before softmax: shape `(..., classes)`."""
        return pooled @ self.kernel + self.bias


def pieces_for(scale: Scale | None, image_size: int) -> Pieces | None:
    """Choose into how many pieces photos are cut for a training of the head.

    Args:
        scale: Of the images of the training.
        image_size: Side of the model's input in pixels.

    Returns:
        The pieces; None where the images are seen whole alone: some are small.
    """
    if scale is None or scale.long[0] < LEAST_TIMES * image_size:
        return None
    long, short = scale.long[1], scale.short[1]
    along = min(max(round(long / (SHRUNK * image_size)), 2), MOST_ALONG)
    return Pieces(along, max(1, round(along * short / long)))


def views(image: Image.Image, pieces: Pieces | None, side: int) -> np.ndarray:
    """Give what a model looks at of a photo: the whole, squeezed to a square, and its pieces.

    Args:
        image: Pillow image of mode RGB.
        pieces: None for the whole alone.
        side: Side of the model's input in pixels.

    Returns:
        Shape `(looks, side, side, 3)`, uint8: the whole first, then the pieces row by row.
    """
    whole = images.to_square(image, side)[None]
    if pieces is None:
        return whole
    columns, rows = pieces.grid(image.size)
    how = (columns * side, rows * side), Image.Resampling.BILINEAR
    pixels = np.asarray(image.resize(*how, reducing_gap=3.0))
    cut = pixels.reshape(rows, side, columns, side, 3).swapaxes(1, 2)
    return np.concatenate([whole, cut.reshape(-1, side, side, 3)])


def pooled(features: np.ndarray) -> np.ndarray:
    """Give each feature of a photo the highest value of its looks: from `(..., looks, n)`."""
    return features.max(axis=-2)


def pooling(run: Run, name: str, size: int) -> Run:
    """Make of a run on single images one on photos that are seen in pieces.

    Args:
        run: Takes images `(n, side, side, 3)` and gives their features by this name.
        name: Of its features.
        size: Images in one call.

    Returns:
        A run on `(n, looks, side, side, 3)`, which gives the pooled features by the same name.
    """

    def call(photos: np.ndarray) -> dict[str, np.ndarray]:
        flat = photos.reshape(-1, *photos.shape[2:])
        starts = range(0, len(flat), size)
        features = np.concatenate([run(flat[start : start + size])[name] for start in starts])
        return {name: pooled(features.reshape(*photos.shape[:2], -1))}

    return call


def map_of(maps: np.ndarray, scores: np.ndarray, label: int, grid: tuple[int, int]) -> np.ndarray:
    """Put the activation maps of pieces side by side, so that they tell of the photo's scores.

    The piece that looks most like the class gets the photo's scores; the others fall short of
    them as they do of that piece.

    Args:
        maps: Of the looks, `(looks, rows, columns, classes)`, the whole first.
        scores: Of the photo, `(classes,)`.
        label: Index of the class that is looked for.
        grid: Columns and rows of the pieces.

    Returns:
        Shape `(rows of pieces * rows, columns of pieces * columns, classes)`.
    """
    own = maps[1:].mean(axis=(1, 2))
    lead = own[:, label] - np.delete(own, label, axis=1).max(axis=1)
    columns, rows = grid
    shifted = maps[1:] + (scores - own[lead.argmax()])
    cut = shifted.reshape(rows, columns, *maps.shape[1:]).swapaxes(1, 2)
    return cut.reshape(rows * maps.shape[1], columns * maps.shape[2], -1)


def save(head: Head, folder: Path) -> None:
    """Write the head into a model's folder."""
    np.savez(folder / FILE, kernel=head.kernel, bias=head.bias)


def load(folder: Path, classes: int) -> Head:
    """Read what `save` wrote.

    Args:
        folder: Of the model.
        classes: How many the model has.

    Raises:
        InputError: It is missing or damaged.
    """
    path = folder / FILE
    arrays = stored.read_arrays(path, {"kernel": 2, "bias": 1})
    if (arrays["kernel"].shape, arrays["bias"].shape) != ((FEATURES, classes), (classes,)):
        raise stored.damaged(path, "its arrays have another shape")
    return Head(arrays["kernel"], arrays["bias"])
