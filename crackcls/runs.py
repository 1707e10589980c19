"""Run folders: a folder is a job and, once finished, a model."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from filelock import FileLock, Timeout

from crackcls import config, events
from crackcls.errors import InputError
from crackcls.files import read_json, write_json

NAME_RULE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
RESERVED_NAMES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
SECONDS_TO_WAIT_FOR_LOCK = 2


@dataclass(frozen=True)
class Run:
    """What a run folder says.

    Attributes:
        folder: `models/NAME/`.
        state: `running`, `finished`, `failed` or `interrupted`.
        message: Why it failed, or the last line that its process printed.
        config: The settings, and where the data came from.
        report: The test report; None until the run has finished.
    """

    folder: Path
    state: str
    message: str
    config: dict[str, Any]
    report: dict[str, Any] | None

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name

    @property
    def has_model(self) -> bool:
        """Whether a whole model lies in the folder; `model.json` is written last."""
        return (self.folder / "model.json").exists()


def check_name(name: str) -> None:
    """Check that a model name is safe as a folder name on every system.

    Raises:
        InputError: It is not.
    """
    if not NAME_RULE.fullmatch(name) or RESERVED_NAMES.fullmatch(name):
        raise InputError(
            "A model name must be 1 to 64 letters (A-Z), digits, '-' or '_', start with a letter "
            f"or digit and be no device name of Windows, received '{name}'. Choose another."
        )


def free_name(data_folder: Path) -> str:
    """Give a name for a new run, from the data folder's name and the next free number."""
    base = re.sub(r"[^A-Za-z0-9_-]+", "-", data_folder.resolve().name).strip("-_")[:48] or "run"
    number = 1
    while (config.models_folder() / f"{base}-{number}").exists():
        number += 1
    return f"{base}-{number}"


def check_free(name: str) -> None:
    """Check that a name is safe and that no model or living run has it.

    Raises:
        InputError: The name is taken or unsafe.
    """
    check_name(name)
    folder = config.models_folder() / name
    if not (folder / "config.json").exists():
        return
    run = read_run(folder)
    if run.has_model or run.state == "running":
        raise InputError(
            f"A model name must be new, and '{name}' is {run.state} in '{folder.parent.name}/'. "
            "Choose another name or delete that folder."
        )


def claim(name: str, settings: dict[str, Any]) -> Path:
    """Make the folder of a new run and write its settings.

    What a run without a model has left under this name is cleared away.

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
    if (folder / "config.json").exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    _record_process(folder, psutil.Process())
    write_json(folder / "config.json", settings)
    return folder


@contextmanager
def training_lock() -> Iterator[None]:
    """Hold the lock that lets one training run at a time; the system frees it at death.

    Raises:
        InputError: Another run holds it.
    """
    folder = config.models_folder()
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / ".training.lock")
    try:
        lock.acquire(timeout=SECONDS_TO_WAIT_FOR_LOCK)
    except Timeout:
        raise InputError(busy_sentence()) from None
    try:
        yield
    finally:
        lock.release()


def busy_sentence() -> str:
    """Say which run is in the way of another."""
    names = [run.name for run in list_runs() if run.state == "running"]
    which = f"'{names[0]}'" if names else "another one"
    return f"One training runs at a time, and {which} is running. Wait until it has ended."


def start(name: str, arguments: Sequence[str]) -> None:
    """Start `python -m crackcls train` in a process of its own, which outlives this one.

    Args:
        name: Name of the new run.
        arguments: What follows `train --name NAME`.

    Raises:
        InputError: The name is taken or unsafe, or a run is in the way.
    """
    check_free(name)
    if any(run.state == "running" for run in list_runs()):
        raise InputError(busy_sentence())
    folder = config.models_folder() / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", "crackcls", "train", "--name", name, *arguments]
    with (folder / "log.txt").open("wb") as log:
        child = subprocess.Popen(
            command,
            cwd=config.PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _record_process(folder, psutil.Process(child.pid))


def list_runs() -> list[Run]:
    """List all runs, the latest first."""
    marks = config.models_folder().glob("*/*.json")
    folders = {mark.parent for mark in marks if mark.name in ("config.json", "process.json")}
    return [read_run(folder) for folder in sorted(folders, key=_started, reverse=True)]


def list_models() -> list[Run]:
    """List the runs that left a whole model, the shipped one first."""
    models = [run for run in list_runs() if run.has_model]
    return sorted(models, key=lambda run: run.name != config.DEFAULT_MODEL)


def read_run(folder: Path) -> Run:
    """Read a run from its folder; the state follows from its files and its process."""
    log = events.read_log(folder / "events.jsonl")
    ends = [event for event in log if event["kind"] == "end"]
    state = ends[-1]["status"] if ends else "running" if _alive(folder) else "interrupted"
    return Run(
        folder,
        state,
        ends[-1].get("message", "") if ends else _last_words(folder),
        _json_or(folder / "config.json", {}),
        _json_or(folder / "report.json", None),
    )


def model_hash(run: Run) -> str:
    """Give the SHA-256 of a run's LiteRT model, in hexadecimal."""
    return read_json(run.folder / "model.json")["sha256"]


def local_data(folder: Path) -> Path | None:
    """Give the data folder that a run used on this machine, where it is known."""
    path = _json_or(folder / "local.json", {}).get("data")
    return Path(path) if path else None


def _json_or(path: Path, default: Any) -> Any:
    return read_json(path) if path.exists() else default


def _record_process(folder: Path, process: psutil.Process) -> None:
    """Write down a process so that no later one with its number is taken for it."""
    record = {"pid": process.pid, "created": process.create_time()}
    write_json(folder / "process.json", record)


def _started(folder: Path) -> float:
    return _json_or(folder / "process.json", {}).get("created", 0.0)


def _last_words(folder: Path) -> str:
    log = folder / "log.txt"
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n") if log.exists() else []
    return next((line for line in reversed(lines) if line.strip()), "")


def _alive(folder: Path) -> bool:
    record = _json_or(folder / "process.json", {"pid": -1})
    try:
        process = psutil.Process(record["pid"])
        same = abs(process.create_time() - record["created"]) < 1
        return same and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, ValueError):
        return False
