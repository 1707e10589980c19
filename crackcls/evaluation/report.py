"""Probabilities to a report."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from crackcls.errors import InputError
from crackcls.evaluation import verdicts
from crackcls.interval import wilson
from crackcls.network import pipeline

CSV_COLUMNS = ["file", "actual", "predicted", "probability"]
SAMPLE_ORDERS = MOST_SURE, LEAST_SURE, SHUFFLED = "most sure", "least sure", "shuffled"


def tabulate(
    files: Sequence[str],
    rows: Iterable[pipeline.Row | InputError],
    classes: Sequence[str],
    complain: Callable[[str, InputError], None],
    actual: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Put the rows of files that could be read into a table, and complain of the others.

    Args:
        files: Names as `Class/name`.
        rows: For each file `probabilities` and, where it has one, its `verdict` in words; or why
            it could not be read.
        classes: Class names in the order of the probabilities.
        complain: Takes a file and the reason why it was left out.
        actual: Class of each file; None takes it from the file's name.

    Returns:
        What `predictions` gives, and a column `verdict` where the rows have it.

    Raises:
        InputError: No file could be read.
    """
    good, labels, read = [], [], []
    for file, label, row in zip(files, actual or _in_names(files), rows, strict=True):
        if isinstance(row, InputError):
            complain(file, row)
        else:
            good.append(file)
            labels.append(label)
            read.append(row)
    if not good:
        raise InputError(
            f"An evaluation needs images that can be read, and none of {len(files)} can."
        )
    table = predictions(good, np.stack([row["probabilities"] for row in read]), classes, labels)
    return verdicts.added(table, read)


