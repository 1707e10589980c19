"""A server in one gigabyte: its processes limited together, and watched.

The server runs in a control group of Linux that is made for it, which takes root: in version 2
a folder below `/sys/fs/cgroup` with `memory.max`, in version 1 below `/sys/fs/cgroup/memory` with
`memory.limit_in_bytes`. Where none can be made the figures are without a limit, and say so.
"""

import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from benchmarks import processes, sessions

LIMIT = 2**30
# The processes that judge end of themselves when the server has.
ENDING_SECONDS = 5.0
GROUPS = (
    (Path("/sys/fs/cgroup"), "memory.max"),
    (Path("/sys/fs/cgroup/memory"), "memory.limit_in_bytes"),
)


@dataclass(frozen=True)
class Server:
    """A server that runs in one gigabyte.

    Attributes:
        host: Host and port.
        number: Of its process.
        limited: Whether its memory could be limited.
        peak: The most bytes that it and its children have taken so far, in a list of one.
    """

    host: str
    number: int
    limited: bool
    peak: list[int]

    def told(self) -> dict[str, Any]:
        """Give what a table tells of it."""
        return {"limited": self.limited, "peak": self.peak[0]}


def cells(found: dict[str, Any]) -> tuple[str, str]:
    """Write what `Server.told` gave: the peak, and whether there was a limit."""
    limit = "yes" if found["limited"] else "no limit could be set"
    return f"{found['peak'] / 1e6:,.0f} MB", limit


@contextmanager
def serve(limit: int | None = LIMIT) -> Iterator[Server]:
    """Start the app with the shipped model in folders of its own, and wait until it answers.

    Args:
        limit: Bytes that it may take; None for any.
    """
    with (
        processes.place(with_model=True) as own,
        control_group(limit) if limit else nullcontext() as group,
        sessions.serve(own) as (host, number),
        watched(number) as peak,
    ):
        if group:
            (group / "cgroup.procs").write_text(str(number))
        sessions.wait_until_healthy(host)
        yield Server(host, number, group is not None, peak)


@contextmanager
def control_group(limit: int) -> Iterator[Path | None]:
    """Make a control group of so many bytes; give its folder, or None where none can be made."""
    for top, name in GROUPS:
        group = top / f"crackcls-{uuid.uuid4().hex}"
        if not (top / name.replace("max", "stat").replace("limit_in_bytes", "stat")).exists():
            continue
        try:
            group.mkdir()
            (group / name).write_text(str(limit))
        except OSError:
            continue
        try:
            yield group
        finally:
            _remove(group)
        return
    yield None


def _remove(group: Path) -> None:
    """Remove a group once its last process has ended."""
    deadline = time.monotonic() + ENDING_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError):
            return group.rmdir()
        time.sleep(0.1)


@contextmanager
def watched(number: int) -> Iterator[list[int]]:
    """Look twice a second what a process and its children take; give the most, in bytes."""
    most, done = [0], threading.Event()

    def look() -> None:
        while not done.wait(0.5):
            with suppress(psutil.Error):
                most[0] = max(most[0], sessions.memory(number).get("pss", 0))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield most
    finally:
        done.set()
        thread.join()
