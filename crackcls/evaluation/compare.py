"""Several models on the same images.

A table of a model is what `report.predictions` gave, with the column `sha256` of each
image's content.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crackcls.errors import InputError
from crackcls.evaluation.report import make_report

PREFIX = "probability of "
# Standard deviations of the normal distribution that hold 95 % of it.
Z = 1.959964


@dataclass(frozen=True)
class Difference:
    """A share of the same images by two models, and how far apart they are.

    Attributes:
        images: Of how many images it is a share.
        first: How many count by the first model.
        second: How many count by the second one.
        only_first: How many count by the first alone.
        only_second: How many count by the second alone.
    """

    images: int
    first: int
    second: int
    only_first: int
    only_second: int

    @classmethod
    def of(cls, one: np.ndarray, other: np.ndarray) -> "Difference":
        """Count what two models say of the same images, both of shape `(images,)`, bool."""
        pairs = one & ~other, other & ~one
        return cls(len(one), *(int(side.sum()) for side in (one, other, *pairs)))

    @property
    def share(self) -> float:
        """The second share less the first."""
        return (self.second - self.first) / self.images

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of `share`, for pairs (A. Agresti, Y. Min, Stat. Med. 24, 2005)."""
        images, apart = self.images + 2, self.only_second - self.only_first
        spread = self.only_first + self.only_second + 1 - apart**2 / images
        half = Z * math.sqrt(spread) / images
        return max(-1.0, apart / images - half), min(1.0, apart / images + half)

    @property
    def p_value(self) -> float:
        """How often chance splits them as unevenly, two-sided; 1.0 where there are none.

        Of the images that count by one model alone, each has by chance half of them (exact;
        Q. McNemar, Psychometrika 12, 1947).
        """
        from scipy.stats import binomtest

        apart = self.only_first + self.only_second
        return float(binomtest(self.only_first, apart, 0.5).pvalue) if apart else 1.0


