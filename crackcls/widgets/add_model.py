"""A model of elsewhere, taken from the ZIP that somebody took away."""

import io

import streamlit as st

from crackcls.access.modes import Action
from crackcls.names import markdown, shown
from crackcls.network import adopt
from crackcls.widgets import powers, tell, uploads

LIMIT = 150


def offer() -> None:
    """Offer the owner to add a model."""
    if not powers.may(Action.ADD):
        return
    with st.expander("Add a model that was trained elsewhere"):
        uploads.expect()
        upload = st.file_uploader(
            "ZIP of a model", max_upload_size=LIMIT, key=uploads.key("model-zip")
        )
        st.caption(
            f"As 'Take away' of the Evaluate page makes it, up to {LIMIT} MB. It is checked before "
            "it is opened. Take models only from people whom you trust."
        )
        name = st.text_input("Name of the new model", key="model-name")
        if st.button("Add this model", disabled=not (upload and name)) and upload:
            tell.attempt(add, upload.getvalue(), name)
        if added := st.session_state.pop("model-added", None):
            st.success(added)


def add(content: bytes, name: str) -> None:
    """Add a model, and say so once the page is drawn anew."""
    left = adopt.add(io.BytesIO(content), name)
    said = f" Left out: {', '.join(map(markdown, map(shown, left)))}." if left else ""
    st.session_state["model-added"] = f"'{markdown(name)}' has been added. {adopt.MESSAGE}{said}"
