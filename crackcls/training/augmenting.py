"""A step of training the whole network: a few images at a time, side by side on all cores."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import tensorflow as tf

from crackcls.network.build import AfterCut, has_gpu
from crackcls.training import augment, devices, folded
from crackcls.training.fit import InBlocks
from crackcls.training.folded import Kernels

# Images in a piece: what lies between two layers of so few stays in the processor's cache.
PIECE = 4
# Pieces that are computed at once where there are so many cores.
AT_ONCE = 64

# Takes where a piece lies in its batch, and gives its features and its probabilities.
Run = Callable[[slice], tuple[tf.Tensor, tf.Tensor]]


class Augmenting(InBlocks):
    """A network that sees other pixels of an image in each epoch.

    What changes is drawn from the seed and the number of the step, so a run that goes on from
    a checkpoint sees the pixels that it would have seen without the break.

    The gradient of a batch is the sum over its pieces, as no layer mixes images: batch norm
    keeps its statistics. So several GPUs take a share of each batch and end where one would.

    Args:
        words: What `InBlocks` takes: stored pixels in, probabilities out.
        network: From pixels of its own size to probabilities.
        seed: Of the changes.
        numbers: What a step computes in. Weights, loss and judging stay float32.
        more: What `InBlocks` takes by name.
    """

    def __init__(
        self,
        *words: Any,
        network: keras.Model,
        seed: int,
        numbers: tf.DType = tf.float32,
        **more: Any,
    ):
        super().__init__(*words, **more)
        self.network, self.draw_seed, self.judge = network, seed, judging(network)
        self.numbers, self.shared_by = numbers, devices.strategy()

    def call(self, rows: tf.Tensor, *_: Any, **__: Any) -> tf.Tensor:
        """Give the probabilities of stored pixels as they are."""
        return self.judge(rows)[1]

    @tf.autograph.experimental.do_not_convert
    def _fit_batch(self, rows: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            kernels = folded.kernels(self.network)
        found, probabilities = self._gradients(rows, labels, kernels)
        weights = self.trainable_weights
        self.optimizer.apply(tape.gradient(kernels, weights, found), weights)
        return probabilities

    def _gradients(
        self, rows: tf.Tensor, labels: tf.Tensor, kernels: Kernels
    ) -> tuple[Kernels, tf.Tensor]:
        """Give the gradient of a batch's loss by the kernels, and the probabilities."""
        count, added = tf.shape(rows)[0], folded.shifts(self.network)
        step = tf.cast(tf.convert_to_tensor(self.optimizer.iterations), tf.int32)
        drawn = augment.draw(count, tf.stack([self.draw_seed % 2**31, step]))
        side = self.network.input_shape[1]

        def of_piece(piece: slice) -> tuple[Kernels, tf.Tensor]:
            own = {name: numbers[piece] for name, numbers in drawn.items()}
            pixels = augment.changed(rows[piece], side, own)
            with tf.GradientTape() as tape:
                tape.watch(kernels)
                _, probabilities = folded.forward(pixels, kernels, added, self.numbers)
                loss = tf.reduce_sum(self.loss(labels[piece], probabilities))
                loss = self.optimizer.scale_loss(loss / tf.cast(count, tf.float32))
            return tape.gradient(loss, kernels), probabilities

        return devices.added_up(
            self.shared_by, count, lambda share: _summed(of_piece, kernels, share)
        )


def judging(network: keras.Model) -> AfterCut:
    """Give the function from stored pixels to features and probabilities.

    Args:
        network: From pixels of its own size to probabilities.

    Returns:
        Takes `(n, stored side, stored side, 3)`, 0-255, any number type, and gives tensors
        `(n, 1280)` and `(n, classes)`: those of `build.after_cut`.
    """

    @tf.function(reduce_retracing=True, autograph=False)
    def run(rows: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        kernels, added = folded.kernels(network), folded.shifts(network)

        def of_piece(piece: slice) -> tuple[tf.Tensor, tf.Tensor]:
            size = network.input_shape[1:3]
            pixels = tf.image.resize(tf.cast(rows[piece], tf.float32), size, antialias=True)
            return folded.forward(pixels, kernels, added)

        share = slice(tf.constant(0), tf.shape(rows)[0])
        return _joined(of_piece, kernels[folded.HEAD].shape, share)

    return run


def _pieces(share: slice) -> tuple[tf.Tensor, Callable[[tf.Tensor], slice]]:
    """Give how many pieces a share of a batch has, and where each lies; a GPU takes it at once."""
    count = share.stop - share.start
    size = tf.maximum(count, 1) if has_gpu() else tf.constant(PIECE)

    def place(number: tf.Tensor) -> slice:
        first = share.start + number * size
        return slice(first, tf.minimum(first + size, share.stop))

    return -(-count // size), place


def _summed(
    run: Callable[[slice], tuple[Kernels, tf.Tensor]], like: Kernels, share: slice
) -> tuple[Kernels, tf.Tensor]:
    """Add what all pieces of a share give, and join their probabilities."""
    pieces, place = _pieces(share)

    def body(i: tf.Tensor, sums: Kernels, found: tf.TensorArray) -> tuple[Any, ...]:
        own, probabilities = run(place(i))
        return i + 1, tf.nest.map_structure(tf.add, sums, own), found.write(i, probabilities)

    zeros = tf.nest.map_structure(tf.zeros_like, like)
    begin = tf.constant(0), zeros, _rows(pieces, like[folded.BIAS].shape[0])
    _, sums, found = tf.while_loop(
        lambda i, *_: i < pieces, body, begin, parallel_iterations=AT_ONCE
    )
    return sums, found.concat()


def _joined(run: Run, widths: Sequence[int], share: slice) -> tuple[tf.Tensor, tf.Tensor]:
    """Join what all pieces of a share give."""
    pieces, place = _pieces(share)

    def body(i: tf.Tensor, *arrays: tf.TensorArray) -> tuple[Any, ...]:
        both = zip(arrays, run(place(i)), strict=True)
        return i + 1, *(array.write(i, rows) for array, rows in both)

    arrays = [_rows(pieces, width) for width in widths]
    begin = tf.constant(0), *arrays
    _, *found = tf.while_loop(lambda i, *_: i < pieces, body, begin, parallel_iterations=AT_ONCE)
    features, probabilities = (array.concat() for array in found)
    return features, probabilities


def _rows(pieces: tf.Tensor, width: int) -> tf.TensorArray:
    """Begin to collect rows of so many numbers."""
    return tf.TensorArray(tf.float32, pieces, infer_shape=False, element_shape=[None, width])
