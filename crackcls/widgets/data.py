"""Choosing data to train on: synthetic, METU, a ZIP or a folder; and a look at it."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pandas as pd
import streamlit as st
from PIL import Image

from crackcls import config, events
from crackcls.datasets import catalogue, contact_sheet, inspection
from crackcls.datasets.published import job as fetch_job
from crackcls.datasets.published import metu
from crackcls.errors import InputError
from crackcls.labelled import list_images
from crackcls.runs import folders, jobs
from crackcls.widgets import job
from crackcls.widgets.visitor import is_own_machine

Found = TypeVar("Found")

SYNTHETIC, METU, UPLOAD, FOLDER = "Synthetic concrete", "METU photos", "My ZIP", "My folder"
CAPTIONS = {
    SYNTHETIC: "Made on the spot, nothing to fetch.",
    METU: "40,000 real photos, 241 MB to fetch once.",
    UPLOAD: "Your photos, one folder a class.",
    FOLDER: "The same, on this machine.",
}
PER_CLASS, THUMBNAIL = 6, 92


def choose() -> str | None:
    """Ask which data to train on.

    Returns:
        What `train --data` takes; None where there is nothing to train on yet.
    """
    kinds = [SYNTHETIC, METU, UPLOAD] + [FOLDER] * is_own_machine()
    kind = st.radio("Data", kinds, captions=[CAPTIONS[kind] for kind in kinds], key="data-kind")
    ask = {SYNTHETIC: ask_synthetic, METU: ask_metu, UPLOAD: ask_upload, FOLDER: ask_folder}[kind]
    source = ask()
    if source:
        show_images(source)
    return source


def ask_synthetic() -> str:
    """Ask how many synthetic photos to make, and say what they are good for."""
    least, most = config.SYNTHETIC_COUNTS
    count = st.number_input("Pictures to make", least, most, config.SYNTHETIC_COUNT, 500)
    figure = config.SYNTHETIC_ON_METU
    st.caption(
        f"Synthetic: computer-made pictures, no photos. A model trained on "
        f"{config.SYNTHETIC_COUNT:,} of them alone gets {figure['accuracy']:.1%} of "
        f"{figure['images']:,} real METU photos right (ROC AUC {figure['roc_auc']:.3f}); "
        "judge other real photos with care."
    )
    return f"synthetic-{count}-{config.SYNTHETIC_SEED}"


def ask_metu() -> str | None:
    """Offer METU where it is on this machine, else offer to fetch it."""
    last = jobs.read_job(fetch_job.folder())
    if last and last.state == "running":
        job.follow(fetch_job.folder(), "Stop the download")
        return None
    if catalogue.folder_of(metu.NAME).is_dir():
        with st.expander("Where these photos come from"):
            st.text(metu.ATTRIBUTION)
        return metu.NAME
    if last and last.state == "interrupted":
        st.warning("The download was interrupted. It goes on where it was.")
    elif last and last.message:
        st.error(last.message)
    st.text(metu.ATTRIBUTION)
    st.caption(
        "The download is 241 MB. What has come is kept if it breaks off. An archive that you have "
        "is taken by `python -m crackcls data fetch metu --archive FILE`."
    )
    if st.button("Download the METU photos"):
        job.start(fetch_job.folder(), fetch_job.WORDS)
    return None


def ask_upload() -> str | None:
    """Take a ZIP, unpack it and tell what is in it."""
    upload = st.file_uploader(
        "ZIP with one folder a class",
        max_upload_size=config.MAX_UPLOAD_MB,
        help=f"At most {config.MAX_UPLOAD_MB} MB, {config.UPLOAD_LIMITS.files:,} files, "
        f"{config.UPLOAD_LIMITS.size / 1e9:.0f} GB unpacked.",
    )
    st.caption(
        "For training the photos are unpacked to the disk of the machine that runs this app. "
        f"They stay until {config.MAX_UPLOADS} newer uploads have come, or until you remove them."
    )
    if upload is None:
        return None
    unpacked = st.session_state.setdefault("unpacked", {})
    if upload.file_id not in unpacked:
        folder = attempt(lambda emit: catalogue.add_upload(upload, upload.name, emit, in_use()))
        if folder is None:
            return None
        unpacked[upload.file_id] = folder
    folder = unpacked[upload.file_id]
    if not folder.is_dir():
        st.info("These photos have been removed. Upload the ZIP again to use them.")
        return None
    if not show_findings(folder):
        return None
    if st.button("Remove these photos from the machine"):
        catalogue.remove_upload(folder)
        st.rerun()
    return str(folder)


def in_use() -> list[Path]:
    """Give the data folders of runs that are running."""
    running = [run for run in folders.list_runs() if run.state == "running"]
    return [folder for run in running if (folder := folders.local_data(run.folder))]


def ask_folder() -> str | None:
    """Ask for a folder of this machine and tell what is in it."""
    typed = st.text_input(
        "Data folder",
        help="A folder on this machine, with one folder of images a class.",
        placeholder="/home/me/concrete",
    )
    if not typed:
        st.caption("Type the path of a folder that holds one folder of images a class.")
        return None
    folder = Path(typed).expanduser().absolute()
    return str(folder) if show_findings(folder) else None


def show_findings(folder: Path) -> bool:
    """Tell what is in a folder of images, found out once a session; give whether it can be used."""
    seen = st.session_state.setdefault("inspected", {})
    if folder not in seen:
        found = attempt(lambda emit: inspection.inspect(list_images(folder), emit))
        if found is None:
            return False
        seen[folder] = found
    found = seen[folder]
    st.dataframe(inspection.class_table(found), hide_index=True, width="stretch")
    for row in inspection.findings(found).to_dict("records"):
        if row["count"]:
            what, count, done = row.values()
            st.markdown(f"**{sentence(what)}: {count:,}.** {sentence(done)}.")
    show_names(found, catalogue.left_out_of(folder))
    show_pairs(folder, found.examples)
    if st.button("Check again", help="After you have changed files in the folder."):
        seen.pop(folder)
        st.session_state.get("thumbnails", {}).pop(folder, None)
        st.rerun()
    return True


def sentence(words: str) -> str:
    """Begin with a capital letter."""
    return words[0].upper() + words[1:]


def show_names(found: inspection.Inspection, left_out: dict[str, str]) -> None:
    """List the files that are left out, each with the reason."""
    rows = [*found.broken[["file", "reason"]].itertuples(index=False), *left_out.items()]
    if rows:
        with st.expander(f"{len(rows):,} files that are left out"):
            table = [{"file": file, "reason": reason} for file, reason in rows]
            st.dataframe(table, hide_index=True, width="stretch")


def show_pairs(folder: Path, examples: pd.DataFrame) -> None:
    """Show some copies side by side."""
    if examples.empty:
        return
    pictures = thumbnails_of(folder, examples)
    with st.expander("Copies, side by side"):
        for pair in examples.to_dict("records"):
            warning = ", :red[in two classes]" if pair["in two classes"] else ""
            st.markdown(f"{pair['what they are'].capitalize()}{warning}")
            with st.container(horizontal=True):
                for file in (pair["one"], pair["other"]):
                    show_thumbnail(file, pictures[file])


def thumbnails_of(folder: Path, examples: pd.DataFrame) -> dict[str, Image.Image]:
    """Shrink the images of examples, once for an inspection of a folder."""
    kept = st.session_state.setdefault("thumbnails", {})
    if folder not in kept:
        labelled, files = list_images(folder), {*examples["one"], *examples["other"]}
        kept[folder] = {file: contact_sheet.thumbnail(labelled, file, THUMBNAIL) for file in files}
    return kept[folder]


def show_images(source: str) -> None:
    """Show random images of each class."""
    with st.expander("A look at the data", expanded=True):
        draw = st.session_state.setdefault("look", 0)
        for name, shown in drawn(source, draw).items():
            st.markdown(f"**{name}**")
            with st.container(horizontal=True):
                for file, picture in shown:
                    show_thumbnail(file, picture)
        if st.button("Other images"):
            st.session_state["look"] = draw + 1
            st.rerun()


def drawn(source: str, draw: int) -> dict[str, list[tuple[str, Image.Image]]]:
    """Draw images of each class, once for a source and a draw."""
    if st.session_state.get("looked-at", (None,))[0] != (source, draw):
        labelled = catalogue.open_data(source)
        sample = catalogue.sample(labelled, PER_CLASS, draw)
        shown = {
            name: [(file, contact_sheet.thumbnail(labelled, file, THUMBNAIL)) for file in files]
            for name, files in sample.items()
        }
        st.session_state["looked-at"] = (source, draw), shown
    return st.session_state["looked-at"][1]


def show_thumbnail(file: str, picture: Image.Image) -> None:
    """Show one image small, with its name."""
    with st.container(width=THUMBNAIL):
        st.image(picture)
        st.caption(Path(file).name)


def attempt(work: Callable[[events.Emit], Found]) -> Found | None:
    """Do work that takes a while under a progress bar; say the rule that stops it."""
    bar = st.progress(0.0, "…")

    def emit(kind: str, phase: str = "", done: int = 0, total: int = 0, **fields: object) -> None:
        if kind == "progress":
            bar.progress(done / max(total, 1), f"{phase.capitalize()}: {done:,} of {total:,}")

    try:
        return work(emit)
    except InputError as error:
        st.error(str(error))
        return None
    finally:
        bar.empty()
