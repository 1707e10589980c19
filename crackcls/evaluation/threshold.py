"""Probabilities of one class against the rest, at a threshold."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crackcls.errors import InputError
from crackcls.interval import wilson

# The steps of a slider.
DIGITS = 3


@dataclass(frozen=True)
class Problem:
    """One class against the rest.

    Attributes:
        actual: Shape `(images,)`, bool. True for images of the positive class.
        score: Shape `(images,)`, float64, 0 to 1. The probability of the positive class.
    """

    actual: np.ndarray
    score: np.ndarray


@dataclass(frozen=True)
class Figures:
    """What a threshold gets right and wrong; a share of no images is None.

    An image is predicted positive where its score is the threshold or more. `wrong` counts
    both kinds of errors. `accuracy_interval` is the 95 % interval of E. B. Wilson, JASA 22,
    1927. `specificity` is the recall of the other images, `false_alarm_rate` is 1 less that.
    `f1` is None where precision and recall both are, and 0 where one of them is.
    """

    threshold: float
    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int
    images: int
    wrong: int
    accuracy: float
    accuracy_interval: tuple[float, float]
    precision: float | None
    recall: float | None
    f1: float | None
    specificity: float | None
    false_alarm_rate: float | None


def problem(table: pd.DataFrame, positive: str) -> Problem:
    """Set one class against the rest.

    Args:
        table: What `report.predictions` gave.
        positive: Name of the positive class.

    Returns:
        Actual classes and scores in the order of the table.

    Raises:
        InputError: There is no image, the class is unknown, or a probability is not 0 to 1.
    """
    column = f"probability of {positive}"
    if not len(table):
        raise InputError("A threshold needs one image or more, and there are 0. Add images.")
    if column not in table:
        prefix = "probability of "
        known = [name.removeprefix(prefix) for name in table.columns if name.startswith(prefix)]
        raise InputError(
            f"The positive class must be one of the model's classes ({', '.join(known)}), and "
            f"'{positive}' is not. Choose another."
        )
    score = table[column].to_numpy(np.float64)
    bad = score[~((score >= 0) & (score <= 1))]
    if len(bad):
        raise InputError(
            f"A probability must be 0 to 1, and '{column}' holds {bad[0]}. "
            "Evaluate the model again."
        )
    return Problem((table["actual"] == positive).to_numpy(bool), score)


def figures_at(problem: Problem, threshold: float) -> Figures:
    """Count what a threshold gets right and wrong.

    Args:
        problem: One image or more.
        threshold: The lowest score that is predicted positive.

    Returns:
        The figures; the shares are computed by scikit-learn.
    """
    from sklearn import metrics

    predicted = (problem.score >= threshold).astype(int)
    matrix = metrics.confusion_matrix(problem.actual.astype(int), predicted, labels=[0, 1])
    (tn, fp), (fn, tp) = matrix.tolist()
    images = tn + fp + fn + tp
    return Figures(
        threshold=float(threshold),
        true_positives=tp,
        false_positives=fp,
        false_negatives=fn,
        true_negatives=tn,
        images=images,
        wrong=fp + fn,
        accuracy=(tp + tn) / images,
        accuracy_interval=wilson(tp + tn, images),
        **_shares(matrix),
    )


def by_class(problem: Problem, threshold: float, names: tuple[str, str]) -> pd.DataFrame:
    """Compute the figures of both sides at a threshold.

    Args:
        problem: The class and its probabilities.
        threshold: The class is called from this probability on.
        names: What to call the rest and the class.

    Returns:
        One row for each: `class`, `precision`, `recall`, `f1` (NaN where undefined), `images`.
    """
    from sklearn.metrics import precision_recall_fscore_support

    called = problem.score >= threshold
    figures = precision_recall_fscore_support(
        problem.actual, called, labels=[False, True], zero_division=np.nan
    )
    columns = dict(zip(("precision", "recall", "f1", "images"), figures, strict=True))
    return pd.DataFrame({"class": names, **columns})


def best_f1(problem: Problem) -> float:
    """Find the threshold with the highest F1 score.

    All rules of this module place a threshold alike. Any number between two neighbouring
    scores has the same outcome, so the middle is taken, rounded to 0.001 where that lies
    between them too; 0 and 1 count as neighbours of the lowest and the highest score. So a
    slider with steps of 0.001 keeps the outcome, unless no step lies between the scores.
    Among outcomes that are equally good the one with the fewest misses is taken, then the
    one with the fewest false alarms. A score of 1 is predicted positive at every threshold.

    Args:
        problem: Images of both sides.

    Returns:
        The threshold, 0 to 1.

    Raises:
        InputError: There are no positive images or no others.
    """
    steps = _steps(problem)
    errors = steps["misses"] + steps["false_alarms"]
    return _best(steps, -2 * steps["hits"] / (2 * steps["hits"] + errors))


def recall_at_least(problem: Problem, recall: float = 0.99) -> float:
    """Find the highest threshold that reaches a recall, placed as in `best_f1`.

    Args:
        problem: Images of both sides.
        recall: Above 0, at most 1.

    Returns:
        The threshold, 0 to 1.

    Raises:
        InputError: The recall is out of range, or there are no positive images or no others.
    """
    if not 0 < recall <= 1:
        raise InputError(
            f"A recall must be above 0 and at most 1, and {recall} is not. Choose another."
        )
    steps = _steps(problem)
    return _place(steps, int((steps["recall"] >= recall).argmax()))


def equal_error(problem: Problem) -> float:
    """Find the threshold where the false alarm rate is nearest to the miss rate.

    Args:
        problem: Images of both sides.

    Returns:
        The threshold, 0 to 1, placed as in `best_f1`.

    Raises:
        InputError: There are no positive images or no others.
    """
    steps = _steps(problem)
    positives = int(problem.actual.sum())
    others = len(problem.actual) - positives
    # Both rates times both counts.
    return _best(steps, (steps["false_alarms"] * positives - steps["misses"] * others).abs())


def cheapest(problem: Problem, cost_of_a_miss: float) -> float:
    """Find the threshold with the lowest `cost`, placed as in `best_f1`.

    Args:
        problem: Images of both sides.
        cost_of_a_miss: How many false alarms a missed positive image costs, 0 or more.

    Returns:
        The threshold, 0 to 1.

    Raises:
        InputError: The cost of a miss is below 0 or not finite, or there are no positive
            images or no others.
    """
    if not 0 <= cost_of_a_miss < np.inf:
        raise InputError(
            f"The cost of a miss must be a number of 0 or more, and {cost_of_a_miss} is not. "
            "Choose another."
        )
    steps = _steps(problem)
    return _best(steps, steps["misses"] * cost_of_a_miss + steps["false_alarms"])


def cost(figures: Figures, cost_of_a_miss: float) -> float:
    """Give the cost of all errors (C. Elkan, IJCAI 2001).

    Args:
        figures: What `figures_at` gave.
        cost_of_a_miss: How many false alarms a missed positive image costs, 0 or more.

    Returns:
        The cost in units of a false alarm, 0 or more.
    """
    return float(figures.false_negatives * cost_of_a_miss + figures.false_positives)


def _shares(matrix: np.ndarray) -> dict[str, float | None]:
    """Give the figures that are shares of a part of the images."""
    from sklearn import metrics

    # The four cells stand for all images, which is faster than to count them again.
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(
        [0, 0, 1, 1], [0, 1, 0, 1], sample_weight=matrix.ravel(), zero_division=np.nan
    )
    shares = {
        "precision": precision[1],
        "recall": recall[1],
        "f1": f1[1],
        "specificity": recall[0],
        "false_alarm_rate": 1 - recall[0],
    }
    return {name: None if np.isnan(share) else float(share) for name, share in shares.items()}


def _steps(problem: Problem) -> pd.DataFrame:
    """Give all outcomes of thresholds of 0 to 1, the highest threshold first.

    A threshold has an outcome where it is above `above` and at most `most`.
    """
    from sklearn import metrics

    actual = problem.actual.astype(int)
    positives = int(actual.sum())
    others = len(actual) - positives
    if not positives or not others:
        raise InputError(
            "A rule for the threshold needs images of the positive class and others, and there "
            f"are {positives} and {others}. Add images."
        )
    false_alarm_rate, recall, score = metrics.roc_curve(
        actual, problem.score, drop_intermediate=False
    )
    steps = pd.DataFrame({"above": np.append(score[1:], 0.0), "most": np.append(1.0, score[1:])})
    steps["recall"] = recall
    # Counts tell ties exactly, rates do not.
    steps["hits"] = np.rint(recall * positives).astype(int)
    steps["misses"] = positives - steps["hits"]
    steps["false_alarms"] = np.rint(false_alarm_rate * others).astype(int)
    # Where a score is 1, no threshold of 0 to 1 leaves all out.
    return steps[int(score[1] == 1) :].reset_index(drop=True)


def _best(steps: pd.DataFrame, loss: pd.Series) -> float:
    """Place the threshold at the lowest loss, of several at the fewest misses."""
    return _place(steps, int(steps["misses"][loss == loss.min()].idxmin()))


def _place(steps: pd.DataFrame, number: int) -> float:
    above, most = float(steps["above"][number]), float(steps["most"][number])
    middle = (above + most) / 2
    # Two neighbouring floats have no middle, and a lowest score of 0 none below it.
    candidates = (round(middle, DIGITS), middle)
    return next((value for value in candidates if above < value <= most), most)
