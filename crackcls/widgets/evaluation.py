"""Choosing an evaluation of a model, or evaluating it on other data."""

import hashlib
from collections.abc import Mapping

import pandas as pd
import streamlit as st

from crackcls import stored
from crackcls.datasets import keeping
from crackcls.datasets.several import Source
from crackcls.evaluation import job as evaluation_job
from crackcls.evaluation import store, wording
from crackcls.evaluation.store import Evaluation
from crackcls.names import markdown, shown
from crackcls.runs import folders, jobs
from crackcls.widgets import class_match, data, job, powers, tell

OTHER = "other data …"
ONE_AT_A_TIME = (
    "One evaluation of the class runs at a time, and another one does. Try again in a minute."
)

NO_FIGURES = (
    "Of '{name}' there are no figures of a test here: it {why}. To get some, let it judge photos "
    "whose class is known: those of the app, or a ZIP of yours."
)


def why_untested(run: folders.Run) -> str:
    """Say why a model has no figures of a test of its own."""
    if "report.json" in run.damage:
        return "has lost them"
    return "was trained elsewhere" if run.state == "added" else "was stopped before its test"


def ask(run: folders.Run) -> Evaluation | None:
    """Ask which of a model's evaluations to show; None is one on other data, still to be made."""
    known = {one.folder.name: one for one in powers.visible_evaluations(run)}
    titles = {key: shown(one.title) for key, one in known.items()}
    if powers.may_evaluate(run.name):
        titles[OTHER] = OTHER
    key = f"on-{run.name}"
    return known.get(
        st.selectbox("Judged on", list(titles), format_func=titles.__getitem__, key=key)
    )


def tell_damage(run: folders.Run) -> None:
    """Say which evaluations are damaged, to whom they belong."""
    for sentence in store.look(run)[1] if powers.may_manage(run.name) else ():
        st.warning(markdown(sentence))


def make(run: folders.Run) -> None:
    """Evaluate a model on other data, or show how that does."""
    now = jobs.read_job(evaluation_job.folder(run))
    if now and now.state == "running":
        job.follow(evaluation_job.folder(run), "Stop evaluating")
    else:
        ask_other(run, now)


def ask_other(run: folders.Run, last: folders.Run | None) -> None:
    """Ask for data and start evaluating on it."""
    job.tell_end(last, "The last evaluation")
    if not run.report:
        st.info(NO_FIGURES.format(name=markdown(run.name), why=why_untested(run)))
    st.caption("Images that the model saw in training or validation are left out.")
    start_on_data("Evaluate on this data", run)


def start_on_data(label: str, run: folders.Run, *others: folders.Run) -> None:
    """Ask for data, and start evaluating a model on it, or several.

    Args:
        label: Of the button.
        run: The model.
        others: Models that judge the same images.
    """
    source = data.choose(judged=True)
    said = class_match.ask(run, source) if source else None
    if st.button(label, type="primary", disabled=said is None) and source:
        start(source, said or {}, run, *others)


def start(source: Source, said: Mapping[str, str], run: folders.Run, *others: folders.Run) -> None:
    """Start evaluating models on the same data, or say why not now.

    Args:
        source: The data.
        said: Which class of the first model a folder is, where its name does not tell.
        run: The first model's run, which the job is of.
        others: Further ones.
    """
    if powers.visitor() and any(map(evaluation_job.is_at_work, keeping.runs_of_visitors())):
        tell.refusal(ONE_AT_A_TIME)
    else:
        words = evaluation_job.words(run, source.data, said, source.layout, others)
        job.start(evaluation_job.folder(run), words)


def table_of(chosen: Evaluation) -> pd.DataFrame:
    """Read the predictions, once for all visitors; nobody may change what this gives."""
    return _table(chosen, _hash_of(chosen))


def table_in_words(chosen: Evaluation, names: Mapping[str, str]) -> pd.DataFrame:
    """Give the predictions with what a person reads for each class, in the same way."""
    return _table_in_words(chosen, _hash_of(chosen), tuple(names.items()))


def _hash_of(chosen: Evaluation) -> str:
    content = stored.read_bytes(chosen.folder / "predictions.csv", stored.MOST_TABLE)
    return hashlib.sha256(content).hexdigest()


@st.cache_resource(max_entries=8, show_spinner="Reading the predictions …")
def _table(_chosen: Evaluation, sha256: str) -> pd.DataFrame:
    return store.table_of(_chosen)


@st.cache_resource(max_entries=8, show_spinner=False)
def _table_in_words(
    _chosen: Evaluation, sha256: str, names: tuple[tuple[str, str], ...]
) -> pd.DataFrame:
    return wording.table_in_words(_table(_chosen, sha256), dict(names))
