"""Verdicts on photos, and the controls that change them without judging anew."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st
from PIL import Image

from crackcls import config
from crackcls.interval import percent
from crackcls.names import shown
from crackcls.photos import judged as judged_photos
from crackcls.photos.judged import Judged
from crackcls.photos.table import found_in, table_of, told_apart
from crackcls.photos.verdict import Verdict, decide
from crackcls.runs.folders import Run
from crackcls.widgets import photo_card, photo_take_away, photo_words, tell
from crackcls.widgets.guard import guarded
from crackcls.widgets.photo_card import Setting

PAGE, STRENGTH = 12, 0.5
THRESHOLD = "photo-threshold"
ABOUT_VOTES = (
    "Each tile votes, from 0% to 100%. From a lower vote on, fainter ones count too, and more by "
    "mistake."
)
# What is drawn over a photo: a line round what voted, heat, nothing.
LAYERS = OUTLINES, HEAT, PLAIN = "Outlines", "Heat", "Photo"


@st.fragment
@guarded()
def show(all_judged: Sequence[Judged], hashes: Sequence[str], run: Run, sha256: str) -> None:
    """Show the verdicts; a slider makes only this part of the page anew.

    Args:
        all_judged: The photos.
        hashes: For each that of its content where the person is asked what it shows, else empty.
        run: The model's.
        sha256: Hash of the model.
    """
    first = all_judged[0].analysis
    body = st.container()  # The answer stands above what changes it.
    setting = ask_controls(len(first.classes), len(all_judged))
    verdicts = [decide(one.analysis, setting.threshold) for one in all_judged]
    with body:
        if len(all_judged) == 1:
            photo_card.show(0, all_judged[0], verdicts[0], setting, hashes[0])
        else:
            st.markdown(photo_words.summary(verdicts, first))
            named = told_apart(all_judged)
            show_gallery(named, verdicts, setting, hashes)
            show_table(named, setting.threshold)
    photo_take_away.offer(all_judged, setting.threshold, setting.opacity, run, sha256)


def ask_controls(classes: int, photos: int) -> Setting:
    """Ask what is drawn over the photos and from which vote a tile counts."""
    layer = st.segmented_control("Show", LAYERS, default=LAYERS[0], required=True, key="layer")
    opacity = STRENGTH
    if layer == HEAT:
        opacity = ask_share("Strength of the heat", 0.0, STRENGTH, "photo-opacity")
    draw = partial(drawn, layer, opacity)
    if classes > 2:
        return Setting(draw, config.THRESHOLD, opacity, photos)
    label = "Sensitivity: a tile counts from a vote of"
    threshold = ask_share(label, 0.05, config.THRESHOLD, THRESHOLD, ABOUT_VOTES)
    return Setting(draw, threshold, opacity, photos)


def as_set(photos: int) -> Setting:
    """Give how the controls stand before they are shown."""
    set_to = st.session_state.get(THRESHOLD)
    threshold = set_to if isinstance(set_to, float) else config.THRESHOLD
    return Setting(partial(drawn, OUTLINES, STRENGTH), threshold, STRENGTH, photos)


def drawn(layer: str, opacity: float, judged: Judged, verdict: Verdict) -> Image.Image:
    """Give a photo with its outlines, with its heat, or as it is."""
    if layer == HEAT:
        return judged_photos.heat_picture(judged, opacity)
    picture = judged_photos.picture(judged)
    if layer == OUTLINES and verdict.tiles > 1:
        return judged_photos.with_outline(picture, judged, verdict)
    return picture


def ask_share(label: str, least: float, default: float, key: str, about: str = "") -> float:
    """Ask for a number up to 1, as far from it at the top as at the bottom."""
    most = 1 - least
    return st.slider(
        label, least, most, default, 0.05, format="percent", key=key, help=about or None
    )


def show_table(all_judged: Sequence[Judged], threshold: float) -> None:
    """List all photos, each figure by the name and in the words of its card."""
    column = st.column_config
    analysis = all_judged[0].analysis
    found, deciding = shown(found_in(analysis)), photo_words.capital(photo_words.DECIDING)
    settings = {
        "file": column.TextColumn("Photo"),
        "verdict": column.TextColumn("Verdict"),
        "cracked_tiles": column.NumberColumn(found, help="Tiles that count."),
        "tiles": column.NumberColumn("Tiles"),
        "probability": column.NumberColumn(
            "Probability", help=f"Of a photo of one tile its own, else {deciding}."
        ),
        "familiarity": column.NumberColumn(
            "Familiarity", help="How much it looks like the training photos."
        ),
    }
    table = table_of(all_judged, threshold)
    if table["caution"].any():
        settings["caution"] = column.TextColumn("Caution")
    words: dict[Any, Any] = {"probability": percent, "familiarity": "{:.0%}".format}
    as_said: Any = tell.as_shown(table).style.format(words)
    st.dataframe(
        as_said,
        hide_index=True,
        width="stretch",
        column_config=settings,
        column_order=list(settings),
    )


def show_gallery(
    all_judged: Sequence[Judged],
    verdicts: Sequence[Verdict],
    setting: Setting,
    hashes: Sequence[str],
) -> None:
    """Show the photos that need a person's eye first, some at a time."""
    most = st.session_state.setdefault("photos-shown", PAGE)
    order = judged_photos.doubtful_first(verdicts)
    for at, number in enumerate(order[:most]):
        if at % 2 == 0:  # Columns of their own for each row keep the order on a narrow screen.
            row = st.columns(2, border=True)
        with row[at % 2]:
            judged, verdict = all_judged[number], verdicts[number]
            photo_card.show(number, judged, verdict, setting, hashes[number])
    if most < len(order):
        left = min(PAGE, len(order) - most)
        st.button(f"Show {left} more", on_click=show_more)


def show_more() -> None:
    """Let the gallery show another page."""
    st.session_state["photos-shown"] += PAGE
