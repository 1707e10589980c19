"""Models that a class shares, ranked: by the same images where they have judged some."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from crackcls.errors import InputError
from crackcls.evaluation import store
from crackcls.runs.folders import Run


@dataclass(frozen=True)
class Gallery:
    """Ranked models.

    Attributes:
        table: Columns `name`, `together` (accuracy on the images that models have in common),
            `test_accuracy` (of the own test), both 0 to 1 or NaN, and `test_images`; by the first
            accuracy, then by the second, the best first.
        images: How many images they have in common; 0 where there are none.
    """

    table: pd.DataFrame
    images: int


def ranked(runs: Sequence[Run]) -> Gallery:
    """Rank models.

    What an evaluation is kept under names its images by their content, see `store.folder_for`, so
    the same name is the same images. Those that most models have judged count, of several the most
    images.

    Args:
        runs: Models of any classes.
    """
    judged = {run.name: _reports(run) for run in runs}
    common = _common(list(judged.values()))
    rows = [_row(run, judged[run.name].get(common)) for run in runs]
    columns = ["name", "together", "test_accuracy", "test_images"]
    table = pd.DataFrame(rows, columns=columns)
    table = table.astype({"together": float, "test_accuracy": float})
    best = table.sort_values(["together", "test_accuracy", "name"], ascending=[False, False, True])
    found = [each[common]["images"] for each in judged.values() if common in each]
    return Gallery(best.reset_index(drop=True), found[0] if found else 0)


def _reports(run: Run) -> dict[str, dict[str, Any]]:
    """Read what a model has judged beside its own test, by the name that tells the images."""
    found = {}
    for one in store.list_evaluations(run):
        try:
            if not one.is_own:
                found[one.folder.name] = store.report_of(one)
        except InputError:  # It is being written anew.
            continue
    return found


def _common(judged: Sequence[Mapping[str, dict[str, Any]]]) -> str:
    """Give the name of the images that most models, and two at least, have judged, or nothing."""
    counts = Counter(name for each in judged for name in each)
    images = {name: report["images"] for each in judged for name, report in each.items()}
    ranks = [(count, images[name], name) for name, count in counts.items() if count > 1]
    return max(ranks)[2] if ranks else ""


def _row(run: Run, together: Mapping[str, Any] | None) -> list[Any]:
    own = run.report or {}
    accuracy = together["accuracy"] if together else None
    return [run.name, accuracy, own.get("accuracy"), own.get("images")]
