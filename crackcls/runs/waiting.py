"""Runs that wait for their turn: a line of files, one training at a time.

A run that waits is a folder with a file that says what to start. Whatever serves the pages starts
the first where nothing runs, so that the line outlives a server.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crackcls import config, events, installed, stored, temporary
from crackcls.errors import InputError
from crackcls.files import write_json
from crackcls.runs import belonging, changes, estimate, folders, jobs
from crackcls.runs.folders import WAITING, Run
from crackcls.runs.shapes import Starts, Waiting
from crackcls.runs.work import LOG, STOP

# Runs that may wait in all.
MOST = 30
# When each visitor's runs of the last hour were started.
STARTS, HOUR = ".starts.json", 3600.0
# A run that runs longer than expected, and one that has told nothing yet, take so many seconds.
LEAST_LEFT, UNKNOWN = 5.0, 60.0


@dataclass(frozen=True)
class Place:
    """Where a run stands in the line.

    Attributes:
        name: The run's name.
        visitor: Whose it is, see `belonging.give`.
        ahead: Trainings that come before it, the one that runs among them.
        begins_in: Seconds until it begins, about.
    """

    name: str
    visitor: str
    ahead: int
    begins_in: float


def join(
    name: str,
    arguments: Sequence[str],
    seconds: float,
    visitor: str = "",
    hourly: int | None = None,
) -> None:
    """Put a new run at the end of the line.

    Args:
        name: Name of the new run.
        arguments: What follows `train --name NAME`.
        seconds: How long it will take, about.
        visitor: Whose it is, see `belonging.give`.
        hourly: Most runs an hour of a visitor, of whom one waits or runs at a time; None for the
            owner, who may have any number.

    Raises:
        InputError: The name is taken or unsafe, the line is full, the visitor has had enough, or
            this installation only serves.
    """
    installed.check_training()
    with jobs.start_lock():
        _check_line(visitor, hourly)
        folder = changes.clear(name)
        belonging.give(folder, visitor)
        _write(name, arguments=list(arguments), seconds=seconds)


def join_again(name: str, hourly: int | None = None) -> None:
    """Put a run that ended before its time at the end of the line, to go on.

    Args:
        name: Name of the run.
        hourly: As `join` takes it.

    Raises:
        InputError: The run cannot be resumed, or as `join` raises it.
    """
    installed.check_training()
    with jobs.start_lock():
        run = jobs.resumable(name)
        _check_line(belonging.of(run.folder), hourly)
        _write(name, seconds=expected(run))


def leave(name: str) -> None:
    """Take a run out of the line; one that has not begun is deleted."""
    with jobs.start_lock():
        run = folders.read_run(folders.folder_of(name))
        if run.state == "waiting":
            temporary.discard(run.folder / WAITING)
            if not run.config:
                temporary.discard(run.folder)


def put_first(name: str) -> None:
    """Let a run that waits begin next."""
    with jobs.start_lock():
        waiting = _all()
        if name in waiting:
            first = min(about["order"] for about in waiting.values()) - 1
            write_json(folders.folder_of(name) / WAITING, {**waiting[name], "order": first})


def advance() -> None:
    """Start the run that waits first, where none runs.

    Raises:
        InputError: Somebody else starts one just now.
    """
    if not _all():
        return
    with jobs.start_lock():
        waiting = _all()
        if waiting and not jobs.running():
            _launch(*next(iter(waiting.items())))


def line() -> list[Place]:
    """Give who waits, in order."""
    running = jobs.running()
    ahead = len(running)
    left = sum(_left(run) for run in running)
    places = []
    for name, about in _all().items():
        visitor = belonging.of(config.models_folder() / name)
        places.append(Place(name, visitor, ahead, left))
        ahead, left = ahead + 1, left + about["seconds"]
    return places


def next_place() -> tuple[int, float]:
    """Give how many trainings come before a new one, and the seconds until it begins, about."""
    running, waiting = jobs.running(), _all()
    left = sum(_left(run) for run in running) + sum(one["seconds"] for one in waiting.values())
    return len(running) + len(waiting), left


def words() -> list[str]:
    """Give the arguments of all runs that wait; the folders of their data are among them."""
    return [word for about in _all().values() for word in about.get("arguments", ())]


def expected(run: Run) -> float:
    """Give how many seconds a run takes in all, about, by its settings."""
    names = {"epochs", "image_size", "fine_tune", "limit"} & run.config.keys()
    settings = config.TrainConfig(**{name: run.config[name] for name in names})
    takes = estimate.seconds(run.config.get("images", 0), settings) if run.config else UNKNOWN
    minutes = run.config.get("minutes")
    return min(takes, 60 * minutes) if minutes else takes


def _all() -> dict[str, dict[str, Any]]:
    """Read what waits, by names, in order."""
    found = {}
    for file in config.models_folder().glob(f"*/{WAITING}"):
        run = folders.read_run(file.parent)
        if run.state == "waiting":
            try:
                found[run.name] = stored.read_json(file, Waiting)
            except InputError:  # It has begun just now.
                continue
    return dict(sorted(found.items(), key=lambda item: item[1]["order"]))


def _left(run: Run) -> float:
    return max(LEAST_LEFT, expected(run) - (time.time() - run.started))


def _write(name: str, **about: Any) -> None:
    now = time.time()
    last = max((one["order"] for one in _all().values()), default=now)
    write_json(
        folders.folder_of(name) / WAITING, {**about, "since": now, "order": max(now, last + 1)}
    )


def _launch(name: str, about: dict[str, Any]) -> None:
    """Start a run; its own process removes the file too, should this one end before it does."""
    folder = config.models_folder() / name
    words = ["--resume", name]
    if "arguments" in about:
        words = ["--name", name, *about["arguments"]]
    else:
        temporary.discard(folder / STOP)
        events.log_to(folder / LOG)("launched")
    jobs.launch(folder, ["train", *words])
    temporary.discard(folder / WAITING)
    if visitor := belonging.of(folder):
        starts = _starts()
        starts[visitor] = [*starts.get(visitor, []), time.time()]
        write_json(config.models_folder() / STARTS, starts)


def _check_line(visitor: str, hourly: int | None) -> None:
    waiting = _all()
    if len(waiting) >= MOST:
        raise InputError(
            f"At most {MOST} trainings wait at once, and {len(waiting)} do. Try again later."
        )
    if hourly is None:
        return
    names = [*waiting, *(run.name for run in jobs.running())]
    for name in names:
        if belonging.of(config.models_folder() / name) == visitor:
            raise InputError(
                f"One training of yours waits or runs at a time, and '{name}' does. Wait until it "
                "has ended, or stop it."
            )
    recent = _starts().get(visitor, [])
    if len(recent) >= hourly:
        minutes = (min(recent) + HOUR - time.time()) / 60
        raise InputError(
            f"At most {hourly} trainings of yours begin in an hour, and {len(recent)} did. Try "
            f"again in {max(1, round(minutes))} minutes."
        )


def _starts() -> dict[str, list[float]]:
    """Read who has started runs in the last hour, and when."""
    try:
        told = stored.read_json(config.models_folder() / STARTS, Starts)
    except InputError:  # Nobody has, or nobody knows.
        return {}
    since = time.time() - HOUR
    recent = {name: [at for at in times if since < at] for name, times in told.items()}
    return {name: times for name, times in recent.items() if times}
