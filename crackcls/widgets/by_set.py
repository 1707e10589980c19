"""The figures of several data sets, each set apart."""

from typing import Any

import pandas as pd
import streamlit as st

from crackcls.evaluation import sets
from crackcls.widgets import tell

# What fits on a phone, with the width of each column in pixels.
SHORT = {"set": 104, "accuracy": 80, "recall": 80, "false alarms": 94}


def show(report: dict[str, Any]) -> None:
    """Show a table with a row for each data set, where there are several."""
    rows = sets.rows(report)
    if not rows:
        return
    st.markdown("**Each data set apart**")
    table = pd.DataFrame(rows, columns=sets.HEADS)
    widths = {name: st.column_config.Column(width=width) for name, width in SHORT.items()}
    short = tell.as_shown(table[[*SHORT]])
    st.dataframe(short, hide_index=True, width="stretch", column_config=widths)
    st.caption(
        "Recall is the share of the cracks that are found, false alarms the share of the sound "
        "images that are called cracked."
    )
    with st.expander("All figures of each set"):
        tell.table(table)
