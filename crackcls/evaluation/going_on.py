"""Scores of images, kept as they come, so that an evaluation that broke off goes on."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import numpy as np

from crackcls import config, kept
from crackcls.errors import InputError
from crackcls.network.pipeline import Row

FOLDER = "evaluations"


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
        For each image, in order, `probabilities`, or why it could not be read.
    """
    place = _place(about)
    known = {sha: _row(one) for sha, one in kept.read(place, about).items()}
    fresh = judge([path for path, sha in zip(paths, shas, strict=True) if sha not in known])
    with ExitStack() as stack:
        keep: kept.Keep = lambda *_: None  # noqa: E731 (the other one is given, not defined)
        with suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True)
            keep = stack.enter_context(kept.keeping(place, about))
        for sha in shas:
            row = known[sha] if sha in known else next(fresh)
            if sha not in known and not isinstance(row, InputError):
                with suppress(OSError):
                    keep(sha, row["probabilities"].tolist())
            yield row
    with suppress(OSError):
        place.unlink(missing_ok=True)


def _place(about: Mapping[str, Any]) -> Path:
    digest = hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()
    return config.cache_folder() / FOLDER / f"{digest[:16]}.part"


def _row(probabilities: Sequence[float]) -> Row:
    return {"probabilities": np.array(probabilities, np.float32)}
