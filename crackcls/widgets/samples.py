"""Predictions beside the actual images."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import pandas as pd
import streamlit as st
from PIL import Image

from crackcls import images as photos
from crackcls import typed
from crackcls.access.modes import Action
from crackcls.errors import InputError
from crackcls.evaluation import aim, sources, store, wording
from crackcls.evaluation.report import SAMPLE_ORDERS, order_samples
from crackcls.evaluation.sources import Images
from crackcls.evaluation.store import Evaluation
from crackcls.interval import percent
from crackcls.labelled import read_verified
from crackcls.names import markdown, shown
from crackcls.network import heatmap
from crackcls.photos.verdict import analyse
from crackcls.runs import folders
from crackcls.widgets import powers, tell
from crackcls.widgets.evaluation import table_of
from crackcls.widgets.model import open_calibration, open_model

PAGE, WIDTH, ALL, ALL_SETS = 12, 158, "all classes", "all data sets"
NOT_YOURS = "The images of this model are its owner's, and are not shown to others."


def show(chosen: Evaluation) -> None:
    """Show a page of predictions with their images, by choice of kind and class."""
    st.subheader("Sample predictions")
    if not powers.may_see_images(chosen.run.name):
        st.info(NOT_YOURS)
        return
    images = ask_images(chosen)
    table = table_of(chosen)
    seen = images.at_hand(table)
    if seen.empty:
        return
    say_how_many(chosen, images, len(seen), len(table))
    left, right = st.columns(2)
    order = left.selectbox("Show", SAMPLE_ORDERS)
    report = store.report_of(chosen)
    names, positive = wording.called(report), wording.positive_of(report)
    titles = {ALL: ALL} | {name: shown(words) for name, words in names.items()}
    actual = right.selectbox("Of", list(titles), format_func=titles.__getitem__)
    draw = st.session_state.setdefault("draw", 0)
    wanted = None if actual == ALL else actual
    rows = of_set(order_samples(seen, order, wanted, draw))
    of = f"'{markdown(names[positive])}'" if positive else "the prediction"
    heat = st.toggle("Show where the model saw it", help=f"Bright: what speaks for {of}.")
    show_page(chosen, images, rows, heat, names)
    if powers.may_manage(chosen.run.name):
        show_marked(chosen.run)


def say_how_many(chosen: Evaluation, images: Images, seen: int, tested: int) -> None:
    """Say how many of the images are at hand, and whose they are."""
    if seen < tested:
        kept = " The model brings all that are wrong, the doubtful ones and some others."
        st.caption(
            f"{seen:,} of {tested:,} images are at hand.{kept if images.beside else ''} "
            "The figures are of all."
        )
    line, whole = sources.credits_of(images)
    if line:
        st.caption(markdown(line))
        with st.expander("Whose these images are"):
            st.text(whole)


def of_set(rows: pd.DataFrame) -> pd.DataFrame:
    """Ask which of several data sets to show."""
    if "set" not in rows:
        return rows
    sets = [ALL_SETS, *dict.fromkeys(rows["set"].sort_values())]
    wanted = st.selectbox("Data set", sets, format_func=shown)
    return rows if wanted == ALL_SETS else rows[rows["set"] == wanted]


def ask_images(chosen: Evaluation) -> Images:
    """Find the images, see `sources.images_of`; the owner may say where their folders are."""
    images = sources.images_of(chosen)
    if not chosen.places and not images.shipped:
        st.info(
            f"The images of '{markdown(chosen.data)}' are not on this machine, so only the stored "
            "figures are shown. Fetch METU on the Train page, or judge the model on other data "
            "above."
        )
    if not powers.may(Action.FOLDERS):
        return images
    known = chosen.sets or {"": chosen.images or Path()}
    with st.expander("Where the images are on this machine", not images.shipped):
        places = {name: ask_folder(name, folder) for name, folder in known.items()}
    return sources.images_of(chosen, {name: folder for name, folder in places.items() if folder})


def ask_folder(name: str, known: Path) -> Path | None:
    """Ask for the folder of one data set's images."""
    label = f"Folder with the images of '{markdown(name)}'" if name else "Folder with the images"
    text = st.text_input(label, str(known) if known.name and known.is_dir() else "")
    if not text.strip():
        return None
    folder = typed.path(text)
    return folder if typed.is_folder(folder) else None


def show_page(
    chosen: Evaluation,
    images: Images,
    rows: pd.DataFrame,
    heat: bool,
    names: Mapping[str, str],
) -> None:
    """Show one page of a choice, with a way to the next."""
    pages = max(1, -(-len(rows) // PAGE))
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    number = left.number_input(f"Page of {pages:,}", 1, pages, 1)
    if right.button("Other samples", width="stretch"):
        st.session_state["draw"] += 1
        st.rerun()
    st.caption(f"{len(rows):,} images fit this choice.")
    listed = set(store.marked(chosen.run)["sha256"]) if powers.may_manage(chosen.run.name) else None
    grid, asked = st.container(horizontal=True), set[str]()
    for row in rows.iloc[(number - 1) * PAGE : number * PAGE].to_dict("records"):
        with grid.container(width=WIDTH):
            show_sample(chosen, images, row, heat, names)
            if listed is None or row["actual"] == row["predicted"] or row["sha256"] in asked:
                continue
            asked.add(row["sha256"])  # An exact copy has the same mark.
            ask_label(chosen, row, row["sha256"] in listed)


def show_sample(
    chosen: Evaluation,
    images: Images,
    row: store.Row,
    heat: bool,
    names: Mapping[str, str],
) -> None:
    """Show one image with what it is and what the model says."""
    change = partial(heated, chosen) if heat else None
    if path := images.path(row["file"]):
        alt = f"{names[row['actual']]}, taken for {names[row['predicted']]}"
        show_picture(path, row["sha256"], change, alt)
    right = row["actual"] == row["predicted"]
    st.markdown(
        f"{':green[✓]' if right else ':red[✗ wrong]'} **{markdown(names[row['predicted']])}** "
        f"{percent(row['probability'])}  \nactual: {markdown(names[row['actual']])}"
    )
    st.caption(markdown(row["file"]))


def show_picture(
    path: Path,
    sha256: str,
    change: Callable[[Image.Image], Image.Image] | None = None,
    alt: str = "",
) -> None:
    """Show an image, changed where that is wished, or say why not."""
    try:
        picture = photos.read_photo(read_verified(path, sha256))
        st.image(change(picture) if change else picture, width="stretch", alt=alt)
    except InputError as error:
        tell.refusal(error)


def heated(chosen: Evaluation, picture: Image.Image) -> Image.Image:
    """Lay over an image what Predict shows of it; of more classes, where the likeliest is seen."""
    version = aim.version_of(chosen.run)
    known = open_calibration(chosen.run.name, version)
    seen = analyse(picture, open_model(chosen.run.name, version), known)
    return heatmap.overlay(picture, seen.heat, above=0)


def ask_label(chosen: Evaluation, row: store.Row, listed: bool) -> None:
    """Let a person say that a label, not the model, is wrong."""
    said = st.checkbox("Label is wrong", listed, key=f"label-{row['sha256']}")
    if said != listed:
        store.mark(chosen, row, said)
        st.rerun()


def show_marked(run: folders.Run) -> None:
    """Show the list of wrong labels."""
    listed = wording.table_in_words(store.marked(run), wording.called(run.config))
    if listed.empty:
        return
    with st.expander(f"Labels marked as wrong: {len(listed):,}"):
        tell.table(listed)
        tell.offer_table("Wrong labels", lambda: listed, f"{run.name}-wrong-labels")
