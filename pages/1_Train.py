"""Train: start a run and follow it, from its files."""

from collections.abc import Callable
from typing import Any, TypeVarTuple

import streamlit as st

from crackcls import config
from crackcls.datasets import several
from crackcls.errors import InputError
from crackcls.evaluation import sets
from crackcls.files import read_csv
from crackcls.labelled import Labelled
from crackcls.modes import Action
from crackcls.names import markdown, shown
from crackcls.runs import estimate, folders, history_charts, jobs, status
from crackcls.widgets import by_set, label_errors, looked_for, powers, tell
from crackcls.widgets import several as choosing

Words = TypeVarTuple("Words")

HELP = {
    "name": "What the new model is called. Letters, digits, '-' and '_'.",
    "epochs": "An epoch is one pass over all training images.",
    "batch_size": "How many images the network sees before each correction of its weights.",
    "image_size": "Each image is shrunk to this many pixels a side. Larger is slower.",
    "learning_rate": "How far each correction goes. Too far overshoots, too little takes long.",
    "split": "'grouped' keeps copies of an image out of the test, 'random' lets them in.",
    "seed": "The same number gives the same split and the same order of images.",
    "fine_tune": "'head' trains the last layer only, in a minute or two; 'top' also the "
    "last blocks, much slower; 'all' the whole network, which takes long and finds more on "
    "other concrete.",
    "precision": "Numbers that the model computes with. int8 is twice as fast as float32.",
    "limit": "Use only so many images, for a quick try. 0 takes all.",
}


def ask_settings() -> tuple[str, list[str], config.TrainConfig]:
    """Show the form; give the name, the command's arguments and what the time hangs on."""
    name = st.text_input("Name of the model", help=HELP["name"], placeholder="my-model")
    with st.expander("Settings"):
        left, right = st.columns(2)
        default = config.TrainConfig()
        fine_tune = left.selectbox("Fine-tune", [*config.FINE_TUNE_EPOCHS], help=HELP["fine_tune"])
        epochs, batch = (
            each[fine_tune] for each in (config.FINE_TUNE_EPOCHS, config.FINE_TUNE_BATCH_SIZES)
        )
        limits = powers.limits()
        epochs = left.number_input("Epochs", 1, limits.epochs, epochs, help=HELP["epochs"])
        batch = left.number_input("Batch size", 1, 1024, batch, help=HELP["batch_size"])
        most = limits.pictures
        least = 1 if most else 0
        limit = left.number_input("Limit", least, most, most or 0, 100, help=HELP["limit"]) or None
        sizes = config.IMAGE_SIZES
        at = sizes.index(default.image_size)
        size = right.selectbox("Image size", sizes, at, help=HELP["image_size"])
        rate = config.FINE_TUNE_LEARNING_RATES[fine_tune]
        precisions = config.FINE_TUNE_PRECISIONS[fine_tune]
        chosen: dict[str, object] = {
            "--fine-tune": fine_tune,
            "--epochs": epochs,
            "--batch-size": batch,
            "--limit": limit,
            "--image-size": size,
            "--learning-rate": right.number_input(
                "Learning rate", 1e-6, 1.0, rate, format="%g", help=HELP["learning_rate"]
            ),
            "--split": right.selectbox("Split", config.SPLIT_MODES, help=HELP["split"]),
            "--precision": left.selectbox("Precision", precisions, help=HELP["precision"]),
            "--seed": right.number_input("Seed", 0, 2**32 - 1, default.seed, help=HELP["seed"]),
        }
    arguments = [str(word) for pair in chosen.items() if pair[1] is not None for word in pair]
    settings = config.TrainConfig(epochs=epochs, image_size=size, fine_tune=fine_tune, limit=limit)
    return name, arguments, settings


def show_estimate(sources: list[several.Source], settings: config.TrainConfig) -> None:
    """Say how long the training will take, where its images can be counted."""
    if images := choosing.count(sources):
        time = estimate.in_words(estimate.seconds(images, settings))
        st.caption(f"{images:,} images: {time} on this machine, if it does nothing else.")


def start_run(
    sources: list[several.Source], name: str, arguments: list[str], settings: config.TrainConfig
) -> None:
    """Start a run in its own process, or say why not."""
    labelled = several.open_sources(sources)
    check_time(labelled, settings)
    name = name or folders.free_name(labelled.folder)
    jobs.start(name, [*several.words(sources), *arguments])
    powers.take(name)
    st.session_state["run"] = name


def check_time(labelled: Labelled, settings: config.TrainConfig) -> None:
    """Check that a training takes no longer than it may here.

    Raises:
        InputError: It would.
    """
    minutes = powers.limits().minutes
    takes = estimate.seconds(several.count(labelled), settings)
    if minutes is not None and takes > 60 * minutes:
        raise InputError(
            f"A training here may take {minutes} minutes, and this one would take "
            f"{estimate.in_words(takes)}. Choose fewer images or epochs."
        )


def attempt(action: Callable[[*Words], object], *words: *Words) -> None:
    """Do something that a rule may forbid, then show the page anew; or say the rule."""
    try:
        action(*words)
    except InputError as error:
        tell.refusal(error)
    else:
        st.rerun()


def show_run(run: folders.Run) -> None:
    """Show where a run stands, its charts and its figures."""
    now = status.read_status(run)
    show_state(run, now)
    if not now.left_out.empty:
        st.warning(f"{len(now.left_out)} files could not be read and are left out.")
        tell.table(now.left_out)
    if run.report:
        show_report(run.report)
    if now.history.empty and now.running.empty:
        return
    within = now.running if run.state == "running" else None
    for column, metric in zip(st.columns(2), ("accuracy", "loss"), strict=True):
        table, spec = history_charts.history_chart(
            now.history, metric, run.config["epochs"], within
        )
        column.vega_lite_chart(table, spec, width="stretch", key=f"{metric}-chart")
    st.dataframe(now.history, hide_index=True, width="stretch")


