"""Verdicts on photos, and the controls that change them without judging anew."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st
from PIL import Image

from crackcls import config
from crackcls.interval import percent
from crackcls.names import markdown
from crackcls.photos import judged as judged_photos
from crackcls.photos.judged import Judged
from crackcls.photos.table import table_of, told_apart
from crackcls.photos.verdict import FOUND, UNFAMILIAR, Verdict, decide
from crackcls.runs.folders import Run
from crackcls.widgets import photo_take_away, photo_words, tell
from crackcls.widgets.guard import guarded

PAGE, TILE, STRENGTH = 12, 92, 0.5
# What is drawn over a photo: a line round what voted, heat, nothing.
LAYERS = OUTLINES, HEAT, PLAIN = "Outlines", "Heat", "Photo"
Draw = Callable[[Judged, Verdict], Image.Image]


@st.fragment
@guarded()
def show(all_judged: Sequence[Judged], run: Run, sha256: str) -> None:
    """Show the verdicts; a slider makes only this part of the page anew."""
    first = all_judged[0].analysis
    body = st.container()  # The answer stands above what changes it.
    draw, threshold, opacity = ask_controls(len(first.classes))
    verdicts = [decide(one.analysis, threshold) for one in all_judged]
    with body:
        if len(all_judged) == 1:
            show_one(0, all_judged[0], verdicts[0], threshold, draw)
        else:
            st.markdown(photo_words.summary(verdicts, first))
            named = told_apart(all_judged)
            show_gallery(named, verdicts, threshold, draw)
            show_table(named, threshold)
    photo_take_away.offer(all_judged, threshold, opacity, run, sha256)


def ask_controls(classes: int) -> tuple[Draw, float, float]:
    """Ask what is drawn over the photos and from which vote a tile counts.

    Returns:
        What draws a photo, the threshold, and the opacity of the heat, 0 to 1.
    """
    layer = st.segmented_control("Show", LAYERS, default=LAYERS[0], required=True, key="layer")
    opacity = STRENGTH
    if layer == HEAT:
        opacity = ask_share("Strength of the heat", 0.0, STRENGTH, "photo-opacity")
    draw = partial(drawn, layer, opacity)
    if classes > 2:
        return draw, config.THRESHOLD, opacity
    label = "Sensitivity: a tile counts from a vote of"
    threshold = ask_share(label, 0.05, config.THRESHOLD, "photo-threshold")
    st.caption(
        "Each tile votes, from 0% to 100%. From a lower vote on, fainter ones count too, and more "
        "by mistake."
    )
    return draw, threshold, opacity


def as_set(judged: Judged) -> tuple[Verdict, Draw]:
    """Give verdict and drawing as the controls stand, before they are shown."""
    set_to = st.session_state.get("photo-threshold")
    threshold = set_to if isinstance(set_to, float) else config.THRESHOLD
    return decide(judged.analysis, threshold), partial(drawn, OUTLINES, STRENGTH)


def drawn(layer: str, opacity: float, judged: Judged, verdict: Verdict) -> Image.Image:
    """Give a photo with its outlines, with its heat, or as it is."""
    if layer == HEAT:
        return judged_photos.heat_picture(judged, opacity)
    picture = judged_photos.picture(judged)
    if layer == OUTLINES and verdict.tiles > 1:
        return judged_photos.with_outline(picture, judged, verdict)
    return picture


def ask_share(label: str, least: float, default: float, key: str) -> float:
    """Ask for a number up to 1, as far from it at the top as at the bottom."""
    most = 1 - least
    return st.slider(label, least, most, default, 0.05, format="percent", key=key)


def show_table(all_judged: Sequence[Judged], threshold: float) -> None:
    """List all photos; a click on a heading sorts."""
    column = st.column_config
    settings = {
        "file": column.TextColumn("Photo"),
        "verdict": column.TextColumn("Verdict"),
        "cracked_tiles": column.NumberColumn("Found in", help="Tiles that count."),
        "tiles": column.NumberColumn("Of tiles"),
        "probability": column.NumberColumn(
            "Vote", format="percent", help="The lowest vote among the tiles that decide."
        ),
        "familiarity": column.NumberColumn(
            "Familiar", format="percent", help="How much it looks like the training photos."
        ),
    }
    table = table_of(all_judged, threshold)
    if table["caution"].any():
        settings["caution"] = column.TextColumn("Caution")
    table["probability"] = table["probability"].clip(0.001, 0.999)  # Never shown as certainty.
    st.dataframe(
        tell.as_shown(table),
        hide_index=True,
        width="stretch",
        column_config=settings,
        column_order=list(settings),
    )


def show_gallery(
    all_judged: Sequence[Judged], verdicts: Sequence[Verdict], threshold: float, draw: Draw
) -> None:
    """Show the photos that need a person's eye first, some at a time."""
    shown = st.session_state.setdefault("photos-shown", PAGE)
    order = judged_photos.doubtful_first(verdicts)
    for at, number in enumerate(order[:shown]):
        if at % 2 == 0:  # Columns of their own for each row keep the order on a narrow screen.
            row = st.columns(2, border=True)
        with row[at % 2]:
            show_one(number, all_judged[number], verdicts[number], threshold, draw)
    if shown < len(order):
        left = min(PAGE, len(order) - shown)
        st.button(f"Show {left} more", on_click=show_more)


def show_more() -> None:
    """Let the gallery show another page."""
    st.session_state["photos-shown"] += PAGE


def show_one(number: int, judged: Judged, verdict: Verdict, threshold: float, draw: Draw) -> None:
    """Show one photo: what is said, where, and why."""
    show_face(judged, verdict, draw)
    why = photo_words.reasons(verdict, judged.analysis, threshold)
    st.markdown(f"{why}  \n:gray[{photo_words.measures(verdict, judged.analysis)}]")
    if verdict.tiles > 1:
        show_tiles(number, judged)
    elif verdict.kind == FOUND and len(judged.analysis.classes) == 2:
        st.caption("The photo is one tile: where in it the model looks cannot be told.")


def show_face(judged: Judged, verdict: Verdict, draw: Draw) -> None:
    """Show what is said of a photo, and the photo."""
    if verdict.kind == UNFAMILIAR:
        st.warning(f"**{photo_words.CAUTION}**", icon=photo_words.SIGNS[verdict.kind][1])
    else:
        st.markdown(f"### {photo_words.headline(verdict, judged.analysis)}")
    st.caption(markdown(judged.name))
    if verdict.caution:
        st.warning(verdict.caution, icon=":material/photo_size_select_small:")
    alt = photo_words.seen(judged.name, verdict, judged.analysis)
    st.image(draw(judged, verdict), width="stretch", alt=alt)


def show_tiles(number: int, judged: Judged) -> None:
    """Show the tiles with the strongest votes, once asked for."""
    tiles = st.expander("The strongest tiles", key=f"tiles-{number}", on_change="rerun")
    if tiles.open:
        tiles.caption("Each with its vote, and how familiar it looks. Each place once.")
        with tiles, st.container(horizontal=True, gap="small"):
            for picture, vote, familiar in judged_photos.strongest_tiles(judged):
                help_ = f"{familiar:.0%} familiar"
                st.image(picture, f"{percent(vote)}, {help_}", width=TILE, alt="")
