"""Fetching a published data set as a job, see `jobs.start_job`: logged, followed, stopped."""

from pathlib import Path

from crackcls import config, events
from crackcls.datasets.published import install
from crackcls.datasets.published.facts import Published
from crackcls.runs import jobs


def folder(facts: Published) -> Path:
    """Give the folder of a data set's job: its log, its process."""
    return config.data_folder() / "fetch" / facts.name


def words(facts: Published) -> tuple[str, ...]:
    """Give what follows `python -m crackcls` to fetch a data set."""
    return ("data", "fetch", facts.name)


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

    return jobs.run_job(folder(facts), listen, {"data": facts.name}, work)
