"""What Keras tells during a fit: progress, when to stop, and the state after each epoch."""

import time
from pathlib import Path

import keras
import numpy as np

from crackcls import events
from crackcls.config import TrainConfig
from crackcls.training import checkpoint
from crackcls.training.checkpoint import Rows


class EmitEpochs(keras.callbacks.Callback):
    """Emits progress by batch and one `epoch` event after each epoch.

    Args:
        emit: Hears the events.
        config: Settings of the run.
        images: Images in an epoch.
        block: Images in a block.
        history: The rows of epochs that are done; each epoch adds one.
    """

    def __init__(
        self, emit: events.Emit, config: TrainConfig, images: int, block: int, history: Rows
    ):
        super().__init__()
        self.emit, self.config, self.images, self.block = emit, config, images, block
        self.history, self.epoch = history, len(history)

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        total = self.config.epochs * self.images
        self.emit("phase", phase="training", total=total)
        before = len(self.history) * self.images
        self.tick = events.progress_of(self.emit, "training", total, before)

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self.epoch, self.start = epoch, time.monotonic()

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        done = min((batch + 1) * self.block, self.images)
        running = {name: round(float(value), 6) for name, value in (logs or {}).items()}
        batches = [-(-count // self.config.batch_size) for count in (done, self.images)]
        now = {"epoch": self.epoch + 1, "batch": batches[0], "batches": batches[1]}
        self.tick(self.epoch * self.images + done, **now, **running)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        row = {"epoch": epoch + 1, **{k: float(v) for k, v in (logs or {}).items()}}
        row["seconds"] = round(time.monotonic() - self.start, 3)
        self.history.append(row)
        self.emit("epoch", **row)


class EarlyStop(keras.callbacks.EarlyStopping):
    """Early stopping on validation loss that can go on from a checkpoint.

    Args:
        patience: Epochs without a better loss before the end.
        begun: The checkpoint to go on from; None begins anew.
    """

    def __init__(self, patience: int, begun: checkpoint.Checkpoint | None):
        super().__init__("val_loss", patience=patience, restore_best_weights=True)
        self.begun = begun

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        super().on_train_begin(logs)
        if self.begun:
            self.best_weights = self.begun.best_weights
            for name, value in self.begun.stopping.items():
                setattr(self, name, value)


class SaveEpochs(keras.callbacks.Callback):
    """Writes a checkpoint after each epoch.

    Args:
        path: Where to.
        stop: The early stopping whose state belongs to it.
        history: The rows of the epochs that are done.
    """

    def __init__(self, path: Path, stop: EarlyStop, history: Rows):
        super().__init__()
        self.path, self.stop, self.history = path, stop, history

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        state = checkpoint.Checkpoint(
            weights=self.model.get_weights(),
            optimizer=[np.asarray(variable) for variable in self.model.optimizer.variables],
            best_weights=self.stop.best_weights,
            stopping={name: getattr(self.stop, name) for name in ("best", "best_epoch", "wait")},
            history=self.history,
        )
        checkpoint.save(state, self.path)
