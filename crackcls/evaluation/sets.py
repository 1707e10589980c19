"""The figures of several data sets in words, each set apart."""

from collections.abc import Mapping
from typing import Any

# What a phone shows without a push comes first.
HEADS = ("set", "images", "wrong", "recall", "false alarms", "accuracy", "95 % interval", "ROC AUC")


def rows(report: Mapping[str, Any]) -> list[list[Any]]:
    """Give a row for each data set.

    Args:
        report: What `report.make_report` gave.

    Returns:
        Rows in the order of `HEADS`, the worst accuracy first; empty where there is one set.
    """
    by_set = report.get("by_set", {})
    order = sorted(by_set, key=lambda name: by_set[name]["accuracy"])
    return [[name, *_in_words(by_set[name])] for name in order]


def worst(report: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]] | None:
    """Give name and figures of the set of the lowest accuracy, where there are several."""
    by_set: Mapping[str, Any] = report.get("by_set", {})
    return min(by_set.items(), key=lambda pair: pair[1]["accuracy"]) if len(by_set) > 1 else None


def _in_words(figures: Mapping[str, Any]) -> list[Any]:
    low, high = figures["accuracy_interval"]
    auc = figures["roc_auc"]
    return [
        figures["images"],
        figures["wrong"],
        *(
            "-" if figures[key] is None else f"{figures[key]:.2%}"
            for key in ("recall", "false_alarm_rate")
        ),
        f"{figures['accuracy']:.2%}",
        f"{low:.2%} to {high:.2%}",
        "-" if auc is None else f"{auc:.5f}",
    ]
