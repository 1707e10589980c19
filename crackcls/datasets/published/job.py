"""Fetching a published data set as a job, see `jobs.start_job`: logged, followed, stopped."""

import os
import shutil
from pathlib import Path
from typing import BinaryIO

from crackcls import config, disk, events, files, temporary
from crackcls.datasets.published import install
from crackcls.datasets.published.facts import Published
from crackcls.runs import jobs

# In the folder of the job, an archive that was uploaded.
ARCHIVE = "archive"


def folder(facts: Published) -> Path:
    """Give the folder of a data set's job: its log, its process."""
    return config.data_folder() / "fetch" / facts.name


def words(facts: Published, archive: Path | None = None) -> tuple[str, ...]:
    """Give what follows `python -m crackcls` to fetch a data set, or to take it from an archive."""
    taken = ("--archive", str(archive)) if archive else ()
    return ("data", "fetch", facts.name, *taken)


def keep(facts: Published, content: BinaryIO) -> Path:
    """Keep an archive that a browser sent until the job has unpacked it; give where.

    Raises:
        InputError: There is no room for it.
    """
    path = folder(facts) / ARCHIVE
    size = content.seek(0, os.SEEK_END)
    content.seek(0)
    disk.check_space((path.parent, size))
    with disk.refusing(path.parent), files.writing(path) as file:
        shutil.copyfileobj(content, file)
    return path


def fetch(
    facts: Published,
    listen: events.Emit,
    source: str | None,
    archive: Path | None,
    unpacked: Path | None,
) -> Path | None:
    """Put a data set into the data folder, from the net, from an archive or from a folder.

    Args:
        facts: Which data set.
        listen: Hears the events that the log gets.
        source: Name of a source; None tries them in order.
        archive: An archive to take instead.
        unpacked: A folder to take instead.

    Returns:
        The folder of the photos; None where the job was stopped.

    Raises:
        InputError: It cannot be had so, or it is not the data set.
    """
    target = config.data_folder() / facts.name

    def work(emit: events.Emit) -> Path:
        if archive:
            return install.install_archive(facts, archive, target, emit)
        if unpacked:
            return install.install_folder(facts, unpacked, target, emit)
        return install.fetch(facts, target, emit, source)

    try:
        return jobs.run_job(folder(facts), listen, {"data": facts.name}, work)
    finally:
        if archive == folder(facts) / ARCHIVE:
            temporary.discard(archive)
