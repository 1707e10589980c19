"""Where photos come from: files, the camera, made-up examples."""

import hashlib
from typing import TYPE_CHECKING

import streamlit as st

from crackcls import config
from crackcls.photos import examples
from crackcls.photos.shelf import Key, Photo
from crackcls.widgets import photo_shelf, powers, uploads

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

LIMIT = config.MAX_PHOTO_BYTES // 2**20
SOURCES = "Upload", "Camera", "Examples"
# Pixels, so that four stand side by side on a phone.
THUMBNAIL, TAPPED = 76, "example-tapped"
# What a thumbnail's button has room for.
WORDS = dict(zip(examples.EXAMPLES, ("Crack", "Sound", "Joint", "Other"), strict=True))
PRIVATE = "Photos stay in memory until this tab closes."


def choose(with_tab: bool) -> list[Photo]:
    """Ask for photos, which go on the session's shelf.

    Args:
        with_tab: Whether made-up examples have a tab of their own.

    Returns:
        The examples of the open tab; none where another is open. The camera starts when its tab
        is opened, and files stay in the uploader while another tab is open.
    """
    keep_in_memory()
    uploads.expect()
    upload, camera, *made_up = st.tabs(
        SOURCES if with_tab else SOURCES[:2], key="photo-source", on_change="rerun"
    )
    with upload:
        photo_shelf.take("files", ask_files())
    if camera.open:
        with camera:
            photo_shelf.take("camera", ask_camera())
    for tab in made_up:
        if tab.open:
            with tab:
                return ask_examples()
    return []


def keep_in_memory() -> None:
    """Let no upload of a photo's size reach the disk: Starlette spools from 1 MB on."""
    from starlette.formparsers import MultiPartParser

    MultiPartParser.spool_max_size = max(MultiPartParser.spool_max_size, (LIMIT + 1) * 2**20)


def ask_files() -> list[Photo]:
    """Take files. There is no filter by type, since it would hide HEIC and the phone's camera."""
    most = powers.limits().photos
    files = st.file_uploader(
        f"Photos, at most {most}",
        accept_multiple_files=True,
        key=uploads.key(f"photos-{photo_shelf.begun()}"),
        max_upload_size=LIMIT,
        help="JPEG, HEIC, PNG, WebP, TIFF, BMP, GIF, AVIF or JPEG 2000. A phone offers its "
        "camera here too, at full resolution.",
    )
    st.caption(PRIVATE)
    if len(files) > most:
        st.error(
            f"At most {most} photos are judged at once, and these are {len(files)}. "
            f"The first {most} are taken."
        )
    return [opened(upload) for upload in files[:most]]


def ask_camera() -> list[Photo]:
    """Take a picture with the camera."""
    taken = st.camera_input(
        "Take a picture", resolution="1080p", key=uploads.key(f"camera-{photo_shelf.begun()}")
    )
    st.caption(
        f"{PRIVATE} The browser asks before it lets the camera in, and does so only where the "
        "page comes by https or from this machine. On a phone, Upload offers the camera at full "
        "resolution."
    )
    return [] if taken is None else [opened(taken, "camera.jpg")]


def ask_examples() -> list[Photo]:
    """Offer pictures that are made up."""
    names = list(examples.EXAMPLES)
    chosen = st.pills(
        "Made-up pictures, one or more", names, selection_mode="multi", default=names[:1]
    )
    st.caption("Drawn by the computer, no photos. They show how the page works, not how good.")
    return [example(name) for name in names if name in chosen]


def ask_thumbnails() -> list[Photo]:
    """Offer the made-up pictures, each with a button below; give the one that was tapped last.

    A photo of one's own comes before it.
    """
    row = st.container(horizontal=True, gap="small")
    for name in examples.EXAMPLES:
        with row.container(width=THUMBNAIL, gap="xxsmall"):
            st.image(examples.thumbnail(name), width="stretch", alt=name)
            st.button(
                WORDS[name],
                key=f"example-{name}",
                on_click=tap,
                args=(name,),
                help=f"{name}, drawn by the computer",
                width="stretch",
            )
    tapped = st.session_state.get(TAPPED)
    if tapped is None or tapped != (tapped[0], last_own()):
        return []
    return [example(tapped[0])]


def show_judged() -> None:
    """Show an example that was judged ahead of time, before anything is chosen."""
    st.image(examples.JUDGED, width="stretch", alt=examples.JUDGED_SHOWS)
    st.caption("Take a photo, or tap one of these drawings.")


def tap(name: str) -> None:
    """Choose an example, until a photo of one's own comes."""
    st.session_state[TAPPED] = name, last_own()


def untap() -> None:
    """Choose no example."""
    st.session_state.pop(TAPPED, None)


def last_own() -> Key | None:
    """Give the newest photo on the shelf."""
    return next(reversed(photo_shelf.mine().photos), None)


@st.cache_data(max_entries=len(examples.EXAMPLES), show_spinner="Drawing …")
def example(name: str) -> Photo:
    """Draw an example, once for all visitors."""
    content = examples.picture(name)
    return Photo(name, content, hashlib.sha256(content).hexdigest())


def opened(upload: "UploadedFile", name: str = "") -> Photo:
    """Give an upload with its hash, which is made once."""
    hashes = st.session_state.setdefault("hashes", {})
    content = upload.getvalue()
    if upload.file_id not in hashes:
        hashes[upload.file_id] = hashlib.sha256(content).hexdigest()
    return Photo(name or upload.name, content, hashes[upload.file_id])
