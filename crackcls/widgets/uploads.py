"""What the pages tell the gate for uploads."""

import secrets
from collections.abc import Mapping

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from crackcls.access.uploads import Room

ROOM = Room()
LAST_PAGE, ARRIVALS, SERIES = "page-of-uploads", "arrivals", "series-of-uploads"


def arrive() -> None:
    """Forget the files of the page before: until this one asks for files, none are taken."""
    context = get_script_run_ctx()
    if not context or not context.session_id:
        return
    page = context.page_script_hash
    if st.session_state.get(LAST_PAGE) != page:
        st.session_state[LAST_PAGE] = page
        st.session_state[ARRIVALS] = arrivals() + 1
        ROOM.expected.discard(context.session_id)
        context.uploaded_file_mgr.remove_session_files(context.session_id)


def arrivals() -> int:
    """Tell how often a page was come to from another; its upload widgets begin empty each time."""
    return int(st.session_state.get(ARRIVALS, 0))


def key(name: str) -> str:
    """Name a widget that takes files so that no other session has the same name for one.

    A browser that comes to a new session would go on showing the files of the last one in it.
    """
    return f"{name}-{st.session_state.setdefault(SERIES, secrets.token_hex(4))}"


def expect() -> None:
    """Let the one at this page upload files."""
    if context := get_script_run_ctx():
        ROOM.expected.add(context.session_id)


def stored() -> Mapping[str, int]:
    """Give the bytes that the uploads of each session hold; forget sessions that have ended."""
    server = runtime.get_instance()
    ROOM.expected.intersection_update(
        session for session in [*ROOM.expected] if server.is_active_session(session)
    )
    files = getattr(server.uploaded_file_mgr, "file_storage", {})
    return {
        session: sum(len(file.data) for file in [*own.values()])
        for session, own in [*files.items()]
    }
