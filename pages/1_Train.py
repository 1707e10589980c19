"""Train: start a run and follow it, from its files."""

import streamlit as st

from crackcls import config
from crackcls.access.modes import Action
from crackcls.names import shown
from crackcls.runs import folders
from crackcls.widgets import (
    add_model,
    classroom,
    gallery,
    guard,
    nickname,
    powers,
    run,
    runs,
    start,
    waiting,
)

# Where the session keeps which run it has started or followed.
FOLLOWED = "run"


def offer(folded: bool) -> None:
    """Offer to train; where a run is followed, behind a button."""
    if not powers.may(Action.TRAIN):
        st.info("Nothing is trained on this server. Below are trainings that were recorded.")
    elif folded:
        with st.expander("Train another model"):
            start.offer()
    else:
        st.write("Teach the network to tell your classes apart, such as cracked and sound.")
        start.offer()
    if waiting.is_used() and powers.may(Action.TRAIN):
        waiting.show()


def on_top(found: list[folders.Run]) -> folders.Run | None:
    """Give the run that stands first: an own one that runs or waits, or that was followed here.

    Whoever manages the runs of others sees theirs too while they run.
    """
    live = [one for one in found if one.state == "running" and powers.may_manage(one.name)]
    live += [one for one in found if one.state == "waiting" and powers.is_mine(one.name)]
    live.sort(key=lambda one: not powers.is_mine(one.name))
    followed = [one for one in found if one.name == st.session_state.get(FOLLOWED)]
    return next(iter(live + followed), None)


def show_earlier(names: list[str], beside: folders.Run | None) -> None:
    """Show one of the runs that do not stand on top, the latest first."""
    others = [name for name in names if not beside or name != beside.name]
    if not others:
        return
    st.header("Earlier runs" if beside else "Last run")
    first = None if beside else 0
    picked = st.selectbox("Run", others, first, format_func=shown, placeholder="Choose one")
    if picked in others:  # What a browser sends may be any text.
        one = folders.read_run(config.models_folder() / picked)
        run.follow(one)
        runs.manage(one)


st.set_page_config("Train · crackcls", "🧱", layout="centered")
with guard.page():
    powers.enter()
    st.title("Train")
    classroom.show_way_in()
    nickname.offer()
    seen = runs.snapshot()
    found = [folders.read_run(config.models_folder() / name) for name, _ in seen]
    top = on_top(found)
    if top:
        if top.state in run.LIVE:
            st.session_state[FOLLOWED] = top.name
        run.follow(top)
        runs.manage(top)
    offer(folded=top is not None)
    runs.watch(seen)
    names = [name for name, _ in seen]
    show_earlier(names, top)
    if names:
        runs.show(names)
    add_model.offer()
    gallery.show()
    waiting.show_class()
