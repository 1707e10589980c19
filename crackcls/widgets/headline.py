"""What is said first of a test, on every page that says it."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from crackcls.evaluation import headline, wording
from crackcls.names import markdown

# Four stand side by side in a page of 704 pixels.
WIDTH, WIDE = 144, 208
# Beside one of these on a phone.
LAST = 196


def show(report: Mapping[str, Any], own: bool) -> None:
    """Show recall, false alarms and accuracy side by side, and a caution where images are few.

    Args:
        report: What `report.make_report` gave, with whichever names of its classes.
        own: Whether it is of a model's own test part.
    """
    said = headline.of_report(wording.report_in_words(report))
    *rates, accuracy = said.figures
    width = WIDE if said.caution else WIDTH
    with st.container(horizontal=True):
        for figure in rates:
            help_ = markdown(figure.meaning)
            label, counted = markdown(figure.label), figure.counted
            st.metric(
                label, figure.value, counted, "off", help=help_, delta_arrow="off", width=width
            )
        title = "Test accuracy" if own else "Accuracy"
        wrong = f"{report['wrong']:,} of {report['images']:,}"
        st.metric(title, accuracy.value, help=accuracy.meaning, width=width)
        st.metric("Wrong", wrong, width=LAST)
    if said.caution:
        st.warning(markdown(said.caution))
