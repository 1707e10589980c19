"""Judging photos, each once a session."""

import time
from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from crackcls import config, photo_files
from crackcls.errors import InputError
from crackcls.photos import files
from crackcls.photos.judged import Judged
from crackcls.widgets.model import open_photo_model
from crackcls.widgets.photo_sources import Photo


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
    seen: dict[tuple[str, str], list[tuple[str, Judged | InputError]]],
) -> None:
    """Judge photos one by one and say how far it is; of pages and bursts so many as there is room.

    A photo of its own is always judged.
    """
    classifier, known = open_photo_model(model, version)
    bar, begun = st.empty(), time.monotonic()
    for done, one in enumerate(waiting):
        words = stand(done, len(waiting), time.monotonic() - begun)
        bar.progress(done / len(waiting), words)
        taken = sum(len(parts) for (_, of), parts in seen.items() if of == version)
        room = config.MAX_PHOTOS_AT_ONCE - taken
        seen[one.sha256, version] = files.judge_file(
            one.name, one.content, classifier, known, max(1, room)
        )
    bar.empty()


def stand(done: int, total: int, seconds: float) -> str:
    """Say how many are judged and how long the others will take."""
    if not done:
        return "Judging the photo …" if total == 1 else f"Judging the first of {total} photos …"
    left = seconds / done * (total - done)
    return f"Judged {done} of {total}, about {max(1, round(left))} s left"


def forget_all_but(hashes: set[str]) -> None:
    """Drop what the session holds of photos that were taken away again."""
    seen = st.session_state.get("judged", {})
    st.session_state["judged"] = {key: seen[key] for key in seen if key[0] in hashes}


def named(name: str, result: Judged | InputError) -> tuple[str, Judged | InputError]:
    """Give a result the name of this file; one content may come under two."""
    return name, result if isinstance(result, InputError) else replace(result, name=name)
