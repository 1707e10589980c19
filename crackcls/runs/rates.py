"""What a test found of a class and what it called so by mistake, counted in a report's matrix."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from crackcls.classes import names


class Rate(NamedTuple):
    """A share of images.

    Attributes:
        hits: How many are found, or called by mistake.
        images: Of how many.
    """

    hits: int
    images: int

    @property
    def share(self) -> float | None:
        """0 to 1; None of no image."""
        return self.hits / self.images if self.images else None


def sought(report: Mapping[str, Any]) -> str:
    """Give the class whose finding counts: that looked for, or of more than two the rarest.

    Args:
        report: What `report.make_report` gave; one of an older version may lack `positive`.
    """
    classes, tested = report["classes"], images_of(report)
    positive = names.looked_for(classes, report.get("positive"))
    return positive or min(classes, key=lambda name: tested[name] or float("inf"))


def images_of(report: Mapping[str, Any]) -> dict[str, int]:
    """Give how many images of each class were judged."""
    matrix = report["confusion_matrix"]
    return {name: sum(row) for name, row in zip(report["classes"], matrix, strict=True)}


def recall(report: Mapping[str, Any], name: str) -> Rate:
    """Count the images of a class that are called so."""
    at = report["classes"].index(name)
    row = report["confusion_matrix"][at]
    return Rate(row[at], sum(row))


def false_alarms(report: Mapping[str, Any], name: str) -> Rate:
    """Count the images of the other classes that are called so."""
    at = report["classes"].index(name)
    others = [row for index, row in enumerate(report["confusion_matrix"]) if index != at]
    return Rate(sum(row[at] for row in others), sum(map(sum, others)))


def tested(report: Mapping[str, Any] | None) -> dict[str, float | None]:
    """Give what lists of models say of a test.

    Args:
        report: Of a model's own test; None of a model without one.

    Returns:
        `test_accuracy`, `test_recall` and `test_false_alarms` of the class of `sought`, 0 to 1;
        None where there is nothing to tell.
    """
    if not report:
        return dict.fromkeys(("test_accuracy", "test_recall", "test_false_alarms"))
    name = sought(report)
    return {
        "test_accuracy": report["accuracy"],
        "test_recall": recall(report, name).share,
        "test_false_alarms": false_alarms(report, name).share,
    }
