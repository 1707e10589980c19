"""Predict: judge uploaded photos."""

import hashlib

import streamlit as st

from crackcls import config, images, photo, runs
from crackcls.classifier import Classifier
from crackcls.errors import InputError
from widgets.model import open_model

PREVIEW_PIXELS = 640
PHOTO_WIDTH = 340


def judge(content: bytes, classifier: Classifier, sha256: str) -> tuple:
    """Judge a photo once a session: its preview and verdict, or the reason why not."""
    seen = st.session_state.setdefault("judged", {})
    key = (hashlib.sha256(content).hexdigest(), sha256)
    if key not in seen:
        try:
            upright = images.read_photo(content)
            verdict = photo.judge(upright, classifier)
            upright.thumbnail((PREVIEW_PIXELS, PREVIEW_PIXELS))
            seen[key] = upright, verdict
        except InputError as error:
            seen[key] = None, error
    return seen[key]


def forget_all_but(uploads: list) -> None:
    """Drop what the session holds of photos that were taken away again."""
    present = {hashlib.sha256(upload.getvalue()).hexdigest() for upload in uploads}
    seen = st.session_state.get("judged", {})
    st.session_state["judged"] = {key: seen[key] for key in seen if key[0] in present}


def show(name: str, upright, verdict) -> None:
    """Show one photo with its verdict, or the sentence that says why there is none."""
    if isinstance(verdict, InputError):
        st.error(f"**{name}**: {verdict}")
        return
    st.image(upright, width="stretch")
    colour = "red" if verdict.label == "Positive" else "green"
    st.markdown(
        f"**:{colour}[{verdict.words.capitalize()}]** · {photo.percent(verdict.probability)}"
    )
    st.caption(name)


st.set_page_config("Predict · crackcls", "🧱", layout="centered")
st.title("Predict")
models = {run.name: run for run in runs.list_models()}
if not models:
    st.info("No finished model is here yet. Train one first.")
    st.page_link("pages/1_Train.py", label="Go to Train")
    st.stop()
name = next(iter(models))
if len(models) > 1:
    name = st.selectbox("Model", list(models), format_func=lambda name: models[name].title)
sha256 = runs.model_hash(models[name])
st.write(
    "Fill the picture with bare concrete, from about an arm's length. The photo is shrunk to "
    "a small square before the model sees it, so a thin crack in a wide view gets lost."
)
uploads = st.file_uploader(
    f"Photos, up to {config.MAX_PHOTOS_AT_ONCE} at once",
    accept_multiple_files=True,
    help="JPEG, HEIC, PNG, WebP, TIFF, BMP, GIF, AVIF or JPEG 2000, at most 25 MB and "
    "80 megapixels. Photos stay in memory and are gone when you close the page.",
)
if len(uploads) > config.MAX_PHOTOS_AT_ONCE:
    st.error(
        f"At most {config.MAX_PHOTOS_AT_ONCE} photos are judged at once, and these are "
        f"{len(uploads)}. The first {config.MAX_PHOTOS_AT_ONCE} are taken."
    )
uploads = uploads[: config.MAX_PHOTOS_AT_ONCE]
if uploads:
    st.caption(
        "The percentage is the model's own score for its verdict. It is no measure of danger, and "
        "on a picture that is no concrete it means nothing."
    )
bar = st.progress(0.0, "Judging …") if len(uploads) > 1 else st.empty()
forget_all_but(uploads)
grid = st.container(horizontal=True)
for done, upload in enumerate(uploads, 1):
    with grid.container(width=PHOTO_WIDTH):
        show(upload.name, *judge(upload.getvalue(), open_model(name, sha256), sha256))
    bar.progress(done / len(uploads), f"Judged {done} of {len(uploads)}")
bar.empty()
