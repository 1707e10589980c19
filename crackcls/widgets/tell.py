"""What others have named and said, on a page: letter for letter, and harmless."""

import pandas as pd
import streamlit as st

from crackcls.names import markdown, shown


def refusal(error: object) -> None:
    """Show the sentence that refuses something; a name in it is nothing but text."""
    st.error(markdown(error))


def table(rows: pd.DataFrame) -> None:
    """Show a table as wide as the page, its texts and headings as `names.shown` writes them."""
    st.dataframe(as_shown(rows), hide_index=True, width="stretch")


def as_shown(rows: pd.DataFrame) -> pd.DataFrame:
    """Write the texts and headings of a table as `names.shown` does; numbers stay numbers."""
    return rows.map(_as_shown).rename(columns=shown)


def _as_shown(value: object) -> object:
    return shown(value) if isinstance(value, str) else value
