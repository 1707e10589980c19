"""The headline of a test: what is found and what is called by mistake, beside the accuracy."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crackcls import html
from crackcls.interval import wilson
from crackcls.runs import rates
from crackcls.runs.rates import Rate

# On fewer test images of a class than these, a share is off by more than ten points either way.
FEW = 50


@dataclass(frozen=True)
class Figure:
    """One figure of a headline.

    Attributes:
        label: What it is.
        value: The share in percent, or the range it lies in where a class has few images.
        counted: The images behind it, as `9 of 12`.
        meaning: A sentence.
    """

    label: str
    value: str
    counted: str
    meaning: str


@dataclass(frozen=True)
class Headline:
    """What is said first of a test.

    Attributes:
        figures: Recall, false alarms and accuracy, in this order.
        caution: What few images make of them; None where each class has enough.
    """

    figures: tuple[Figure, Figure, Figure]
    caution: str | None


def of_report(report: Mapping[str, Any]) -> Headline:
    """Give the headline of a report.

    Args:
        report: What `report.make_report` gave, its classes named as a person reads them.
    """
    name, tested = rates.sought(report), rates.images_of(report)
    few = min(tested.values()) < FEW
    found, called = rates.recall(report, name), rates.false_alarms(report, name)
    right = Rate(report["images"] - report["wrong"], report["images"])
    figures = (
        _figure(f"Recall of '{name}'", found, few, f"Share of the '{name}' that are found."),
        _figure("False alarms", called, few, f"Share of the rest that is called '{name}'."),
        _figure("Accuracy", right, few, "Share of all images that are called what they are."),
    )
    return Headline(figures, _caution(tested) if few else None)


def as_html(report: Mapping[str, Any]) -> str:
    """Write the headline of a report, which `of_report` gives, as paragraphs."""
    said = of_report(report)
    *rates, accuracy = said.figures
    lines = [
        *(
            f"<strong>{one.value}</strong> {html.text_of(one.label)}: {one.counted}"
            for one in rates
        ),
        f"<strong>{accuracy.value}</strong> right: {report['wrong']:,} wrong of "
        f"{report['images']:,} images",
    ]
    caution = f"<p>{html.text_of(said.caution)}</p>\n" if said.caution else ""
    return "".join(f'<p class="score">{line}</p>\n' for line in lines) + caution


def in_percent(rate: Rate, few: bool) -> str:
    """Say a share, or where images are few the range in which it lies with 95 % confidence."""
    if rate.share is None:
        return "-"
    if not few:
        return f"{rate.share:.2%}"
    low, high = wilson(rate.hits, rate.images)
    return f"{low:.0%} to {high:.0%}"


def _figure(label: str, rate: Rate, few: bool, meaning: str) -> Figure:
    counted = f"{rate.hits:,} of {rate.images:,}"
    return Figure(label, in_percent(rate, few), counted, meaning)


def _caution(tested: Mapping[str, int]) -> str:
    scarce = [
        f"{f'{count} images' if count else 'none'} of '{name}'"
        for name, count in tested.items()
        if count < FEW
    ]
    return (
        f"The test has {' and '.join(scarce)}. With fewer than {FEW} of a class chance decides "
        "much, so each figure is the range in which it lies with 95 % confidence."
    )
