"""Two models on the same images, as a person reads it."""

import pandas as pd
import pytest

from crackcls.evaluation import side_by_side
from crackcls.evaluation.compare import Difference

NAMES = "old", "new"


def test_the_figures_stand_side_by_side():
    found = {"accuracy": Difference(100, 60, 70, 12, 22), "recall": Difference(2, 1, 2, 0, 1)}
    table = side_by_side.table_of(NAMES, found)
    assert list(table) == [
        *("figure", *NAMES, "difference", "95 % interval", "images", "by chance")
    ]
    assert table.to_numpy().tolist()[0] == [
        *("accuracy", "60.0%", "70.0%", "+10.0", "-1.4 to +21.0", 100, "12.1%")
    ]
    assert list(table["figure"]) == ["accuracy", "recall"]


def test_any_number_of_models_is_ranked():
    rows = [
        {"model": "b", "accuracy": 0.5, "low": 0.25, "high": 0.75, "recall": 1.0},
        {"model": "a", "accuracy": 0.5, "low": 0.25, "high": 0.75, "recall": None},
        {"model": "c", "accuracy": 0.75, "low": 0.5, "high": 0.9, "recall": 0.5},
    ]
    table = side_by_side.ranked(pd.DataFrame(rows).assign(false_alarms=0.125, images=8))
    assert table.to_numpy().tolist() == [
        ["c", "75.0%", "50% to 90%", "50.0%", "12.5%", 8],
        ["a", "50.0%", "25% to 75%", "-", "12.5%", 8],
        ["b", "50.0%", "25% to 75%", "100.0%", "12.5%", 8],
    ]


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ((12, 22), "in 12.1% of cases, so this does not show that either is better."),
        ((0, 20), "in under 0.1% of cases, so chance alone hardly explains it."),
        ((0, 0), "in 100.0% of cases, so this does not show that either is better."),
    ],
)
def test_the_sentence_says_what_a_difference_is_worth(counts, told):
    right = Difference(100, 60, 60 + counts[1] - counts[0], *counts)
    said = side_by_side.sentence(NAMES, right)
    assert said.startswith(f"Only old is right on {counts[0]} images, only new on {counts[1]}.")
    assert said.endswith(told)
