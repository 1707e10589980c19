"""Judging photos, each once a session."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from crackcls import config
from crackcls.errors import InputError
from crackcls.formats import photo_files
from crackcls.photos.desk import open_desk
from crackcls.photos.frames import File, Seen
from crackcls.photos.judged import Judged
from crackcls.photos.line import Standing, Ticket
from crackcls.widgets.photo_sources import Photo

SECONDS_BETWEEN_LOOKS = 0.2


def judge_all(
    chosen: Sequence[Photo], model: str, version: str
) -> list[tuple[str, Judged | InputError]]:
    """Judge photos, each once a session and model.

    Args:
        chosen: The photos.
        model: Name of the model.
        version: Of it, see `aim.version_of`.

    Returns:
        For each picture of each photo what it is called, and what the model saw or why it could
        not be read.
    """
    seen = st.session_state.setdefault("judged", {})
    waiting = {one.sha256: one for one in chosen if (one.sha256, version) not in seen}
    if waiting:
        judge(list(waiting.values()), model, version, seen)
    parts = ((one.name, part) for one in chosen for part in seen[one.sha256, version])
    return [named(photo_files.called(name, part), result) for name, (part, result) in parts]


def judge(
    waiting: Sequence[Photo],
    model: str,
    version: str,
    seen: dict[tuple[str, str], Seen],
) -> None:
    """Have photos judged in turn with those of other visitors, and say how far it is.

    Of pages and bursts so many are judged as there is room; a photo of its own always is.
    """
    folder, place = config.models_folder() / model, st.empty()
    for done, one in enumerate(waiting):
        taken = sum(len(parts) for (_, of), parts in seen.items() if of == version)
        most = max(1, config.MAX_PHOTOS_AT_ONCE - taken)

        def say(at: Standing, done: int = done) -> None:
            place.progress(done / len(waiting), stand(done, len(waiting), at))

        seen[one.sha256, version] = wait(File(one.name, one.content, most), folder, version, say)
    place.empty()


def make_ready() -> None:
    """Let the process that judges start while the visitor chooses a photo."""
    open_desk()


def wait(file: File, folder: Path, version: str, say: Callable[[Standing], object]) -> Seen:
    """Stand in the line with a file, and say where."""
    desk, context = open_desk(), get_script_run_ctx()
    try:
        ticket = desk.ask(context.session_id if context else "", file, folder, version)
    except InputError as error:
        return [("", error)]
    try:
        while not ticket.done.wait(SECONDS_BETWEEN_LOOKS):
            say(desk.line.standing(ticket))
    finally:
        # The page may have gone on to something else.
        desk.line.leave(ticket)
    return result_of(ticket)


def result_of(ticket: Ticket[Seen]) -> Seen:
    """Give what was seen, or why it could not be."""
    if isinstance(ticket.result, InputError):
        return [("", ticket.result)]
    if isinstance(ticket.result, Exception):
        raise ticket.result
    return ticket.result or []


def stand(done: int, total: int, at: Standing) -> str:
    """Say how many are judged, how many of others come first and how long it will take."""
    what = "the photo" if total == 1 else f"photo {done + 1} of {total}"
    left = f"about {max(1, round(at.seconds * (total - done)))} s left"
    if not at.ahead:
        return f"Judging {what} …" if total - done == 1 else f"Judging {what}, {left}"
    ahead = "1 photo" if at.ahead == 1 else f"{at.ahead:,} photos"
    return f"{ahead} of others before {what}, {left}"


def forget_all_but(hashes: set[str]) -> None:
    """Drop what the session holds of photos that were taken away again."""
    seen = st.session_state.get("judged", {})
    st.session_state["judged"] = {key: seen[key] for key in seen if key[0] in hashes}


def named(name: str, result: Judged | InputError) -> tuple[str, Judged | InputError]:
    """Give a result the name of this file; one content may come under two."""
    return name, result if isinstance(result, InputError) else replace(result, name=name)
