"""The shipped models, put where models are kept."""

import os
import shutil
from pathlib import Path

from filelock import FileLock

from crackcls import config, stored, temporary
from crackcls.errors import InputError
from crackcls.runs.folders import read_run
from crackcls.runs.shapes import Model

LOCK, SECONDS_TO_WAIT = ".shipped.lock", 60.0


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
    if not _lacking(target):
        return
    target.mkdir(parents=True, exist_ok=True)
    # Two servers that start at once must not set aside what the other has just copied.
    with FileLock(target / LOCK, timeout=SECONDS_TO_WAIT):
        for shipped in _lacking(target):
            _set_aside(target / shipped.name)
            _copy(shipped, target / shipped.name)


def _lacking(target: Path) -> list[Path]:
    """Give the folders of the shipped models that are missing or older in a folder of models."""
    marks = config.shipped_folder().glob("*/model.json")
    found = [one for one in marks if not _is_same(one, target / one.parent.name / one.name)]
    return [one.parent for one in found]


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
