"""Collecting photos for a training: boxes with a name, filled by upload, camera or tapping."""

import hashlib
from io import BytesIO
from pathlib import Path
from typing import Any

import streamlit as st

from crackcls import config
from crackcls.datasets import catalogue, keeping
from crackcls.errors import InputError
from crackcls.names import markdown, shown
from crackcls.photos import boxes, labelled_zip
from crackcls.photos.boxes import ADVISED, Boxes
from crackcls.photos.desk import open_desk
from crackcls.photos.shelf import Photo
from crackcls.widgets import photo_shelf, photo_sources, photos, powers, tell, uploads, zips
from crackcls.widgets.guard import guarded

MINE, ADDED, USED, SMALL = "boxes", "boxes-added", "boxes-used", "boxes-small"
# Pictures of a box that are shown, their width, and that of the one to sort.
SHOWN, WIDTH, LARGE = 4, 64, 320
MOST_SECONDS = 5.0
PRIVATE = (
    "Photos stay in memory until you train on them. Then they are unpacked to the disk of the "
    "machine that runs this app, without what a camera wrote beside the pixels of a JPEG."
)


@st.cache_resource(show_spinner=False)
def store() -> boxes.Store:
    """Give the boxes of this server."""
    return boxes.store()


def mine() -> Boxes:
    """Give this session's boxes."""
    if MINE not in st.session_state:
        st.session_state[MINE] = store().new()
    return st.session_state[MINE]


def ask(attempt: zips.Attempt) -> Path | None:
    """Let a person collect photos, a box a class.

    Args:
        attempt: Does work under a progress bar, see `data.attempt`.

    Returns:
        The folder of the photos, once the person uses them.
    """
    photo_sources.keep_in_memory()
    uploads.expect()
    own = mine()
    st.caption(PRIVATE)
    for first in range(0, len(own.names), 2):
        row = st.columns(2, border=True)
        for place, box in zip(row, range(first, min(first + 2, len(own.names))), strict=False):
            with place:
                show_box(own, box)
    if len(own.names) < boxes.MOST_BOXES:
        st.button("Add a class", on_click=guarded()(own.add_class))
    take_answers(own)
    with st.expander("Take photos with the camera"):
        ask_camera(own)
    with st.expander("Sort photos by tapping", expanded=bool(own.inside(None))):
        ask_unsorted(own)
    return use(own, attempt)


def show_box(own: Boxes, box: int) -> None:
    """Show one box: its name, how full it is, and how to fill it."""
    name, inside = own.names[box], own.inside(box)
    key = f"box-name-{box}-{len(own.names)}"
    st.text_input(f"Class {box + 1}", name, key=key, on_change=rename, args=(box, key))
    st.markdown(in_words(len(inside)))
    with st.container(horizontal=True, gap="xxsmall"):
        for one in inside[-SHOWN:]:
            if picture := small(one):
                alt = f"{shown(one.name)} as {shown(name)}"
                st.image(picture, width=WIDTH, alt=alt)
    add_files(own, box, f"Photos of {markdown(name)}")
    with st.container(horizontal=True):
        if inside:
            out = {one.sha256 for one in inside}
            st.button("Empty it", key=f"empty-{box}", on_click=own.remove, args=(out,))
        if len(own.names) > len(boxes.FIRST):
            st.button("Remove this class", key=f"drop-{box}", on_click=drop, args=(box,))


def in_words(count: int) -> str:
    """Say how many photos a box has, and how many more would be well."""
    said = f"**{count} photo{'s' * (count != 1)}**"
    return said if count >= ADVISED else f"{said}, {ADVISED - count} more advised"


@guarded()
def rename(box: int, key: str) -> None:
    """Give a class the name that was typed, or say why not."""
    try:
        mine().rename(box, st.session_state[key])
    except InputError as error:
        tell.refusal(error)


@guarded()
def drop(box: int) -> None:
    """Take a class away."""
    mine().drop_class(box)


def add_files(own: Boxes, box: int | None, label: str) -> None:
    """Take files into a box; the uploader is empty again after it."""
    files = st.file_uploader(
        label,
        accept_multiple_files=True,
        max_upload_size=config.MAX_UPLOAD_MB if box is None else photo_sources.LIMIT,
        key=uploads.key(f"box-{box}-{emptied(box)}"),
    )
    if not files:
        return
    try:
        found = [one for file in files for one in photos_in(file.name, file.getvalue())]
        store().add(own, found, box)
    except InputError as error:
        tell.refusal(error)
        return
    empty(box)


def emptied(box: object) -> int:
    """Tell how often a widget has been emptied; it has another key each time."""
    return int(st.session_state.setdefault(ADDED, {}).get(box, 0))


