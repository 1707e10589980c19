"""The cells of a confusion matrix, and the predictions in each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from crackcls.evaluation import wording

WRONG, ALL = "wrong", "all"


@dataclass(frozen=True)
class Cell:
    """The images of one class that the model put into one.

    Attributes:
        key: What tells it from the others, the same for the same classes.
        actual: The class by its label.
        predicted: The class by the model.
        images: How many.
        of: How many images the actual class has.
    """

    key: str
    actual: str
    predicted: str
    images: int
    of: int

    @property
    def is_right(self) -> bool:
        """Whether the model says what the label says."""
        return self.actual == self.predicted

    @property
    def share(self) -> float | None:
        """Its share of the actual class; None where that has no image."""
        return self.images / self.of if self.of else None


def rows_of(report: Mapping[str, Any]) -> list[list[Cell]]:
    """Give the matrix of a report, the class looked for first.

    Args:
        report: What `report.make_report` gave.

    Returns:
        A row for each actual class, in it a cell for each predicted one.
    """
    names, matrix = report["classes"], report["confusion_matrix"]
    order = sorted(range(len(names)), key=lambda at: names[at] != wording.positive_of(report))
    return [
        [Cell(f"{i}-{j}", names[i], names[j], matrix[i][j], sum(matrix[i])) for j in order]
        for i in order
    ]


def title(cell: Cell, names: Mapping[str, str]) -> str:
    """Say what a cell holds, in words.

    Args:
        cell: The cell.
        names: What `wording.called` gave.
    """
    return f"{names[cell.actual]}, called {names[cell.predicted]}"


def choose(table: pd.DataFrame, key: str, cells: Sequence[Cell]) -> pd.DataFrame:
    """Give the predictions of a cell, the `WRONG` ones, or `ALL`.

    Args:
        table: What `report.predictions` gave.
        key: A cell's, or one of these two; of any other text nothing is left out.
        cells: The cells of the matrix.
    """
    if key == WRONG:
        return table[table["actual"] != table["predicted"]]
    cell = next((one for one in cells if one.key == key), None)
    if cell is None:
        return table
    return table[(table["actual"] == cell.actual) & (table["predicted"] == cell.predicted)]


def seen_first(rows: pd.DataFrame, most: int) -> pd.DataFrame:
    """Choose a cell's images to show in small: of wrong ones those of which the model was surest.

    Of right ones the hash of the content chooses, so that they are no one's best.

    Args:
        rows: Predictions of one cell, with their `sha256`.
        most: How many at most.
    """
    wrong = bool((rows["actual"] != rows["predicted"]).any())
    order = rows.sort_values("probability" if wrong else "sha256", ascending=not wrong)
    return order.head(most)
