"""A ZIP of photos: taken, unpacked, found again by who has uploaded it, removed."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from crackcls import config, events
from crackcls.datasets import catalogue, keeping
from crackcls.names import shown
from crackcls.widgets import powers, uploads

Attempt = Callable[[Callable[[events.Emit], Path]], Path | None]


def ask(sound: bool, attempt: Attempt) -> Path | None:
    """Take a ZIP and unpack it, or take one that was uploaded before.

    Args:
        sound: Whether it holds sound images alone, without folders a class.
        attempt: Does work under a progress bar, see `data.attempt`.

    Returns:
        The folder of the photos; None where there is none yet.
    """
    uploads.expect()
    upload = st.file_uploader(
        "ZIP of photos",
        max_upload_size=config.MAX_UPLOAD_MB,
        key=uploads.key("zip"),
    )
    st.caption(
        f"At most {config.MAX_UPLOAD_MB} MB, {config.UPLOAD_LIMITS.files:,} files, "
        f"{config.UPLOAD_LIMITS.size / 1e9:.0f} GB unpacked. "
        "For training the photos are unpacked to the disk of the machine that runs this app. "
        f"They stay until {how_long()}."
    )
    if upload is None:
        return ask_earlier(sound)
    unpacked = st.session_state.setdefault("unpacked", {})
    if (upload.file_id, sound) not in unpacked:
        used, keeper = keeping.data_in_use(), powers.keeper()
        add = partial(catalogue.add_upload, upload, upload.name, sound=sound)
        folder = attempt(lambda emit: add(emit=emit, in_use=used, keeper=keeper))
        if folder is None:
            return None
        unpacked[upload.file_id, sound] = folder
    folder = unpacked[upload.file_id, sound]
    if not folder.is_dir():
        st.info("These photos have been removed. Upload the ZIP again to use them.")
        return None
    return folder


def how_long() -> str:
    """Say how long an upload stays, and who sees it."""
    keeper = powers.keeper()
    if not keeper.visitor:
        return f"{keeper.uploads} newer uploads have come, or until you remove them"
    return (
        f"{keeper.uploads} newer uploads of yours have come, until you remove them, or until "
        f"{config.UPLOAD_HOURS} hours after you used them last. Nobody but the teacher sees them; "
        "faces, places and names in them are better left out"
    )


def ask_earlier(sound: bool) -> Path | None:
    """Ask a visitor for an own upload that is still here."""
    visitor = powers.visitor()
    kept = keeping.uploads_of(visitor) if visitor else []
    earlier = {one.name: one for one in kept if one.name.endswith(catalogue.SOUND) == sound}
    if not earlier:
        return None
    words = "Or what you have uploaded before"
    picked = st.selectbox(words, [*earlier], None, format_func=shown, placeholder="Choose one")
    if picked not in earlier:
        return None
    earlier[picked].touch()
    return earlier[picked]


def offer_removal(folder: Path) -> None:
    """Offer to remove an upload."""
    if st.button("Remove these photos from the machine"):
        keeping.remove_upload(folder)
        st.rerun()
