"""What is damaged among the runs, for a person to mend."""

import streamlit as st

from crackcls.names import markdown
from crackcls.runs import folders
from crackcls.widgets import powers

SHOWN = 3


def show() -> None:
    """Say which files are damaged of the runs that one may see; all else is shown as ever."""
    told = folders.list_damage(powers.visible_runs())
    for sentence in told[:SHOWN]:
        st.warning(markdown(sentence))
    if told[SHOWN:]:
        with st.expander(f"{len(told) - SHOWN:,} more damaged files"):
            for sentence in told[SHOWN:]:
                st.write(markdown(sentence))
