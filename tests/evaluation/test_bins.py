"""The images behind a bar and behind a point are those that the charts count there."""

import numpy as np
import pytest

from crackcls.evaluation import bins, curves, threshold
from crackcls.evaluation.bins import Bin
from crackcls.evaluation.report import predictions

SCORES = [0.0, 0.04, 0.05, 0.5, 0.61, 0.949, 0.95, 0.99, 1.0, 1.0]
TABLE = predictions(
    [f"{'Negative' if at % 2 else 'Positive'}/{at}.jpg" for at in range(len(SCORES))],
    np.array([[1 - score, score] for score in SCORES]),
    ["Negative", "Positive"],
)
PROBLEM = threshold.problem(TABLE, "Positive")


def test_each_bar_opens_as_many_images_as_it_counts():
    counted = curves.histogram_table(PROBLEM).groupby(["from", "to"])["images"].sum()
    found = {ends: len(bins.of_bar(TABLE, PROBLEM, Bin(*ends))) for ends in counted.index}
    assert found == counted.to_dict()
    assert sum(found.values()) == len(SCORES)


def test_each_point_opens_as_many_images_as_it_counts():
    for row in curves.reliability_table(TABLE).to_dict("records"):
        opened = bins.of_point(TABLE, Bin(row["from"], row["to"]))
        assert len(opened) == row["images"]


@pytest.mark.parametrize(
    ("state", "read"),
    [
        ({"selection": {"picked": [{"from": 0.5, "to": 0.55}]}}, Bin(0.5, 0.55)),
        ({"selection": {"picked": []}}, None),
        ({"selection": {}}, None),
        ({"selection": {"picked": [{"from": "<b>", "to": 1}]}}, None),
        ({"selection": {"picked": [{"from": 0.5}]}}, None),
        ({"selection": {"picked": "text"}}, None),
        ({}, None),
    ],
)
def test_whatever_a_browser_sends_is_a_range_or_nothing(state, read):
    assert bins.picked(state) == read
