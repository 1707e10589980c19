"""Training as a job: one at a time, logged, stopped, resumed."""

import shutil
import sys
from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import psutil

from crackcls import __version__, config, events, installed, temporary
from crackcls.classes import names as class_names
from crackcls.config import TrainConfig
from crackcls.datasets import catalogue, keeping, several
from crackcls.datasets.layout import PLAIN
from crackcls.errors import InputError
from crackcls.files import write_json
from crackcls.labelled import Labelled
from crackcls.network.build import check_weights
from crackcls.network.prefix import RowsOf, rows_here
from crackcls.runs import changes, folders, jobs, processes
from crackcls.runs.work import run_logged
from crackcls.training import steps, without


def train(
    labelled: Labelled,
    settings: TrainConfig,
    name: str,
    listen: events.Emit,
    lists: Sequence[Path] = (),
    rows_of: RowsOf = rows_here,
) -> dict[str, Any] | None:
    """Train a model and leave everything about it in `models/NAME/`.

    Args:
        labelled: The images, one folder a class.
        settings: Settings of the run.
        name: Name of the new model.
        listen: Hears the events that the log gets.
        lists: CSV files of images to leave out of training and validation, see `without`.
        rows_of: What makes the rows of the frozen part.

    Returns:
        The test report; None where the run was stopped.

    Raises:
        InputError: A setting, the name or the data breaks a rule, or the names of two classes do
            not tell which one is looked for, the disk has no room for a run, or this installation
            only serves. What was written is the folder with the log of the failed run, and no
            model.
    """
    installed.check_training()
    config.check_settings(settings)
    settings = replace(settings, positive=class_names.settle(labelled.classes, settings.positive))
    _check_given(labelled, settings)
    changes.check_free(name)
    check_weights(config.weights_path())
    catalogue.check_place(labelled)
    listed = without.read_lists(lists)
    with jobs.training_lock():
        keeping.check_room(keeping.OWNER)
        about = {**_describe(labelled, settings), **without.describe(listed)}
        folder = changes.claim(name, about)
        without.keep(listed, folder)
        write_json(folder / "local.json", _places(labelled))
        return _job(labelled, settings, folder, listen, rows_of)


def _check_given(labelled: Labelled, settings: TrainConfig) -> None:
    if settings.split == "given" and "train" not in labelled.levels.parts:
        raise InputError(
            "A given split must be one that the data has, such as folders 'train', 'valid' and "
            f"'test', and '{labelled.name}' has none. Choose another split."
        )


def resume(name: str, listen: events.Emit, rows_of: RowsOf = rows_here) -> dict[str, Any] | None:
    """Go on with a run that ended before its time, from its last finished epoch.

    Args:
        name: Name of the run.
        listen: Hears the events that the log gets.
        rows_of: What makes the rows of the frozen part.

    Returns:
        The test report; None where the run was stopped again.

    Raises:
        InputError: There is no such run, it has finished, its images are gone, the disk has no
            room, or this installation only serves.
    """
    installed.check_training()
    with jobs.training_lock():
        keeping.check_room(keeping.OWNER)
        run = jobs.resumable(name)
        settings = settings_of(run)
        labelled = _images_of(run)
        without.check(run)
        processes.record(run.folder, psutil.Process())
        temporary.discard(run.folder / folders.WAITING)
        _clear_half_written(run.folder)
        return _job(labelled, settings, run.folder, listen, rows_of)


def settings_of(run: folders.Run) -> TrainConfig:
    """Give the settings of a run.

    Raises:
        InputError: There is no such run.
    """
    if "config.json" in run.damage:
        raise InputError(run.damage["config.json"])
    if not run.config:
        raise InputError(f"The model must be one of `models`, and '{run.name}' is not there.")
    names = {field.name for field in fields(TrainConfig)}
    # Runs of versions that knew no other precision, or no weights of classes, do not name theirs.
    weights = "balanced" if run.config.get("fine_tune") == "all" else "none"
    kept = {"precision": "float32", "class_weights": weights, **run.config}
    return TrainConfig(**{name: value for name, value in kept.items() if name in names})


def _job(
    labelled: Labelled,
    settings: TrainConfig,
    folder: Path,
    listen: events.Emit,
    rows_of: RowsOf,
) -> dict[str, Any] | None:
    def work(emit: events.Emit) -> dict[str, Any]:
        return steps.run(labelled, settings, folder, emit, rows_of)

    images = min(several.count(labelled), settings.limit or sys.maxsize)
    return run_logged(folder, listen, _describe(labelled, settings), work, images, settings.minutes)


def _clear_half_written(folder: Path) -> None:
    """Remove what a killed process was writing; it has names that begin with a dot."""
    for path in folder.glob(".*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _places(labelled: Labelled) -> dict[str, Any]:
    """Say where the images lie on this machine."""
    places = {name: str(folder.resolve()) for name, folder in labelled.places.items()}
    return {"sets": places} if labelled.sets else {"data": places[""]}


def _images_of(run: folders.Run) -> Labelled:
    """List the images of a run again."""
    if "sets" in run.config:
        return several.reopen(run.config["sets"], folders.local_sets(run.folder))
    # Earlier versions knew one layout.
    layout, group_by = run.config.get("layout", PLAIN), run.config.get("group_by", "")
    source = folders.local_data(run.folder) or run.config["data"]
    return catalogue.open_data(source, layout, group_by)


def _describe_sets(labelled: Labelled) -> dict[str, Any]:
    """Say what is needed to list the same images again."""
    if labelled.sets:
        return {"sets": several.describe(labelled)}
    return {"layout": labelled.levels.layout, "group_by": labelled.levels.group_by}


def _describe(labelled: Labelled, settings: TrainConfig) -> dict[str, Any]:
    return {
        "data": labelled.name,
        **_describe_sets(labelled),
        "classes": labelled.classes,
        "images": several.count(labelled),
        "synthetic": all(map(catalogue.is_synthetic, labelled.places.values())),
        **asdict(settings),
        "version": __version__,
    }
