"""Whether the person at the page may touch the files of the machine."""

import streamlit as st

from crackcls import visitors


def is_own_machine() -> bool:
    """Tell whether the browser runs on the machine that serves the page."""
    return visitors.is_own_machine(st.context.ip_address, st.context.headers)
