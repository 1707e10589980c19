"""Scores of images, kept as they come, so that an evaluation that broke off goes on."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from crackcls import kept
from crackcls.errors import InputError
from crackcls.evaluation.verdicts import VERDICT
from crackcls.network.pipeline import Row

# Of a row; features would fill the disk.
KEPT = ("probabilities", VERDICT)


def rows(
    paths: Sequence[Path],
    shas: Sequence[str],
    about: Mapping[str, Any],
    judge: Callable[[Sequence[Path]], Iterator[Row | InputError]],
) -> Iterator[Row | InputError]:
    """Give a row for each image, of those that were judged before it broke off from their file.

    Where the cache cannot be written nothing is kept, and all is judged.

    Args:
        paths: The images.
        shas: SHA-256 of each one's bytes.
        about: What the scores hang on, such as the model; values that JSON can hold.
        judge: Takes images and gives a row for each, in order.

    Yields:
        For each image, in order, what `judge` gave for it: `probabilities` and `verdict` where
        that was before it broke off.
    """
    with kept.in_cache(about) as (rows_, keep):
        known = {sha: _row(one) for sha, one in rows_.items()}
        fresh = judge([path for path, sha in zip(paths, shas, strict=True) if sha not in known])
        for sha in shas:
            row = known[sha] if sha in known else next(fresh)
            if sha not in known and not isinstance(row, InputError):
                keep(sha, {name: row[name].tolist() for name in KEPT if name in row})
            yield row


def _row(kept_row: Mapping[str, Any]) -> Row:
    rows = {name: np.array(value) for name, value in kept_row.items()}
    return {**rows, "probabilities": rows["probabilities"].astype(np.float32)}
