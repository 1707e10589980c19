"""A confusion matrix whose cells show their images in small, and open them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from crackcls.errors import InputError
from crackcls.evaluation import cells, sources
from crackcls.evaluation.cells import Cell
from crackcls.evaluation.sources import Images
from crackcls.interval import percent
from crackcls.names import markdown, shown

# Of two classes each cell shows so many images, of more none: the cells are too small.
SMALL, SIDE = 6, 56
# The button of a cell lies over all of it, so that a tap on a picture opens the cell too. On a
# phone two cells stand side by side, with four pictures each.
STYLE = """
<style>
[class*="st-key-cell-"] { position: relative; }
[class*="st-key-cell-"] :is(.stElementContainer, .stButton, .stButton button) { position: static; }
[class*="st-key-cell-"] .stButton button::after { content: ""; position: absolute; inset: 0;
  z-index: 1; }
[class*="st-key-cell-"] .stElementToolbar { display: none; }
[class*="st-key-cell-"] .stImage { gap: 0.375rem; }
@media (max-width: 40rem) {
  [class*="st-key-cell-"] .stImage > :nth-child(n + 5) { display: none; }
}
[class*="st-key-cell-open-"] { outline: 3px solid #ea580c; border-radius: 0.5rem; }
</style>
"""


def show(
    report: Mapping[str, Any],
    table: pd.DataFrame,
    images: Images,
    names: Mapping[str, str],
    key: str,
) -> None:
    """Show the matrix; a click on a cell puts its key into the session.

    Args:
        report: What `report.make_report` gave.
        table: The predictions whose images are at hand.
        images: Where these are.
        names: What a person reads for each class.
        key: The name in the session.
    """
    st.html(STYLE)
    rows = cells.rows_of(report)
    opened = st.session_state.get(key, cells.WRONG)
    for row in rows:
        if len(rows) > 2:
            said = f"**{markdown(names[row[0].actual])}**: {row[0].of:,} images, called"
            st.markdown(said)
        with st.container(horizontal=True, gap="small"):
            for cell in row:
                name = f"cell-{'open-' if opened == cell.key else ''}{cell.key}"
                with st.container(border=len(rows) == 2, key=name, gap="small"):
                    show_cell(cell, names, key, len(rows) > 2)
                    if len(rows) == 2:
                        show_small(cells.choose(table, cell.key, row), images, names)


def show_cell(cell: Cell, names: Mapping[str, str], key: str, compact: bool) -> None:
    """Show the button that opens a cell: how many images it has, and what they are."""
    share = "-" if cell.share is None else f"{cell.share:.1%}"
    what = markdown(names[cell.predicted] if compact else cells.title(cell, names))
    sign = "" if cell.is_right else "✗ "
    st.button(
        f"{sign}**{cell.images:,}** {what} ({share})",
        key=f"open-{cell.key}",
        on_click=st.session_state.__setitem__,
        args=(key, cell.key),
        width="stretch",
        disabled=not cell.images,
    )


def show_small(rows: pd.DataFrame, images: Images, names: Mapping[str, str]) -> None:
    """Show some images of a cell in small; one that cannot be read is passed over."""
    pictures, words = [], []
    for row in cells.seen_first(rows, SMALL).to_dict("records"):
        try:
            pictures.append(small(str(images.path(row["file"])), row["sha256"]))
        except InputError:
            continue
        words.append(alt_of(row, names))
    if pictures:
        st.image(pictures, width=SIDE, alt=words)


@st.cache_data(max_entries=1024, show_spinner=False)
def small(path: str, sha256: str) -> bytes:
    """Give an image of `SIDE` pixels at most, twice for sharp screens, as a JPEG.

    Raises:
        InputError: It cannot be read, or is not the one that was judged.
    """
    return sources.shrunk(Path(path), sha256, 2 * SIDE)


def alt_of(row: Mapping[Any, Any], names: Mapping[str, str]) -> str:
    """Say what a picture of a prediction shows, for whoever does not see it."""
    right = row["actual"] == row["predicted"]
    called = f"{'' if right else 'wrongly '}called {names[row['predicted']]}"
    return shown(f"{names[row['actual']]}, {called} with {percent(row['probability'])}")
