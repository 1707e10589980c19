"""One run: how it does, how it ended, and what to do next."""

from typing import Any

import streamlit as st

from crackcls.access.modes import Action
from crackcls.evaluation import sets
from crackcls.names import markdown
from crackcls.runs import folders, history_charts, jobs, status
from crackcls.widgets import (
    by_set,
    guard,
    headline,
    model,
    navigation,
    powers,
    start,
    tell,
    waiting,
    watched,
)

LIVE = "running", "waiting"
KEPT = "The best weights so far are kept as a model.", "There is no model."


def follow(run: folders.Run) -> None:
    """Show a run, again every second while it runs, and what can be done with it."""

    @st.fragment(run_every=1.0 if run.state in LIVE else None)
    @guard.guarded()
    def live() -> None:
        now = folders.read_run(run.folder)
        if now.state != run.state:
            st.rerun()
        show(now)

    live()
    ours = powers.may_manage(run.name)
    if ours and run.state == "waiting":
        waiting.offer_to_leave(run)
    waiting.offer_to_share(run)


def show(run: folders.Run) -> None:
    """Show where a run stands, what comes next, its figures and its charts."""
    now = status.read_status(run)
    show_state(run, now)
    if run.state == "running" and powers.may_manage(run.name):
        offer_to_stop(run, now)
    if run.state not in LIVE:
        show_ways(run)
    if not now.left_out.empty:
        st.warning(f"{len(now.left_out)} files could not be read and are left out.")
        with st.expander("These files"):
            tell.table(now.left_out)
    if run.report:
        show_report(run, run.report)
    watched.show(run, now.watched)
    show_charts(run, now)


def show_state(run: folders.Run, now: status.Status) -> None:
    """Say in one line how a run does, or how it ended."""
    epochs = f"{len(now.history)} of {run.config.get('epochs', 0)} epochs"
    name, message = markdown(run.name), markdown(run.message)
    kept = KEPT[0] if run.has_model else KEPT[1]
    if run.state == "running":
        st.markdown(f"**{name}**, {status.duration(now.seconds)} so far")
        st.progress(now.share, status.doing(now))
    elif run.state == "waiting":
        waiting.show_place(run)
    elif run.state == "finished":
        st.success(f"'{name}' has finished in {status.duration(now.seconds)}.")
    elif run.state == "stopped":
        st.info(f"'{name}' was stopped after {epochs}. {kept} {message}".strip())
    elif run.state == "added":
        st.info(f"'{name}' came in a ZIP. {message}")
    elif run.state == "failed":
        st.error(f"'{name}' has failed after {epochs}. {message}")
    else:
        # The last line that a killed process printed may name folders of the server.
        last = message if powers.may(Action.FOLDERS) else ""
        st.error(f"'{name}' was interrupted while {now.phase}. {kept} {last}".strip())


def offer_to_stop(run: folders.Run, now: status.Status) -> None:
    """Offer to stop a run; once asked to, it says so."""
    st.button(
        "Stopping …" if now.stopping else "Stop training",
        key=f"stop-run-{run.name}",
        on_click=guard.guarded()(jobs.stop),
        args=(run.name,),
        disabled=now.stopping,
    )
    st.caption("It ends within seconds and keeps the best weights so far.")


def show_ways(run: folders.Run) -> None:
    """Offer what to do with a run that has ended."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if run.is_usable:
            to(navigation.PREDICT, "Try it on a photo", run)
        if run.is_usable and run.report:
            to(navigation.EVALUATE, "See its mistakes", run)
        if run.is_usable and powers.may(Action.USE):
            offer_to_use(run)
        if powers.may_manage(run.name) and run.state not in jobs.CANNOT_GO_ON and run.config:
            offer_to_resume(run)


def to(page: navigation.Page, label: str, run: folders.Run) -> None:
    """Offer the way to a page that opens with the model of a run."""
    st.page_link(page.path, label=label, icon=page.icon, query_params={navigation.MODEL: run.name})


def offer_to_use(run: folders.Run) -> None:
    """Offer to make a model the one that Home shows."""
    is_used = folders.in_use() == run.name
    label = "In use on Home" if is_used else "Use it on Home"
    if st.button(label, key=f"use-{run.name}", icon=":material/home:", disabled=is_used):
        tell.attempt(folders.use, run.name)


def offer_to_resume(run: folders.Run) -> None:
    """Offer to go on with a run that ended before its time."""
    if st.button("Resume", type="primary", key=f"resume-{run.name}"):
        tell.attempt(start.resume, run.name)
    st.caption("Goes on from the last finished epoch.")


def show_report(run: folders.Run, report: dict[str, Any]) -> None:
    """Show the test figures of a finished run."""
    copies = report["near_copies"]["test_images_with_copy_in_training"]
    headline.show(report, own=True)
    if copies:
        st.caption(f"{copies:,} test images have a near copy in training, which makes it easier.")
    if lowest := sets.worst(report):
        name, figures = lowest
        st.metric(f"Lowest: {markdown(name)}", f"{figures['accuracy']:.2%}")
    by_set.show(report)
    model.say_how(run)


def show_charts(run: folders.Run, now: status.Status) -> None:
    """Show accuracy and loss by epoch, each as wide as the page."""
    if now.history.empty and now.running.empty:
        return
    is_running, done = run.state == "running", len(now.history)
    within = now.running if is_running else None
    epochs = run.config.get("epochs", done) if is_running else done
    for metric in ("accuracy", "loss"):
        table, spec = history_charts.history_chart(now.history, metric, epochs, within)
        alt = f"{metric.capitalize()} of the training and the validation part by epoch"
        st.vega_lite_chart(table, spec, width="stretch", key=f"{metric}-{run.name}", alt=alt)
