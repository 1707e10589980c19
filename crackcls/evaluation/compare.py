"""Several models on the same images.

A table of a model is what `report.predictions` gave, with the column `sha256` of each
image's content.
"""

from typing import Any

import numpy as np
import pandas as pd

from crackcls.errors import InputError
from crackcls.evaluation.report import make_report

PREFIX = "probability of "


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
        Columns `model`, `images`, `wrong`, `accuracy`, `low`, `high` (95 %, Wilson),
        `roc_auc` (as in `report.make_report`; None where the images are of one class) and
        `difference` (of the accuracy to the first model), one row for each model.

    Raises:
        InputError: See `common`.
    """
    rows = []
    for name, table in common(tables).items():
        report = make_report(table, _classes(table), positive)
        low, high = report["accuracy_interval"]
        row = {key: report[key] for key in ("images", "wrong", "accuracy")}
        rows.append({"model": name, **row, "low": low, "high": high, "roc_auc": report["roc_auc"]})
    result = pd.DataFrame(rows)
    # From counts, since the difference of two shares is off by a rounding error.
    result["difference"] = (result["wrong"][0] - result["wrong"]) / result["images"]
    return result


def mcnemar(one: pd.DataFrame, other: pd.DataFrame) -> dict[str, Any]:
    """Test whether two models are right equally often.

    The test is exact: of the images on which one model alone is right, each has by chance
    half of them (Q. McNemar, Psychometrika 12, 1947).

    Args:
        one: Table of the first model.
        other: Table of the second model.

    Returns:
        `only_first_right`, `only_second_right` and `p_value` (two-sided, 1.0 where both
        counts are 0), on the common images.

    Raises:
        InputError: See `common`.
    """
    from scipy.stats import binomtest

    pair = common({"the first model": one, "the second model": other}).values()
    first, second = ((table["actual"] == table["predicted"]).to_numpy(bool) for table in pair)
    counts = int((first & ~second).sum()), int((second & ~first).sum())
    p_value = float(binomtest(counts[0], sum(counts), 0.5).pvalue) if sum(counts) else 1.0
    return {"only_first_right": counts[0], "only_second_right": counts[1], "p_value": p_value}


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
