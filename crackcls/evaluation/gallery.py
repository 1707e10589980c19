"""Models that a class shares, ranked by the same images where they have judged some."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from crackcls.classes.match import match
from crackcls.datasets import shipped_photos
from crackcls.errors import InputError
from crackcls.evaluation import store
from crackcls.interval import wilson
from crackcls.runs import rates
from crackcls.runs.folders import Run

# Columns of the common images that are texts.
WORDS = "interval", "recall", "false_alarms"


@dataclass(frozen=True)
class Gallery:
    """Ranked models.

    Attributes:
        table: Columns `name`, `together` (accuracy on the images that models have in common),
            `test_accuracy` (of the own test), both 0 to 1 or NaN, `test_images`, and of the common
            images in words `interval` (95 %, of the accuracy), `recall` and `false_alarms`; by the
            first accuracy, then by the second, the best first.
        images: How many images they have in common; 0 where there are none.
        are_shipped: Whether these are the photos that come with the app.
    """

    table: pd.DataFrame
    images: int
    are_shipped: bool = False


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
    columns = ["name", "together", "test_accuracy", "test_images", *WORDS]
    table = pd.DataFrame(rows, columns=columns)
    table = table.astype({"together": float, "test_accuracy": float})
    best = table.sort_values(["together", "test_accuracy", "name"], ascending=[False, False, True])
    found = [each[common]["images"] for each in judged.values() if common in each]
    shipped = any(_shipped(run) == common for run in runs) if common else False
    return Gallery(best.reset_index(drop=True), found[0] if found else 0, shipped)


def can_judge(run: Run) -> bool:
    """Tell whether a model knows the classes of the photos that come with the app."""
    classes, positive = run.model.get("classes", ()), run.model.get("positive")
    found = match(shipped_photos.listing().classes, classes, positive)
    return run.is_usable and all(found.values())


def has_judged(run: Run) -> bool:
    """Tell whether a model has judged the photos that come with the app."""
    return bool(_shipped(run))


def _shipped(run: Run) -> str:
    """Give what a model's evaluation on the photos of the app is kept under, or nothing."""
    found = (one for one in store.list_evaluations(run) if shipped_photos.are(one.data, one.images))
    return next((one.folder.name for one in found), "")


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
    words = _in_words(together) if together else [""] * len(WORDS)
    return [run.name, accuracy, own.get("accuracy"), own.get("images"), *words]


def _in_words(report: Mapping[str, Any]) -> list[str]:
    """Say the interval of the accuracy, and the other two shares with theirs."""
    low, high = report["accuracy_interval"]
    name = rates.sought(report)
    shares = rates.recall(report, name), rates.false_alarms(report, name)
    return [f"{low:.0%} to {high:.0%}", *map(_with_interval, shares)]


def _with_interval(rate: rates.Rate) -> str:
    if rate.share is None:
        return "-"
    low, high = wilson(rate.hits, rate.images)
    return f"{rate.share:.0%} ({low:.0%} to {high:.0%})"
