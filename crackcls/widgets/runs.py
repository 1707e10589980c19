"""All runs: in a table, compared, looked at again, renamed, deleted."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from crackcls.names import markdown, shown
from crackcls.runs import changes, folders, history_charts, status
from crackcls.widgets import damage, guard, powers, tell

# Of the table of runs, what fits on a phone, with the width of each column in pixels.
SHORT = {"name": 80, "state": 64, "validation accuracy": 74, "test accuracy": 56, "time": 84}
LABELS = {"validation accuracy": "Validation", "test accuracy": "Test"}
SHARES = "validation accuracy", "test accuracy", "recall", "false alarms"


@st.fragment(run_every=3.0)
@guard.guarded()
def watch(seen: list[tuple[str, str]]) -> None:
    """Show the page anew when somebody else has started, ended or deleted a run."""
    if snapshot() != seen:
        st.rerun()


def snapshot() -> list[tuple[str, str]]:
    """Give the name and state of each run."""
    return [(run.name, run.state) for run in powers.visible_runs()]


def show(names: Sequence[str]) -> None:
    """Show all runs in a table and the chosen ones in one chart."""
    st.header("All runs")
    damage.show()
    rows = table()
    show_table(rows[[*SHORT]], SHORT)
    st.caption("Compare runs by the validation accuracy, which is that of the best epoch.")
    with st.expander("All figures and settings"):
        show_table(rows, {})
    chosen = st.multiselect("Compare", names, format_func=shown)
    histories = {name: status.history_of(name) for name in chosen if name in names}
    histories = {name: table for name, table in histories.items() if not table.empty}
    for metric in ("accuracy", "loss") if histories else ():
        chart = history_charts.overlay_chart(histories, metric)
        st.altair_chart(chart, width="stretch", key=f"{metric}-overlay")


def table() -> pd.DataFrame:
    """Tabulate the runs that one may see, with headings and figures as a person reads them."""
    rows = status.in_words(status.runs_table(powers.visible_runs()).drop(columns="damage"))
    times = pd.to_numeric(rows.pop("seconds"), errors="coerce")
    rows.insert(4, "time", ["-" if pd.isna(one) else status.duration(one) for one in times])
    return rows.assign(**{name: pd.to_numeric(rows[name], errors="coerce") for name in SHARES})


def show_table(rows: pd.DataFrame, widths: Mapping[str, int]) -> None:
    """Show a table of runs, its shares in percent; a width is in pixels."""
    names = [str(name) for name in rows]
    labels = {name: LABELS.get(name, name.capitalize()) if widths else None for name in names}
    columns: dict[str, Any] = {
        name: st.column_config.NumberColumn(label, width=widths.get(name), format="percent")
        if name in SHARES
        else st.column_config.Column(label, width=widths.get(name))
        for name, label in labels.items()
    }
    st.dataframe(
        tell.as_shown(rows),
        hide_index=True,
        width="stretch",
        column_config=columns,
        placeholder="-",
    )


def manage(run: folders.Run) -> None:
    """Offer the figures of a run as a file, and to rename and delete it."""
    with st.expander(f"More about '{markdown(run.name)}'"):
        show_epochs(run)
        if not powers.may_manage(run.name):
            return
        new = st.text_input("New name", key=f"rename-{run.name}")
        if st.button("Rename", key=f"name-{run.name}", disabled=not new):
            tell.attempt(rename, run.name, new)
        question = f"Yes, delete '{markdown(run.name)}' with its model"
        sure = st.checkbox(question, key=f"sure-{run.name}")
        if st.button("Delete", key=f"delete-{run.name}", disabled=not sure):
            tell.attempt(changes.delete, run.name)


def show_epochs(run: folders.Run) -> None:
    """Show the figures by epoch, and offer them as a file."""
    history = status.in_words(status.history_of(run.name))
    if run.state == "running" or history.empty:
        return
    st.dataframe(history.round(4), hide_index=True, width="stretch")
    tell.offer_table("Epochs", lambda: history, f"{run.name}-history")
    st.caption("A chart is saved as a picture by the button at its upper right corner.")


def rename(name: str, new: str) -> None:
    """Give a run another name, which no run of somebody else has."""
    powers.check_may_take(new)
    changes.rename(name, new)
    st.session_state["run"] = new
