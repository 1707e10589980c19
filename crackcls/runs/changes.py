"""Names of runs: claimed, given anew, freed."""

import os
import shutil
from pathlib import Path
from typing import Any

import psutil

from crackcls import config, temporary
from crackcls.errors import InputError
from crackcls.files import write_json
from crackcls.runs import belonging, processes
from crackcls.runs.folders import MARKS, check_name, read_run
from crackcls.runs.work import STOP


def check_free(name: str) -> None:
    """Check that a name is safe and that nothing to keep lies under it.

    Raises:
        InputError: The name is unsafe, or taken by a model, by a run that lives or can be
            resumed, or by other files.
    """
    check_name(name)
    folder = config.models_folder() / name
    files = {p.name for p in folder.iterdir() if p.name[0] != "."} if folder.is_dir() else set()
    is_ours = processes.pid_of(folder) == os.getpid() and "config.json" not in files
    if (files <= {"log.txt", belonging.FILE} and not folder.is_file()) or is_ours:
        return
    if not files & MARKS:
        raise InputError(f"A model name must be new, and '{name}' holds other files.")
    run = read_run(folder)
    nothing_begun = run.state == "interrupted" and "config.json" not in files
    if run.has_model or not (run.state == "failed" or nothing_begun):
        raise InputError(
            f"A model name must be new, and '{name}' is {run.state_in_words} in "
            f"'{folder.parent.name}/'. Choose another name, or resume or delete that run."
        )


def claim(name: str, settings: dict[str, Any]) -> Path:
    """Make the folder of a new run and write its settings.

    What a failed run without a model has left under this name is cleared away.

    Args:
        name: The model's name.
        settings: Written to `config.json`.

    Returns:
        The folder `models/NAME/`.

    Raises:
        InputError: The name is taken or unsafe.
    """
    check_free(name)
    folder = config.models_folder() / name
    folder.mkdir(parents=True, exist_ok=True)
    # Before the rest is cleared: without this file the run would look ended for a moment.
    processes.record(folder, psutil.Process())
    _clear_all_but(folder, {"log.txt", "process.json", STOP, belonging.FILE})
    write_json(folder / "config.json", settings)
    return folder


def clear(name: str) -> Path:
    """Make an empty folder for a new run, but for the log of the process that begins it.

    Raises:
        InputError: The name is taken or unsafe.
    """
    check_free(name)
    folder = config.models_folder() / name
    folder.mkdir(parents=True, exist_ok=True)
    _clear_all_but(folder, {"log.txt"})
    return folder


def rename(name: str, new: str) -> None:
    """Give a run another name.

    Raises:
        InputError: The run lives, is a shipped one, or the new name is taken or unsafe.
    """
    _check_own(name)
    check_free(new)
    folder = config.models_folder()
    if (folder / new).exists():
        shutil.rmtree(folder / new)
    (folder / name).rename(folder / new)


def delete(name: str) -> None:
    """Delete a run with its model; a damaged one too.

    Raises:
        InputError: The run lives or is a shipped one.
    """
    _check_own(name)
    temporary.remove(config.models_folder() / name)


def _clear_all_but(folder: Path, kept: set[str]) -> None:
    for left in folder.glob("*"):
        if left.name not in kept:
            temporary.discard(left)


def _check_own(name: str) -> None:
    check_name(name)
    run = read_run(config.models_folder() / name)
    is_shipped = name in config.SHIPPED_MODELS
    if is_shipped or run.state in ("running", "waiting") or not run.folder.is_dir():
        what = "a shipped model" if is_shipped else "running, waiting or not there"
        raise InputError(f"A run must have ended to be renamed or deleted, and '{name}' is {what}.")
