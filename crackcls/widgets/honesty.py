"""What a score does and does not tell."""

from typing import Any

import pandas as pd
import streamlit as st

from crackcls import stored
from crackcls.evaluation import charts as curve_charts
from crackcls.evaluation import splits, store
from crackcls.evaluation.store import Evaluation

NOT_TOLD = """
- how the model does on other buildings, other light, other cameras and other distances
- how wide, how deep or how dangerous is what it finds
- whether a picture shows concrete at all: it answers for any picture
- whether the labels are right; look at the Labels view
"""


def show(chosen: Evaluation) -> None:
    """Show what copies do to the score, and what it leaves open."""
    report = store.report_of(chosen)
    st.header("What this score does not tell")
    st.markdown(NOT_TOLD)
    st.header("Copies")
    if near := report.get("near_copies"):
        show_copies(report, near)
    else:
        st.write(
            "Exact copies of what the model saw were left out before it was judged. Near copies "
            "were not looked for here."
        )
    st.header("What a split does to a score")
    show_splits(chosen)


def show_copies(report: dict[str, Any], near: dict[str, Any]) -> None:
    """Tell how many test images have a near copy in training, and the score without them."""
    alone, right = near["images_without_copies"], near["accuracy_without_copies"]
    count = near["test_images_with_copy_in_training"]
    if count:
        left, middle = st.columns(2)
        label = "Test images with a near copy in training"
        left.metric(label, f"{count:,} of {report['images']:,}")
        said = "-" if right is None else f"{right:.2%}"
        middle.metric(f"Accuracy on the other {alone:,}", said)
    else:
        st.write(f"None of the {report['images']:,} test images has a near copy in training.")
    st.caption(
        "A near copy is the same spot, shifted, mirrored or turned. A model can know it by heart, "
        "so a score with copies flatters. The grouped split keeps copies in one part."
    )


def show_splits(chosen: Evaluation) -> None:
    """Show the random and the grouped split side by side, where they have been compared."""
    path = chosen.run.folder / splits.FILE
    if not stored.is_there(path):
        if "sets" in chosen.run.config:
            st.write("The two splits are compared for models of one data set only.")
            return
        st.write(
            "Nobody has compared the two splits for this model. Whoever runs the server can, on "
            "its command line."
        )
        return
    table = splits.read(path)
    chart = curve_charts.splits_chart(table)
    st.vega_lite_chart(*chart, width="stretch", key="splits")
    st.dataframe(in_words(table), hide_index=True, width="stretch")
    st.caption("The same settings on the same images, trained anew for each seed and split.")


def in_words(table: pd.DataFrame) -> pd.DataFrame:
    """Set mean and spread over the seeds in words."""
    rows = []
    for row in splits.summary(table).to_dict("records"):
        told = {"split": row["split"], "seeds": row["seeds"]}
        for name, title in splits.TITLES.items():
            mean, low, high = (row[f"{name} {which}"] for which in ("mean", "lowest", "highest"))
            told[title] = f"{mean:.2%} ({low:.2%} to {high:.2%})"
        rows.append(told)
    return pd.DataFrame(rows)
