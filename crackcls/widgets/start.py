"""Starting a run: the form, the time that it will take, and what one may ask for."""

import streamlit as st

from crackcls import config, installed
from crackcls.datasets import catalogue, keeping, several
from crackcls.errors import InputError
from crackcls.labelled import Labelled
from crackcls.runs import estimate, folders, jobs, waiting
from crackcls.widgets import label_errors, layouts, looked_for, powers, tell
from crackcls.widgets import several as choosing
from crackcls.widgets import waiting as line

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
    "class_weights": "'balanced' lets each class count alike in training, however rare it is. "
    "With 'none' a rare class is hardly learned.",
    "limit": "Use only so many images, for a quick try. 0 takes all.",
}


def ask_settings(given: bool) -> tuple[str, list[str], config.TrainConfig]:
    """Show the form; give the name, the command's arguments and what the time hangs on.

    Args:
        given: Whether a split that the data gives is kept.
    """
    splits = ["given"] if given else config.DRAWN_SPLITS
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
            "--minutes": limits.minutes,
            "--image-size": size,
            "--learning-rate": right.number_input(
                "Learning rate", 1e-6, 1.0, rate, format="%g", help=HELP["learning_rate"]
            ),
            "--split": right.selectbox("Split", splits, help=HELP["split"], disabled=given),
            "--precision": left.selectbox("Precision", precisions, help=HELP["precision"]),
            "--class-weights": right.selectbox(
                "Class weights", config.CLASS_WEIGHTS, help=HELP["class_weights"]
            ),
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
    check_limits(settings)
    labelled = several.open_sources(sources)
    takes = check_time(labelled, settings)
    catalogue.check_place(labelled)
    name = name or folders.free_name(labelled.folder)
    powers.check_may_take(name)
    keeping.check_room(powers.keeper())
    words = [*several.words(sources), *arguments]
    if line.is_used():
        waiting.join(name, words, takes, powers.visitor(), powers.limits().hourly)
        waiting.advance()
    else:
        jobs.start(name, words)
    st.session_state["run"] = name


def resume(name: str) -> None:
    """Go on with a run, at once or in its turn.

    Raises:
        InputError: It cannot be resumed, or not now.
    """
    keeping.check_room(powers.keeper())
    if line.is_used():
        waiting.join_again(name, powers.limits().hourly)
        waiting.advance()
    else:
        jobs.resume(name)


def check_limits(settings: config.TrainConfig) -> None:
    """Check what a browser has sent: it need not be what the form lets one choose.

    Raises:
        InputError: It is more than the one at the page may ask for.
    """
    most = powers.limits()
    if settings.epochs > most.epochs:
        raise InputError(
            f"A training here may have {most.epochs} epochs, received {settings.epochs}."
        )
    if most.pictures and not (settings.limit and settings.limit <= most.pictures):
        raise InputError(
            f"A training here may have {most.pictures:,} images, received {settings.limit}."
        )


def check_time(labelled: Labelled, settings: config.TrainConfig) -> float:
    """Check that a training takes no longer than it may here; give the seconds that it takes.

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
    return takes


def offer() -> None:
    """Ask what to train; where nothing can be trained with, say so in place of it."""
    if lacks := installed.missing():
        powers.tell_missing(lacks)
    else:
        ask()


def ask() -> None:
    """Ask what to train on and how, and start."""
    with st.container():  # What follows keeps its place, and its state, whatever data is chosen.
        sources = choosing.choose()
        aim = looked_for.ask(sources) if sources else None
    name, arguments, settings = ask_settings(layouts.ask_split(sources))
    show_estimate(sources, settings)
    if powers.visitor():
        st.caption(f"A run is deleted {config.RUN_HOURS // 24} days after it ended.")
    arguments += label_errors.ask_left_out([source.called for source in sources])
    if st.button("Start training", type="primary", disabled=aim is None):
        tell.attempt(start_run, sources, name, [*(aim or []), *arguments], settings)
    if line.is_used():
        line.show()
