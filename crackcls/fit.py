"""Keras fits the trainable suffix on cached prefix outputs."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import keras
import numpy as np

from crackcls import events
from crackcls.config import TrainConfig


@dataclass(frozen=True)
class Part:
    """One part of the split, as rows of the memory-mapped prefix outputs.

    Attributes:
        rows: Shape `(stored, ...)`, float32: all stored prefix outputs.
        where: Shape `(images,)`, int: the row of each image.
        labels: Shape `(images,)`, int: the class of each image.
    """

    rows: np.ndarray
    where: np.ndarray
    labels: np.ndarray


class Batches(keras.utils.PyDataset):
    """Batches of one part; a training part is shuffled by seed and epoch.

    Args:
        part: Where the rows are.
        batch_size: Images in a batch; the last batch holds the remainder.
        seed: Seed of the order; None keeps the order.
    """

    def __init__(self, part: Part, batch_size: int, seed: int | None = None):
        super().__init__()
        self.part, self.batch_size, self.seed = part, batch_size, seed
        self.epoch = -1
        self.on_epoch_end()

    def __len__(self) -> int:
        return -(-len(self.part.where) // self.batch_size)

    def __getitem__(self, batch: int) -> tuple[np.ndarray, np.ndarray]:
        chosen = self.order[batch * self.batch_size : (batch + 1) * self.batch_size]
        return self.part.rows[self.part.where[chosen]], self.part.labels[chosen]

    def on_epoch_end(self) -> None:
        """Draw the order of the next epoch."""
        self.epoch += 1
        count = len(self.part.where)
        if self.seed is None:
            self.order = np.arange(count)
        else:
            self.order = np.random.default_rng((self.seed, self.epoch)).permutation(count)


class EmitEpochs(keras.callbacks.Callback):
    """Emits progress by batch and one `epoch` event after each epoch.

    Args:
        emit: Hears the events.
        config: Settings of the run.
        steps: Batches in an epoch.
    """

    def __init__(self, emit: events.Emit, config: TrainConfig, steps: int):
        super().__init__()
        self.emit, self.config, self.steps = emit, config, steps
        self.history: list[dict[str, float]] = []

    def on_train_begin(self, logs=None) -> None:
        total = self.config.epochs * self.steps * self.config.batch_size
        self.emit("phase", phase="training", total=total)
        self.tick = events.progress_of(self.emit, "training", total)

    def on_epoch_begin(self, epoch: int, logs=None) -> None:
        self.epoch, self.start = epoch, time.monotonic()

    def on_train_batch_end(self, batch: int, logs=None) -> None:
        done = (self.epoch * self.steps + batch + 1) * self.config.batch_size
        running = {name: round(float(value), 6) for name, value in (logs or {}).items()}
        self.tick(done, epoch=self.epoch + 1, batch=batch + 1, batches=self.steps, **running)

    def on_epoch_end(self, epoch: int, logs=None) -> None:
        row = {"epoch": epoch + 1, **{k: float(v) for k, v in (logs or {}).items()}}
        row["seconds"] = round(time.monotonic() - self.start, 3)
        self.history.append(row)
        self.emit("epoch", **row)


def fit_suffix(
    suffix, train: Part, validation: Part, config: TrainConfig, emit: events.Emit
) -> Sequence[dict[str, float]]:
    """Fit the suffix and leave it with the weights of the best epoch.

    Args:
        suffix: Keras model from the cut to probabilities.
        train: The training part.
        validation: The validation part, whose loss decides when to stop.
        config: Settings of the run.
        emit: Hears progress and epochs.

    Returns:
        One row for each epoch with `epoch`, `loss`, `accuracy`, `val_loss`,
        `val_accuracy` and `seconds`.
    """
    batches = Batches(train, config.batch_size, config.seed)
    told = EmitEpochs(emit, config, len(batches))
    suffix.compile(
        optimizer=keras.optimizers.Adam(config.learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        steps_per_execution=_steps_per_execution(len(batches)),
    )
    stop = keras.callbacks.EarlyStopping(
        "val_loss", patience=config.patience, restore_best_weights=True
    )
    suffix.fit(
        batches,
        validation_data=Batches(validation, 256),
        epochs=config.epochs,
        callbacks=[stop, told],
        shuffle=False,
        verbose=0,
    )
    return told.history


def _steps_per_execution(steps: int) -> int:
    """Take several batches in one call of TensorFlow, and still report some fifty times."""
    return max(1, min(32, steps // 50))
