"""Work that leaves a log in a folder: stopped when asked, and ended by one event."""

import errno
import math
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from crackcls import events
from crackcls.errors import InputError

T = TypeVar("T")

LOG, STOP = "events.jsonl", "stop"
# Room for the last event of work that ends because the disk is full.
RESERVE, RESERVE_BYTES = ".reserve", 65_536
DISK_FULL = "The work must have room on the disk, and the disk is full. Make room, then try again."
PHASES_THAT_STOP = (
    *("making synthetic photos", "reading images", "running the backbone", "training"),
    *("downloading", "unpacking", "checking", "copying"),
)


def run_logged(
    folder: Path,
    listen: events.Emit,
    about: dict[str, Any],
    work: Callable[[events.Emit], T],
    images: int = 0,
    minutes: int | None = None,
) -> T | None:
    """Do work and log how it ended, whatever happens.

    Args:
        folder: Where the log lies, `events.jsonl`, and where a file `stop` asks for the end.
        listen: Hears the events that the log gets.
        about: Fields of the `start` event.
        work: Takes an emit, which raises Stopped at a progress event after being asked to stop.
        images: How many images are worked on, for the speed in the `end` event.
        minutes: After so many it is stopped as if it was asked to.

    Returns:
        What `work` gave; None where it was stopped.

    Raises:
        InputError: As `work` raised it, or the disk is full.
    """
    (folder / STOP).unlink(missing_ok=True)
    (folder / RESERVE).write_bytes(bytes(RESERVE_BYTES))
    cost = _meter(images)
    emit = events.log_to(folder / LOG, listen, _stop_when_asked(folder, minutes))
    try:
        emit("start", **about)
        result = work(emit)
        _end(folder, listen, status="finished", **cost())
        return result
    except (events.Stopped, KeyboardInterrupt) as stopped:
        why = {"message": str(stopped)} if str(stopped) else {}
        _end(folder, listen, status="stopped", **why, **cost())
        return None
    except BaseException as error:
        _end(folder, listen, status="failed", message=_in_words(error), **cost())
        if _disk_is_full(error):
            raise InputError(DISK_FULL) from error
        raise


def _end(folder: Path, listen: events.Emit, **fields: Any) -> None:
    """Write the last event, with room for it even on a full disk."""
    (folder / RESERVE).unlink(missing_ok=True)
    (folder / STOP).unlink(missing_ok=True)
    events.log_to(folder / LOG, listen)("end", **fields)


def _in_words(error: BaseException) -> str:
    return DISK_FULL if _disk_is_full(error) else str(error) or type(error).__name__


def _disk_is_full(error: BaseException) -> bool:
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def _stop_when_asked(folder: Path, minutes: int | None) -> events.Emit:
    until = math.inf if minutes is None else time.monotonic() + 60 * minutes

    def check(kind: str, phase: str = "", **fields: Any) -> None:
        if kind != "progress" or phase not in PHASES_THAT_STOP:
            return
        if (folder / STOP).exists():
            raise events.Stopped
        if time.monotonic() > until:
            raise events.Stopped(f"It may take {minutes} minutes, and these are over.")

    return check


def _meter(images: int) -> Callable[[], dict[str, Any]]:
    """Give a function that tells what the work has cost since this call."""
    start = time.monotonic()

    def cost() -> dict[str, Any]:
        seconds = time.monotonic() - start
        return {
            "seconds": round(seconds, 2),
            "images_per_second": round(images / seconds, 1),
            "peak_memory_mb": _peak_memory_mb(),
        }

    return cost


def _peak_memory_mb() -> int | None:
    try:
        import resource
    except ImportError:  # Windows has no such module.
        return None
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // unit
