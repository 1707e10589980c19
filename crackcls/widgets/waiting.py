"""The line of trainings in a class: where one stands, and what its teacher does with it."""

import pandas as pd
import streamlit as st

from crackcls.access import modes
from crackcls.access.modes import Action
from crackcls.datasets import keeping
from crackcls.names import markdown
from crackcls.runs import belonging, estimate, folders, jobs, status, waiting
from crackcls.widgets import nickname, powers, tell
from crackcls.widgets.guard import guarded

# Of a run of the class, what its teacher compares.
COLUMNS = [
    *("name", "student", "state", "test_accuracy", "test_recall", "test_false_alarms"),
    *("data", "images", "split", "epochs", "fine_tune", "seconds"),
]
ALONE = "Nothing trains now: yours would begin at once."


def is_used() -> bool:
    """Tell whether trainings wait for their turn here: in a class."""
    return powers.mode() == modes.CLASS


@st.fragment(run_every=3.0)
@guarded()
def show() -> None:
    """Say how long a new training would wait; show its owner the line."""
    ahead, seconds = waiting.next_place()
    if ahead:
        st.caption(f"One training runs at a time. {before(ahead, seconds)} a new one.")
    else:
        st.caption(ALONE)
    if powers.may(Action.ARRANGE):
        show_line()


def before(ahead: int, seconds: float) -> str:
    """Say what comes first and how long that takes."""
    trainings = "1 training comes" if ahead == 1 else f"{ahead} trainings come"
    return f"{trainings} first, {estimate.in_words(seconds)} in all, before"


def show_line() -> None:
    """Show who trains and who waits, to be put first or taken out."""
    running, places = jobs.running(), waiting.line()
    with st.expander("Who trains, and who waits", expanded=True):
        if not (running or places):
            st.write("Nobody.")
        for run in running:
            now = status.read_status(run)
            row(run.name, belonging.of(run.folder), status.doing(now))
            if st.button("Stop", key=f"stop-{run.name}", disabled=now.stopping):
                tell.attempt(jobs.stop, run.name)
        for number, place in enumerate(places):
            row(place.name, place.visitor, f"begins in {estimate.in_words(place.begins_in)}")
            with st.container(horizontal=True):
                if number and st.button("Let it begin next", key=f"first-{place.name}"):
                    tell.attempt(waiting.put_first, place.name)
                if st.button("Take it out", key=f"out-{place.name}"):
                    tell.attempt(waiting.leave, place.name)
        if places and st.button("Take all out"):
            tell.attempt(empty)


def empty() -> None:
    """Take all runs out of the line."""
    for place in waiting.line():
        waiting.leave(place.name)


def row(name: str, visitor: str, words: str) -> None:
    """Say of one training whose it is and how it stands."""
    st.markdown(f"**{markdown(name)}**, {markdown(powers.called(visitor))}: {words}")


def show_place(run: folders.Run) -> None:
    """Say where a run stands in the line."""
    name = markdown(run.name)
    place = next((one for one in waiting.line() if one.name == run.name), None)
    if place and place.ahead:
        st.info(f"'{name}' waits. {before(place.ahead, place.begins_in)} it.")
    else:
        st.info(f"'{name}' begins in a moment.")


def offer_to_leave(run: folders.Run) -> None:
    """Offer to take a run out of the line."""
    if st.button("Leave the line", key=f"leave-{run.name}"):
        tell.attempt(waiting.leave, run.name)
    st.caption("It stays as it was." if run.config else "It is deleted then.")


def offer_to_share(run: folders.Run) -> None:
    """Offer to let the class see a run of one's own."""
    is_own = powers.visitor() and powers.is_mine(run.name)
    if not (is_used() and is_own and run.has_model):
        return
    shared = belonging.is_shared(run.folder)
    wanted = st.toggle(
        "Share with the class",
        shared,
        key=f"share-{run.name}",
    )
    st.caption(
        "The others then see its name, what you are called, its figures and charts, and judge "
        "photos with its model. Your photos stay yours, and only you change it."
    )
    if wanted != shared:
        tell.attempt(belonging.share, run.folder, wanted)


def show_class() -> None:
    """Show the owner what the class has trained, the best first, and offer to clear it all."""
    if not powers.may(Action.ARRANGE):
        return
    table = status.runs_table(keeping.runs_of_visitors())
    if table.empty and not is_used():
        return
    st.header("The class")
    whose = [powers.called(belonging.of(folders.folder_of(name))) for name in table["name"]]
    table.insert(1, "student", whose)
    best = table.sort_values("test_accuracy", ascending=False, key=as_number, kind="stable")
    tell.table(status.in_words(best[COLUMNS]).rename(columns={"seconds": "time"}))
    st.caption(
        "The best test accuracy first. Compare only runs on the same data with the same split. "
        "Each student reads the own number in the sidebar."
    )
    nickname.offer_to_take(list(table["name"]))
    sure = st.checkbox("Yes, stop and delete all runs, uploads and nicknames of the class")
    if st.button("Clear the class", disabled=not sure):
        tell.attempt(clear)


def as_number(column: pd.Series) -> pd.Series:
    """Give a column of figures in words as numbers; a dash is less than all."""
    return pd.to_numeric(column, errors="coerce").fillna(-1.0)


def clear() -> None:
    """Empty the line, stop what runs, and delete what visitors have made."""
    for place in waiting.line():
        if place.visitor:
            waiting.leave(place.name)
    for run in jobs.running():
        if belonging.of(run.folder):
            jobs.stop(run.name)
    keeping.clear_visitors()
