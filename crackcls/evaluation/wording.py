"""An evaluation as a person reads it: `cracked` and `sound` in place of the folders' names."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from crackcls.classes import names as class_names

PREFIX = "probability of "
# Columns that hold names of classes: of predictions, of comparisons, of lists of wrong labels.
COLUMNS = ("actual", "predicted", "given", "suggested")


def positive_of(report: Mapping[str, Any]) -> str | None:
    """Give the class that a report looks for; one of an older version does not say it."""
    return class_names.looked_for(report["classes"], report.get("positive"))


def called(report: Mapping[str, Any]) -> dict[str, str]:
    """Give what a person reads for each class of a report."""
    return class_names.in_words(report["classes"], positive_of(report))


def aim_of(about: Mapping[str, Any]) -> tuple[frozenset[str], str | None]:
    """Give the classes that a model tells apart and the one that it looks for, in words.

    Args:
        about: A report, or what `model.json` says.
    """
    names, positive = called(about), positive_of(about)
    return frozenset(names.values()), names[positive] if positive else None


def translated(
    mapped: Mapping[str, str], about: Mapping[str, Any], other: Mapping[str, Any]
) -> dict[str, str]:
    """Give what folders are to another model of the same aim.

    Args:
        mapped: The class of the first model that each folder is.
        about: What `model.json` of the first says.
        other: What that of the second says.
    """
    names, back = called(about), {word: name for name, word in called(other).items()}
    return {folder: back[names[of]] for folder, of in mapped.items() if of in names}


def report_in_words(report: Mapping[str, Any]) -> dict[str, Any]:
    """Give a report whose classes have the names that a person reads.

    Args:
        report: What `report.make_report` gave.
    """
    names, positive = called(report), positive_of(report)
    return {
        **report,
        "classes": [names[name] for name in report["classes"]],
        "positive": positive and names[positive],
        "per_class": {names[name]: one for name, one in report["per_class"].items()},
    }


def matched_in_words(report: Mapping[str, Any]) -> str | None:
    """Say what the folders of other data were taken for; None where their names are the model's.

    Args:
        report: What `store.evaluate_on` gave, with the model's own names.
    """
    names = called(report)
    pairs = [f"'{name}' is '{names[of]}'" for name, of in report.get("matched", {}).items()]
    return f"Folders stand for the model's classes: {', '.join(pairs)}." if pairs else None


def table_in_words(table: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Give a table whose classes have the names that a person reads; files keep theirs.

    Args:
        table: What `report.predictions` or `label_errors.rank` gave.
        names: What `called` gave.
    """
    columns = {column: table[column].replace(dict(names)) for column in COLUMNS if column in table}
    heads = {f"{PREFIX}{name}": f"{PREFIX}{word}" for name, word in names.items()}
    return table.assign(**columns).rename(columns=heads)


def rest_of(classes: Sequence[str], of: str) -> str:
    """Give what to call the images that are not of a class: the other one of two, or the rest."""
    return class_names.other_of(classes, of) if len(classes) == 2 else "the rest"
