"""Which process works on a folder, and whether it still lives."""

from pathlib import Path
from typing import Any

import psutil

from crackcls import stored
from crackcls.errors import InputError
from crackcls.files import write_json
from crackcls.runs.shapes import Process

FILE = "process.json"
SECONDS_APART = 1.0
LINUX_BOOT = Path("/proc/sys/kernel/random/boot_id")


def record(folder: Path, process: psutil.Process) -> None:
    """Write down a process so that no later one with its number is taken for it."""
    about = {"pid": process.pid, "created": process.create_time(), **_since_boot(process.pid)}
    write_json(folder / FILE, about)


def recorded(folder: Path) -> dict[str, Any]:
    """Read what `record` wrote; nothing where there is nothing or it is damaged."""
    try:
        return stored.read_json(folder / FILE, Process)
    except InputError:
        return {}


def pid_of(folder: Path) -> int | None:
    """Give the number of the process that works, or worked, on a folder."""
    return recorded(folder).get("pid")


def is_alive(about: dict[str, Any]) -> bool:
    """Tell whether the process that `recorded` names lives.

    Linux gives the time at which a process began as one since the start of the machine, and a
    clock that is set anew moves all the times that are reckoned from it. So the former counts.
    """
    try:
        process = psutil.Process(about["pid"])
        if "ticks" in about:
            now = _since_boot(process.pid)
            same = now == {name: about.get(name) for name in now} and bool(now)
        else:
            same = abs(process.create_time() - about["created"]) < SECONDS_APART
        return same and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, KeyError):
        return False


def _since_boot(pid: int) -> dict[str, Any]:
    """Say when a process began by a clock that nobody sets; nothing where the system has none."""
    try:
        ticks = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[19]
        return {"ticks": int(ticks), "boot": LINUX_BOOT.read_text().strip()}
    except OSError:
        return {}
