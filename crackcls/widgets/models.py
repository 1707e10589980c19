"""Models side by side, on the same images."""

import itertools

import pandas as pd
import streamlit as st

from crackcls.errors import InputError
from crackcls.evaluation import compare, wording
from crackcls.evaluation.store import Evaluation
from crackcls.labelled import locate, read_verified
from crackcls.names import markdown, shown
from crackcls.runs import folders
from crackcls.widgets import powers, tell
from crackcls.widgets.evaluation import table_in_words

SHOWN, WIDTH = 12, 158


def show(chosen: Evaluation) -> None:
    """Compare the chosen evaluation with those of other models."""
    st.header("Models on the same images")
    aim = aim_of(chosen.run)
    others = {
        f"{one.run.title}: {one.title}": one
        for run in powers.visible_models()
        if run.name != chosen.run.name and aim_of(run) == aim
        for one in powers.visible_evaluations(run)
    }
    if not others:
        st.info("There is no other tested model with these classes. Train one first.")
        return
    picked = st.multiselect("Compare with", list(others), max_selections=4, format_func=shown)
    if not picked:
        st.caption(
            "Choose one or more. Only images that all of them have judged count; judge two models "
            "on the same other data to have many."
        )
        return
    compared = {chosen.run.name: chosen} | {
        others[title].run.name: others[title] for title in picked
    }
    try:
        tables = {k: table_in_words(v, wording.called(v.run.model)) for k, v in compared.items()}
        show_compared(chosen, compare.common(tables))
    except InputError as error:
        tell.refusal(error)


def aim_of(run: folders.Run) -> tuple[frozenset[str], str | None]:
    """Give the classes that a model tells apart and the one that it looks for, in words."""
    names, positive = wording.called(run.model), wording.positive_of(run.model)
    return frozenset(names.values()), names[positive] if positive else None


def show_compared(chosen: Evaluation, tables: dict[str, pd.DataFrame]) -> None:
    """Show figures, tests of the differences, and the images they disagree on."""
    tell.table(compare.figures(tables, aim_of(chosen.run)[1]))
    for one, other in itertools.combinations(tables, 2):
        test = compare.mcnemar(tables[one], tables[other])
        first, second = test["only_first_right"], test["only_second_right"]
        st.markdown(
            f"Only **{markdown(one)}** is right on {first:,}, only **{markdown(other)}** on "
            f"{second:,}. "
            f"{in_words(test['p_value'])} (McNemar's exact test)"
        )
    st.caption("Exact copies of an image count once here.")
    apart = compare.disagreements(tables)
    st.header(f"They disagree on {len(apart):,} images")
    if apart.empty:
        return
    if not powers.may_see_images(chosen.run.name):
        st.info("Which ones these are is their owner's to see.")
        return
    tell.table(apart.drop(columns="sha256"))
    if not chosen.places:
        return
    with st.container(horizontal=True):
        for row in apart.head(SHOWN).to_dict("records"):
            with st.container(width=WIDTH):
                try:
                    path = locate(chosen.places, row["file"])
                    image, alt = read_verified(path, row["sha256"]), f"actual: {row['actual']}"
                    st.image(image, width="stretch", alt=alt)
                except InputError as error:
                    tell.refusal(error)
                st.caption(markdown(f"{row['file']}, actual: {row['actual']}"))


def in_words(p_value: float) -> str:
    """Say what a test of a difference means."""
    often = "under 0.1%" if p_value < 0.001 else f"{p_value:.1%}"
    if p_value > 0.05:
        told = "so this does not show that either is better."
    else:
        told = "so chance alone hardly explains it."
    return f"Were both equally good, a split as uneven would come up in {often} of cases, {told}"
