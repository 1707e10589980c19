"""A page whose server has ended, or has forgotten it: made anew at once, and told so."""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

# A browser that connects again says here which session it had, after two other words.
HEADER, PLACE = "Sec-WebSocket-Protocol", 2
TOLD = "lost-told-on"
SECONDS = 3600.0
GONE = (
    "The server that had this page has ended, or has kept it no longer, and the page has begun "
    "anew. What was only on the page is gone: choose your photos again."
)
STAYS = "Runs, trainings and data that was uploaded for them are still here."


def show(said: str, keeps: bool) -> None:
    """Say, until another page is opened, that the session of this page was lost.

    Args:
        said: What the browser says of itself under `HEADER`.
        keeps: Whether the one at the page has more here than what is on the page.
    """
    return_at_once()
    context = get_script_run_ctx()
    if not context or had(said) in ("", context.session_id):
        return
    page = context.page_script_hash
    if st.session_state.setdefault(TOLD, page) == page:
        st.info(f"{GONE} {STAYS}" if keeps else GONE)


@st.fragment(run_every=SECONDS)
def return_at_once() -> None:
    """Show nothing: a browser asks for a page with such a part anew when it connects again.

    Any other page would stay as it was, with photos on it that no server has.
    """


def had(said: str) -> str:
    """Give the session that a browser had when it connected; empty where it had none."""
    words = [one.strip() for one in said.split(",")]
    return words[PLACE] if len(words) > PLACE else ""
