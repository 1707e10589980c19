"""Run folders: a folder is a job and, once finished, a model."""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crackcls import config, events, stored
from crackcls.errors import InputError
from crackcls.files import write_atomically
from crackcls.runs import processes, shapes, unchanged
from crackcls.runs.work import LOG

NAME_RULE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
RESERVED_NAMES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
IN_USE, LONGEST_NAME = "in_use.txt", 255
# In the folder of a run that waits for its turn, see `runs.waiting`.
WAITING = "waiting.json"
# A folder that has one of these is a run's.
MARKS = {"config.json", "model.json", "report.json", processes.FILE, LOG, WAITING}
# What a model cannot do without.
NEEDED = {"config.json", "model.json", "model.tflite"}
LONGEST_WORDS = 65_536
# States that hang on a process beside the files.
PASSING = {"running", "interrupted"}
# Lines that TensorFlow and LiteRT print of themselves; they are nobody's last words.
LIBRARY_NOTE = re.compile(r"(INFO|WARNING): |[IW]\d{4} |To enable the following|fully_quantize: ")


@dataclass(frozen=True)
class Run:
    """What a run folder says.

    Attributes:
        folder: `models/NAME/`.
        state: `waiting`, `running`, `finished`, `stopped`, `failed`, `interrupted`, or `added` of
            a model that was trained elsewhere.
        message: Why it ended so, or the last line that its process printed.
        started: When its process began, or it began to wait, in seconds since 1970; 0 where it
            ran elsewhere.
        config: The settings, and where the data came from.
        report: The test report; None until the run has finished.
        damage: A sentence on each file that is damaged, by its name. It is read as if it were
            not there.
        model: What `model.json` says; empty where there is none.
    """

    folder: Path
    state: str
    message: str
    started: float
    config: dict[str, Any]
    report: dict[str, Any] | None
    damage: Mapping[str, str] = field(default_factory=dict)
    model: Mapping[str, Any] = field(default_factory=dict)

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
    def state_in_words(self) -> str:
        """The state to list it by: a run that has ended and lost files is damaged."""
        return "damaged" if self.damage and self.state != "running" else self.state

    @property
    def has_model(self) -> bool:
        """Whether a model lies in the folder; `model.json` is written last."""
        return stored.is_there(self.folder / "model.json")

    @property
    def is_usable(self) -> bool:
        """Whether a model lies in the folder, and nothing that it needs is damaged."""
        return self.has_model and not NEEDED & {*self.damage}


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


def use(name: str) -> None:
    """Make a model the one that Home shows and Predict opens with.

    Raises:
        InputError: There is no such model.
    """
    if name not in {run.name for run in list_models()}:
        raise InputError(f"A model must have been trained to the end, and '{name}' has not been.")
    write_atomically(config.models_folder() / IN_USE, name.encode())


def in_use() -> str:
    """Give the name of the model in use: the chosen one where it can be used, else the shipped."""
    try:
        content = stored.read_bytes(config.models_folder() / IN_USE, LONGEST_NAME)
        name = content.decode().strip()
    except (InputError, UnicodeError):
        return config.DEFAULT_MODEL
    is_name = Path(name).name == name and name.isprintable()
    if is_name and read_run(config.models_folder() / name).is_usable:
        return name
    return config.DEFAULT_MODEL


def list_runs() -> list[Run]:
    """List all runs, the latest first."""
    return sorted(map(read_run, _folders()), key=lambda run: run.started, reverse=True)


def list_models() -> list[Run]:
    """List the runs that left a model that can be used, the one in use first."""
    first = in_use()
    models = [run for run in list_runs() if run.is_usable]
    return sorted(models, key=lambda run: run.name != first)


def list_damage(runs: Iterable[Run]) -> list[str]:
    """Give a sentence on each damaged file of some runs."""
    return [sentence for run in runs for sentence in run.damage.values()]


def open_run(name: str) -> Run:
    """Read a run of which nothing is damaged that its model cannot do without.

    Raises:
        InputError: Something is, or the name is unsafe.
    """
    run = read_run(folder_of(name))
    for file in sorted(NEEDED & {*run.damage}):
        raise InputError(run.damage[file])
    return run


def _is_passing(run: Run) -> bool:
    return run.state in PASSING


