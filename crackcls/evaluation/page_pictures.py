"""The pictures of a report: images on which the model is wrong, within the page."""

import base64
from collections.abc import Iterator

import pandas as pd

from crackcls import html
from crackcls.datasets.published.sets import SETS
from crackcls.errors import InputError
from crackcls.evaluation import sources
from crackcls.evaluation.sources import Images
from crackcls.interval import percent

# At most so many, of so many pixels a side: some 200 KB.
MOST, SIDE = 24, 160
STYLE = """
.pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); gap: 1rem }
.pictures img { display: block; width: 100%; max-width: 160px; height: auto }
.pictures figcaption { font-size: .85rem; overflow-wrap: anywhere }
"""
SHRUNK = "The pictures in this report are shrunk.\n"


def wrong_ones(wrong: pd.DataFrame, images: Images | None) -> str:
    """Show the wrong predictions of which the model was surest, each kind of mistake in turn.

    Args:
        wrong: Predictions, columns `file`, `sha256`, `actual`, `predicted` and `probability`.
        images: Where their images are; None where nobody knows.

    Returns:
        HTML; empty where there is no picture.
    """
    if images is None or wrong.empty:
        return ""
    kinds = wrong.groupby(["actual", "predicted"])["probability"]
    turns = wrong.assign(turn=kinds.rank(ascending=False, method="first"))
    figures = list(_figures(turns.sort_values("turn", kind="stable"), images))
    if not figures:
        return ""
    told = f"{len(figures)} of {len(wrong):,}, of each kind those of which the model was surest."
    return f'<p>{told}</p>\n<div class="pictures">{"".join(figures)}</div>'


def credit(images: Images | None, named: str, with_pictures: bool) -> str:
    """Say whose the photos of published sets are.

    Args:
        images: Where the images are.
        named: The names of all sets of the report.
        with_pictures: Whether photos are in the report.
    """
    line, whole = sources.credits_of(images) if images and with_pictures else ("", "")
    if line:
        return f"{line} {SHRUNK}{whole}"
    texts = [
        f"The {one.title} photos:\n{one.attribution.partition('Changes:')[0]}"
        for one in SETS.values()
        if one.name in named.casefold()
    ]
    return "".join([*texts, SHRUNK] if texts and with_pictures else texts)


def _figures(wrong: pd.DataFrame, images: Images) -> Iterator[str]:
    """Give the first `MOST` that can be read."""
    shown = 0
    for row in wrong.to_dict("records"):
        path = images.path(row["file"])
        if path is None or shown == MOST:
            continue
        try:
            content = base64.b64encode(sources.shrunk(path, row["sha256"], SIDE)).decode()
        except InputError:
            continue
        shown += 1
        said = f"labelled {row['actual']}, called {row['predicted']} {percent(row['probability'])}"
        words, file = html.text_of(said), html.text_of(row["file"])
        yield (
            f'<figure><img src="data:image/jpeg;base64,{content}" alt="{words}">'
            f"<figcaption>{words}<br>{file}</figcaption></figure>"
        )
