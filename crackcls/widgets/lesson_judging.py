"""Photos of the lesson, judged as Predict judges a visitor's."""

import pandas as pd
import streamlit as st

from crackcls.errors import InputError
from crackcls.evaluation import aim
from crackcls.evaluation.sources import Images
from crackcls.labelled import read_verified
from crackcls.photos.shelf import Photo
from crackcls.photos.verdict import decide
from crackcls.runs.folders import Run
from crackcls.widgets import photos


def verdicts(run: Run, found: Images, rows: pd.DataFrame) -> list[str]:
    """Give what a model says of each photo, asked once for all visitors.

    Args:
        run: Of the model.
        found: The images.
        rows: Columns `file` and `sha256`; all are at hand.

    Raises:
        InputError: A photo is damaged, or too much is waiting.
    """
    version = aim.version_of(run)
    photos_in = zip(rows["file"], rows["sha256"], strict=True)
    return [_verdict(run, found, version, *one) for one in photos_in]


@st.cache_data(max_entries=64, show_spinner="Judging the photos …")
def _verdict(_run: Run, _found: Images, version: str, file: str, sha256: str) -> str:
    path = _found.path(file)
    if path is None:
        raise InputError(f"The photo '{file}' must be at hand, and it is not. Install anew.")
    one = Photo(path.name, read_verified(path, sha256), sha256)
    asked = photos.ask(one, 1, _run.folder, version)
    ((_, judged),) = photos.wait(asked, lambda at: None)
    if isinstance(judged, InputError):
        raise judged
    return decide(judged.analysis).words
