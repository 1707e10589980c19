"""A model opened once for all visitors."""

import streamlit as st

from crackcls import config
from crackcls.classifier import Classifier, load_model


@st.cache_resource(max_entries=2, show_spinner="Loading the model …")
def open_model(name: str, sha256: str) -> Classifier:
    """Load a model; the hash tells a retrained one apart."""
    return load_model(config.models_folder() / name)
