"""Models on the same images, in words."""

from collections.abc import Mapping

import pandas as pd

from crackcls.evaluation.compare import Difference

HOW = (
    "Exact copies of an image count once. Each image is judged by both, so the differences are of "
    "pairs: the interval is that of Agresti and Min, chance is McNemar's exact test."
)


def table_of(names: tuple[str, str], found: Mapping[str, Difference]) -> pd.DataFrame:
    """Set the figures of two models side by side.

    Args:
        names: What the models are called.
        found: What `compare.differences` gave.

    Returns:
        Columns `figure`, one for each model, `difference` and `95 % interval` (in points, the
        second less the first), `images` and `by chance` (how often chance splits as unevenly).
    """
    rows = []
    for figure, one in found.items():
        low, high = one.interval
        shares = (f"{n / one.images:.1%}" for n in (one.first, one.second))
        interval = f"{points(low)} to {points(high)}"
        told = [points(one.share), interval, one.images, often(one.p_value)]
        rows.append([figure, *shares, *told])
    heads = ["figure", *names, "difference", "95 % interval", "images", "by chance"]
    return pd.DataFrame(rows, columns=heads)


def ranked(figures: pd.DataFrame) -> pd.DataFrame:
    """Write the figures of any number of models in words, the best accuracy first.

    Args:
        figures: What `compare.figures` gave.

    Returns:
        Columns `model`, `accuracy`, `95 % interval`, `recall`, `false alarms` and `images`.
    """
    best = figures.sort_values(["accuracy", "model"], ascending=[False, True])
    rows = [
        [
            one["model"],
            f"{one['accuracy']:.1%}",
            f"{one['low']:.0%} to {one['high']:.0%}",
            *(
                "-" if pd.isna(one[key]) else f"{one[key]:.1%}"
                for key in ("recall", "false_alarms")
            ),
            one["images"],
        ]
        for one in best.to_dict("records")
    ]
    heads = ["model", "accuracy", "95 % interval", "recall", "false alarms", "images"]
    return pd.DataFrame(rows, columns=heads)


def sentence(names: tuple[str, str], right: Difference) -> str:
    """Say on how many images one model alone is right, and what that is worth.

    Args:
        names: What the models are called.
        right: The difference of the accuracy.
    """
    if right.p_value > 0.05:
        told = "so this does not show that either is better."
    else:
        told = "so chance alone hardly explains it."
    return (
        f"Only {names[0]} is right on {right.only_first:,} images, only {names[1]} on "
        f"{right.only_second:,}. Were both equally good, a split as uneven would come up in "
        f"{often(right.p_value)} of cases, {told}"
    )


def points(share: float) -> str:
    """Say a difference of shares in points of a hundred."""
    return f"{100 * share:+.1f}"


def often(chance: float) -> str:
    """Say how often something comes up by chance."""
    return "under 0.1%" if chance < 0.001 else f"{chance:.1%}"