def predictions(
    files: Sequence[str],
    probabilities: np.ndarray,
    classes: Sequence[str],
    actual: Sequence[str] | None = None,
    sets: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Put predictions into a table.

    Args:
        files: Names as `Class/name`, of several data sets as `SET/Class/name`.
        probabilities: Shape `(files, classes)`, each row sums to 1.
        classes: Class names in the order of the columns.
        actual: Class of each file; None takes it from the file's name.
        sets: Data set of each file, where there are several.

    Returns:
        Columns `file`, `actual`, `predicted`, `probability` (of the predicted class), one
        `probability of CLASS` for each class and, where there are several, `set`.
    """
    best = probabilities.argmax(axis=1)
    table = pd.DataFrame(
        {
            "file": list(files),
            "actual": list(actual or _in_names(files)),
            "predicted": [classes[label] for label in best],
            "probability": probabilities.max(axis=1),
        }
    )
    columns = {f"probability of {name}": probabilities[:, i] for i, name in enumerate(classes)}
    return table.assign(**columns, **({} if sets is None else {"set": list(sets)}))


def make_report(
    table: pd.DataFrame, classes: Sequence[str], positive: str | None
) -> dict[str, Any]:
    """Count what the predictions got right and wrong.

    Args:
        table: What `predictions` gave, one row or more.
        classes: Class names in the order of the model.
        positive: The class that is looked for; None where there are more than two.

    Returns:
        `images`, `wrong`, `accuracy`, `accuracy_interval` (95 %, Wilson: E. B. Wilson,
        JASA 22, 1927), `classes`, `positive`, `per_class` (precision, recall, f1 and images),
        `confusion_matrix` (rows actual, columns predicted) and `roc_auc` (of the class
        looked for where there is one, else the mean of one against the rest; None where the
        images are of one class). Where the table has a column `set` also `by_set`, what
        `figures_by_set` gives, and where it has `verdict` what `verdicts.counted` gives.
    """
    from sklearn import metrics

    actual, predicted = table["actual"], table["predicted"]
    right = int((actual == predicted).sum())
    matrix = metrics.confusion_matrix(actual, predicted, labels=list(classes))
    return {
        "images": len(table),
        "wrong": len(table) - right,
        "accuracy": right / len(table),
        "accuracy_interval": list(wilson(right, len(table))),
        "classes": list(classes),
        "positive": positive,
        "per_class": _per_class(table, classes),
        "confusion_matrix": matrix.tolist(),
        "roc_auc": _roc_auc(table, classes, positive),
        **({"by_set": figures_by_set(table, classes, positive)} if "set" in table else {}),
        **verdicts.counted(table),
    }


def figures_by_set(
    table: pd.DataFrame, classes: Sequence[str], positive: str | None
) -> dict[str, dict[str, Any]]:
    """Count for each data set apart what the predictions got right and wrong.

    Args:
        table: What `predictions` gave, with its column `set`.
        classes: Class names.
        positive: That of cracks.

    Returns:
        For each set `images`, `wrong`, `accuracy`, `accuracy_interval`, `cracked` (images),
        `recall` (the share of the cracks that are found; None where it has none),
        `false_alarm_rate` (the share of its sound images that are called cracked; None where
        it has none) and `roc_auc`, as in `make_report`.
    """
    return {
        str(name): _figures_of(rows, classes, positive)
        for name, rows in table.groupby("set", sort=False)
    }


def near_copy_report(table: pd.DataFrame, split: pd.DataFrame) -> dict[str, Any]:
    """Count the test images that have a near copy in training.

    Args:
        table: Predictions of the test part.
        split: The split with its column `file`.

    Returns:
        `test_images_with_copy_in_training`, `share_of_test_images`,
        `accuracy_without_copies` (None where no image is left) and `images_without_copies`.
    """
    leaked = table["file"].map(split.set_index("file")["copy_in_training"]).astype(bool)
    alone = table[~leaked]
    right = (alone["actual"] == alone["predicted"]).mean() if len(alone) else None
    return {
        "test_images_with_copy_in_training": int(leaked.sum()),
        "share_of_test_images": float(leaked.mean()),
        "images_without_copies": len(alone),
        "accuracy_without_copies": None if right is None else float(right),
    }


def unseen(files: Sequence[str], shas: Sequence[str], split: pd.DataFrame) -> np.ndarray:
    """Tell which images the model has not seen in training or validation.

    Args:
        files: Names as `Class/name`.
        shas: SHA-256 of each file.
        split: The model's split with its column `file`.

    Returns:
        Shape `(files,)`, bool. True for the model's own test images and for images whose
        content is in neither of the other parts.
    """
    is_test = split["part"] == "test"
    own = set(zip(split["file"][is_test], split["sha256"][is_test], strict=True))
    seen = set(split["sha256"][~is_test])
    return np.array(
        [(file, sha) in own or sha not in seen for file, sha in zip(files, shas, strict=True)], bool
    )


def order_samples(table: pd.DataFrame, order: str, draw: int) -> pd.DataFrame:
    """Put predictions in the order in which they are looked at.

    Args:
        table: What `predictions` gave.
        order: One of `SAMPLE_ORDERS`.
        draw: Another number, another order of those that are shuffled, and of equals.
    """
    mixed = table.sample(frac=1, random_state=draw)
    if order == SHUFFLED:
        return mixed
    return mixed.sort_values("probability", ascending=order == LEAST_SURE, kind="stable")


def figures_table(report: dict[str, Any]) -> pd.DataFrame:
    """Set a report's figures in a table.

    Args:
        report: What `make_report` gave.

    Returns:
        Columns `figure`, `class` (empty where it is of all) and `value`; where there are
        several data sets also `set` (empty where it is of all).
    """
    low, high = report["accuracy_interval"]
    of_all = {name: report[name] for name in ("images", "wrong", "accuracy", "roc_auc")}
    of_all |= {"accuracy_interval_low": low, "accuracy_interval_high": high}
    rows = [(name, "", value) for name, value in of_all.items()]
    rows += [
        (name, label, value)
        for label, figures in report["per_class"].items()
        for name, value in figures.items()
    ]
    table = pd.DataFrame(rows, columns=["figure", "class", "value"])
    if "by_set" not in report:
        return table
    by_set = [
        (name, "", value, of)
        for of, figures in report["by_set"].items()
        for name, value in figures.items()
        if name != "accuracy_interval"
    ]
    more = pd.DataFrame(by_set, columns=["figure", "class", "value", "set"])
    return pd.concat([table.assign(set=""), more], ignore_index=True)


def _in_names(files: Sequence[str]) -> list[str]:
    """Give the class in each name `Class/name`."""
    return [file.split("/", 1)[0] for file in files]


def _figures_of(rows: pd.DataFrame, classes: Sequence[str], positive: str | None) -> dict[str, Any]:
    right, crack = rows["actual"] == rows["predicted"], rows["actual"] == positive
    return {
        "images": len(rows),
        "wrong": int((~right).sum()),
        "accuracy": float(right.mean()),
        "accuracy_interval": list(wilson(int(right.sum()), len(rows))),
        "cracked": int(crack.sum()),
        "recall": float(right[crack].mean()) if crack.any() else None,
        "false_alarm_rate": float((~right)[~crack].mean()) if not crack.all() else None,
        "roc_auc": _roc_auc(rows, classes, positive),
    }


def _per_class(table: pd.DataFrame, classes: Sequence[str]) -> dict[str, dict[str, float]]:
    from sklearn import metrics

    figures = metrics.precision_recall_fscore_support(
        table["actual"], table["predicted"], labels=list(classes), zero_division=0
    )
    names = ("precision", "recall", "f1", "images")
    by_class = zip(*(values.tolist() for values in figures), strict=True)
    return {
        name: dict(zip(names, row, strict=True))
        for name, row in zip(classes, by_class, strict=True)
    }


def _roc_auc(table: pd.DataFrame, classes: Sequence[str], positive: str | None) -> float | None:
    from sklearn import metrics

    present = [name for name in classes if (table["actual"] == name).any()]
    if len(present) < 2:
        return None
    areas = [
        metrics.roc_auc_score(table["actual"] == name, table[f"probability of {name}"])
        for name in ([positive] if positive else present)
    ]
    return float(np.mean(areas))