def show_state(run: folders.Run, now: status.Status) -> None:
    """Say in one line how a run does, or how it ended."""
    epochs = f"{len(now.history)} of {run.config.get('epochs', 0)} epochs"
    name, message = markdown(run.name), markdown(run.message)
    kept = "The best weights so far are kept as a model." if run.has_model else "There is no model."
    if run.state == "running":
        st.progress(now.share, f"**{now.phase.capitalize()}** {now.detail}")
    elif run.state == "finished":
        st.success(f"'{name}' has finished in {now.seconds:.0f} s.")
    elif run.state == "stopped":
        st.info(f"'{name}' was stopped after {epochs}. {kept}")
    elif run.state == "failed":
        st.error(f"'{name}' has failed after {epochs}. {message}")
    else:
        st.error(f"'{name}' was interrupted while {now.phase}. {kept} {message}")


def show_report(report: dict[str, Any]) -> None:
    """Show the test figures of a finished run."""
    copies = report["near_copies"]["test_images_with_copy_in_training"]
    left, middle, right = st.columns(3)
    left.metric("Test accuracy", f"{report['accuracy']:.2%}")
    if lowest := sets.worst(report):
        name, figures = lowest
        left.metric(f"Lowest: {markdown(name)}", f"{figures['accuracy']:.2%}")
    middle.metric("Wrong", f"{report['wrong']} of {report['images']:,}")
    right.metric("Near copies", f"{copies:,}", help="Test images with a near copy in training.")
    by_set.show(report)
    st.page_link("pages/2_Evaluate.py", label="See its predictions on the Evaluate page")


def follow(run: folders.Run) -> None:
    """Show a run, again every second while it runs, and what can be done with it."""
    ours = powers.may_manage(run.name)
    if (
        ours
        and run.state == "running"
        and st.button(
            "Stop training", help="Ends within a second and keeps the best weights so far."
        )
    ):
        jobs.stop(run.name)
    if ours and run.state not in ("running", "finished") and run.config:
        help_ = "Goes on from the last finished epoch."
        if st.button("Resume", type="primary", help=help_):
            attempt(jobs.resume, run.name)

    @st.fragment(run_every=1.0 if run.state == "running" else None)
    def live() -> None:
        now = folders.read_run(run.folder)
        if now.state != run.state:
            st.rerun()
        show_run(now)

    live()


@st.fragment(run_every=3.0)
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
    tell.table(status.runs_table(powers.visible_runs()))
    st.caption("Validation accuracy is that of the best epoch. Compare runs by it.")
    help_ = "Draws the validation part of each run."
    chosen = st.multiselect("Compare", names, format_func=shown, help=help_)
    histories = {name: status.history_of(name) for name in chosen}
    histories = {name: table for name, table in histories.items() if not table.empty}
    if histories:
        for column, metric in zip(st.columns(2), ("accuracy", "loss"), strict=True):
            chart = history_charts.overlay_chart(histories, metric)
            column.altair_chart(chart, width="stretch", key=f"{metric}-overlay")


def manage(run: folders.Run) -> None:
    """Offer to take away, use, rename and delete a run."""
    with st.expander(f"More about '{markdown(run.name)}'"):
        usable = run.has_model and folders.in_use() != run.name
        help_ = "Home shows it, and Predict opens with it."
        if powers.may(Action.USE) and st.button("Use this model", help=help_, disabled=not usable):
            attempt(folders.use, run.name)
        history = run.folder / "history.csv"
        if history.exists():
            tell.offer_table("History", lambda: read_csv(history), f"{run.name}-history")
            st.caption("A chart is saved as a picture by the button at its upper right corner.")
        if not powers.may_manage(run.name):
            return
        new = st.text_input("New name", key=f"rename-{run.name}")
        if st.button("Rename", disabled=not new):
            attempt(rename, run.name, new)
        question = f"Yes, delete '{markdown(run.name)}' with its model"
        sure = st.checkbox(question, key=f"sure-{run.name}")
        if st.button("Delete", disabled=not sure):
            attempt(folders.delete, run.name)


def rename(name: str, new: str) -> None:
    """Give a run another name; it stays one's own."""
    folders.rename(name, new)
    powers.take(new)
    st.session_state["run"] = new


def ask() -> None:
    """Ask what to train on and how, and start."""
    with st.container():  # What follows keeps its place, and its state, whatever data is chosen.
        sources = choosing.choose()
        aim = looked_for.ask(sources) if sources else None
    name, arguments, settings = ask_settings()
    show_estimate(sources, settings)
    arguments += label_errors.ask_left_out([source.called for source in sources])
    if st.button("Start training", type="primary", disabled=aim is None):
        attempt(start_run, sources, name, [*(aim or []), *arguments], settings)


st.set_page_config("Train · crackcls", "🧱", layout="centered")
powers.enter()
st.title("Train")
st.write(
    "Fine-tuning takes a network that has seen 1.2 million everyday photos (ImageNet) and "
    "teaches its last layer to tell your classes apart. The rest of the network stays as it is, "
    "so it runs only once over each image. That is why ten epochs take a minute or two. "
    "The choice 'all' trains the whole network: that takes longer, and holds better on "
    "concrete from elsewhere."
)
if powers.may(Action.TRAIN):
    ask()
else:
    st.info("Nothing is trained on this server. Below is how trainings went that were recorded.")

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
