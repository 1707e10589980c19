"""Judging photos, each once a session."""

import time
from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from crackcls.errors import InputError
from crackcls.photos import judged as judged_photos
from crackcls.photos.judged import Judged
from crackcls.widgets.model import open_photo_model
from crackcls.widgets.photo_sources import Photo


def judge_all(chosen: Sequence[Photo], model: str, version: str) -> list[Judged | InputError]:
    """Judge photos, each once a session and model.

    Args:
        chosen: The photos.
        model: Name of the model.
        version: Of it, see `aim.version_of`.

    Returns:
        For each photo what the model saw, or why it could not be read.
    """
    seen = st.session_state.setdefault("judged", {})
    waiting = {one.sha256: one for one in chosen if (one.sha256, version) not in seen}
    if waiting:
        judge(list(waiting.values()), model, version, seen)
    return [named(seen[one.sha256, version], one.name) for one in chosen]


def judge(
    waiting: Sequence[Photo],
    model: str,
    version: str,
    seen: dict[tuple[str, str], Judged | InputError],
) -> None:
    """Judge photos one by one and say how far it is."""
    classifier, known = open_photo_model(model, version)
    bar, begun = st.empty(), time.monotonic()
    for done, one in enumerate(waiting):
        words = stand(done, len(waiting), time.monotonic() - begun)
        bar.progress(done / len(waiting), words)
        result: Judged | InputError
        try:
            result = judged_photos.judge_photo(one.name, one.content, classifier, known)
        except InputError as error:
            result = error
        seen[one.sha256, version] = result
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


def named(result: Judged | InputError, name: str) -> Judged | InputError:
    """Give a result the name of this file; one content may come under two."""
    return result if isinstance(result, InputError) else replace(result, name=name)
