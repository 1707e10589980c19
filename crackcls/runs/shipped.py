"""The shipped models, put where models are kept."""

import os
import shutil
from pathlib import Path

from crackcls import config, stored, temporary
from crackcls.errors import InputError
from crackcls.runs.folders import read_run
from crackcls.runs.shapes import Model


def install_shipped() -> None:
    """Copy the shipped models of an installed package to the user's models.

    Nothing is done in a clone, whose models are in place, and where CRACKCLS_MODELS names a
    folder: a command sees what lies there and nothing else.
    """
    if config.IS_INSTALLED and not os.environ.get("CRACKCLS_MODELS"):
        complete(config.models_folder())


def complete(target: Path) -> None:
    """Copy the shipped models into a folder of models, where they are missing or older.

    An older one keeps its evaluations under a name with its version.

    Args:
        target: The folder, made where it is not there.
    """
    for mark in config.shipped_folder().glob("*/model.json"):
        if not _is_same(mark, target / mark.parent.name / mark.name):
            _set_aside(target / mark.parent.name)
            _copy(mark.parent, target / mark.parent.name)


def _is_same(mark: Path, other: Path) -> bool:
    try:
        return stored.read_json(mark, Model) == stored.read_json(other, Model)
    except InputError:
        return False


def _set_aside(folder: Path) -> None:
    """Rename the model of an older version."""
    if folder.exists():
        version = read_run(folder).config.get("version", "old").replace(".", "-")
        number, kept = 1, folder.with_name(f"{folder.name}-{version}")
        while kept.exists():
            number += 1
            kept = folder.with_name(f"{folder.name}-{version}-{number}")
        folder.rename(kept)


def _copy(source: Path, target: Path) -> None:
    """Copy a folder under another name, then rename it; another process may be as quick."""
    with temporary.folder_beside(target) as aside:
        shutil.copytree(source, aside / target.name)
        try:
            (aside / target.name).rename(target)
        except OSError:
            if not target.exists():
                raise
