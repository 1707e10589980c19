"""A strip of validation pictures whose verdicts change by epoch, for who may see the images."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import streamlit as st
from PIL import Image

from crackcls import images
from crackcls.datasets import catalogue
from crackcls.errors import InputError
from crackcls.evaluation import wording
from crackcls.labelled import locate, read_verified, set_of
from crackcls.names import markdown, shown
from crackcls.runs import folders
from crackcls.runs.watched import Picture, Watched
from crackcls.widgets import powers

# Pixels on the page, where four of a class fit on a phone, and of the picture itself.
WIDTH, SIDE, QUALITY = 78, 160, 80
OF_A_CLASS = 4 * WIDTH + 3 * 8
# So many of the last epochs have a mark.
MARKS = 6
RIGHT, WRONG = "✓", "✗"


def show(run: folders.Run, seen: Watched | None) -> None:
    """Show some validation pictures and what they were called after an epoch."""
    names = list(wording.called(run.config).values()) if run.config.get("classes") else []
    if not seen or len(names) != seen.classes or not powers.may_see_images(run.name):
        return
    epoch = ask_epoch(run, seen)
    right = sum(one.is_right(epoch) for one in seen.pictures)
    st.markdown(
        f"**{len(seen.pictures)} pictures that it does not learn from, after epoch {epoch}: "
        f"{right} right**"
    )
    places = places_of(run)
    with st.container(horizontal=True):
        for number, name in enumerate(names):
            ours = [one for one in seen.pictures if one.actual == number]
            with st.container(width=OF_A_CLASS, gap="xsmall"):
                st.markdown(markdown(name))
                with st.container(horizontal=True, gap="xsmall"):
                    for one in ours:
                        with st.container(width=WIDTH, gap="xxsmall"):
                            show_one(one, places, names, [e for e in seen.epochs if e <= epoch])
    st.caption(f"{RIGHT} right, {WRONG} wrong, a mark for each of the last epochs.")


def ask_epoch(run: folders.Run, seen: Watched) -> int:
    """Ask after which epoch; while a run runs it is the last one."""
    last = seen.epochs[-1]
    if run.state == "running" or len(seen.epochs) == 1:
        return last
    chosen = st.select_slider("After epoch", seen.epochs, last, key=f"watched-{run.name}")
    return chosen if chosen in seen.epochs else last


def show_one(
    one: Picture, places: Mapping[str, Path], names: Sequence[str], epochs: Sequence[int]
) -> None:
    """Show one picture, what it was called after the last of some epochs, and marks of them."""
    number, share = one.said(epochs[-1])
    called, actual = shown(names[number]), shown(names[one.actual])
    try:
        picture = thumbnail(str(path_of(one, places)), one.sha256)
        st.image(picture, width="stretch", alt=f"{actual}, called {called}")
    except InputError:
        st.caption("The picture is gone.")
    right = number == one.actual
    st.markdown(
        f":green[{RIGHT}] {share:.0%}" if right else f":red[{WRONG}] {markdown(called)} {share:.0%}"
    )
    st.caption("".join(RIGHT if one.is_right(each) else WRONG for each in epochs[-MARKS:]))


def places_of(run: folders.Run) -> dict[str, Path]:
    """Give the folders of a run's images, see `Labelled.places`; without those that are gone."""
    alone = catalogue.find(run)
    return catalogue.find_sets(run) or ({"": alone} if alone else {})


def path_of(one: Picture, places: Mapping[str, Path]) -> Path:
    """Give the path of a picture.

    Raises:
        InputError: Its folder is not known any more.
    """
    if not {"", set_of(one.file)} & {*places}:
        raise InputError(f"The folder of '{one.file}' must be known, and it is not.")
    return locate(places, one.file)


@st.cache_data(max_entries=500, show_spinner=False)
def thumbnail(path: str, sha256: str) -> bytes:
    """Make a small square JPEG of a picture, once for all that may see it.

    Raises:
        InputError: The file is gone, or another one now.
    """
    square = images.to_square(images.read_photo(read_verified(Path(path), sha256)), SIDE)
    buffer = io.BytesIO()
    Image.fromarray(square).save(buffer, "JPEG", quality=QUALITY)
    return buffer.getvalue()
