"""One part of the split, and the blocks of images in which it is read."""

from dataclasses import dataclass

import keras
import numpy as np


@dataclass(frozen=True)
class Part:
    """One part of the split, as rows of the memory-mapped prefix outputs.

    Attributes:
        rows: Shape `(stored, ...)`, float32: all stored prefix outputs.
        where: Shape `(images,)`, int: the row of each image.
        labels: Shape `(images,)`, int: the class of each image.
        weights: Shape `(images,)`, float: how often an epoch of training sees each image;
            None for once each.
    """

    rows: np.ndarray
    where: np.ndarray
    labels: np.ndarray
    weights: np.ndarray | None = None

    @property
    def seen(self) -> int:
        """How many images an epoch of training sees; one seen twice counts twice."""
        return len(order_of(self, 0, 0))


class Blocks(keras.utils.PyDataset):
    """Blocks of images of one part; a training part is shuffled by seed and epoch.

    Args:
        part: Where the rows are.
        size: Images in a block; the last block holds the remainder.
        seed: Seed of the order; None keeps the order, and takes each image once.
        epoch: The epoch to begin with, counted from 0.
    """

    def __init__(self, part: Part, size: int, seed: int | None = None, epoch: int = 0):
        super().__init__()
        self.part, self.size, self.seed = part, size, seed
        self.epoch = epoch - 1
        self.on_epoch_end()

    def __len__(self) -> int:
        return -(-len(self.order) // self.size)

    def __getitem__(self, block: int) -> tuple[np.ndarray, np.ndarray]:
        chosen = self.order[block * self.size : (block + 1) * self.size]
        return self.part.rows[self.part.where[chosen]], self.part.labels[chosen]

    def on_epoch_end(self) -> None:
        """Draw the order of the next epoch."""
        self.epoch += 1
        self.order = order_of(self.part, self.seed, self.epoch)


def order_of(part: Part, seed: int | None, epoch: int) -> np.ndarray:
    """Draw the order of the images of an epoch.

    Args:
        part: The images.
        seed: Another seed gives another order; None gives the order of the part.
        epoch: Counted from 0.

    Returns:
        Shape `(seen,)`, int: an image of weight 2 stands in it twice, and of those of weight
        0.25 a quarter, other ones in each epoch. All epochs have the same length.
    """
    if seed is None:
        return np.arange(len(part.where))
    draw = np.random.default_rng((seed, epoch))
    if part.weights is None:
        return draw.permutation(len(part.where))
    return draw.permutation(_by_weight(part.weights, draw))


def _by_weight(weights: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Take each image as often as its weight says; a fraction takes a part of the images."""
    taken = []
    for weight in np.unique(weights):
        mine, times = np.flatnonzero(weights == weight), int(weight)
        some = round((weight - times) * len(mine))
        taken += [np.repeat(mine, times), draw.permutation(mine)[:some]]
    return np.concatenate(taken)
