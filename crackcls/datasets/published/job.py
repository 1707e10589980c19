"""Fetching METU as a job, see `jobs.start_job`: logged, followed from a page, stopped."""

from pathlib import Path

from crackcls import config, events
from crackcls.datasets.published import install, metu
from crackcls.runs import jobs

WORDS = ("data", "fetch", metu.NAME)


def folder() -> Path:
    """Give the folder of the job: its log, its process."""
    return config.data_folder() / "fetch"


def fetch(
    listen: events.Emit, source: str | None, archive: Path | None, unpacked: Path | None
) -> Path | None:
    """Put METU into the data folder, from the net, from an archive or from a folder.

    Args:
        listen: Hears the events that the log gets.
        source: Name of a source; None tries them in order.
        archive: An archive to take instead.
        unpacked: A folder to take instead.

    Returns:
        The folder of the photos; None where the job was stopped.

    Raises:
        InputError: It cannot be had so, or it is not METU.
    """
    target = config.data_folder() / metu.NAME

    def work(emit: events.Emit) -> Path:
        if archive:
            return install.install_archive(archive, target, emit)
        if unpacked:
            return install.install_folder(unpacked, target, emit)
        return install.fetch(target, emit, source)

    return jobs.run_job(folder(), listen, {"data": metu.NAME}, work)
