"""Curves, against numbers worked out by hand and scikit-learn."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics
from sklearn.calibration import calibration_curve

from crackcls.evaluation import curves
from crackcls.evaluation.report import predictions
from crackcls.evaluation.threshold import Problem, figures_at

TWO = ("Negative", "Positive")
THREE = ("a", "b", "c")


def problem_of(negative: list[float], positive: list[float]) -> Problem:
    """Make a problem from the scores of each side."""
    actual = np.repeat([False, True], [len(negative), len(positive)])
    return Problem(actual, np.array(negative + positive, float))


SMALL = problem_of([0.1, 0.4], [0.4, 0.8])
ONE_SIDED = [problem_of([0.1, 0.2], []), problem_of([], [0.4])]


def random_problem(seed: int, count: int) -> Problem:
    rng = np.random.default_rng(seed)
    actual = rng.random(count) < 0.4
    actual[:2] = True, False
    return Problem(actual, np.clip(rng.normal(0.4 + 0.2 * actual, 0.3), 0, 1))


def table_of(actual: np.ndarray, score: np.ndarray) -> pd.DataFrame:
    """Make predictions of two classes from scores of the second."""
    files = [f"{TWO[int(side)]}/{number}" for number, side in enumerate(actual)]
    return predictions(files, np.stack([1 - score, score], axis=1), TWO)


def top_table(rows: list[tuple[float, bool]]) -> pd.DataFrame:
    """Make predictions of the second class from its probability and whether it is right."""
    probability, right = np.array(rows, float).T
    return table_of(right > 0, probability)


def random_tables() -> Iterator[tuple[pd.DataFrame, int]]:
    for seed in range(40):
        rng = np.random.default_rng(seed)
        classes, count = 2 + seed % 3, int(rng.integers(1, 300))
        probabilities = rng.dirichlet(np.full(classes, 0.7), count)
        names = [f"c{number}" for number in range(classes)]
        files = [f"{name}/{i}" for i, name in enumerate(rng.choice(names, count))]
        yield predictions(files, probabilities, names), classes


def test_the_receiver_operating_characteristic():
    table = curves.roc_table(SMALL)
    assert list(table) == ["false_alarm_rate", "recall", "threshold"]
    assert table["false_alarm_rate"].tolist() == [0, 0, 0.5, 1]
    assert table["recall"].tolist() == [0, 0.5, 1, 1]
    assert table["threshold"].fillna(-1).tolist() == [-1, 0.8, 0.4, 0.1]


def test_precision_over_recall():
    table = curves.precision_recall_table(SMALL)
    assert list(table) == ["recall", "precision", "threshold"]
    assert table["recall"].tolist() == [1, 1, 0.5, 0]
    assert table["precision"].tolist() == [1 / 2, 2 / 3, 1, 1]
    assert table["threshold"].fillna(-1).tolist() == [0.1, 0.4, 0.8, -1]


@pytest.mark.parametrize("problem", ONE_SIDED)
def test_one_side_alone_has_no_curve(problem: Problem):
    assert curves.roc_table(problem) is None
    assert curves.precision_recall_table(problem) is None


@pytest.mark.parametrize("count", [2, 30, 3000])
def test_a_point_is_what_its_threshold_gives(count: int):
    problem = random_problem(count, count)
    for point in curves.roc_table(problem)[1:].sample(2, random_state=1).itertuples():
        found = figures_at(problem, point.threshold)
        assert (found.recall, found.false_alarm_rate) == pytest.approx(
            (point.recall, point.false_alarm_rate)
        )
    table = curves.precision_recall_table(problem)[:-1]
    for point in table.sample(min(len(table), 5), random_state=1).itertuples():
        found = figures_at(problem, point.threshold)
        assert (found.recall, found.precision) == (point.recall, point.precision)


@pytest.mark.parametrize("draw", [curves.roc_table, curves.precision_recall_table])
def test_a_long_curve_keeps_400_points_and_its_ends(draw):
    problem = random_problem(1, 3000)
    table = draw(problem)
    assert len(table) == 400
    assert list(table.index) == list(range(400))
    assert table["recall"].is_monotonic_increasing or table["recall"].is_monotonic_decreasing
    assert sorted([table["recall"][0], table["recall"][399]]) == [0, 1]
    assert table["threshold"].isna().sum() == 1
    assert table["threshold"].min() == problem.score.min()


def test_the_areas_under_the_kept_points_are_nearly_those_of_all():
    problem = random_problem(2, 20000)
    table = curves.roc_table(problem)
    area = metrics.auc(table["false_alarm_rate"], table["recall"])
    assert area == pytest.approx(metrics.roc_auc_score(problem.actual, problem.score), abs=1e-3)
    table = curves.precision_recall_table(problem)
    precision, recall, _ = metrics.precision_recall_curve(problem.actual, problem.score)
    area = metrics.auc(table["recall"], table["precision"])
    assert area == pytest.approx(metrics.auc(recall, precision), abs=1e-3)


def test_the_summary():
    found = curves.summary(SMALL)
    assert found == pytest.approx(
        {
            "roc_auc": 3.5 / 4,
            "average_precision": 1 / 2 + 1 / 2 * 2 / 3,
            "brier_score": (0.1**2 + 0.4**2 + 0.6**2 + 0.2**2) / 4,
        }
    )


def test_the_summary_is_that_of_scikit_learn():
    for seed in range(30):
        problem = random_problem(seed, 2 + seed)
        found, given = curves.summary(problem), (problem.actual, problem.score)
        assert found["roc_auc"] == metrics.roc_auc_score(*given)
        assert found["average_precision"] == metrics.average_precision_score(*given)
        assert found["brier_score"] == pytest.approx(
            np.mean((problem.score - problem.actual) ** 2), abs=1e-12
        )


def test_the_summary_of_one_side():
    found = [curves.summary(problem) for problem in ONE_SIDED]
    assert found[0] == {
        "roc_auc": None,
        "average_precision": None,
        "brier_score": pytest.approx((0.1**2 + 0.2**2) / 2),
    }
    assert found[1] == {
        "roc_auc": None,
        "average_precision": 1,
        "brier_score": pytest.approx(0.6**2),
    }


def test_reliability_by_hand():
    rows = [(0.5, False), (0.52, True), (0.55, True), (0.56, False), (0.97, True), (1, True)]
    table = curves.reliability_table(top_table(rows))
    assert list(table) == ["from", "to", "images", "confidence", "share_right", "low", "high"]
    assert table["from"].tolist() == pytest.approx([0.5, 0.55, 0.95])
    assert table["to"].tolist() == pytest.approx([0.55, 0.6, 1])
    assert table["images"].tolist() == [3, 1, 2]
    assert table["confidence"].tolist() == pytest.approx([1.57 / 3, 0.56, 0.985])
    # Half for the class at 0.5 goes to the first class, which is the actual one.
    assert table["share_right"].tolist() == pytest.approx([1, 0, 1])
    assert table["low"].tolist() == pytest.approx([0.438503, 0, 0.342380], abs=1e-6)
    assert table["high"].tolist() == pytest.approx([1, 0.793451, 1], abs=1e-6)
    error = (3 * (1 - 1.57 / 3) + 0.56 + 2 * 0.015) / 6
    assert curves.expected_calibration_error(top_table(rows)) == pytest.approx(error)


@pytest.mark.parametrize("bins", [1, 2, 7, 10])
def test_reliability_counts_each_image_once(bins: int):
    for table, classes in random_tables():
        found = curves.reliability_table(table, bins)
        right = (table["actual"] == table["predicted"]).sum()
        assert found["images"].sum() == len(table)
        assert (found["images"] > 0).all()
        assert (found["share_right"] * found["images"]).sum() == pytest.approx(right)
        assert found["confidence"].between(found["from"] - 1e-12, found["to"] + 1e-12).all()
        assert found["share_right"].between(found["low"], found["high"] + 1e-12).all()
        assert (found["to"] - found["from"]).to_numpy() == pytest.approx((1 - 1 / classes) / bins)


def test_reliability_is_the_calibration_curve_of_scikit_learn():
    for table, classes in random_tables():
        right = (table["actual"] == table["predicted"]).astype(int)
        # The same bins: those of ours from 1/k to 1 are the upper ones of k / (k - 1) times
        # as many from 0 to 1.
        bins = 4 * (classes - 1)
        shares, means = calibration_curve(right, table["probability"], n_bins=4 * classes)
        found = curves.reliability_table(table, bins)
        assert found["share_right"].to_numpy() == pytest.approx(shares)
        assert found["confidence"].to_numpy() == pytest.approx(means)


def test_the_calibration_error_is_that_of_the_table():
    for table, _ in random_tables():
        found = curves.reliability_table(table, 6)
        gap = abs(found["share_right"] - found["confidence"])
        error = (gap * found["images"]).sum() / len(table)
        assert curves.expected_calibration_error(table, 6) == pytest.approx(error)


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        ([(1, True)] * 3, 0),
        ([(1, False)] * 3, 1),
        ([(0.75, True), (0.75, False)] * 2, 0.25),
        ([(0.75, True)] * 3 + [(0.75, False)], 0),
        ([(0.6, True)], 0.4),
    ],
)
def test_the_calibration_error_by_hand(rows: list, error: float):
    assert curves.expected_calibration_error(top_table(rows)) == pytest.approx(error)


def test_three_equal_probabilities_are_in_the_first_bin():
    third = np.full((2, 3), np.float32(1 / 3) - np.float32(1e-7), np.float32)
    found = curves.reliability_table(predictions(["a/1", "b/2"], third, THREE), 4)
    assert found["from"].tolist() == pytest.approx([1 / 3])
    assert (found["images"].tolist(), found["share_right"].tolist()) == ([2], [0.5])


def test_the_histogram_by_hand():
    problem = problem_of([0, 0.24, 0.25, 0.6], [0.5, 1, 1])
    table = curves.histogram_table(problem, 4, ("sound", "cracked"))
    assert list(table) == ["class", "from", "to", "images"]
    assert table["class"].tolist() == ["sound"] * 4 + ["cracked"] * 4
    assert table["from"].tolist() == [0, 0.25, 0.5, 0.75] * 2
    assert table["to"].tolist() == [0.25, 0.5, 0.75, 1] * 2
    assert table["images"].tolist() == [2, 1, 1, 0, 0, 0, 1, 2]


@pytest.mark.parametrize("problem", [SMALL, *ONE_SIDED, random_problem(3, 500)])
def test_the_histogram_counts_each_image_once(problem: Problem):
    table = curves.histogram_table(problem)
    assert table.groupby("class")["images"].sum().to_dict() == {
        "rest": (~problem.actual).sum(),
        "positive": problem.actual.sum(),
    }
    assert table["from"].tolist() == pytest.approx([i / 20 for i in range(20)] * 2)
