"""Figures of several runs: median and spread, ratios, and how they are written."""

import math
import statistics
from collections.abc import Sequence
from typing import Any

Summary = dict[str, float]
# A table: its title, the text above it, the heads of its columns, and its rows.
Table = tuple[str, str, Sequence[str], Sequence[Sequence[str]]]


def summary(values: Sequence[float]) -> Summary:
    """Summarise repeated measurements.

    Args:
        values: One number or more, of one unit.

    Returns:
        `median`, `low`, `high` in that unit, and `runs`, how many there were.
    """
    return {
        "median": statistics.median(values),
        "low": min(values),
        "high": max(values),
        "runs": len(values),
    }


def percentile(values: Sequence[float], share: float) -> float:
    """Give the smallest of the values that a share of them, 0 to 1, does not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def ratio(above: Summary, below: Summary) -> Summary:
    """Divide one measurement by another.

    Returns:
        `median` of medians, `low` and `high` as the spreads of both allow at the utmost, and
        `runs`, 1 where each was run once.
    """
    return {
        "median": above["median"] / below["median"],
        "low": above["low"] / below["high"],
        "high": above["high"] / below["low"],
        "runs": above["runs"] + below["runs"] - 1,
    }


def line(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Fit a line by least squares.

    Args:
        points: Pairs of x and y, two different x or more.

    Returns:
        Its value at x = 0, and its slope.
    """
    slope, start = statistics.linear_regression(*zip(*points, strict=True))
    return start, slope


def extrapolate(total: float, epochs: Sequence[float], asked: int) -> float:
    """Tell how long a run of more epochs would take.

    Args:
        total: Seconds of the run that was measured, start and end included.
        epochs: Seconds of each of its epochs. The first builds the graph, so that the later
            ones, where there are any, stand for the missing ones.
        asked: Epochs of the run that was not measured.
    """
    each = statistics.mean(epochs[1:] or epochs)
    return total + (asked - len(epochs)) * each


def seconds(values: Sequence[float]) -> str:
    """Write seconds as a median with the spread."""
    return spread(summary(values), "s")


def spread(found: Summary, unit: str = "") -> str:
    """Write a median, and the lowest and the highest value where there are several."""
    text = f"{number(found['median'])} {unit}".strip()
    if found["runs"] > 1:
        text += f" ({number(found['low'])} to {number(found['high'])})"
    return text


def megabytes(values: Sequence[float]) -> str:
    """Write bytes as megabytes (1,000,000 bytes)."""
    return f"{number(statistics.median(values) / 1e6)} MB"


def number(value: float) -> str:
    """Write a number with three digits that count, and thousands apart."""
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{digits}f}"


def markdown(table: Table) -> str:
    """Write a table as Markdown, with its title and the text above it."""
    title, text, heads, rows = table
    lines = [heads, ["---"] * len(heads), *rows]
    body = "\n".join("| " + " | ".join(map(str, cells)) + " |" for cells in lines)
    return "\n\n".join(part for part in (f"### {title}", text, body) if part) + "\n"


def facts(pairs: dict[str, Any]) -> str:
    """Write names and values as a Markdown table without a title."""
    rows = "\n".join(f"| {name} | {value} |" for name, value in pairs.items())
    return f"| | |\n| --- | --- |\n{rows}\n"
