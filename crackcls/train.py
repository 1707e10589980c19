"""Training as a job: one at a time, logged, stopped, resumed."""

import errno
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import psutil

from crackcls import __version__, config, data, events, jobs, runs, steps
from crackcls import model as model_
from crackcls.config import TrainConfig
from crackcls.errors import InputError
from crackcls.files import write_json

# Room for the last event of a run that ends because the disk is full.
RESERVE, RESERVE_BYTES = ".reserve", 65_536
DISK_FULL = "Training must have room on the disk, and the disk is full. Make room, then resume."
PHASES_THAT_STOP = ("reading images", "running the backbone", "training")


def train(
    labelled: data.Labelled, settings: TrainConfig, name: str, listen: events.Emit
) -> dict[str, Any] | None:
    """Train a model and leave everything about it in `models/NAME/`.

    Args:
        labelled: The images, one folder a class.
        settings: Settings of the run.
        name: Name of the new model.
        listen: Hears the events that the log gets.

    Returns:
        The test report; None where the run was stopped.

    Raises:
        InputError: A setting, the name or the data breaks a rule. What was written is the
            folder with the log of the failed run, and no model.
    """
    config.check_settings(settings)
    runs.check_free(name)
    model_.check_weights(config.weights_path())
    with jobs.training_lock():
        folder = runs.claim(name, _describe(labelled, settings))
        write_json(folder / "local.json", {"data": str(labelled.folder.resolve())})
        return _job(labelled, settings, folder, listen)


def resume(name: str, listen: events.Emit) -> dict[str, Any] | None:
    """Go on with a run that ended before its time, from its last finished epoch.

    Args:
        name: Name of the run.
        listen: Hears the events that the log gets.

    Returns:
        The test report; None where the run was stopped again.

    Raises:
        InputError: There is no such run, it has finished, or its images are gone.
    """
    with jobs.training_lock():
        run = jobs.resumable(name)
        names = {field.name for field in fields(TrainConfig)}
        settings = TrainConfig(**{k: v for k, v in run.config.items() if k in names})
        labelled = data.list_images(runs.local_data(run.folder) or run.config["data"])
        runs.record_process(run.folder, psutil.Process())
        _clear_half_written(run.folder)
        return _job(labelled, settings, run.folder, listen)


def _job(
    labelled: data.Labelled, settings: TrainConfig, folder: Path, listen: events.Emit
) -> dict[str, Any] | None:
    """Take the steps and log how they ended, whatever happens."""
    (folder / jobs.STOP).unlink(missing_ok=True)
    (folder / RESERVE).write_bytes(bytes(RESERVE_BYTES))
    cost = _meter(min(len(labelled.files), settings.limit or sys.maxsize))
    log = folder / "events.jsonl"
    emit = events.log_to(log, listen, _stop_when_asked(folder))
    try:
        emit("start", **_describe(labelled, settings))
        report = steps.run(labelled, settings, folder, emit)
        _end(folder, listen, status="finished", **cost())
        return report
    except (steps.Stopped, KeyboardInterrupt):
        _end(folder, listen, status="stopped", **cost())
        return None
    except BaseException as error:
        _end(folder, listen, status="failed", message=_in_words(error), **cost())
        if _disk_is_full(error):
            raise InputError(DISK_FULL) from error
        raise


def _end(folder: Path, listen: events.Emit, **fields: Any) -> None:
    """Write the last event, with room for it even on a full disk."""
    (folder / RESERVE).unlink(missing_ok=True)
    (folder / jobs.STOP).unlink(missing_ok=True)
    events.log_to(folder / "events.jsonl", listen)("end", **fields)


def _in_words(error: BaseException) -> str:
    return DISK_FULL if _disk_is_full(error) else str(error) or type(error).__name__


def _disk_is_full(error: BaseException) -> bool:
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def _stop_when_asked(folder: Path) -> events.Emit:
    def check(kind: str, phase: str = "", **fields: Any) -> None:
        if kind == "progress" and phase in PHASES_THAT_STOP and jobs.stop_asked(folder):
            raise steps.Stopped

    return check


def _clear_half_written(folder: Path) -> None:
    """Remove what a killed process was writing; it has names that begin with a dot."""
    for path in folder.glob(".*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _describe(labelled: data.Labelled, settings: TrainConfig) -> dict[str, Any]:
    return {
        "data": labelled.folder.resolve().name,
        "classes": labelled.classes,
        "images": len(labelled.files),
        **asdict(settings),
        "version": __version__,
    }


def _meter(images: int) -> Callable[[], dict[str, Any]]:
    """Give a function that tells what a run has cost since this call."""
    start = time.monotonic()

    def cost() -> dict[str, Any]:
        seconds = time.monotonic() - start
        return {
            "seconds": round(seconds, 2),
            "images_per_second": round(images / seconds, 1),
            "peak_memory_mb": _peak_memory_mb(),
        }

    return cost


def _peak_memory_mb() -> int | None:
    try:
        import resource
    except ImportError:  # Windows has no such module.
        return None
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // unit
