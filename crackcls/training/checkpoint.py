"""The state of a fit after an epoch, on disk, so that a run can go on from there."""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

import numpy as np

from crackcls import stored
from crackcls.files import write_atomically

Rows = list[dict[str, Any]]


class Stopping(TypedDict):
    """State of early stopping."""

    best: float
    best_epoch: int
    wait: int


class Rest(TypedDict):
    """What a checkpoint holds beside its arrays."""

    stopping: Stopping
    history: list[dict[str, float]]


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


def load(path: Path, weights: Sequence[np.ndarray]) -> Checkpoint | None:
    """Read what `save` wrote; None where there is none.

    Args:
        path: The file.
        weights: Those of the network that shall go on, for their shapes.

    Raises:
        InputError: The file is damaged, or of another network.
    """
    if not stored.is_there(path):
        return None
    content = stored.read_bytes(path, stored.MOST_ARRAYS)
    try:
        found = _unpacked(content)
    except Exception as error:  # Damaged ZIPs and arrays raise many kinds.
        raise stored.damaged(path, "its arrays cannot be read") from error
    shapes = [array.shape for array in weights]
    if any([a.shape for a in held] != shapes for held in (found.weights, found.best_weights)):
        raise stored.damaged(path, "its arrays have another shape")
    return found


def _unpacked(content: bytes) -> Checkpoint:
    with np.load(io.BytesIO(content), allow_pickle=False) as packed:
        arrays = {
            name: [packed[key] for key in sorted(packed.files) if key.startswith(f"{name} ")]
            for name in ("weights", "optimizer", "best_weights")
        }
        rest = stored.value_of(str(packed["rest"]).encode(), Rest)
    return Checkpoint(**arrays, stopping=rest["stopping"], history=rest["history"])
