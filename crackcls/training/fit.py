"""Keras fits the trainable suffix on cached prefix outputs."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from crackcls import events
from crackcls.config import TrainConfig
from crackcls.errors import InputError
from crackcls.network.build import AfterCut, has_gpu
from crackcls.training import checkpoint
from crackcls.training.blocks import Blocks, Part, stream
from crackcls.training.callbacks import EarlyStop, EmitEpochs, SaveEpochs

# Of prefix outputs in one call of TensorFlow: enough to make the call's own cost small, and few
# enough to be stopped within a second.
BYTES_AT_ONCE = 5_300_000
# Of steps of the head from which XLA spares more time than it takes.
MANY_STEPS = 5_000

Loss = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]


class InBlocks(keras.Model):
    """A model that is corrected after each batch, and called once for a block of batches.

    A call costs more than the arithmetic of a batch of 16 features, so this makes an epoch of
    the head some three times as fast. The corrections are those of single batches.

    Args:
        batch_size: Images before each correction of the weights.
        words: What `keras.Model` takes: inputs and outputs.
    """

    def __init__(self, *words: Any, batch_size: int, **more: Any):
        super().__init__(*words, **more)
        self.batch_size = batch_size

    def train_step(self, data: tuple[tf.Tensor, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Fit a block of images, and give what Keras shows of it."""
        rows, labels = data
        probabilities = self._fit_block(rows, labels)
        loss = self.compute_loss(rows, labels, probabilities)
        self._loss_tracker.update_state(loss, sample_weight=tf.shape(labels)[0])
        return self.compute_metrics(rows, labels, probabilities)

    @tf.function(autograph=False)
    def _fit_block(self, rows: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        count = tf.shape(labels)[0]
        batches = -(-count // self.batch_size)

        def body(i: tf.Tensor, found: tf.TensorArray) -> tuple[tf.Tensor, tf.TensorArray]:
            first = i * self.batch_size
            batch = slice(first, tf.minimum(first + self.batch_size, count))
            return i + 1, found.write(i, self._fit_batch(rows[batch], labels[batch]))

        begin = tf.constant(0), tf.TensorArray(tf.float32, batches, infer_shape=False)
        _, found = tf.while_loop(lambda i, _: i < batches, body, begin)
        return tf.ensure_shape(found.concat(), (None, self.output_shape[-1]))

    def forward(self, rows: tf.Tensor) -> tf.Tensor:
        """Give the probabilities that a batch is corrected by."""
        return self(rows, training=True)

    def _fit_batch(self, rows: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            probabilities = self.forward(rows)
            loss = self.compute_loss(rows, labels, probabilities)
        weights = self.trainable_weights
        self.optimizer.apply(tape.gradient(loss, weights), weights)
        return probabilities


class Fused(InBlocks):
    """The head alone, of whose many small operations XLA makes one: an epoch takes half the time.

    XLA takes half a second first, so it is for many steps. It needs to know how large a batch is:
    the last batch of an epoch, which is smaller, goes without it.
    """

    @tf.function(autograph=False)
    def _fit_block(self, rows: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        count = tf.shape(labels)[0]
        whole = count // self.batch_size * self.batch_size
        none = tf.zeros((0, self.output_shape[-1]))

        def first() -> tf.Tensor:
            return self._fit_whole(rows[:whole], labels[:whole])

        def last() -> tf.Tensor:
            return self._fit_batch(rows[whole:], labels[whole:])

        found = tf.cond(whole > 0, first, lambda: none)
        rest = tf.cond(whole < count, last, lambda: none)
        return tf.ensure_shape(tf.concat([found, rest], 0), (None, self.output_shape[-1]))

    @tf.function(autograph=False, jit_compile=True)
    def _fit_whole(self, rows: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        size, classes = self.batch_size, self.output_shape[-1]
        batches = tf.shape(labels)[0] // size
        rows, labels = tf.reshape(rows, (-1, size, rows.shape[1])), tf.reshape(labels, (-1, size))

        def body(i: tf.Tensor, found: tf.TensorArray) -> tf.Tensor:
            return i + 1, found.write(i, self._fit_batch(rows[i], labels[i]))

        begin = tf.constant(0), tf.TensorArray(tf.float32, batches, element_shape=(size, classes))
        _, found = tf.while_loop(lambda i, _: i < batches, body, begin)
        return tf.reshape(found.stack(), (-1, classes))


def compiled(suffix: keras.Model, train: Part, config: TrainConfig) -> InBlocks:
    """Make a suffix ready for `fit_suffix`; what is fitted are the suffix's own weights."""
    steps = config.epochs * train.seen // config.batch_size
    # Of TensorFlow on Linux XLA is a part; for a GPU it needs CUDA's own compiler.
    has_xla = sys.platform == "linux" and not has_gpu()
    is_fused = config.fine_tune == "head" and steps >= MANY_STEPS and has_xla
    kind = Fused if is_fused else InBlocks
    model = kind(suffix.input, suffix.output, batch_size=config.batch_size)
    weights = class_weights(train.labels, config)
    model.compile(
        optimizer=keras.optimizers.Adam(config.learning_rate),
        loss="sparse_categorical_crossentropy" if weights is None else _weighted(weights),
        metrics=["accuracy"],
        jit_compile=False,
    )
    # What is there before the first step is not a reason to trace the step twice.
    model.optimizer.build(model.trainable_variables)
    return model


def class_weights(labels: np.ndarray, config: TrainConfig) -> np.ndarray | None:
    """Give the weight of an image of each class in the loss, 1 in the mean over the images.

    Args:
        labels: Shape `(images,)`, int: the classes of the training part.
        config: Settings of the run.

    Returns:
        Shape `(classes,)`: with `balanced` each class has the same weight in all. None where
        all images count alike.
    """
    counts = np.maximum(np.bincount(labels), 1)
    if config.class_weights == "none" or len({*counts}) == 1:
        return None
    return len(labels) / (len(counts) * counts)


def fit_suffix(
    suffix: InBlocks,
    train: Part,
    validation: Part,
    config: TrainConfig,
    emit: events.Emit,
    saved: Path,
) -> Sequence[dict[str, float]]:
    """Fit the suffix and leave it with the weights of the best epoch.

    Args:
        suffix: What `compiled` gave.
        train: The training part.
        validation: The validation part, whose loss decides when to stop.
        config: Settings of the run.
        emit: Hears progress and epochs; may raise to end the fit.
        saved: File of the checkpoint. The fit goes on from it where it is there, and
            reaches the weights that it would have reached without the break.

    Returns:
        One row for each epoch with `epoch`, `loss`, `accuracy`, `val_loss`,
        `val_accuracy` and `seconds`.
    """
    begun = _begun(suffix, saved, emit)
    history = begun.history if begun else []
    block = config.batch_size * max(1, _images_at_once(train) // config.batch_size)
    if begun and (len(history) >= config.epochs or begun.stopping["wait"] >= config.patience):
        suffix.set_weights(begun.best_weights)
        return history
    if begun:
        _restore(suffix, begun)
    stop = EarlyStop(config.patience, begun)
    emitting = EmitEpochs(emit, config, train.seen, block, history)
    suffix.fit(
        # Its order is that of the epoch's number in the history.
        stream(train, block, config.seed, lambda: emitting.epoch + 1),
        validation_data=stream(validation, _images_at_once(validation)),
        initial_epoch=len(history),
        epochs=config.epochs,
        callbacks=[stop, emitting, SaveEpochs(saved, stop, history)],
        shuffle=False,
        verbose=0,
    )
    return history


def restore_best(suffix: keras.Model, saved: Path) -> Sequence[dict[str, float]] | None:
    """Give the suffix the best weights of a fit that was stopped, and its history.

    Returns:
        The history; None where no epoch has been finished.
    """
    begun = _begun(suffix, saved)
    if begun is None:
        return None
    suffix.set_weights(begun.best_weights)
    return begun.history


def _begun(
    suffix: keras.Model, saved: Path, emit: events.Emit = lambda *_, **__: None
) -> checkpoint.Checkpoint | None:
    """Read the checkpoint; one that is damaged counts as none, and the fit begins anew."""
    try:
        return checkpoint.load(saved, suffix.get_weights())
    except InputError as error:
        emit("note", text=f"The fit begins with its first epoch. {error}")
        return None


def outputs(run: AfterCut, part: Part) -> tuple[np.ndarray, np.ndarray]:
    """Run what lies after the cut on one part of the split.

    Args:
        run: What `build.after_cut` gave.
        part: The images.

    Returns:
        Features `(images, 1280)` and probabilities `(images, classes)`, float32.
    """
    taken = Blocks(part, _images_at_once(part))
    pairs = [run(taken[i][0]) for i in range(len(taken))]
    features, probabilities = (np.concatenate([np.asarray(it[i]) for it in pairs]) for i in (0, 1))
    return features, probabilities


def _weighted(weights: np.ndarray) -> Loss:
    """Give the cross entropy in which the images of each class have a weight."""
    of_class = tf.constant(weights, tf.float32)

    def loss(actual: tf.Tensor, probabilities: tf.Tensor) -> tf.Tensor:
        actual = tf.reshape(tf.cast(actual, tf.int32), [-1])
        entropy = keras.losses.sparse_categorical_crossentropy(actual, probabilities)
        return entropy * tf.gather(of_class, actual)

    return loss


def _restore(suffix: keras.Model, begun: checkpoint.Checkpoint) -> None:
    suffix.set_weights(begun.weights)
    suffix.optimizer.build(suffix.trainable_variables)
    # One that scales the loss, on a GPU, has numbers of its own before those that both have.
    ours, saved = suffix.optimizer.variables[::-1], begun.optimizer[::-1]
    for variable, value in zip(ours, saved, strict=False):
        variable.assign(value)


def _images_at_once(part: Part) -> int:
    """Choose how many images go into one call: a thousand features, or a hundred maps."""
    return max(1, BYTES_AT_ONCE // part.rows[:1].nbytes)