def common(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Keep the images that all models were given, in one order.

    An image is its content: names may differ from table to table, and of exact copies with
    the same label the first counts. Content that all tables hold under the same two labels
    makes two rows.

    Args:
        tables: Each model's name and its table, one model or more.

    Returns:
        The rows that are compared, with new numbers. Row i is of the same content and label
        in each table; the order is that of the first.

    Raises:
        InputError: The classes differ, no image is in all tables, or an image has different
            labels in two of them.
    """
    _check_classes(tables)
    key = ["sha256", "actual"]
    single = {name: table.drop_duplicates(key) for name, table in tables.items()}
    held = set.intersection(*(set(table["sha256"]) for table in single.values()))
    if not held:
        raise InputError(
            "A comparison needs images that all models were evaluated on, and "
            f"{_listed(tables)} share 0. Evaluate them on the same images."
        )
    # With strings of Arrow, `isin` of a set takes several times as long.
    rows = {name: table[[sha in held for sha in table["sha256"]]] for name, table in single.items()}
    _check_labels(rows)
    order = next(iter(rows.values()))[key]
    return {
        name: order.merge(table, "left", key)[list(table.columns)] for name, table in rows.items()
    }


def figures(tables: dict[str, pd.DataFrame], positive: str | None) -> pd.DataFrame:
    """Set the models' figures on their common images side by side.

    Args:
        tables: Each model's name and its table, one model or more.
        positive: The class that they look for; None where there are more than two.

    Returns:
        Columns `model`, `images`, `wrong`, `accuracy`, `low`, `high` (95 %, Wilson), `recall`
        and `false_alarms` (None without such images, or of more than two classes), `roc_auc` (as
        in `report.make_report`; None where the images are of one class) and `difference` (of
        the accuracy to the first model), one row for each model.

    Raises:
        InputError: See `common`.
    """
    rows = []
    for name, table in common(tables).items():
        report = make_report(table, _classes(table), positive)
        low, high = report["accuracy_interval"]
        row = {key: report[key] for key in ("images", "wrong", "accuracy")}
        row |= {"low": low, "high": high, **_rates(table, positive), "roc_auc": report["roc_auc"]}
        rows.append({"model": name, **row})
    result = pd.DataFrame(rows)
    # From counts, since the difference of two shares is off by a rounding error.
    result["difference"] = (result["wrong"][0] - result["wrong"]) / result["images"]
    return result


def differences(
    one: pd.DataFrame, other: pd.DataFrame, positive: str | None
) -> dict[str, Difference]:
    """Set two models side by side in pairs: each image is judged by both.

    Args:
        one: Table of the first model.
        other: Table of the second model.
        positive: The class that they look for; None where there are more than two.

    Returns:
        `accuracy`, and of two classes `recall` and `false alarms`, each of the images that it is
        a share of; one without images is left out.

    Raises:
        InputError: See `common`.
    """
    first, second = common({"the first model": one, "the second model": other}).values()
    actual = first["actual"]
    hits = [(table["predicted"] == actual).to_numpy(bool) for table in (first, second)]
    found = {"accuracy": Difference.of(*hits)}
    if positive is not None:
        sought = (actual == positive).to_numpy(bool)
        called = [(table["predicted"] == positive).to_numpy(bool) for table in (first, second)]
        found["recall"] = Difference.of(*(side[sought] for side in called))
        found["false alarms"] = Difference.of(*(side[~sought] for side in called))
    return {name: said for name, said in found.items() if said.images}


def disagreements(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Give the common images that the models put into different classes.

    Args:
        tables: Each model's name and its table, one model or more.

    Returns:
        Columns `sha256`, `file` (of the first table), `actual` and for each model
        `predicted by MODEL` and `probability by MODEL` (of the class it predicted).

    Raises:
        InputError: See `common`.
    """
    rows = common(tables)
    first = next(iter(rows.values()))
    columns = {}
    for name, table in rows.items():
        columns[f"predicted by {name}"] = table["predicted"]
        columns[f"probability by {name}"] = table["probability"]
    differ = [(table["predicted"] != first["predicted"]).to_numpy(bool) for table in rows.values()]
    result = first[["sha256", "file", "actual"]].assign(**columns)
    return result[np.any(differ, axis=0)].reset_index(drop=True)


def _rates(table: pd.DataFrame, positive: str | None) -> dict[str, float | None]:
    """Give the share of the positive images and of the others that are called positive."""
    sought = table["actual"] == positive
    called = table["predicted"] == positive
    sides = {"recall": sought, "false_alarms": ~sought}
    return {
        name: float(called[side].mean()) if positive is not None and side.any() else None
        for name, side in sides.items()
    }


def _classes(table: pd.DataFrame) -> list[str]:
    return [name.removeprefix(PREFIX) for name in table.columns if name.startswith(PREFIX)]


def _listed(names: dict[str, Any]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _check_classes(tables: dict[str, pd.DataFrame]) -> None:
    classes = {name: _classes(table) for name, table in tables.items()}
    if len({frozenset(names) for names in classes.values()}) > 1:
        listed = "; ".join(f"'{name}': {', '.join(names)}" for name, names in classes.items())
        raise InputError(
            f"Compared models must tell the same classes apart, and these do not ({listed}). "
            "Choose models of the same classes."
        )


def _check_labels(rows: dict[str, pd.DataFrame]) -> None:
    """Refuse an image whose labels are not the same in each table."""
    pairs = pd.concat([table[["sha256", "actual"]] for table in rows.values()])
    counts = pairs.groupby(["sha256", "actual"]).size()
    wrong = counts[counts < len(rows)].index.unique("sha256")
    if len(wrong):
        raise InputError(
            f"An image must have the same label in each evaluation, and {len(wrong)} of "
            f"{pairs['sha256'].nunique()} common images have different ones in "
            f"{_listed(rows)}. Evaluate the models on the same folder."
        )