def empty(box: object) -> None:
    """Let a widget begin anew, since what it held is in the boxes."""
    st.session_state[ADDED][box] = emptied(box) + 1
    st.rerun()


def photos_in(name: str, content: bytes) -> list[Photo]:
    """Give a file as a photo, or the files of a ZIP."""
    files = boxes.out_of(content) if boxes.is_zip(content) else [(name, content)]
    return [photo(*file) for file in files]


def photo(name: str, content: bytes) -> Photo:
    """Give a file with its hash."""
    return Photo(name, content, hashlib.sha256(content).hexdigest())


def take_answers(own: Boxes) -> None:
    """Offer the photos of Predict that a person has said of what they show."""
    shelf = photo_shelf.mine()
    sure = labelled_zip.labelled([*shelf.photos.values()], shelf.labels)
    new = [one for one in sure if one.sha256 not in own.photos]
    if new and st.button(f"Add {len(new)} photos that you labelled on Predict"):
        for one in new:
            store().add(own, [one], box_of(own, shelf.labels[one.sha256]))
        st.rerun()


def box_of(own: Boxes, label: str) -> int:
    """Give the box of a class by its name, a new one where there is none."""
    folders = [boxes.folder_of(name) for name in own.names]
    if boxes.folder_of(label) not in folders:
        free = [
            at for at, name in enumerate(own.names) if not own.inside(at) and name in boxes.FIRST
        ]
        at = free[0] if free else len(own.names)
        if not free:
            own.add_class()
        own.rename(at, label)
        return at
    return folders.index(boxes.folder_of(label))


def ask_camera(own: Boxes) -> None:
    """Take pictures into a box, one after the other."""
    picked = st.radio("Into", own.names, format_func=shown, horizontal=True, key="box-camera")
    key = uploads.key(f"box-shot-{emptied('shot')}")
    taken = st.camera_input("Take a picture", key=key, resolution="720p")
    if taken is None or picked not in own.names:
        return
    try:
        one = photo(f"camera-{len(own.photos) + 1}.jpg", taken.getvalue())
        store().add(own, [one], own.names.index(picked))
    except InputError as error:
        tell.refusal(error)
        return
    empty("shot")


def ask_unsorted(own: Boxes) -> None:
    """Take photos, or a ZIP of them, and show one after the other to be sorted."""
    add_files(own, None, "Photos, or a ZIP of photos")
    left = own.inside(None)
    if not left:
        return
    one = left[0]
    st.markdown(f"**{len(left)} to sort.** What does this one show?")
    if picture := small(one):
        st.image(picture, width=LARGE, alt=shown(one.name))
    st.caption(markdown(one.name))
    with st.container(horizontal=True):
        for box, name in enumerate(own.names):
            label, key = markdown(name), f"sort-{box}"
            st.button(label, key=key, on_click=own.sort, args=(one.sha256, box), type="primary")
        st.button("Leave it out", on_click=own.remove, args=([one.sha256],))


def small(one: Photo) -> bytes:
    """Give a small picture of a photo, made once in a process of its own; empty without one."""
    kept: dict[str, bytes] = st.session_state.setdefault(SMALL, {})
    if one.sha256 not in kept:
        try:
            ticket = open_desk().ask_thumbnail(photos.session(), one.content)
        except InputError:
            return b""
        if not ticket.done.wait(MOST_SECONDS):
            open_desk().line.leave(ticket)
            return b""
        kept[one.sha256] = ticket.result if isinstance(ticket.result, bytes) else b""
    return kept[one.sha256]


def use(own: Boxes, attempt: zips.Attempt) -> Path | None:
    """Offer to train on what is sorted; give its folder where that is what is used."""
    filled = [name for box, name in enumerate(own.names) if own.inside(box)]
    state, used = own.state(), st.session_state.get(USED, ((), None))
    with st.container(horizontal=True):
        is_new = used[0] != state or not Path(used[1] or "").is_dir()
        wanted = st.button(
            "Use these photos", type="primary", disabled=len(filled) < 2 or not is_new
        )
        st.download_button("Take them away as a ZIP", own.packed, "photos.zip", disabled=not filled)
    if len(filled) < 2:
        st.caption("Fill two boxes or more, then use the photos.")
    if wanted:
        used = state, attempt(lambda emit: unpack(own, emit))
        st.session_state[USED] = used
    return used[1] if used[0] == state and used[1] and used[1].is_dir() else None


def unpack(own: Boxes, emit: Any) -> Path:
    """Put what is sorted where uploads lie."""
    return catalogue.add_upload(
        BytesIO(own.packed()),
        "collected",
        emit=emit,
        in_use=keeping.data_in_use(),
        keeper=powers.keeper(),
    )
