"""A few validation pictures, and what the network says of them after each epoch."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crackcls import events

if TYPE_CHECKING:
    from crackcls.training.fit import Part

# Pictures in all, and of a class at most.
MOST, OF_A_CLASS = 12, 4


def choose(validation: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Choose pictures of the validation part: as many of each class, and of near copies one.

    Args:
        validation: Columns `file`, `sha256`, `label` and `group`.
        seed: The same gives the same pictures, so that a run that goes on keeps those it had.

    Returns:
        At most `MOST` rows of the table, class by class; the index counts the rows of the part.
    """
    each = min(OF_A_CLASS, max(1, MOST // validation["label"].nunique()))
    drawn = validation.reset_index(drop=True).sample(frac=1, random_state=seed)
    chosen = drawn.drop_duplicates("group").groupby("label").head(each)
    return chosen.sort_values("label", kind="stable").head(MOST)


def telling(
    emit: events.Emit, chosen: pd.DataFrame, validation: "Part", model: Callable[..., Any]
) -> events.Emit:
    """Give an emit that tells of the pictures once, and after each epoch how likely each class is.

    Args:
        emit: Hears `watching` with `files`, `sha256` and `actual` (numbers of classes), then
            after each `epoch` also `watched` with `probabilities`, a list for each picture.
        chosen: What `choose` gave.
        validation: The validation part.
        model: Takes rows of the part, and `training`; gives probabilities `(images, classes)`.
    """
    at = chosen.index.to_numpy()
    part = replace(validation, where=validation.where[at], labels=validation.labels[at])
    about = {"files": chosen["file"], "sha256": chosen["sha256"], "actual": chosen["label"]}
    emit("watching", **{name: column.tolist() for name, column in about.items()})

    def hear(kind: str, **fields: Any) -> None:
        emit(kind, **fields)
        if kind == "epoch":
            rows = np.asarray(part.rows[part.where], np.float32)
            found = np.asarray(model(rows, training=False), np.float64)
            emit("watched", epoch=fields["epoch"], probabilities=found.round(4).tolist())

    return hear
