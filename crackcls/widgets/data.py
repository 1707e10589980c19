"""Choosing data to train on: synthetic, published, a ZIP or a folder; and a look at it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import pandas as pd
import streamlit as st
from PIL import Image

from crackcls import config, events, typed
from crackcls.access.modes import Action
from crackcls.classes.names import guess_positive, with_folders
from crackcls.datasets import catalogue, contact_sheet, inspection, several, shipped_photos
from crackcls.datasets.published.sets import SETS
from crackcls.datasets.several import Source
from crackcls.errors import InputError
from crackcls.names import markdown
from crackcls.widgets import collect, layouts, left_out, powers, published, tell, zips

Found = TypeVar("Found")

SYNTHETIC, COLLECT, SHIPPED = "Synthetic concrete", "My photos", "Photos of the app"
UPLOAD, FOLDER = "My ZIP", "My folder"
# Which may hold sound pictures alone.
OWN = (UPLOAD, FOLDER)
PUBLISHED = {f"{one.title} photos": one for one in SETS.values()}
CAPTIONS = {
    SHIPPED: "Real photos that come with it, nothing to fetch.",
    SYNTHETIC: "Made on the spot, nothing to fetch.",
    **{
        kind: f"{one.images:,} real photos, {one.megabytes} MB to fetch once."
        for kind, one in PUBLISHED.items()
    },
    COLLECT: "Upload or take them here, and sort them by tapping.",
    UPLOAD: "Your photos, sorted by class.",
    FOLDER: "The same, on this machine.",
}
PER_CLASS, THUMBNAIL = 6, 92
# Where the session keeps how many images a choice has, until a folder is checked again.
COUNTED = "counted"


def choose(sound: bool = False, judged: bool = False) -> Source | None:
    """Ask which data to train on, or to judge.

    Args:
        sound: Whether a ZIP or a folder holds sound images alone, without folders a class.
        judged: Whether it is judged; then the photos that come with the app are offered first.

    Returns:
        The data set, and how its folders are read; None where there is nothing to train on yet.
    """
    own_kinds = [UPLOAD] if sound else [COLLECT, UPLOAD]
    kinds = [SHIPPED] * judged + [SYNTHETIC, *PUBLISHED, *own_kinds]
    kinds += [FOLDER] * powers.may(Action.FOLDERS)
    kind = st.radio("Data", kinds, captions=[CAPTIONS[kind] for kind in kinds], key="data-kind")
    asks: dict[str, Callable[[], str | None]] = {SYNTHETIC: ask_synthetic, SHIPPED: tell_shipped}
    asks |= {kind: partial(published.ask, one) for kind, one in PUBLISHED.items()}
    own = {COLLECT: ask_collected, UPLOAD: ask_upload, FOLDER: ask_folder}
    source = None
    if kind in own:
        source = own[kind](sound)
    elif name := asks[kind]():
        source = Source(name)
    if source:
        show_images(source)
    return source


def tell_shipped() -> str:
    """Say how the photos that come with the app were chosen."""
    st.caption(shipped_in_words())
    return shipped_photos.NAME


def shipped_in_words() -> str:
    """Say what the photos that come with the app are, and what they are worth."""
    count = len(shipped_photos.listing().files)
    return (
        f"{count} patches from the tests of the shipped models, which neither has learned from, "
        "drawn by chance with as many hard ones as the tests have. So few tell models apart only "
        "where they differ much."
    )


def ask_synthetic() -> str:
    """Ask how many synthetic photos to make, and say what they are good for."""
    least, most = config.SYNTHETIC_COUNTS
    most = powers.limits().pictures or most
    usual = min(config.SYNTHETIC_COUNT, most)
    # What a browser sends need not be what the form lets one choose.
    count = min(st.number_input("Pictures to make", least, most, usual, 500), most)
    figure = config.SYNTHETIC_ON_METU
    st.caption(
        f"Synthetic: computer-made pictures, no photos. A model trained on "
        f"{config.SYNTHETIC_COUNT:,} of them alone gets {figure['accuracy']:.1%} of "
        f"{figure['images']:,} real METU photos right (ROC AUC {figure['roc_auc']:.3f}); "
        "judge other real photos with care."
    )
    return f"synthetic-{count}-{config.SYNTHETIC_SEED}"


def ask_upload(sound: bool) -> Source | None:
    """Take a ZIP, or one of before, and tell what is in it."""
    folder = zips.ask(sound, attempt)
    if folder is None:
        return None
    source = settled(folder, sound)
    zips.offer_removal(folder)
    return source


def ask_collected(sound: bool) -> Source | None:
    """Let a person collect photos, and tell what is in them."""
    folder = collect.ask(attempt)
    return settled(folder, sound) if folder else None


def ask_folder(sound: bool) -> Source | None:
    """Ask for a folder of this machine and tell what is in it."""
    text = st.text_input(
        "Data folder",
        placeholder="/home/me/concrete",
    )
    if not text.strip():
        st.caption("Type the path of a folder of photos that are sorted by class.")
        return None
    return settled(typed.path(text).absolute(), sound)


def settled(folder: Path, sound: bool) -> Source | None:
    """Settle how a folder is read, and tell what is in it; give it where it can be used."""
    source = layouts.settle(Source(str(folder), sound=sound))
    return source if source and show_findings(source) else None


def show_findings(source: Source) -> bool:
    """Tell what is in a folder of images, found out once a session; give whether it can be used."""
    seen = st.session_state.setdefault("inspected", {})
    if source not in seen:
        found = attempt(lambda emit: inspection.inspect(several.listed(source), emit))
        if found is None:
            return False
        seen[source] = found
    found = seen[source]
    tell.table(inspection.class_table(found))
    for row in inspection.findings(found).to_dict("records"):
        if row["count"]:
            what, count, done = row.values()
            st.markdown(f"**{sentence(what)}: {count:,}.** {sentence(done)}.")
    left_out.show(found, source)
    show_pairs(source, found.examples)
    if st.button("Check again after a change"):
        seen.pop(source)
        st.session_state.get("thumbnails", {}).pop(source, None)
        st.session_state.pop(COUNTED, None)
        layouts.forget()
        st.rerun()
    return True


def sentence(words: str) -> str:
    """Begin with a capital letter."""
    return words[0].upper() + words[1:]


def show_pairs(source: Source, examples: pd.DataFrame) -> None:
    """Show some copies side by side."""
    if examples.empty:
        return
    pictures = thumbnails_of(source, examples)
    with st.expander("Copies, side by side"):
        for pair in examples.to_dict("records"):
            warning = ", :red[in two classes]" if pair["in two classes"] else ""
            st.markdown(f"{pair['what they are'].capitalize()}{warning}")
            with st.container(horizontal=True):
                for file in (pair["one"], pair["other"]):
                    show_thumbnail(file, pictures[file])


def thumbnails_of(source: Source, examples: pd.DataFrame) -> dict[str, Image.Image]:
    """Shrink the images of examples, once for an inspection of a folder."""
    kept = st.session_state.setdefault("thumbnails", {})
    if source not in kept:
        labelled, files = several.listed(source), {*examples["one"], *examples["other"]}
        kept[source] = {file: contact_sheet.thumbnail(labelled, file, THUMBNAIL) for file in files}
    return kept[source]


def show_images(source: Source) -> None:
    """Show random images of each class."""
    with st.expander("A look at the data", expanded=True):
        draw = st.session_state.setdefault("look", 0)
        found = drawn(source, draw)
        called = with_folders([*found], guess_positive([*found]))
        for name, shown in found.items():
            st.markdown(f"**{markdown(called[name])}**")
            with st.container(horizontal=True):
                for file, picture in shown:
                    show_thumbnail(file, picture)
        if st.button("Other images"):
            st.session_state["look"] = draw + 1
            st.rerun()


def drawn(source: Source, draw: int) -> dict[str, list[tuple[str, Image.Image]]]:
    """Draw images of each class, once for a source and a draw."""
    key = source, draw
    if st.session_state.get("looked-at", (None,))[0] != key:
        labelled = several.listed(source)
        sample = catalogue.sample(labelled, PER_CLASS, draw)
        shown = {
            name: [(file, contact_sheet.thumbnail(labelled, file, THUMBNAIL)) for file in files]
            for name, files in sample.items()
        }
        st.session_state["looked-at"] = key, shown
    return st.session_state["looked-at"][1]


def show_thumbnail(file: str, picture: Image.Image) -> None:
    """Show one image small, with its name."""
    with st.container(width=THUMBNAIL):
        st.image(picture, alt=Path(file).name)
        st.caption(markdown(Path(file).name))


def attempt(work: Callable[[events.Emit], Found]) -> Found | None:
    """Do work that takes a while under a progress bar; say the rule that stops it."""
    bar = st.progress(0.0, "…")

    def emit(kind: str, phase: str = "", done: int = 0, total: int = 0, **fields: object) -> None:
        if kind == "progress":
            bar.progress(done / max(total, 1), f"{phase.capitalize()}: {done:,} of {total:,}")

    try:
        return work(emit)
    except InputError as error:
        tell.refusal(error)
        return None
    finally:
        bar.empty()
