"""Thresholds, against numbers worked out by hand, scikit-learn and trying them all."""

import dataclasses
import math
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

from crackcls.errors import InputError
from crackcls.evaluation import threshold
from crackcls.evaluation.report import predictions

TWO = ("Negative", "Positive")
COSTS = (0, 0.5, 1, 3, 100)
RULES = {
    "best F1": threshold.best_f1,
    "recall": threshold.recall_at_least,
    "equal error": threshold.equal_error,
    "cheapest": lambda problem: threshold.cheapest(problem, 10),
}


def problem_of(negative: list[float], positive: list[float]) -> threshold.Problem:
    """Make a problem from the scores of each side."""
    actual = np.repeat([False, True], [len(negative), len(positive)])
    return threshold.Problem(actual, np.array(negative + positive, float))


SMALL = problem_of([0.1, 0.2, 0.35, 0.6, 0.8], [0.9, 0.7, 0.4])


def random_problems(count: int) -> Iterator[threshold.Problem]:
    """Draw problems with ties, scores of 0 and 1 and lone images of a side."""
    for seed in range(count):
        rng = np.random.default_rng(seed)
        actual = rng.permutation(np.arange(rng.integers(2, 40)) < rng.integers(1, 20))
        actual[:2] = True, False
        score = np.clip(rng.normal(0.4 + 0.2 * actual, 0.3), 0, 1)
        if seed % 3:
            score = score.round(seed % 3)
        as_stored = score.astype([np.float64, np.float32][seed % 2])
        yield threshold.Problem(actual, as_stored.astype(np.float64))


def counts(problem: threshold.Problem, at: float) -> tuple[int, int, int]:
    """Count hits, misses and false alarms."""
    predicted = problem.score >= at
    hits = int((problem.actual & predicted).sum())
    return hits, int(problem.actual.sum()) - hits, int((~problem.actual & predicted).sum())


def all_counts(problem: threshold.Problem) -> list[tuple[int, int, int]]:
    """Give the counts of all outcomes that a threshold of 0 to 1 can have."""
    return [counts(problem, at) for at in {0.0, 1.0, *problem.score.tolist()}]


def f1(hits: int, misses: int, false_alarms: int) -> float:
    return 2 * hits / (2 * hits + misses + false_alarms)


def test_a_problem_is_one_class_against_the_rest():
    probabilities = np.array([[0.2, 0.5, 0.3], [0.7, 0.2, 0.1], [0, 0, 1]], np.float32)
    table = predictions(["b/1", "c/2", "a/3"], probabilities, ("a", "b", "c"))
    made = threshold.problem(table.set_index(pd.Index([7, 5, 5])), "b")
    assert made.actual.tolist() == [True, False, False]
    assert made.score.tolist() == pytest.approx([0.5, 0.2, 0])
    assert (made.actual.dtype, made.score.dtype) == (np.bool_, np.float64)


@pytest.mark.parametrize("value", [-0.1, 1.01, math.nan])
def test_a_probability_out_of_range_is_refused(value: float):
    table = predictions(["Positive/1"], np.array([[0.5, value]]), TWO)
    with pytest.raises(InputError, match=f"0 to 1, and 'probability of Positive' holds {value}"):
        threshold.problem(table, "Positive")


def test_an_unknown_class_and_no_image_are_refused():
    table = predictions(["Positive/1"], np.array([[0.5, 0.5]]), TWO)
    with pytest.raises(InputError, match=r"\(Negative, Positive\), and 'crack' is not"):
        threshold.problem(table, "crack")
    with pytest.raises(InputError, match="there are 0"):
        threshold.problem(table[:0], "Positive")


def test_the_figures_at_a_threshold():
    figures = threshold.figures_at(SMALL, 0.5)
    low, high = figures.accuracy_interval
    assert (low, high) == pytest.approx((0.305742, 0.863156), abs=1e-6)
    found = dataclasses.asdict(figures) | {"accuracy_interval": None}
    assert found == pytest.approx(
        {
            "threshold": 0.5,
            "true_positives": 2,
            "false_positives": 2,
            "false_negatives": 1,
            "true_negatives": 3,
            "images": 8,
            "wrong": 3,
            "accuracy": 5 / 8,
            "accuracy_interval": None,
            "precision": 1 / 2,
            "recall": 2 / 3,
            "f1": 4 / 7,
            "specificity": 3 / 5,
            "false_alarm_rate": 2 / 5,
        }
    )


