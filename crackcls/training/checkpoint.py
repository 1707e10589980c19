"""The state of a fit after an epoch, on disk, so that a run can go on from there."""

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from crackcls.files import write_atomically

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Checkpoint:
    """All that decides how a fit goes on.

    Attributes:
        weights: The suffix's weights after the last finished epoch.
        optimizer: The optimizer's variables.
        best_weights: The weights of the epoch with the lowest validation loss.
        stopping: State of early stopping: `best`, `best_epoch`, `wait`.
        history: One row for each finished epoch.
    """

    weights: list[np.ndarray]
    optimizer: list[np.ndarray]
    best_weights: list[np.ndarray]
    stopping: dict[str, float]
    history: Rows


def save(checkpoint: Checkpoint, path: Path) -> None:
    """Write a checkpoint, whole or not at all."""
    arrays = {
        f"{name} {i:04}": array
        for name in ("weights", "optimizer", "best_weights")
        for i, array in enumerate(getattr(checkpoint, name))
    }
    rest = json.dumps({"stopping": checkpoint.stopping, "history": checkpoint.history})
    buffer = io.BytesIO()
    np.savez(buffer, rest=np.array(rest), **arrays)
    write_atomically(path, buffer.getvalue())


def load(path: Path) -> Checkpoint | None:
    """Read what `save` wrote; None where there is none."""
    if not path.exists():
        return None
    with np.load(path, allow_pickle=False) as stored:
        arrays = {
            name: [stored[key] for key in sorted(stored.files) if key.startswith(f"{name} ")]
            for name in ("weights", "optimizer", "best_weights")
        }
        rest = json.loads(str(stored["rest"]))
    return Checkpoint(**arrays, stopping=rest["stopping"], history=rest["history"])
