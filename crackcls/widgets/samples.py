"""Predictions beside the actual images: a matrix of them, and whatever it opens."""

from collections.abc import Callable, Mapping
from functools import partial
from itertools import chain
from pathlib import Path

import pandas as pd
import streamlit as st
from PIL import Image

from crackcls import images as photos
from crackcls import typed
from crackcls.access.modes import Action
from crackcls.errors import InputError
from crackcls.evaluation import aim, cells, sources, store, wording
from crackcls.evaluation.report import LEAST_SURE, SAMPLE_ORDERS, SHUFFLED, order_samples
from crackcls.evaluation.sources import Images
from crackcls.evaluation.store import Evaluation
from crackcls.interval import percent
from crackcls.labelled import read_verified
from crackcls.names import markdown, shown
from crackcls.network import heatmap
from crackcls.photos.verdict import analyse
from crackcls.runs import folders
from crackcls.widgets import matrix, powers, tell
from crackcls.widgets.evaluation import table_of
from crackcls.widgets.model import open_calibration, open_model

PAGE, WIDTH, ALL, ALL_SETS = 12, 150, "all classes", "all data sets"
NOT_YOURS = "The images of this model are its owner's, and are not shown to others."
NOTHING = Images({})


def show(chosen: Evaluation) -> None:
    """Show where a model is right and wrong, and the images of what is opened."""
    report, table = store.report_of(chosen), table_of(chosen)
    names = wording.called(report)
    key = f"opened-{key_of(chosen)}"
    top = st.container()  # What says where the images are stands below the images.
    may_see = powers.may_see_images(chosen.run.name)
    images = find_images(chosen) if may_see else NOTHING
    seen = images.at_hand(table)
    with top:
        matrix.show(report, seen, images, names, key)
        if not may_see:
            st.info(NOT_YOURS)
        elif seen.empty:
            st.info(not_here(chosen))
        else:
            show_opened(chosen, images, seen, names, key)
            say_how_many(images, len(seen), len(table))
    if powers.may_manage(chosen.run.name):
        show_marked(chosen.run)


def key_of(chosen: Evaluation) -> str:
    """Give a name for what a session keeps of an evaluation; it names no folder above."""
    return f"{chosen.run.name}-{chosen.folder.name}"


def not_here(chosen: Evaluation) -> str:
    """Say that no image is at hand, and what to do."""
    return (
        f"The images of '{markdown(chosen.data)}' are not on this machine, so the counts are "
        "shown alone. Fetch the data on the Train page, or judge the model on other data above."
    )


def show_opened(
    chosen: Evaluation, images: Images, seen: pd.DataFrame, names: Mapping[str, str], key: str
) -> None:
    """Show the images of what is opened in the matrix, by pages."""
    report = store.report_of(chosen)
    all_cells = list(chain.from_iterable(cells.rows_of(report)))
    titles = {cells.WRONG: "all wrong ones", cells.ALL: "all images"}
    titles |= {one.key: cells.title(one, names) for one in all_cells}
    if st.session_state.get(key) not in titles:
        st.session_state[key] = cells.WRONG if report["wrong"] else cells.ALL
    heading, asked = st.empty(), st.container(horizontal=True)
    with asked:
        what = st.selectbox(
            "Images", list(titles), key=key, format_func=lambda it: shown(titles[it])
        )
        is_right = what not in {cells.WRONG, *(one.key for one in all_cells if not one.is_right)}
        first = SAMPLE_ORDERS.index(LEAST_SURE) if is_right else 0
        order = st.selectbox("First", SAMPLE_ORDERS, first, key=f"order-{key}-{what}")
        draw = st.session_state.setdefault("draw", 0)
        rows = of_set(order_samples(cells.choose(seen, what, all_cells), order, draw))
    heading.header(f"{markdown(titles[what].capitalize())}: {len(rows):,} here")
    if order == SHUFFLED:
        st.button("Shuffle again", on_click=st.session_state.__setitem__, args=("draw", draw + 1))
    positive = wording.positive_of(report)
    of = f"'{markdown(names[positive])}'" if positive else "what it says"
    heat = st.toggle(f"Show where the model sees {of}", key="heat")
    show_page(chosen, images, rows, heat, names, f"{key}-{what}-{order}")


def show_strip(chosen: Evaluation, rows: pd.DataFrame) -> None:
    """Show the images behind a part of a chart, the wrong ones first.

    Args:
        chosen: The evaluation.
        rows: Predictions whose classes have the names that a person reads.
    """
    if not powers.may_see_images(chosen.run.name):
        st.info(NOT_YOURS)
        return
    images = sources.images_of(chosen)
    seen = images.at_hand(rows)
    order = (seen["actual"] == seen["predicted"]).sort_values(kind="stable").index
    names = {name: name for name in {*rows["actual"], *rows["predicted"]}}
    st.caption(f"{len(rows):,} images, {len(seen):,} of them here; at most {PAGE} are shown.")
    with st.container(horizontal=True):
        for row in seen.loc[order].head(PAGE).to_dict("records"):
            with st.container(width=WIDTH):
                show_sample(chosen, images, row, False, names)


def say_how_many(images: Images, seen: int, tested: int) -> None:
    """Say how many of the images are at hand, and whose they are."""
    if seen < tested:
        kept = "the wrong, the doubtful and some others" if images.beside else "the others are not"
        st.caption(f"{seen:,} of {tested:,} images are here: {kept}. The counts are of all.")
    line, whole = sources.credits_of(images)
    if line:
        with st.expander(markdown(line)):
            st.text(whole)


def of_set(rows: pd.DataFrame) -> pd.DataFrame:
    """Ask which of several data sets to show."""
    if "set" not in rows:
        return rows
    sets = [ALL_SETS, *dict.fromkeys(rows["set"].sort_values())]
    wanted = st.selectbox("Data set", sets, format_func=shown)
    return rows if wanted == ALL_SETS else rows[rows["set"] == wanted]


def find_images(chosen: Evaluation) -> Images:
    """Find the images, see `sources.images_of`; the owner may say where their folders are."""
    images = sources.images_of(chosen)
    if not powers.may(Action.FOLDERS):
        return images
    known = chosen.sets or {"": chosen.images or Path()}
    with st.expander(
        "Where the images are on this machine", not chosen.places and not images.beside
    ):
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
    key: str,
) -> None:
    """Show one page of a choice, with a way to the next."""
    listed = set(store.marked(chosen.run)["sha256"]) if powers.may_manage(chosen.run.name) else None
    grid, asked = st.container(horizontal=True), set[str]()
    pages, number = max(1, -(-len(rows) // PAGE)), 1
    if pages > 1:
        number = st.number_input(f"Page of {pages:,}", 1, pages, 1, key=f"page-{key}")
    page = rows.iloc[(number - 1) * PAGE : number * PAGE]
    for row in page.to_dict("records"):
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
        show_picture(path, row["sha256"], matrix.alt_of(row, names), change)
    right = row["actual"] == row["predicted"]
    st.markdown(
        f"{':green[✓]' if right else ':red[✗]'} called **{markdown(names[row['predicted']])}** "
        f"{percent(row['probability'])}  \nlabelled {markdown(names[row['actual']])}"
    )
    st.caption(markdown(row["file"]))


def show_picture(
    path: Path,
    sha256: str,
    alt: str,
    change: Callable[[Image.Image], Image.Image] | None = None,
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
