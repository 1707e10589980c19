"""Which files of a person's data do not count, and which got another name."""

from pathlib import Path

import pandas as pd
import streamlit as st

from crackcls.datasets import catalogue
from crackcls.datasets.inspection import Inspection
from crackcls.datasets.several import Source
from crackcls.formats import photo_files
from crackcls.widgets import layouts, tell


def show(found: Inspection, source: Source) -> None:
    """List the files that are left out, each with the reason, and those with new names.

    Args:
        found: What is in the folder.
        source: The folder, that of an upload or another, and how it is read.
    """
    folder = Path(source.data)
    others = layouts.left_out_of(source) | photo_files.reasons(found.passed_over)
    others |= catalogue.left_out_of(folder)
    rows = pd.concat(
        [found.broken[["file", "reason"]], pd.DataFrame(others.items(), columns=["file", "reason"])]
    )
    if len(rows):
        with st.expander(counted(len(rows), "file that is left out", "files that are left out")):
            tell.table(rows)
    renamed, alphabet = catalogue.names_of(folder)
    if alphabet:
        st.caption(
            "Names in this ZIP do not say which alphabet they are written in. They were read as "
            f"{alphabet}. That is a guess."
        )
    if renamed:
        words = "name that was changed", "names that were changed"
        with st.expander(counted(len(renamed), *words)):
            st.caption("Some system cannot hold them, or takes two of them for the same.")
            tell.table(pd.DataFrame(renamed.items(), columns=["file", "name in the ZIP"]))


def counted(count: int, one: str, many: str) -> str:
    """Give a number with its word."""
    return f"{count:,} {one if count == 1 else many}"
