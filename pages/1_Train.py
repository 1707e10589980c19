"""Train: start a run and follow it, from its files."""

from typing import Any

import streamlit as st

from crackcls import config
from crackcls.access.modes import Action
from crackcls.evaluation import sets
from crackcls.names import markdown, shown
from crackcls.runs import changes, folders, history_charts, jobs, status
from crackcls.widgets import by_set, damage, guard, headline, model, powers, start, tell, waiting


def show_run(run: folders.Run) -> None:
    """Show where a run stands, its charts and its figures."""
    now = status.read_status(run)
    show_state(run, now)
    if not now.left_out.empty:
        st.warning(f"{len(now.left_out)} files could not be read and are left out.")
        tell.table(now.left_out)
    if run.report:
        show_report(run, run.report)
    if now.history.empty and now.running.empty:
        return
    within = now.running if run.state == "running" else None
    for column, metric in zip(st.columns(2), ("accuracy", "loss"), strict=True):
        table, spec = history_charts.history_chart(
            now.history, metric, run.config.get("epochs", len(now.history)), within
        )
        column.vega_lite_chart(table, spec, width="stretch", key=f"{metric}-chart")
    st.dataframe(now.history, hide_index=True, width="stretch")


def show_state(run: folders.Run, now: status.Status) -> None:
    """Say in one line how a run does, or how it ended."""
    epochs = f"{len(now.history)} of {run.config.get('epochs', 0)} epochs"
    name, message = markdown(run.name), markdown(run.message)
    kept = "The best weights so far are kept as a model." if run.has_model else "There is no model."
    if run.state == "running":
        st.progress(now.share, status.doing(now))
    elif run.state == "waiting":
        waiting.show_place(run)
    elif run.state == "finished":
        st.success(f"'{name}' has finished in {now.seconds:.0f} s.")
    elif run.state == "stopped":
        st.info(f"'{name}' was stopped after {epochs}. {kept} {message}".strip())
    elif run.state == "failed":
        st.error(f"'{name}' has failed after {epochs}. {message}")
    else:
        st.error(f"'{name}' was interrupted while {now.phase}. {kept} {message}")


def show_report(run: folders.Run, report: dict[str, Any]) -> None:
    """Show the test figures of a finished run."""
    copies = report["near_copies"]["test_images_with_copy_in_training"]
    headline.show(report, own=True)
    left, right = st.columns(2)
    left.metric("Near copies", f"{copies:,}", help="Test images with a near copy in training.")
    if lowest := sets.worst(report):
        name, figures = lowest
        right.metric(f"Lowest: {markdown(name)}", f"{figures['accuracy']:.2%}")
    by_set.show(report)
    model.say_how(run)
    st.page_link("pages/2_Evaluate.py", label="See its predictions on the Evaluate page")


def follow(run: folders.Run) -> None:
    """Show a run, again every second while it runs, and what can be done with it."""
    ours = powers.may_manage(run.name)
    if ours and run.state == "running":
        st.button(
            "Stop training",
            help="Ends within seconds and keeps the best weights so far.",
            on_click=guard.guarded()(jobs.stop),
            args=(run.name,),
            disabled=jobs.is_stopping(run.folder),
        )
    if ours and run.state == "waiting":
        waiting.offer_to_leave(run)
    if ours and run.state not in ("running", "waiting", "finished") and run.config:
        help_ = "Goes on from the last finished epoch."
        if st.button("Resume", type="primary", help=help_):
            tell.attempt(start.resume, run.name)
    waiting.offer_to_share(run)

    @st.fragment(run_every=1.0 if run.state in ("running", "waiting") else None)
    @guard.guarded()
    def live() -> None:
        now = folders.read_run(run.folder)
        if now.state != run.state:
            st.rerun()
        show_run(now)

    live()


@st.fragment(run_every=3.0)
@guard.guarded()
def watch(seen: list[tuple[str, str]]) -> None:
    """Show the page anew when somebody else has started, ended or deleted a run."""
    if snapshot() != seen:
        st.rerun()


def snapshot() -> list[tuple[str, str]]:
    """Give the name and state of each run."""
    return [(run.name, run.state) for run in powers.visible_runs()]


def show_past(names: list[str]) -> None:
    """Show all runs in a table and the chosen ones in one chart."""
    st.subheader("All runs")
    tell.table(status.runs_table(powers.visible_runs()).drop(columns="damage"))
    damage.show()
    st.caption("Validation accuracy is that of the best epoch. Compare runs by it.")
    help_ = "Draws the validation part of each run."
    chosen = st.multiselect("Compare", names, format_func=shown, help=help_)
    histories = {name: status.history_of(name) for name in chosen}
    histories = {name: table for name, table in histories.items() if not table.empty}
    if histories:
        for column, metric in zip(st.columns(2), ("accuracy", "loss"), strict=True):
            chart = history_charts.overlay_chart(histories, metric)
            column.altair_chart(chart, width="stretch", key=f"{metric}-overlay")


def offer_history(run: folders.Run) -> None:
    """Offer the figures by epoch as a file."""
    table = status.history_of(run.name)
    if run.state != "running" and not table.empty:
        tell.offer_table("History", lambda: table, f"{run.name}-history")
        st.caption("A chart is saved as a picture by the button at its upper right corner.")


def manage(run: folders.Run) -> None:
    """Offer to take away, use, rename and delete a run."""
    with st.expander(f"More about '{markdown(run.name)}'"):
        usable = run.is_usable and folders.in_use() != run.name
        help_ = "Home shows it, and Predict opens with it."
        if powers.may(Action.USE) and st.button("Use this model", help=help_, disabled=not usable):
            tell.attempt(folders.use, run.name)
        offer_history(run)
        if not powers.may_manage(run.name):
            return
        new = st.text_input("New name", key=f"rename-{run.name}")
        if st.button("Rename", disabled=not new):
            tell.attempt(rename, run.name, new)
        question = f"Yes, delete '{markdown(run.name)}' with its model"
        sure = st.checkbox(question, key=f"sure-{run.name}")
        if st.button("Delete", disabled=not sure):
            tell.attempt(changes.delete, run.name)


def rename(name: str, new: str) -> None:
    """Give a run another name, which no run of somebody else has."""
    powers.check_may_take(new)
    changes.rename(name, new)
    st.session_state["run"] = new


st.set_page_config("Train · crackcls", "🧱", layout="centered")
with guard.page():
    powers.enter()
    st.title("Train")
    st.write(
        "Fine-tuning takes a network that has seen 1.2 million everyday photos (ImageNet) and "
        "teaches its last layer to tell your classes apart. The rest of the network stays as it "
        "is, so it runs only once over each image. That is why ten epochs take a minute or two. "
        "The choice 'all' trains the whole network: that takes longer, and holds better on "
        "concrete from elsewhere."
    )
    if powers.may(Action.TRAIN):
        start.offer()
    else:
        st.info(
            "Nothing is trained on this server. Below is how trainings went that were recorded."
        )

    seen = snapshot()
    watch(seen)
    names = [name for name, _ in seen]
    if names:
        st.divider()
        latest = st.session_state.get("run", names[0])
        first = names.index(latest) if latest in names else 0
        picked = st.selectbox("Run", names, first, format_func=shown)
        if picked not in names:  # What a browser sends may be any text.
            st.stop()
        run = folders.read_run(config.models_folder() / picked)
        follow(run)
        manage(run)
        show_past(names)
    waiting.show_class()
