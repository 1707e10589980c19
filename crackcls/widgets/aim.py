"""The class that a trained model looks for: told, and changed by whose it is."""

import streamlit as st

from crackcls import config
from crackcls.errors import InputError
from crackcls.evaluation import aim
from crackcls.names import markdown
from crackcls.runs.folders import Run
from crackcls.widgets import powers, tell
from crackcls.widgets.looked_for import LABEL


def show(run: Run) -> None:
    """Caution where nobody has said which class is looked for, and offer to change it."""
    if caution := aim.caution(run):
        st.warning(markdown(caution))
    classes = [*run.model["classes"]]
    if len(classes) != 2 or run.name in config.SHIPPED_MODELS or not powers.may_manage(run.name):
        return
    now = aim.positive_of(run)
    with st.popover(f"{LABEL}: {markdown(now)}"):
        st.write(
            "Verdicts, heat maps, recall and false alarms are about this class. Changing it needs "
            "no training: the figures are counted again."
        )
        first = classes.index(now)
        chosen = st.radio(LABEL, classes, first, key=f"aim-{run.name}", format_func=markdown)
        if st.button("Look for this class", disabled=chosen == now):
            try:
                aim.change(run, chosen)
            except InputError as error:
                tell.refusal(error)
            else:
                st.rerun()
