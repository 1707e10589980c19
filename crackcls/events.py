"""The event log of a run: one event, one JSON line, one flush."""

import errno
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, NotRequired, Protocol, TypedDict, TypeVar

import msgspec

from crackcls import stored
from crackcls.errors import InputError

T = TypeVar("T")

LONGEST_LINE, MOST_BYTES = 65_536, 256 * 2**20
SECONDS_BETWEEN_PROGRESS = 0.5
SECONDS_BEFORE_ESTIMATE = 1.0


class Event(TypedDict):
    """What every event has."""

    kind: str


class End(TypedDict):
    """What the last event has."""

    status: Literal["finished", "stopped", "failed", "added"]
    message: NotRequired[str]
    seconds: NotRequired[Annotated[float, msgspec.Meta(ge=0, le=1e15)]]


class Stopped(Exception):  # noqa: N818 (it is no error)
    """Raised by an Emit where the work has been asked to stop."""


class Emit(Protocol):
    """Takes the kind of an event and its fields."""

    def __call__(self, kind: str, **fields: Any) -> None:
        """Hear one event."""


def log_to(path: Path, *also: Emit) -> Emit:
    """Give a function that appends events to a log.

    Args:
        path: The log, JSON lines with `time` (seconds since 1970) and `kind`.
        also: Functions that hear the same events.
    """

    _drop_unfinished_line(path)

    def emit(kind: str, **fields: Any) -> None:
        line = json.dumps({"time": round(time.time(), 3), "kind": kind, **fields})
        with path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
        for other in also:
            other(kind, **fields)

    return emit


def read_log(path: Path) -> list[dict[str, Any]]:
    """Read a log, leaving out what is no event, such as a last line that is not finished yet."""
    try:
        lines = stored.read_bytes(path, MOST_BYTES).split(b"\n")[:-1]
    except InputError:
        return []
    return [event for event in map(_event, lines) if event]


def last_end(path: Path) -> tuple[dict[str, Any] | None, str]:
    """Look at the end of a log.

    Only the last bytes are read, since a page asks this of every run.

    Returns:
        The `end` event that it closes with, None where the run has not ended; and what is wrong
        with the last lines, an empty text where nothing is.
    """
    try:
        lines = _last_lines(path)
    except FileNotFoundError:
        return None, ""
    except OSError as error:
        return None, f"it cannot be read ({error.strerror})"
    found = [_event(line) for line in lines]
    last = found[-1] if found else None
    is_end = last is not None and fits(last, End) and last["kind"] == "end"
    return last if is_end else None, "" if all(found) else "a line of it is no event"


def _last_lines(path: Path) -> list[bytes]:
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        if size > MOST_BYTES:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        start = max(0, size - LONGEST_LINE)
        file.seek(start)
        lines = file.read(LONGEST_LINE).split(b"\n")[:-1]
    return lines[bool(start) :]


def _event(line: bytes) -> dict[str, Any] | None:
    try:
        return stored.value_of(line, Event)
    except (ValueError, RecursionError):
        return None


def fits(event: dict[str, Any], shape: Any) -> bool:
    """Tell whether an event has the fields of a shape, see `stored.read_json`."""
    try:
        msgspec.convert(event, shape)
    except msgspec.ValidationError:
        return False
    return True


def with_progress(
    emit: Emit, phase: str, items: Iterable[T], total: int, unit: str = "images"
) -> Iterator[T]:
    """Pass items on and emit `progress` events twice a second.

    Args:
        emit: Hears `phase` once, then `progress` with `phase`, `done`, `total`,
            `unit`, `per_second` and `seconds_left`.
        phase: Name of the phase.
        items: What to pass on.
        total: How many items there are.
        unit: What they are: `images` or `files`.
    """
    emit("phase", phase=phase, total=total, unit=unit)
    tick = progress_of(emit, phase, total, unit=unit)
    for done, item in enumerate(items, 1):
        yield item
        tick(done)


def progress_of(
    emit: Emit, phase: str, total: int, before: int = 0, unit: str = "images"
) -> Callable[..., None]:
    """Give a function that takes the count done and emits `progress` twice a second.

    Further fields that it is given travel with the event.

    Args:
        emit: Hears the events.
        phase: Name of the phase.
        total: How many items there are.
        before: How many were done by an earlier process, which tell nothing of the speed.
        unit: What is counted: `images`, `files` or `bytes`.
    """
    start = last = time.monotonic()

    def tick(done: int, **fields: Any) -> None:
        nonlocal last
        now = time.monotonic()
        early = now - start < SECONDS_BEFORE_ESTIMATE or now - last < SECONDS_BETWEEN_PROGRESS
        if early and done < total:
            return
        last = now
        rate = max(done - before, 1) / max(now - start, 1e-6)
        emit(
            "progress",
            phase=phase,
            done=done,
            total=total,
            unit=unit,
            per_second=round(rate, 1),
            seconds_left=round((total - done) / rate, 1),
            **fields,
        )

    return tick


def _drop_unfinished_line(path: Path) -> None:
    """Cut off the half line that a killed process left at the end of a log."""
    if path.exists():
        content = path.read_bytes()
        with path.open("r+b") as file:
            file.truncate(content.rfind(b"\n") + 1)
