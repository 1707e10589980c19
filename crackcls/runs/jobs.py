"""The process of a run: one at a time, started, stopped and resumed from outside."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import psutil
from filelock import FileLock, Timeout

from crackcls import config, disk, events, installed, temporary
from crackcls.errors import InputError
from crackcls.runs import changes, folders, processes, status
from crackcls.runs.work import LOG, STOP, ask_to_stop, is_asked_to_stop, run_logged

T = TypeVar("T")

SECONDS_TO_WAIT_FOR_LOCK = 2
# Why a run in one of these states is not resumed.
CANNOT_GO_ON = {
    "finished": "has finished",
    "waiting": "waits for its turn",
    "added": "was trained elsewhere",
}


@contextmanager
def training_lock() -> Iterator[None]:
    """Hold the lock that lets one training run at a time; the system frees it at death.

    Raises:
        InputError: Another run holds it.
    """
    with _lock(".training.lock"):
        yield


@contextmanager
def start_lock() -> Iterator[None]:
    """Hold the lock of whoever starts a run.

    Raises:
        InputError: Somebody else holds it.
    """
    with _lock(".start.lock"):
        yield


def running() -> list[folders.Run]:
    """List the runs that run now."""
    return [run for run in folders.list_runs() if run.state == "running"]


def start(name: str, arguments: Sequence[str]) -> None:
    """Start a new run in a process of its own, which outlives this one.

    Args:
        name: Name of the new run.
        arguments: What follows `train --name NAME`.

    Raises:
        InputError: The name is taken or unsafe, a run is in the way, or this installation only
            serves.
    """
    installed.check_training()
    with start_lock():
        _check_idle()
        launch(changes.clear(name), ["train", "--name", name, *arguments])


def resume(name: str) -> None:
    """Go on with a run that ended before its time, in a process of its own.

    Raises:
        InputError: The run has finished or was never there, a run is in the way, or this
            installation only serves.
    """
    installed.check_training()
    with start_lock():
        _check_idle()
        folder = resumable(name).folder
        temporary.discard(folder / STOP)
        events.log_to(folder / LOG)("launched")
        launch(folder, ["train", "--resume", name])


def resumable(name: str) -> folders.Run:
    """Read a run that can be resumed.

    Raises:
        InputError: The run has finished, or was never there.
    """
    folders.check_name(name)
    run = folders.read_run(config.models_folder() / name)
    if "config.json" in run.damage:
        raise InputError(run.damage["config.json"])
    if not run.config or run.state in CANNOT_GO_ON:
        what = CANNOT_GO_ON.get(run.state)
        what = what if run.config and what else "is not there"
        raise InputError(
            f"A run must have ended before its time to be resumed, and '{name}' {what}."
        )
    return run


def stop(name: str) -> None:
    """Ask a run to stop; it keeps the best weights so far as a model."""
    stop_job(config.models_folder() / name)


def run_job(
    folder: Path, listen: events.Emit, about: dict[str, Any], work: Callable[[events.Emit], T]
) -> T | None:
    """Do work beside training, such as a download, in this process; see `work.run_logged`.

    Raises:
        InputError: Another process works in the folder, or as `work` raised it.
    """
    _check_idle_in(folder)
    _make(folder)
    processes.record(folder, psutil.Process())
    return run_logged(folder, listen, about, work)


def start_job(folder: Path, words: Sequence[str]) -> None:
    """Start work beside training in a process of its own, which calls `run_job`.

    Args:
        folder: Where its log and its process are written down.
        words: What follows `python -m crackcls`.

    Raises:
        InputError: Another process works in the folder.
    """
    _check_idle_in(folder)
    _make(folder)
    for left in (LOG, STOP):
        temporary.discard(folder / left)
    launch(folder, words)


def stop_job(folder: Path) -> None:
    """Ask the process that works in a folder to stop."""
    ask_to_stop(folder)


def is_stopping(folder: Path) -> bool:
    """Tell whether the process that works in a folder was asked to stop and still works."""
    return is_asked_to_stop(folder) and folders.read_run(folder).state == "running"


def read_job(folder: Path) -> folders.Run | None:
    """Read how the work in a folder stands; None where there was none."""
    return folders.read_run(folder) if (folder / "process.json").exists() else None


def busy_sentence() -> str:
    """Say which run is in the way of another, since when, and how long it still needs."""
    runs = running()
    if not runs:
        return "One training runs at a time, and another one has just begun. Try again later."
    now = status.read_status(runs[0])
    since = time.strftime("%H:%M", time.localtime(runs[0].started))
    return (
        f"One training runs at a time, and '{runs[0].name}' has been running since {since}: "
        f"{now.phase}, {now.detail}. Wait until it has ended, or stop it."
    )


def launch(folder: Path, words: Sequence[str]) -> None:
    """Run `python -m crackcls` in a process of its own, its output in the folder's `log.txt`."""
    command = [sys.executable, "-m", "crackcls", *words]
    with (folder / "log.txt").open("wb") as log:
        child = subprocess.Popen(
            command,
            cwd=config.PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    processes.record(folder, psutil.Process(child.pid))


@contextmanager
def _lock(name: str) -> Iterator[None]:
    disk.check(disk.MODELS, disk.CACHE)
    lock = FileLock(config.models_folder() / name)
    try:
        lock.acquire(timeout=SECONDS_TO_WAIT_FOR_LOCK)
    except Timeout:
        raise InputError(busy_sentence()) from None
    try:
        yield
    finally:
        lock.release()


def _make(folder: Path) -> None:
    """Make the folder of a job, in a place that takes what the job will write."""
    place = disk.place_of(folder)
    if place:
        disk.check(place)
    folder.mkdir(parents=True, exist_ok=True)


def _check_idle_in(folder: Path) -> None:
    """Check that no other process works in a folder; this one may have been started to."""
    job = read_job(folder)
    if job and job.state == "running" and processes.pid_of(folder) != os.getpid():
        raise InputError("This is being done already. Wait until it has ended, or stop it.")


def _check_idle() -> None:
    if running():
        raise InputError(busy_sentence())
