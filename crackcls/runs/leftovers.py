"""What killed work has left, cleared when the app or a command starts."""

from collections.abc import Iterator
from pathlib import Path

from crackcls import config, temporary
from crackcls.runs import processes
from crackcls.runs.work import RESERVE, STOP

# What one process makes in a folder that it alone works in.
OF_A_PROCESS = RESERVE, STOP, ".new"


def clear() -> None:
    """Clear the folders of models, data and cache of what nobody works on any more.

    Of a run, or of a job, whose process is gone the half-written files go; all that it has
    finished stays, so that it can be resumed. Nothing is raised: what may not be removed stays.
    """
    uploads = config.data_folder() / "uploads"
    for folder in (config.models_folder(), config.data_folder(), uploads, config.cache_folder()):
        temporary.clear(folder)
    for folder in _workplaces():
        if not processes.is_alive(processes.recorded(folder)):
            for name in OF_A_PROCESS:
                temporary.discard(folder / name)
            temporary.clear(folder)


def _workplaces() -> Iterator[Path]:
    """Give the folders that a process writes down that it works in."""
    places = (config.models_folder(), "*"), (config.models_folder(), "*/*/job")
    for above, depth in (*places, (config.data_folder(), "fetch/*")):
        yield from (mark.parent for mark in above.glob(f"{depth}/{processes.FILE}"))
