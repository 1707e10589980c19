"""Run folders: a folder is a job and, once finished, a model."""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from crackcls import config, events
from crackcls.errors import InputError
from crackcls.files import read_json, write_atomically, write_json
from crackcls.runs.work import LOG

NAME_RULE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
RESERVED_NAMES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
IN_USE = "in_use.txt"
# Lines that TensorFlow and LiteRT print of themselves; they are nobody's last words.
LIBRARY_NOTE = re.compile(r"(INFO|WARNING): |[IW]\d{4} |To enable the following|fully_quantize: ")


@dataclass(frozen=True)
class Run:
    """What a run folder says.

    Attributes:
        folder: `models/NAME/`.
        state: `running`, `finished`, `stopped`, `failed` or `interrupted`.
        message: Why it ended so, or the last line that its process printed.
        started: When its process began, in seconds since 1970; 0 where it ran elsewhere.
        config: The settings, and where the data came from.
        report: The test report; None until the run has finished.
    """

    folder: Path
    state: str
    message: str
    started: float
    config: dict[str, Any]
    report: dict[str, Any] | None

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name

    @property
    def data_in_words(self) -> str:
        """Name of the data, and a word of warning where it is synthetic."""
        name = f"'{self.config['data']}'"
        return f"{name} (synthetic: made-up pictures)" if self.config.get("synthetic") else name

    @property
    def title(self) -> str:
        """The run's name, with a word of warning where its data is synthetic."""
        return f"{self.name} (synthetic data)" if self.config.get("synthetic") else self.name

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


def folder_of(name: str) -> Path:
    """Give the folder of a run, whether it is there or not.

    Raises:
        InputError: The name is unsafe.
    """
    check_name(name)
    return config.models_folder() / name


def free_name(data_folder: Path) -> str:
    """Give a name for a new run, from the data folder's name and the next free number."""
    base = re.sub(r"[^A-Za-z0-9_-]+", "-", data_folder.resolve().name).strip("-_")[:48] or "run"
    number = 1
    while (config.models_folder() / f"{base}-{number}").exists():
        number += 1
    return f"{base}-{number}"


def check_free(name: str) -> None:
    """Check that a name is safe and that nothing to keep lies under it.

    Raises:
        InputError: The name is unsafe, or taken by a model, by a run that lives or can be
            resumed, or by other files.
    """
    check_name(name)
    folder = config.models_folder() / name
    files = {p.name for p in folder.iterdir() if p.name[0] != "."} if folder.exists() else set()
    is_ours = pid_of(folder) == os.getpid() and "config.json" not in files
    if files <= {"log.txt"} or is_ours:
        return
    if not files & {"config.json", "process.json"}:
        raise InputError(f"A model name must be new, and '{folder}' holds other files.")
    run = read_run(folder)
    nothing_begun = run.state == "interrupted" and not run.config
    if run.has_model or not (run.state == "failed" or nothing_begun):
        raise InputError(
            f"A model name must be new, and '{name}' is {run.state} in '{folder.parent.name}/'. "
            "Choose another name, or resume or delete that run."
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
    record_process(folder, psutil.Process())
    _clear_all_but(folder, {"log.txt", "process.json"})
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
    """Delete a run with its model.

    Raises:
        InputError: The run lives or is a shipped one.
    """
    _check_own(name)
    folder = config.models_folder()
    doomed = folder / f".{name}.deleted"
    (folder / name).rename(doomed)
    shutil.rmtree(doomed)


def use(name: str) -> None:
    """Make a model the one that Home shows and Predict opens with.

    Raises:
        InputError: There is no such model.
    """
    if name not in {run.name for run in list_models()}:
        raise InputError(f"A model must have been trained to the end, and '{name}' has not been.")
    write_atomically(config.models_folder() / IN_USE, name.encode())


def in_use() -> str:
    """Give the name of the model in use: the chosen one, else the shipped one."""
    path = config.models_folder() / IN_USE
    name = path.read_text(encoding="utf-8").strip() if path.exists() else config.DEFAULT_MODEL
    has_model = (config.models_folder() / name / "model.json").exists()
    return name if has_model else config.DEFAULT_MODEL


def list_runs() -> list[Run]:
    """List all runs, the latest first."""
    marks = config.models_folder().glob("*/*.json")
    folders = {mark.parent for mark in marks if mark.name in ("config.json", "process.json")}
    return sorted(map(read_run, folders), key=lambda run: run.started, reverse=True)


def list_models() -> list[Run]:
    """List the runs that left a whole model, the one in use first."""
    first = in_use()
    models = [run for run in list_runs() if run.has_model]
    return sorted(models, key=lambda run: run.name != first)


def read_run(folder: Path) -> Run:
    """Read a run from its folder; the state follows from its files and its process."""
    end = events.last_end(folder / LOG)
    state = end["status"] if end else "running" if _alive(folder) else "interrupted"
    return Run(
        folder,
        state,
        end.get("message", "") if end else _last_words(folder),
        _process_of(folder).get("created", 0.0),
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


def local_sets(folder: Path) -> dict[str, Path]:
    """Give the folder of each of several data sets that a run used on this machine."""
    sets = _json_or(folder / "local.json", {}).get("sets", {})
    return {name: Path(place) for name, place in sets.items()}


def _clear_all_but(folder: Path, kept: set[str]) -> None:
    for left in folder.glob("*"):
        if left.name not in kept:
            left.unlink()


def _check_own(name: str) -> None:
    check_name(name)
    run = read_run(config.models_folder() / name)
    is_shipped = name in config.SHIPPED_MODELS
    if is_shipped or run.state == "running" or not run.config:
        what = "a shipped model" if is_shipped else "running or not there"
        raise InputError(f"A run must have ended to be renamed or deleted, and '{name}' is {what}.")


def _json_or(path: Path, default: Any) -> Any:
    return read_json(path) if path.exists() else default


def record_process(folder: Path, process: psutil.Process) -> None:
    """Write down a process so that no later one with its number is taken for it."""
    record = {"pid": process.pid, "created": process.create_time()}
    write_json(folder / "process.json", record)


def pid_of(folder: Path) -> int | None:
    """Give the number of the process that works, or worked, on a folder."""
    return _process_of(folder).get("pid")


def _process_of(folder: Path) -> dict[str, Any]:
    return _json_or(folder / "process.json", {})


def _last_words(folder: Path) -> str:
    log = folder / "log.txt"
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n") if log.exists() else []
    told = (line for line in reversed(lines) if line.strip() and not LIBRARY_NOTE.match(line))
    return next(told, "")


def _alive(folder: Path) -> bool:
    record = _process_of(folder)
    try:
        process = psutil.Process(record.get("pid", -1))
        same = abs(process.create_time() - record["created"]) < 1
        return same and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, ValueError):
        return False
