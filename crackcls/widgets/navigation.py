"""The ways between the pages, in one order with the same names everywhere."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True)
class Page:
    """A page of the app.

    Attributes:
        path: Of its file.
        label: Its name.
        icon: As Streamlit takes it.
        summary: What it is for, a sentence.
    """

    path: str
    label: str
    icon: str
    summary: str


PREDICT = Page("pages/3_Predict.py", "Predict", ":material/photo_camera:", "Judge your own photos.")
EVALUATE = Page(
    "pages/2_Evaluate.py",
    "Evaluate",
    ":material/fact_check:",
    "See where it is right and wrong.",
)
TRAIN = Page(
    "pages/1_Train.py",
    "Train",
    ":material/model_training:",
    "Fine-tune it on your images.",
)
LESSON = Page(
    "pages/4_Lesson.py",
    "Lesson",
    ":material/school:",
    "Learn what a score means, in 45 minutes.",
)
# In the address of Predict and Evaluate: the model to open with.
MODEL = "model"
HOME = Page("app.py", "Home", ":material/home:", "What this is.")
PAGES = HOME, PREDICT, EVALUATE, TRAIN, LESSON
# Streamlit writes white on a filled button whatever its colour is; on the bright one of the dark
# theme that has a contrast of 2 to 1.
FILLED = """<style>
[data-testid^="stBaseButton-primary"]:not(:disabled) { color: light-dark(#fff, #1c1917); }
</style>"""


def show() -> None:
    """Show the ways in the sidebar.

    Streamlit's own list calls Home by the name of its file.
    """
    st.html(FILLED)
    with st.sidebar:
        for page in PAGES:
            st.page_link(page.path, label=page.label, icon=page.icon)


def show_cards() -> None:
    """Show the ways on from Home, each with what it is for."""
    for page in PAGES[1:]:
        with st.container(border=True):
            # The summary is part of the link, so that a tap on it goes there too; one line each.
            label = f"**{page.label}**: {page.summary}"
            st.page_link(page.path, label=label, icon=page.icon, width="stretch")


def at(names: Sequence[str]) -> int:
    """Give the place of the model that the address names, 0 where it names none of them."""
    name = st.query_params.get(MODEL, "")
    return names.index(name) if name in names else 0
