"""On what a model was tested, and how it did on each data set."""

from typing import Any

import streamlit as st

from crackcls.names import markdown
from crackcls.runs.folders import Run
from crackcls.widgets import by_set

NO_PROMISE = (
    "The test photos come from the same places as the training photos. Most pictures that are no "
    "concrete get a caution in place of a verdict, not all."
)


def show(run: Run, report: dict[str, Any]) -> None:
    """Say on what a model was tested, and how it did on each data set."""
    low, high = report["accuracy_interval"]
    copies = report["near_copies"]["test_images_with_copy_in_training"]
    st.write(
        f"The model '{markdown(run.name)}' saw images of {markdown(run.data_in_words)} in "
        f"training, and was tested on {report['images']:,} others, of which {copies:,} have a "
        "near copy among those it was trained on. With 95 % confidence the accuracy on such photos "
        f"lies between {low:.2%} and {high:.2%}."
    )
    by_set.show(report)
    st.write(NO_PROMISE)
