"""Verdicts to take away: a table, pictures, a page to print."""

from collections.abc import Sequence
from datetime import datetime
from types import ModuleType

import streamlit as st

from crackcls import tables
from crackcls.photos.judged import Judged
from crackcls.photos.table import table_of
from crackcls.runs.folders import Run


def offer(
    all_judged: Sequence[Judged], threshold: float, opacity: float, run: Run, sha256: str
) -> None:
    """Offer files; each is made when its button is pressed."""

    def csv() -> bytes:
        return tables.csv_of(table_of(all_judged, threshold))

    def excel() -> bytes:
        return tables.excel_of(table_of(all_judged, threshold))

    def pictures() -> bytes:
        return export().zip_of(all_judged, threshold, opacity)

    def report() -> str:
        now = datetime.now().astimezone()
        return export().page_of(all_judged, threshold, opacity, run.title, sha256, now)

    icon = ":material/download:"
    with st.container(horizontal=True):
        for label, make, name, mime in (
            ("Table (CSV)", csv, "photos.csv", "text/csv"),
            ("Table (Excel)", excel, "photos.xlsx", tables.EXCEL_TYPE),
            ("Pictures (ZIP)", pictures, "photos.zip", "application/zip"),
            ("Report (HTML)", report, "photos.html", "text/html"),
        ):
            st.download_button(label, make, name, mime, on_click="ignore", icon=icon)


def export() -> ModuleType:
    """Load what writes files, once one is asked for."""
    from crackcls.photos import export

    return export
