"""The nickname of a student: asked for once, changed at any time."""

import streamlit as st

from crackcls.access.modes import Action
from crackcls.names import markdown, shown
from crackcls.runs import belonging, folders, nicknames
from crackcls.widgets import powers, tell

NOT_REAL = (
    "Not your real name: nobody here needs it. Your teacher sees the nickname beside what you "
    "train, the class beside what you share. Leave it empty to go without."
)


def offer() -> None:
    """Ask a student for a nickname, folded where there is one."""
    if not powers.may(Action.NICKNAME):
        return
    visitor = powers.visitor()
    known = nicknames.of(visitor)
    who = f"You are {markdown(powers.called(visitor))}"
    with st.expander(who, expanded=not known), st.form("nickname", border=False):
        text = st.text_input("Nickname", known, max_chars=nicknames.LONGEST)
        st.caption(NOT_REAL)
        if st.form_submit_button("Keep this nickname"):
            tell.attempt(nicknames.give, visitor, text)


def offer_to_take(names: list[str]) -> None:
    """Offer the owner to take a nickname away from who trained one of some runs."""
    visitors = dict.fromkeys(belonging.of(folders.folder_of(name)) for name in names)
    called = {powers.called(one): one for one in visitors if nicknames.of(one)}
    if not called:
        return
    picked = st.selectbox(
        "Take a nickname away",
        list(called),
        None,
        format_func=shown,
        placeholder="Choose a student",
    )
    visitor = called.get(str(picked))
    if st.button("Take it away", disabled=not visitor) and visitor:
        tell.attempt(nicknames.give, visitor, "")
