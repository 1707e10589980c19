"""The figures of several data sets, each set apart."""

from typing import Any

import pandas as pd
import streamlit as st

from crackcls.evaluation import sets
from crackcls.widgets import tell


def show(report: dict[str, Any]) -> None:
    """Show a table with a row for each data set, where there are several."""
    rows = sets.rows(report)
    if not rows:
        return
    st.markdown("**Each data set apart**")
    tell.table(pd.DataFrame(rows, columns=sets.HEADS))
    st.caption(
        "Recall is the share of the cracks that are found, false alarms the share of the sound "
        "images that are called cracked."
    )
