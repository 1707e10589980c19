"""One part of the split, and the blocks of images in which it is read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import tensorflow as tf


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


class Blocks:
    """Blocks of images of one part, as one epoch sees them.

    Args:
        part: Where the rows are.
        size: Images in a block; the last block holds the remainder.
        seed: Seed of the order; None keeps the order, and takes each image once.
        epoch: Its number.
    """

    def __init__(self, part: Part, size: int, seed: int | None = None, epoch: int = 0):
        self.part, self.size = part, size
        self.order = order_of(part, seed, epoch)

    def __len__(self) -> int:
        return -(-len(self.order) // self.size)

    def __getitem__(self, block: int) -> tuple[np.ndarray, np.ndarray]:
        chosen = self.order[block * self.size : (block + 1) * self.size]
        return self.part.rows[self.part.where[chosen]], self.part.labels[chosen]


def stream(
    part: Part, size: int, seed: int | None = None, epoch: Callable[[], int] = lambda: 0
) -> tf.data.Dataset:
    """Give an epoch's blocks each time that Keras goes through them.

    Without tuning by itself: the thread that does it sleeps for as long as an epoch has taken, and
    tf.data ends an epoch only when it wakes.

    Args:
        part: As for `Blocks`.
        size: As for `Blocks`.
        seed: As for `Blocks`.
        epoch: Tells which epoch is next.
    """

    def of_epoch() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        blocks = Blocks(part, size, seed, epoch())
        yield from (blocks[number] for number in range(len(blocks)))

    options = tf.data.Options()
    options.autotune.enabled = False
    like = [tf.TensorSpec((None, *rows.shape[1:]), rows.dtype) for rows in (part.rows, part.labels)]
    streamed = tf.data.Dataset.from_generator(of_epoch, output_signature=tuple(like)).prefetch(1)
    # Keras warns where it does not know when an epoch ends.
    count = tf.data.experimental.assert_cardinality(len(Blocks(part, size, seed)))
    return streamed.apply(count).with_options(options)


def order_of(part: Part, seed: int | None, epoch: int) -> np.ndarray:
    """Draw the order of the images of an epoch.

    Args:
        part: The images.
        seed: Another seed gives another order; None gives the order of the part.
        epoch: Its number.

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
