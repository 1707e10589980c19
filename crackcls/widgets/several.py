"""Choosing one data set to train on, or a list of several."""

from dataclasses import replace

import streamlit as st

from crackcls.datasets import several
from crackcls.datasets.several import Source
from crackcls.errors import InputError
from crackcls.names import markdown
from crackcls.widgets import data, looked_for

LIST, SOUND = "data-sets", "all-sound"
WIDTH = 320


def choose() -> list[Source]:
    """Ask for the data sets to train on.

    Returns:
        What is on the list; where it is empty, what is chosen; nothing where that is nothing.
    """
    listed: list[Source] = st.session_state.setdefault(LIST, [])
    now = ask()
    if now:
        st.button(
            "Add this data set" if listed else "Add another data set",
            on_click=add,
            args=(listed, now),
        )
        st.caption("One model learns from several sets, and is tested on each apart.")
    if listed:
        return show_list(listed)
    return [now] if now else []


def count(sources: list[Source]) -> int:
    """Count the images of a choice, once a session; 0 where they cannot be listed.

    Listing tens of thousands of files takes too long for each movement of a widget.
    """
    kept, key = st.session_state.setdefault(data.COUNTED, {}), tuple(sources)
    if key and key not in kept:
        try:
            kept[key] = several.count(several.open_sources(sources))
        except InputError:  # Start says why.
            return 0
    return kept.get(key, 0)


def ask() -> Source | None:
    """Ask for one data set; of photos of one's own, whether all are sound."""
    source = data.choose(sound=st.session_state.get(SOUND, False))
    if st.session_state["data-kind"] in data.OWN:
        st.checkbox("These pictures are all sound", key=SOUND)
        st.caption("They need no folders, and teach what is no crack beside a set that has cracks.")
    return source


def add(listed: list[Source], source: Source) -> None:
    """Put a set on the list, under a number where its name is taken."""
    if any((one.data, one.sound) == (source.data, source.sound) for one in listed):
        return
    taken, number = {one.called for one in listed}, 2
    if source.called in taken:
        while f"{source.called}-{number}" in taken:
            number += 1
        source = replace(source, name=f"{source.called}-{number}")
    listed.append(source)


def show_list(listed: list[Source]) -> list[Source]:
    """Show the list, and ask how much to take of each set."""
    st.markdown("**Data sets of this training**")
    capped = [show_one(listed, one) for one in listed]
    st.caption(
        "Choose the next one above, then add it. Of a set each class is taken in its share; 0 "
        "takes all. Which folder holds cracks is told by its name."
    )
    return capped


def show_one(listed: list[Source], one: Source) -> Source:
    """Show one set of the list with its cap and a button that removes it."""
    kind = " (all sound)" if one.sound else ""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        cap = st.number_input(
            f"At most of '{markdown(one.called)}'{kind}",
            *(0, None, 0, 500),
            key=f"cap-{one.called}",
            width=WIDTH,
        )
        st.button("Remove", key=f"remove-{one.called}", on_click=listed.remove, args=(one,))
    return replace(one, cap=cap or None, crack=looked_for.ask_crack(one))
