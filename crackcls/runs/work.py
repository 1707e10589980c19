"""Work that leaves a log in a folder: stopped when asked, and ended by one event."""

import math
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, TypeVar

from crackcls import disk, events, files, temporary
from crackcls.errors import InputError
from crackcls.files import write_atomically
from crackcls.runs import processes

T = TypeVar("T")

LOG, STOP = "events.jsonl", "stop"
# Room for the last event of work that ends because the disk is full.
RESERVE, RESERVE_BYTES = ".reserve", 65_536
# What makes a model of finished epochs is soon done, and worth keeping.
PHASES_THAT_END, LAST_PHASE = ("exporting", "calibrating"), "evaluating"
SECONDS_BETWEEN_LOOKS = 0.5


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
        work: Takes an emit, which raises Stopped once after being asked to stop, at the next
            event of a phase that is none of `PHASES_THAT_END`.
        images: How many images are worked on, for the speed in the `end` event.
        minutes: After so many it is stopped as if it was asked to.

    Returns:
        What `work` gave; None where it was stopped.

    Raises:
        InputError: As `work` raised it, or the disk is full.
    """
    if not is_asked_to_stop(folder):  # One that was meant for an earlier process.
        temporary.discard(folder / STOP)
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
        if isinstance(error, OSError) and files.is_full(error):
            raise disk.refusal(error) from error
        raise


def ask_to_stop(folder: Path) -> None:
    """Ask the process that works in a folder to stop; it need not have begun to listen."""
    pid = processes.pid_of(folder)
    write_atomically(folder / STOP, str(pid or "").encode())


def is_asked_to_stop(folder: Path) -> bool:
    """Tell whether the process that works in a folder is asked to stop."""
    try:
        named = (folder / STOP).read_text()
    except (OSError, UnicodeError):
        return False
    return named in ("", str(processes.pid_of(folder)))


def aside(work: Callable[[], T], emit: events.Emit) -> T:
    """Do work in a thread and go on hearing whether to stop.

    Args:
        work: What takes long and tells nothing meanwhile.
        emit: Hears `waiting` twice a second; may raise Stopped, and then nobody waits any more.

    Returns:
        What `work` gave.
    """
    pool = ThreadPoolExecutor(1)
    try:
        return result_of(pool.submit(work), emit)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def result_of(future: "Future[T]", emit: events.Emit) -> T:
    """Wait for a result as `aside` does."""
    while wait([future], SECONDS_BETWEEN_LOOKS).not_done:
        emit("waiting")
    return future.result()


def _end(folder: Path, listen: events.Emit, **fields: Any) -> None:
    """Write the last event, with room for it even on a full disk."""
    (folder / RESERVE).unlink(missing_ok=True)
    (folder / STOP).unlink(missing_ok=True)
    events.log_to(folder / LOG, listen)("end", **fields)


def _in_words(error: BaseException) -> str:
    """Say for a page why work has failed."""
    if isinstance(error, OSError):
        error = disk.refusal(error)
    said = error.public if isinstance(error, InputError) else str(error)
    return said or type(error).__name__


def _stop_when_asked(folder: Path, minutes: int | None) -> events.Emit:
    """Give an emit that raises Stopped once: after that the work keeps what is worth keeping."""
    until = math.inf if minutes is None else time.monotonic() + 60 * minutes
    now, has_raised = "", False

    def check(kind: str, **fields: Any) -> None:
        nonlocal now, has_raised
        now = fields.get("phase", now)
        heeds = kind in ("start", "phase", "progress", "waiting") and now not in PHASES_THAT_END
        if not heeds or has_raised:
            return
        asked, is_over = is_asked_to_stop(folder), time.monotonic() > until and now != LAST_PHASE
        has_raised = asked or is_over
        if asked:
            raise events.Stopped
        if is_over:
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
