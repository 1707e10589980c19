"""What the students of a class share with each other, in one table."""

from typing import Any

import streamlit as st

from crackcls.access.modes import Action
from crackcls.datasets import keeping
from crackcls.evaluation import gallery
from crackcls.runs import belonging, folders
from crackcls.widgets import powers, tell, waiting

# In pixels, so that the figures are on a phone's screen.
WIDTHS = {"name": 90, "student": 100, "same images": 88, "own test": 70, "its images": 74}
SHARES = "same images", "own test"
TOGETHER = (
    "The best on the same {images:,} images first: only that column compares models. The own test "
    "is on other images for each."
)
APART = (
    "The best own test first. Each was tested on images of its own, so an easy test looks like a "
    "good model. Your teacher can let all judge the same images."
)


def show() -> None:
    """Show whoever may see what the class shares all of it, the best first."""
    if not (waiting.is_used() and powers.may(Action.SEE_SHARED)):
        return
    runs = [
        run
        for run in keeping.runs_of_visitors()
        if run.has_model and belonging.is_shared(run.folder)
    ]
    if not runs:
        return
    found = gallery.ranked(runs)
    st.header("Shared with the class")
    table = found.table.rename(columns={"test_accuracy": "own test", "test_images": "its images"})
    table.insert(1, "student", [called(name) for name in table["name"]])
    table = table.rename(columns={"together": "same images"})
    if not found.images:
        table = table.drop(columns="same images")
    st.dataframe(
        tell.as_shown(table),
        hide_index=True,
        width="stretch",
        column_config={str(name): column(str(name)) for name in table},
        placeholder="-",
    )
    st.caption(TOGETHER.format(images=found.images) if found.images else APART)
    st.caption("Each judges your photos on the Predict page, under Model.")


def column(name: str) -> Any:
    """Say how a column is shown: shares in percent."""
    if name in SHARES:
        return st.column_config.NumberColumn(width=WIDTHS[name], format="percent")
    return st.column_config.Column(width=WIDTHS[name])


def called(name: str) -> str:
    """Say who shares a run."""
    return powers.called(belonging.of(folders.folder_of(name)))
