"""Curves over all thresholds, and how far the probabilities can be trusted."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from crackcls.evaluation.threshold import Figures, Problem
from crackcls.evaluation.threshold import problem as problem_of
from crackcls.interval import wilson

# A chart of more points looks the same and takes longer to send.
MAX_POINTS = 400
PREFIX = "probability of "


def roc_table(problem: Problem) -> pd.DataFrame | None:
    """Give the receiver operating characteristic.

    Args:
        problem: A `threshold.Problem`.

    Returns:
        Columns `false_alarm_rate`, `recall` (both rise) and `threshold` (0 to 1, NaN at the end
        where no image is predicted positive), at most 400 points with both ends; None where
        there are no positive images or no others.
    """
    from sklearn import metrics

    if not _has_both(problem):
        return None
    false_alarm_rate, recall, score = metrics.roc_curve(problem.actual.astype(int), problem.score)
    score[0] = np.nan
    table = {"false_alarm_rate": false_alarm_rate, "recall": recall, "threshold": score}
    return _thin(pd.DataFrame(table))


def precision_recall_table(problem: Problem) -> pd.DataFrame | None:
    """Give precision over recall.

    Args:
        problem: A `threshold.Problem`.

    Returns:
        Columns `recall` (falls), `precision` and `threshold` (0 to 1, NaN at the end where no
        image is predicted positive: recall 0, precision 1 by convention), at most 400 points
        with both ends; None where there are no positive images or no others.
    """
    from sklearn import metrics

    if not _has_both(problem):
        return None
    precision, recall, score = metrics.precision_recall_curve(
        problem.actual.astype(int), problem.score, drop_intermediate=True
    )
    table = {"recall": recall, "precision": precision, "threshold": np.append(score, np.nan)}
    return _thin(pd.DataFrame(table))


def of_classes(
    table: pd.DataFrame, classes: Sequence[str], positive: str | None
) -> tuple[dict[str, pd.DataFrame], dict[str, pd.DataFrame]]:
    """Give the curves of the class looked for, or of each class against the rest.

    Args:
        table: What `report.predictions` gave.
        classes: Class names in the order of the model.
        positive: The class that is looked for; None where there are more than two.

    Returns:
        For each class that has them, its `roc_table`, and its `precision_recall_table`.
    """
    shown = [positive] if positive else classes
    problems = {name: problem_of(table, name) for name in shown}
    roc, precision_recall = (
        {name: made for name, one in problems.items() if (made := make(one)) is not None}
        for make in (roc_table, precision_recall_table)
    )
    return roc, precision_recall


def on_roc(now: Figures) -> tuple[float, float] | None:
    """Give the point of a threshold on the ROC curve; None where it is undefined."""
    return _both(now.false_alarm_rate, now.recall)


def on_precision_recall(now: Figures) -> tuple[float, float] | None:
    """Give the point of a threshold on that curve; None where it is undefined."""
    return _both(now.recall, now.precision)


def summary(problem: Problem) -> dict[str, float | None]:
    """Give the figures that need no threshold.

    Args:
        problem: A `threshold.Problem`.

    Returns:
        `roc_auc` (None where there are no positive images or no others),
        `average_precision` (None where there are no positive images) and `brier_score`
        (0 to 1, the mean squared error: G. W. Brier, Monthly Weather Review 78, 1950).
    """
    from sklearn import metrics

    actual, score = problem.actual.astype(int), problem.score
    area = metrics.roc_auc_score(actual, score) if _has_both(problem) else None
    precision = metrics.average_precision_score(actual, score) if actual.any() else None
    return {
        "roc_auc": None if area is None else float(area),
        "average_precision": None if precision is None else float(precision),
        "brier_score": float(metrics.brier_score_loss(actual, score, pos_label=1)),
    }


def reliability_table(table: pd.DataFrame, bins: int = 10) -> pd.DataFrame:
    """Compare the probability of the predicted class with how often it is right.

    The likeliest of k classes has a probability of 1/k or more, so the bins are of equal
    width from 1/k to 1, 0.5 to 1 for two classes. A probability on an edge is in the lower bin.

    Args:
        table: What `report.predictions` gave, one row or more.
        bins: How many bins, 1 or more.

    Returns:
        Columns `from`, `to`, `images`, `confidence` (mean probability in the bin),
        `share_right`, `low` and `high` (95 %, Wilson: E. B. Wilson, JASA 22, 1927), one row
        for each bin with images.
    """
    classes = sum(name.startswith(PREFIX) for name in table.columns)
    edges = np.linspace(1 / classes, 1, bins + 1)
    probability = table["probability"].to_numpy(np.float64)
    right = (table["actual"] == table["predicted"]).to_numpy(bool)
    place = np.searchsorted(edges[1:-1], probability)
    images, hits = (np.bincount(part, minlength=bins) for part in (place, place[right]))
    total, full = np.bincount(place, probability, minlength=bins), images > 0
    columns = {"from": edges[:-1], "to": edges[1:], "images": images}
    rows = pd.DataFrame(columns)[full].reset_index(drop=True)
    rows["confidence"] = total[full] / images[full]
    rows["share_right"] = hits[full] / images[full]
    rows[["low", "high"]] = [
        wilson(int(r), int(n)) for r, n in zip(hits[full], images[full], strict=True)
    ]
    return rows


def expected_calibration_error(table: pd.DataFrame, bins: int = 10) -> float:
    """Give the mean distance of confidence and share right over the images.

    The method is of C. Guo et al., "On Calibration of Modern Neural Networks", ICML 2017;
    the bins are those of `reliability_table`, from 1/k to 1 in place of 0 to 1.

    Args:
        table: What `report.predictions` gave, one row or more.
        bins: How many bins, 1 or more.

    Returns:
        The error, 0 to 1.
    """
    rows = reliability_table(table, bins)
    distance = (rows["share_right"] - rows["confidence"]).abs()
    return float(np.average(distance, weights=rows["images"]))


def histogram_table(
    problem: Problem, bins: int = 20, names: tuple[str, str] = ("rest", "positive")
) -> pd.DataFrame:
    """Count the images by score, each side on its own.

    Args:
        problem: A `threshold.Problem`.
        bins: How many bins of equal width from 0 to 1. A score on an edge is in the upper bin.
        names: What to call the other images and the positive ones.

    Returns:
        Columns `class` (a name), `from`, `to` and `images`: all bins of the others, then all
        of the positive class, empty ones too.
    """
    edges = np.linspace(0, 1, bins + 1)
    counts = [np.histogram(problem.score[problem.actual == side], edges)[0] for side in (0, 1)]
    return pd.DataFrame(
        {
            "class": np.repeat(np.array(names, object), bins),
            "from": np.tile(edges[:-1], 2),
            "to": np.tile(edges[1:], 2),
            "images": np.concatenate(counts),
        }
    )


def _has_both(problem: Problem) -> bool:
    return bool(problem.actual.any() and not problem.actual.all())


def _thin(table: pd.DataFrame) -> pd.DataFrame:
    if len(table) <= MAX_POINTS:
        return table
    kept = np.linspace(0, len(table) - 1, MAX_POINTS).round().astype(int)
    return table.iloc[kept].reset_index(drop=True)


def _both(x: float | None, y: float | None) -> tuple[float, float] | None:
    return None if x is None or y is None else (x, y)
