"""What others have named and said, on a page: letter for letter, and harmless."""

from collections.abc import Callable
from functools import partial
from typing import TypeVarTuple

import pandas as pd
import streamlit as st

from crackcls import tables
from crackcls.errors import InputError
from crackcls.names import file_stem, markdown, shown

Words = TypeVarTuple("Words")


def refusal(error: object) -> None:
    """Show the sentence that refuses something; a name in it is nothing but text."""
    st.error(markdown(error.public if isinstance(error, InputError) else error))


def attempt(action: Callable[[*Words], object], *words: *Words) -> None:
    """Do something that a rule may forbid, then show the page anew; or say the rule."""
    try:
        action(*words)
    except InputError as error:
        refusal(error)
    else:
        st.rerun()


def table(rows: pd.DataFrame) -> None:
    """Show a table as wide as the page, its texts and headings as `names.shown` writes them."""
    st.dataframe(as_shown(rows), hide_index=True, width="stretch")


def offer_table(words: str, make: Callable[[], pd.DataFrame], stem: str) -> None:
    """Offer a table as CSV and for Excel; each is made when its button is pressed.

    Args:
        words: What it is called.
        make: Gives the table.
        stem: Name of the file without its ending; any text.
    """
    with st.container(horizontal=True):
        for kind, write, ending, mime in (
            ("as CSV", tables.csv_of, ".csv", "text/csv"),
            ("for Excel", tables.excel_of, tables.EXCEL, tables.EXCEL_TYPE),
        ):
            content = partial(_made, make, write)
            st.download_button(f"{words} {kind}", content, f"{file_stem(stem)}{ending}", mime)


def _made(make: Callable[[], pd.DataFrame], write: Callable[[pd.DataFrame], bytes]) -> bytes:
    return write(make())


def as_shown(rows: pd.DataFrame) -> pd.DataFrame:
    """Write the texts and headings of a table as `names.shown` does; numbers stay numbers."""
    return rows.map(_as_shown).rename(columns=shown)


def _as_shown(value: object) -> object:
    return shown(value) if isinstance(value, str) else value
