"""The images behind a bar or a point of a chart."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from crackcls.evaluation.charts import PICKED
from crackcls.evaluation.curves import PREFIX
from crackcls.evaluation.threshold import Problem


@dataclass(frozen=True)
class Bin:
    """A range of probabilities that somebody has picked in a chart.

    Attributes:
        low: Where it begins.
        high: Where it ends.
    """

    low: float
    high: float


def picked(state: Mapping[str, Any]) -> Bin | None:
    """Read what is picked in a chart; None where nothing is, or what came is no bin.

    Args:
        state: What Streamlit gives of a chart, from a browser: it may be anything.
    """
    try:
        first = state["selection"][PICKED][0]
        return Bin(float(first["from"]), float(first["to"]))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        return None


def of_bar(table: pd.DataFrame, problem: Problem, bar: Bin) -> pd.DataFrame:
    """Give the predictions that `curves.histogram_table` counts in a range, of both classes.

    Args:
        table: What `report.predictions` gave.
        problem: Its `threshold.problem`.
        bar: The range; a score on an edge is in the upper one, and 1 in the last.
    """
    inside = (problem.score >= bar.low) & (problem.score < bar.high)
    return table[inside | ((bar.high >= 1) & (problem.score == 1))]


def of_point(table: pd.DataFrame, point: Bin) -> pd.DataFrame:
    """Give the predictions that `curves.reliability_table` counts in a bin.

    Args:
        table: What `report.predictions` gave.
        point: The range; a probability on an edge is in the lower one.
    """
    probability, classes = table["probability"], sum(table.columns.str.startswith(PREFIX))
    inside = (probability > point.low) & (probability <= point.high)
    is_first = point.low <= 1 / classes
    return table[inside | (is_first & (probability == point.low))]
