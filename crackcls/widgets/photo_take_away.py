"""Verdicts to take away: a table, pictures, a page to print, photos with a person's labels."""

from collections.abc import Sequence
from datetime import datetime
from types import ModuleType

import streamlit as st

from crackcls import tables
from crackcls.photos import labelled_zip
from crackcls.photos.judged import Judged
from crackcls.photos.table import table_of
from crackcls.runs.folders import Run
from crackcls.widgets import photo_shelf

# In letters.
MOST_PLACE, MOST_NOTE = 200, 2000
ICON = ":material/download:"
ABOUT_LABELLED = (
    "{} by your answers, a folder a class. Train and Evaluate take it as an upload. JPEG files "
    "lose the place and what else a camera writes into them; other files are as they came."
)


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
        about = export().About(run.title, sha256, datetime.now().astimezone(), place, note)
        return export().page_of(all_judged, threshold, opacity, about)

    place, note = ask_words()
    with st.container(horizontal=True):
        for label, make, name, mime in (
            ("Table (CSV)", csv, "photos.csv", "text/csv"),
            ("Table (Excel)", excel, "photos.xlsx", tables.EXCEL_TYPE),
            ("Pictures (ZIP)", pictures, "photos.zip", "application/zip"),
            ("Report (HTML)", report, "photos.html", "text/html"),
        ):
            st.download_button(label, make, name, mime, on_click="ignore", icon=ICON)
    offer_labelled()


def ask_words() -> tuple[str, str]:
    """Ask for what the report says of the photos beside the verdicts: place and note."""
    with st.expander("Place and note for the report"):
        place = st.text_input("Place", max_chars=MOST_PLACE, key="report-place")
        note = st.text_area("Note", max_chars=MOST_NOTE, key="report-note")
    return place[:MOST_PLACE], note[:MOST_NOTE]


def offer_labelled() -> None:
    """Offer the photos that the person has labelled, once there is one."""
    shelf = photo_shelf.mine()
    photos, labels = [*shelf.photos.values()], dict(shelf.labels)
    if not (sure := labelled_zip.labelled(photos, labels)):
        return

    def zipped() -> bytes:
        return labelled_zip.zip_of(photos, labels)

    name = "labelled photos.zip"
    words = "Labelled photos (ZIP)"
    st.download_button(words, zipped, name, "application/zip", on_click="ignore", icon=ICON)
    st.caption(ABOUT_LABELLED.format("1 photo" if len(sure) == 1 else f"{len(sure)} photos"))


def export() -> ModuleType:
    """Load what writes files, once one is asked for."""
    from crackcls.photos import export

    return export
