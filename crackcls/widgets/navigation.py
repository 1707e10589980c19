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
    "See where the model is right and where it is wrong.",
)
TRAIN = Page(
    "pages/1_Train.py",
    "Train",
    ":material/model_training:",
    "Fine-tune the network on a folder of images.",
)
# In the address of Predict and Evaluate: the model to open with.
MODEL = "model"
HOME = Page("app.py", "Home", ":material/home:", "What this is.")
PAGES = HOME, PREDICT, EVALUATE, TRAIN


def show() -> None:
    """Show the ways in the sidebar.

    Streamlit's own list calls Home by the name of its file.
    """
    with st.sidebar:
        for page in PAGES:
            st.page_link(page.path, label=page.label, icon=page.icon)


def show_cards() -> None:
    """Show the ways on from Home, each with what it is for."""
    for column, page in zip(st.columns(len(PAGES) - 1), PAGES[1:], strict=True):
        with column.container(border=True):
            st.page_link(page.path, label=f"**{page.label}**", icon=page.icon)
            st.caption(page.summary)


def at(names: Sequence[str]) -> int:
    """Give the place of the model that the address names, 0 where it names none of them."""
    name = st.query_params.get(MODEL, "")
    return names.index(name) if name in names else 0
