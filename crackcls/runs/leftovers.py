"""What killed work has left, cleared when the app or a command starts."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from crackcls import config, temporary
from crackcls.errors import InputError
from crackcls.runs import processes
from crackcls.runs.work import RESERVE, STOP

# What one process makes in a folder that it alone works in.
OF_A_PROCESS = RESERVE, STOP, ".new"


def clear() -> None:
    """Clear the folders of models, data and cache of what nobody works on any more.

    Of a run, or of a job, whose process is gone the half-written files go; all that it has
    finished stays, so that it can be resumed. Nothing is raised: what may not be removed stays.
    """
    for give in (config.models_folder, config.data_folder, _uploads, config.cache_folder):
        with suppress(InputError):  # There is no such folder for this user.
            temporary.clear(give())
    for folder in _workplaces():
        if not processes.is_alive(processes.recorded(folder)):
            for name in OF_A_PROCESS:
                temporary.discard(folder / name)
            temporary.clear(folder)


def _uploads() -> Path:
    return config.data_folder() / "uploads"


def _workplaces() -> Iterator[Path]:
    """Give the folders that a process writes down that it works in."""
    models, data = config.models_folder, config.data_folder
    for give, depth in ((models, "*"), (models, "*/*/job"), (data, "fetch/*")):
        with suppress(InputError):
            yield from (mark.parent for mark in give().glob(f"{depth}/{processes.FILE}"))