@unchanged.remembered(_is_passing)
def read_run(folder: Path) -> Run:
    """Read a run from its folder; the state follows from its files and its process."""
    damage: dict[str, str] = {}

    def read(file: str, shape: Any, check: stored.Check | None = None) -> Any:
        if not stored.is_there(folder / file):
            return None
        try:
            return stored.read_json(folder / file, shape, check)
        except InputError as error:
            damage[file] = str(error)
            return None

    settings = read("config.json", shapes.Settings)
    report = read("report.json", shapes.Report, shapes.wrong_own_report)
    model = read("model.json", shapes.Model, shapes.wrong_model)
    process = read(processes.FILE, shapes.Process) or {}
    waits = read(WAITING, shapes.Waiting)
    end, why = events.last_end(folder / LOG)
    state = end["status"] if end else "running" if processes.is_alive(process) else "interrupted"
    if report and state == "interrupted":  # The report is written last.
        state, why = "finished", why or "its end is missing"
    if waits and (end or not processes.is_alive(process)):
        state = "waiting"
    if why:
        damage[LOG] = str(stored.damaged(folder / LOG, why))
    needed = ["config.json", "model.tflite"] if model else []
    needed += ["model.json", "report.json"] if settings and state == "finished" else []
    damage = _lost(folder, needed) | _misfit(folder, settings or {}, model or {}) | damage
    words = end.get("message", "") if end else _last_words(folder)
    started = waits["since"] if state == "waiting" else process.get("created", 0.0)
    return Run(folder, state, words, started, settings or {}, report, damage, model or {})


def model_of(folder: Path) -> dict[str, Any]:
    """Read what a model takes and gives, and the hash of its network.

    Raises:
        InputError: `model.json` is damaged.
    """
    return stored.read_json(folder / "model.json", shapes.Model, shapes.wrong_model)


def model_hash(run: Run) -> str:
    """Give the SHA-256 of a run's LiteRT model, in hexadecimal.

    Raises:
        InputError: `model.json` is damaged.
    """
    return model_of(run.folder)["sha256"]


def local_data(folder: Path) -> Path | None:
    """Give the data folder that a run used on this machine, where it is known."""
    path = _local(folder).get("data")
    return Path(path) if path else None


def local_sets(folder: Path) -> dict[str, Path]:
    """Give the folder of each of several data sets that a run used on this machine."""
    return {name: Path(place) for name, place in _local(folder).get("sets", {}).items()}


def _folders() -> list[Path]:
    """Give the folders of runs, also those that have lost files."""
    return [folder for folder in _inside(config.models_folder()) if _is_run(folder)]


def _is_run(folder: Path) -> bool:
    if folder.name[0] == "." or not folder.name.isprintable():
        return False
    try:
        return not MARKS.isdisjoint(os.listdir(folder))  # noqa: PTH208 (asked for every second)
    except OSError:
        return False


def _inside(folder: Path) -> list[Path]:
    """List a folder; nothing where it is none, or may not be looked into."""
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _local(folder: Path) -> dict[str, Any]:
    """Read where the images are; where that is damaged, nobody knows."""
    try:
        return stored.read_json(folder / "local.json", shapes.Place)
    except InputError:
        return {}


def _lost(folder: Path, needed: Sequence[str]) -> dict[str, str]:
    """Say which files are missing that must be there."""
    lost = [name for name in needed if not (folder / name).is_file()]
    return {name: str(stored.damaged(folder / name, "it is missing")) for name in lost}


def _misfit(folder: Path, settings: dict[str, Any], model: dict[str, Any]) -> dict[str, str]:
    """Say where settings and model contradict one another."""
    for name in settings.keys() & model.keys() & {"classes", "image_size"}:
        if settings[name] != model[name]:
            why = f"its '{name}' is another than in 'config.json'"
            return {"model.json": str(stored.damaged(folder / "model.json", why))}
    return {}


def _last_words(folder: Path) -> str:
    """Give the last line that somebody wrote into `log.txt`."""
    try:
        with (folder / "log.txt").open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - LONGEST_WORDS))
            lines = file.read(LONGEST_WORDS).decode(errors="replace").split("\n")
    except OSError:
        return ""
    told = (line for line in reversed(lines) if line.strip() and not LIBRARY_NOTE.match(line))
    return next(told, "")