@pytest.mark.parametrize(("at", "wrong"), [(0.7, 2), (0.7 + 1e-12, 3), (0, 5), (1, 3)])
def test_a_score_on_the_threshold_is_predicted_positive(at: float, wrong: int):
    assert threshold.figures_at(SMALL, at).wrong == wrong


@pytest.mark.parametrize(
    ("negative", "positive", "undefined", "f1"),
    [
        ([0.1, 0.2], [0.3], {"precision"}, 0),
        ([0.1], [], {"precision", "recall", "f1"}, None),
        ([0.9, 0.1], [], {"recall"}, 0),
        ([], [0.9], {"specificity", "false_alarm_rate"}, 1),
        ([], [0.1], {"precision", "specificity", "false_alarm_rate"}, 0),
        ([0.1], [0.9], set(), 1),
        ([0.9], [0.1], set(), 0),
    ],
)
def test_a_share_of_no_images_is_none(negative: list, positive: list, undefined: set, f1):
    found = dataclasses.asdict(threshold.figures_at(problem_of(negative, positive), 0.5))
    assert {name for name, value in found.items() if value is None} == undefined
    assert found["f1"] == f1
    numbers = [value for value in found.values() if isinstance(value, float)]
    assert all(0 <= value <= 1 for value in numbers)


