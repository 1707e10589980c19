"""Work beside training, such as a download: started and followed."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from crackcls.errors import InputError
from crackcls.runs import folders, jobs, status
from crackcls.runs.work import LOG
from crackcls.widgets import tell
from crackcls.widgets.guard import guarded


def start(folder: Path, words: Sequence[str]) -> None:
    """Start work in a folder and show the page anew, or say why not."""
    try:
        jobs.start_job(folder, words)
    except InputError as error:
        tell.refusal(error)
    else:
        st.rerun()


def follow(folder: Path, stop: str | None) -> None:
    """Show how work in a folder does, until it ends; `stop` is the label of the button, if any."""
    if stop:
        ask = guarded()(jobs.stop_job)
        st.button(stop, on_click=ask, args=(folder,), disabled=jobs.is_stopping(folder))

    @st.fragment(run_every=1.0)
    @guarded()
    def live() -> None:
        now = jobs.read_job(folder)
        if now is None or now.state != "running":
            st.rerun()
        stand = status.read_status(now)
        st.progress(stand.share, status.doing(stand))

    live()


def tell_end(last: folders.Run | None, what: str) -> None:
    """Say why the last work in a folder has failed, or that its process was ended from outside.

    Args:
        last: The work, see `jobs.read_job`.
        what: What it was, as a sentence begins.
    """
    if last and last.state == "interrupted" and (last.folder / LOG).exists():
        phase = status.read_status(last).phase
        st.warning(f"{what} was interrupted while {phase}. Start it again.")
    elif last and last.message:
        tell.refusal(last.message)
