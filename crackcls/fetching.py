"""Fetching METU as a job: logged, followed from a page, stopped, one at a time."""

import os
from pathlib import Path

import psutil

from crackcls import config, download, events, jobs, runs, worklog
from crackcls.errors import InputError


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
    target = config.data_folder() / "metu"

    def work(emit: events.Emit) -> Path:
        if archive:
            return download.install_archive(archive, target, emit)
        if unpacked:
            return download.install_folder(unpacked, target, emit)
        return download.fetch(target, emit, source)

    _check_idle()
    folder().mkdir(parents=True, exist_ok=True)
    runs.record_process(folder(), psutil.Process())
    return worklog.run(folder(), listen, {"data": "metu"}, work)


def start() -> None:
    """Start fetching in a process of its own.

    Raises:
        InputError: One is at work.
    """
    _check_idle()
    folder().mkdir(parents=True, exist_ok=True)
    (folder() / worklog.LOG).unlink(missing_ok=True)
    jobs.launch(folder(), ["data", "fetch", "metu"])


def stop() -> None:
    """Ask the job to stop; what has been downloaded is kept for the next one."""
    (folder() / worklog.STOP).touch()


def read() -> runs.Run | None:
    """Read how the job stands; None where there was none."""
    return runs.read_run(folder()) if (folder() / "process.json").exists() else None


def _check_idle() -> None:
    """Check that no other process fetches; this one may have been started to."""
    job = read()
    if job and job.state == "running" and runs.pid_of(job.folder) != os.getpid():
        raise InputError("One download runs at a time, and one has begun. Wait until it has ended.")