def test_the_figures_are_those_of_scikit_learn():
    for problem in random_problems(60):
        at = float(problem.score[len(problem.score) // 2])
        predicted, actual = problem.score >= at, problem.actual
        found = threshold.figures_at(problem, at)
        assert found.accuracy == metrics.accuracy_score(actual, predicted)
        assert found.precision == metrics.precision_score(actual, predicted)
        assert found.recall == metrics.recall_score(actual, predicted)
        assert found.f1 == metrics.f1_score(actual, predicted)
        assert found.specificity == metrics.recall_score(actual, predicted, pos_label=False)
        assert found.false_alarm_rate == 1 - found.specificity
        hits, misses, false_alarms = counts(problem, at)
        assert (found.true_positives, found.false_negatives) == (hits, misses)
        assert found.false_positives == false_alarms
        assert found.true_negatives == (~actual & ~predicted).sum()
        assert (found.images, found.wrong) == (len(actual), misses + false_alarms)


def test_the_rules_on_a_small_example():
    assert threshold.best_f1(SMALL) == 0.375
    assert threshold.recall_at_least(SMALL, 1 / 3) == 0.85
    assert threshold.recall_at_least(SMALL, 0.34) == 0.65
    assert threshold.recall_at_least(SMALL) == 0.375
    assert threshold.equal_error(SMALL) == 0.5
    assert threshold.cheapest(SMALL, 0.1) == 0.85
    assert threshold.cheapest(SMALL, 10) == 0.375


@pytest.mark.parametrize(
    ("positive", "expected"),
    [
        ([0.9, 0.8], 0.5),
        ([0.20002, 0.9], 0.20001),
        ([0.2004, 0.9], 0.2002),
        ([0.201, 0.9], 0.201),
        ([np.nextafter(0.2, 1), 1], np.nextafter(0.2, 1)),
    ],
)
def test_a_threshold_lies_halfway_between_scores_and_on_a_step_where_one_does(positive, expected):
    problem = problem_of([0.1, 0.2], positive)
    for rule in RULES.values():
        at = rule(problem)
        assert at == pytest.approx(expected, abs=1e-15)
        assert counts(problem, at) == (2, 0, 0)


def test_the_best_f1_is_that_of_all_thresholds():
    for problem in random_problems(100):
        found = counts(problem, threshold.best_f1(problem))
        best = max(all_counts(problem), key=lambda each: (f1(*each), -each[1]))
        assert found == best


@pytest.mark.parametrize("recall", [0.01, 0.3, 0.5, 0.7, 0.99, 1])
def test_the_threshold_for_a_recall_is_the_highest_that_reaches_it(recall: float):
    for problem in random_problems(100):
        at, positives = threshold.recall_at_least(problem, recall), problem.actual.sum()
        assert counts(problem, at)[0] / positives >= recall
        higher = np.unique(problem.score[problem.score >= at])[1:]
        assert all(counts(problem, other)[0] / positives < recall for other in higher)


def test_equal_error_is_the_nearest_pair_of_rates_of_all_thresholds():
    for problem in random_problems(100):
        positives = int(problem.actual.sum())
        others = len(problem.actual) - positives

        def gap(each: tuple, positives: int = positives, others: int = others) -> int:
            return abs(each[1] * others - each[2] * positives)

        found = counts(problem, threshold.equal_error(problem))
        best = min(all_counts(problem), key=lambda each: (gap(each), *each[1:]))
        assert found == best


@pytest.mark.slow
@pytest.mark.parametrize("price", COSTS)
def test_the_cheapest_threshold_costs_least_of_all(price: float):
    for problem in random_problems(100):
        at = threshold.cheapest(problem, price)
        _, misses, false_alarms = counts(problem, at)
        assert price * misses + false_alarms == min(
            price * each[1] + each[2] for each in all_counts(problem)
        )
        paid = threshold.cost(threshold.figures_at(problem, at), price)
        assert paid == price * misses + false_alarms


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_slider_keeps_the_outcome_of_a_rule(rule: Callable):
    for problem in random_problems(100):
        at = rule(problem)
        assert 0 <= at <= 1
        nearest = np.diff(np.unique([0, *problem.score, 1])).min()
        if nearest >= 0.001:
            assert counts(problem, at) == counts(problem, round(at, 3))


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
@pytest.mark.parametrize(
    ("negative", "positive", "wrong"),
    [
        ([0, 0], [1, 1], 0),
        ([0], [1], 0),
        ([0.4] * 3, [0.4] * 2, 3),
        ([0], [0], 1),
        ([1], [1], 1),
        ([0, 1], [0, 1], 2),
    ],
)
def test_scores_at_the_ends(rule: Callable, negative: list, positive: list, wrong: int):
    at = rule(problem_of(negative, positive))
    assert 0 <= at <= 1
    assert threshold.figures_at(problem_of(negative, positive), at).wrong == wrong


def test_nothing_is_predicted_positive_where_that_is_cheapest_and_can_be():
    assert threshold.cheapest(problem_of([0.9], [0.1]), 0.5) == 0.95
    assert threshold.cheapest(problem_of([1.0], [0.1]), 0.5) == 0.05


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
@pytest.mark.parametrize(
    ("problem", "found"),
    [(problem_of([0.1, 0.2], []), "0 and 2"), (problem_of([], [0.4]), "1 and 0")],
)
def test_a_rule_needs_images_of_both_sides(rule: Callable, problem, found: str):
    with pytest.raises(InputError, match=f"there are {found}"):
        rule(problem)


@pytest.mark.parametrize("recall", [0, -0.1, 1.1, math.nan])
def test_a_recall_out_of_range_is_refused(recall: float):
    with pytest.raises(InputError, match=f"and {recall} is not"):
        threshold.recall_at_least(SMALL, recall)


@pytest.mark.parametrize("price", [-1, math.inf, math.nan])
def test_a_cost_out_of_range_is_refused(price: float):
    with pytest.raises(InputError, match=f"and {price} is not"):
        threshold.cheapest(SMALL, price)


@pytest.mark.parametrize("at", [0.0, 0.3, 0.5, 1.0])
def test_the_figures_of_both_sides_are_those_of_each_as_the_class(at):
    rng = np.random.default_rng(2)
    one = threshold.Problem(rng.random(60) < 0.4, rng.random(60))
    table = threshold.by_class(one, at, ("rest", "crack")).set_index("class")
    figures = threshold.figures_at(one, at)
    shown = table.loc["crack", ["precision", "recall"]].tolist()
    expected = [figures.precision, figures.recall]
    for value, wanted in zip(shown, expected, strict=True):
        assert np.isnan(value) if wanted is None else value == pytest.approx(wanted)
    specificity = table.loc["rest", "recall"]
    assert specificity == pytest.approx(figures.specificity)
    assert table["images"].tolist() == [(~one.actual).sum(), one.actual.sum()]
