"""What the students of a class share with each other, in one table, on the same photos."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from crackcls import config
from crackcls.access.modes import Action
from crackcls.datasets import keeping, shipped_photos
from crackcls.datasets.several import Source
from crackcls.evaluation import gallery
from crackcls.evaluation import job as evaluation_job
from crackcls.names import markdown, shown
from crackcls.runs import belonging, folders, jobs
from crackcls.runs.folders import Run
from crackcls.widgets import data, evaluation, job, powers, tell, waiting

# In pixels, so that the first figures are on a phone's screen.
WIDTHS = {"name": 90, "student": 100, "same images": 88, "own test": 70, "its images": 74}
WIDTHS |= {"95 % interval": 96, "recall": 120, "false alarms": 120}
SHARES = "same images", "own test"
CALLED = {
    **{"together": "same images", "interval": "95 % interval", "false_alarms": "false alarms"},
    **{"test_accuracy": "own test", "test_images": "its images"},
}
ORDER = ["name", "student", "same images", "95 % interval", "recall", "false alarms"]
TOGETHER = (
    "The best on the same {images:,} images first: only the columns on these compare models, and "
    "where two intervals overlap much, chance may have ranked them. The own test is on other "
    "images for each."
)
APART = (
    "The best own test first. Each was tested on images of its own, so an easy test looks like a "
    "good model. {who} all judge the same photos."
)
SHIPPED = "shipped"


def show() -> None:
    """Show whoever may see what the class shares all of it, the best first."""
    if not (waiting.is_used() and powers.may(Action.SEE_SHARED)):
        return
    runs = shared() + [run for run in own() if not belonging.is_shared(run.folder)]
    if not runs:
        return
    st.header("Shared with the class")
    beside = [run for run in shipped() if gallery.has_judged(run)]
    found = gallery.ranked([*runs, *beside])
    show_table(found)
    offer([*runs, *shipped()])
    st.caption("Each that is shared judges your photos on the Predict page, under Model.")


def shared() -> list[Run]:
    """List the models that the class shares."""
    runs = keeping.runs_of_visitors()
    return [run for run in runs if run.has_model and belonging.is_shared(run.folder)]


def own() -> list[Run]:
    """List the models of the student at the page."""
    runs = keeping.runs_of_visitors() if powers.visitor() else []
    return [run for run in runs if run.has_model and powers.is_mine(run.name)]


def shipped() -> list[Run]:
    """List the models that come with the app."""
    runs = [folders.read_run(folders.folder_of(name)) for name in config.SHIPPED_MODELS]
    return [run for run in runs if run.is_usable]


def show_table(found: gallery.Gallery) -> None:
    """Show ranked models, and say what ranks them."""
    table = found.table.rename(columns=CALLED)
    table.insert(1, "student", [called(name) for name in table["name"]])
    table = table[[*ORDER, "own test", "its images"]]
    if not found.images:
        table = table.drop(columns=ORDER[2:])
    st.dataframe(
        tell.as_shown(table),
        hide_index=True,
        width="stretch",
        column_config={str(name): column(str(name)) for name in table},
        placeholder="-",
    )
    who = "Let them" if powers.may(Action.ARRANGE) else "Your teacher can let"
    st.caption(TOGETHER.format(images=found.images) if found.images else APART.format(who=who))
    if found.are_shipped:
        st.caption(f"The same images are {data.shipped_in_words()}")


def column(name: str) -> Any:
    """Say how a column is shown: shares in percent."""
    if name in SHARES:
        return st.column_config.NumberColumn(width=WIDTHS[name], format="percent")
    return st.column_config.Column(width=WIDTHS[name])


def called(name: str) -> str:
    """Say who shares a run."""
    if name in config.SHIPPED_MODELS:
        return SHIPPED
    if powers.visitor() and powers.is_mine(name):
        return "you"
    return powers.called(belonging.of(folders.folder_of(name)))


def offer(runs: Sequence[Run]) -> None:
    """Offer to let models judge the photos of the app that have not: all, or the student's own."""
    busy = next((run for run in runs if evaluation_job.is_at_work(run)), None)
    if busy:
        may_stop = powers.may_manage(busy.name)
        job.follow(evaluation_job.folder(busy), "Stop judging" if may_stop else None)
        return
    left = [run for run in runs if gallery.can_judge(run) and not gallery.has_judged(run)]
    mine = [run for run in left if powers.may_evaluate(run.name)]
    if not mine:
        return
    first = min(mine, key=lambda run: run.name in config.SHIPPED_MODELS)
    others = [run for run in left if run != first and may_join(run)]
    job.tell_end(jobs.read_job(evaluation_job.folder(first)), "The last judging")
    words = ", ".join(shown(run.name) for run in (first, *others))
    if st.button("Judge the photos of the app", icon=":material/rule:"):
        evaluation.start(Source(shipped_photos.NAME), {}, first, *others)
    st.caption(f"Judged by {markdown(words)}. They are {data.shipped_in_words()}")


def may_join(run: Run) -> bool:
    """Tell whether the one at the page may let a model judge the photos of the app too."""
    return powers.may_evaluate(run.name) or run.name in config.SHIPPED_MODELS
