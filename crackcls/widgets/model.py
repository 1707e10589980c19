"""Models opened once for all visitors."""

import streamlit as st

from crackcls import config
from crackcls.network import calibration, how
from crackcls.network.calibration import Calibration
from crackcls.network.classifier import Classifier, check_content, load_model
from crackcls.runs.folders import Run


@st.cache_resource(max_entries=2, show_spinner="Loading the model …")
def open_model(name: str, version: str) -> Classifier:
    """Load a model; the version tells a retrained or changed one apart.

    A call takes one thread: a photo's tiles are spread over the cores by their batches.
    """
    return load_model(config.models_folder() / name)


@st.cache_resource(max_entries=2, show_spinner=False)
def open_calibration(name: str, version: str) -> Calibration:
    """Read a model's calibration, and check that its network is the one that was tested.

    Raises:
        InputError: The model has none, or is damaged.
    """
    check_content(config.models_folder() / name)
    return calibration.load(config.models_folder() / name)


def say_made_up(run: Run) -> None:
    """Warn where a model has seen no photo."""
    if run.config.get("synthetic"):
        st.warning("This model has learned from made-up pictures. It has seen no photo.")


def say_how(run: Run) -> None:
    """Say what a model was trained on and how it judges photos; nothing where it is damaged."""
    if run.model:
        st.caption(how.of_about(run.model))
