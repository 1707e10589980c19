"""Starting a run: the form, the time that it will take, and what one may ask for."""

import streamlit as st

from crackcls import config, installed
from crackcls.datasets import catalogue, keeping, several
from crackcls.errors import InputError
from crackcls.labelled import Labelled
from crackcls.runs import estimate, folders, jobs, waiting
from crackcls.widgets import label_errors, layouts, looked_for, powers, settings, tell
from crackcls.widgets import several as choosing
from crackcls.widgets import waiting as line


def show_estimate(sources: list[several.Source], wanted: config.TrainConfig) -> None:
    """Say how long the training will take, where its images can be counted."""
    images = choosing.count(sources)
    if not images:
        return
    time = estimate.in_words(estimate.seconds(images, wanted))
    if estimate.pace_of_machine(wanted.fine_tune):
        why = "as fast as the last training of this kind on this machine"
    else:
        why = "a guess, since this machine has trained nothing of this kind yet"
    st.caption(f"{min(images, wanted.limit or images):,} images: {time}, {why}.")


def start_run(
    sources: list[several.Source], name: str, arguments: list[str], wanted: config.TrainConfig
) -> None:
    """Start a run in its own process, or say why not."""
    check_limits(wanted)
    labelled = several.open_sources(sources)
    takes = check_time(labelled, wanted)
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


def check_limits(wanted: config.TrainConfig) -> None:
    """Check what a browser has sent: it need not be what the form lets one choose.

    Raises:
        InputError: It is more than the one at the page may ask for.
    """
    most = powers.limits()
    if wanted.epochs > most.epochs:
        raise InputError(
            f"A training here may have {most.epochs} epochs, received {wanted.epochs}."
        )
    if most.pictures and not (wanted.limit and wanted.limit <= most.pictures):
        raise InputError(
            f"A training here may have {most.pictures:,} images, received {wanted.limit}."
        )


def check_time(labelled: Labelled, wanted: config.TrainConfig) -> float:
    """Check that a training takes no longer than it may here; give the seconds that it takes.

    Raises:
        InputError: It would.
    """
    minutes = powers.limits().minutes
    takes = estimate.seconds(several.count(labelled), wanted)
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
    name, arguments, wanted = settings.ask(layouts.ask_split(sources), choosing.count(sources))
    show_estimate(sources, wanted)
    if powers.visitor():
        st.caption(f"A run is deleted {config.RUN_HOURS // 24} days after it ended.")
    arguments += label_errors.ask_left_out([source.called for source in sources])
    if st.button("Start training", type="primary", disabled=aim is None):
        tell.attempt(start_run, sources, name, [*(aim or []), *arguments], wanted)
