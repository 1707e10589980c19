"""The model, figures, predictions and the report, to take away."""

import json
from functools import partial

import streamlit as st

from crackcls import config
from crackcls.errors import InputError
from crackcls.evaluation import page_job, store, wording
from crackcls.evaluation.report import figures_table
from crackcls.evaluation.store import Evaluation
from crackcls.names import file_stem
from crackcls.network import parcel
from crackcls.runs.folders import Run
from crackcls.widgets import powers, tell
from crackcls.widgets.evaluation import table_of
from crackcls.widgets.figures import KEPT


def show(chosen: Evaluation) -> None:
    """Offer the model, and an evaluation as JSON, CSV, HTML and for Excel."""
    st.header("Take away")
    report, table = store.report_of(chosen), table_of(chosen)
    name = file_stem(f"{chosen.run.name}-{chosen.data}")
    may_see = powers.may_see_images(chosen.run.name)
    if may_see:
        offer_report(chosen, name)
    offer_model(chosen.run)
    content = json.dumps(report, indent=2, ensure_ascii=False)
    figures = figures_table(wording.report_in_words(report))
    tell.offer_table("Figures", lambda: figures, f"{name}-figures")
    st.download_button("Figures as JSON", content, f"{name}.json", "application/json")
    if may_see:
        predictions = wording.table_in_words(table, wording.called(report))
        tell.offer_table("Predictions", lambda: predictions, f"{name}-predictions")
    else:
        st.caption("Predictions and the report name the images, which are their owner's.")


def offer_report(chosen: Evaluation, name: str) -> None:
    """Offer the report, once it is made."""
    at = st.session_state.get(KEPT, config.THRESHOLD)
    made_for, html = st.session_state.get("report", ("", ""))
    if st.button("Make the report"):
        make_report(chosen, at)
        made_for, html = st.session_state.get("report", ("", ""))
    if made_for == str(chosen.folder):
        st.download_button("Report as HTML", html, f"{name}.html", "text/html", type="primary")
    st.caption(
        f"One page: wrong images, charts, and the figures at the threshold {at:g}. Print it to "
        "keep it as PDF."
    )


def offer_model(run: Run) -> None:
    """Offer the model as one ZIP, made when its button is pressed, to whoever may take it."""
    if not powers.may_take(run.name):
        return
    try:
        check(run, str(run.folder), parcel.state_of(run))
    except InputError as error:
        tell.refusal(error)
        return
    make = partial(parcel.pack, run)
    st.download_button("Model as ZIP", make, f"{file_stem(run.name)}.zip", "application/zip")
    st.caption(
        "The network, its classes and figures, whose its data is, and judge.py, which judges "
        "photos by it without this app."
    )


@st.cache_resource(max_entries=16, show_spinner=False)
def check(_run: Run, folder: str, state: tuple[object, ...]) -> None:
    """Check that a model can be packed, once for each state of its files; packing checks again."""
    parcel.check(_run)


def make_report(chosen: Evaluation, at: float) -> None:
    """Write the report, or say why not."""
    try:
        with st.spinner("Drawing …"):
            st.session_state["report"] = str(chosen.folder), page_job.in_a_process(chosen, at)
    except InputError as error:
        tell.refusal(error)
