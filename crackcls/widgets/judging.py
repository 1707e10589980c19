"""Photos asked for and judged, the answer above the question."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from crackcls.errors import InputError
from crackcls.evaluation import aim
from crackcls.names import markdown
from crackcls.runs import folders
from crackcls.runs.folders import Run
from crackcls.widgets import photo_results, photo_sources, photos, tell
from crackcls.widgets.model import open_calibration
from crackcls.widgets.photo_sources import Photo


def show(run: Run, answer: DeltaGenerator, examples: bool) -> bool:
    """Ask for photos, and show what a model says of them.

    Args:
        run: The model's.
        answer: Where the verdicts stand.
        examples: Whether the made-up pictures stand below as thumbnails, one a tap; else they
            are a source beside files and camera.

    Returns:
        Whether there is an answer.
    """
    try:
        open_calibration(run.name, aim.version_of(run))
    except InputError as error:
        tell.refusal(error)
        return False
    photos.make_ready()
    sources = photo_sources.SOURCES[:2] if examples else photo_sources.SOURCES
    chosen, present = photo_sources.choose(sources)
    if examples and (tapped := photo_sources.ask_thumbnails()) and not chosen:
        chosen, present = [tapped], present | {tapped.sha256}
    photos.forget_all_but(present)
    with answer:
        show_verdicts(run, chosen)
    return bool(chosen)


def show_verdicts(run: Run, chosen: Sequence[Photo]) -> None:
    """Judge the photos and show what comes out; say of a broken file why it is broken."""
    results = photos.judge_all(chosen, run.name, aim.version_of(run))
    for name, result in results:
        if isinstance(result, InputError):
            st.error(f"**{markdown(name)}**: {markdown(result)}")
    if judged := [result for _, result in results if not isinstance(result, InputError)]:
        photo_results.show(judged, run, folders.model_hash(run))
