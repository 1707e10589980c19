"""Class folders of other data: which of a model's classes each is, asked where nothing tells."""

import streamlit as st

from crackcls.classes import match as class_match
from crackcls.datasets.several import Source
from crackcls.evaluation import wording
from crackcls.names import markdown, shown
from crackcls.runs.folders import Run
from crackcls.widgets import looked_for


def ask(run: Run, source: Source) -> dict[str, str] | None:
    """Ask which class of a model each folder is, where neither name nor meaning tells.

    Args:
        run: The model's run.
        source: The data, and how its folders are read.

    Returns:
        The answers; empty where all is clear. None where one is missing.
    """
    names, positive = wording.called(run.config), wording.positive_of(run.config)
    found = looked_for.classes_of(source)
    matched = class_match.match(found, list(names), positive)
    for folder, of in matched.items():
        if of and of != folder:
            st.caption(markdown(f"'{folder}' is taken as '{names[of]}'."))
    asked = [folder for folder, of in matched.items() if of is None]
    if asked:
        st.info("What some folders hold, their names do not tell. Choose it to start.")
    said = {folder: _ask_one(folder, names, f"{run.name}-{source.data}") for folder in asked}
    told = {folder: of for folder, of in said.items() if of is not None}
    return told if len(told) == len(asked) else None


def _ask_one(folder: str, names: dict[str, str], key: str) -> str | None:
    return st.selectbox(
        f"What are the photos in '{markdown(folder)}'?",
        list(names),
        index=None,
        format_func=lambda name: shown(names[name]),
        placeholder="Choose",
        key=f"match-{key}-{folder}",
    )
