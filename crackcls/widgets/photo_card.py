"""The card of one photo: what is said of it, where, and why; and whether that was right."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st
from PIL import Image

from crackcls.classes.names import in_words
from crackcls.interval import percent
from crackcls.names import markdown, shown
from crackcls.photos import judged as judged_photos
from crackcls.photos.judged import Judged
from crackcls.photos.verdict import UNFAMILIAR, Analysis, Verdict
from crackcls.widgets import photo_shelf, photo_words

TILE = 92
# Of the width, for a photo and its strongest place.
SHARES = 3, 1
# More classes than these do not stand side by side.
SIDE_BY_SIDE = 4
ASKED = "Was this right? It shows"
# No class has an empty name.
NOT_SURE = ""
Draw = Callable[[Judged, Verdict], Image.Image]


@dataclass(frozen=True)
class Setting:
    """How the controls stand.

    Attributes:
        draw: Draws a photo.
        threshold: The lowest vote that counts, above 0 to 1.
        opacity: Of the heat, 0 to 1.
        photos: How many stand on the page; the strongest place of one stands beside it.
    """

    draw: Draw
    threshold: float
    opacity: float
    photos: int


def show(number: int, judged: Judged, verdict: Verdict, setting: Setting, sha256: str) -> None:
    """Show one photo.

    Args:
        number: Of the photo on the page.
        judged: The photo.
        verdict: What is said of it.
        setting: How it is drawn.
        sha256: Of its content, where the person is asked what it shows; else empty.
    """
    is_alone = setting.photos == 1
    show_face(judged, verdict, setting.draw, is_alone)
    with st.expander("Why?", key=f"why-{number}"):
        if not is_alone and has_place(judged, verdict):
            show_place(judged)
        show_why(number, judged, verdict, setting.threshold)
    if sha256:
        ask_label(number, sha256, judged.analysis)


def show_face(judged: Judged, verdict: Verdict, draw: Draw, is_alone: bool) -> None:
    """Show what is said of a photo, and the photo, beside it the strongest place if it is alone."""
    if verdict.kind == UNFAMILIAR:
        st.warning(f"**{photo_words.CAUTION}**", icon=photo_words.SIGNS[verdict.kind][1])
    else:
        st.markdown(f"## {photo_words.headline(verdict, judged.analysis)}")
    if verdict.caution:
        st.warning(verdict.caution, icon=":material/photo_size_select_small:")
    is_beside = is_alone and has_place(judged, verdict)
    left, *right = st.columns(SHARES, gap="small") if is_beside else [st.container()]
    alt = photo_words.seen(judged.name, verdict, judged.analysis)
    left.image(draw(judged, verdict), width="stretch", alt=alt)
    left.caption(markdown(judged.name))
    for column in right:
        with column:
            show_place(judged)


def has_place(judged: Judged, verdict: Verdict) -> bool:
    """Tell whether a photo has a strongest place to be shown."""
    return bool(judged.closeup and verdict.found_tiles) and verdict.kind != UNFAMILIAR


def show_place(judged: Judged) -> None:
    """Show the strongest place."""
    alt = photo_words.closeup(judged.name, judged.analysis)
    st.image(judged.closeup, "Strongest place", width="stretch", alt=alt)


def show_why(number: int, judged: Judged, verdict: Verdict, threshold: float) -> None:
    """Say what a verdict rests on, and offer the tiles with the strongest votes."""
    st.markdown(photo_words.reasons(verdict, judged.analysis, threshold))
    st.caption(photo_words.measures(verdict, judged.analysis))
    if verdict.tiles > 1 and st.checkbox("Show the strongest tiles", key=f"tiles-{number}"):
        st.caption("Each with its vote, and how familiar it looks. Each place once.")
        with st.container(horizontal=True, gap="small"):
            for picture, vote, familiar in judged_photos.strongest_tiles(judged):
                help_ = f"{familiar:.0%} familiar"
                st.image(picture, f"{percent(vote)}, {help_}", width=TILE, alt="")


def ask_label(number: int, sha256: str, analysis: Analysis) -> None:
    """Ask what a photo shows, for the session's shelf."""
    words = in_words(analysis.classes, analysis.positive)
    options = [*analysis.classes, NOT_SURE]
    label = photo_shelf.mine().labels.get(sha256)
    known, key = label if label in options else None, f"label-{number}-{sha256}"

    def say(name: str) -> str:
        return photo_words.capital(shown(words[name])) if name in words else "Not sure"

    asked: dict[str, Any] = {"format_func": say, "key": key, "on_change": keep_label}
    asked["args"] = key, sha256, analysis.classes
    if len(options) <= SIDE_BY_SIDE:
        st.segmented_control(ASKED, options, default=known, **asked)
    else:
        st.selectbox(ASKED, options, options.index(known) if known else None, **asked)


def keep_label(key: str, sha256: str, classes: tuple[str, ...]) -> None:
    """Keep what a person says of a photo."""
    label, labels = st.session_state.get(key), photo_shelf.mine().labels
    if label in (*classes, NOT_SURE):
        labels[sha256] = str(label)
    else:
        labels.pop(sha256, None)
