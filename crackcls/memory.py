"""How much memory this process and its children may take."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from crackcls.errors import InputError

# Where Linux tells the limit of a container or a service: cgroup version 2, then 1.
CGROUP = Path("/proc/self/cgroup")
ROOT = Path("/sys/fs/cgroup")
# What this server may take where several share a container or a machine, and the least of it.
SETTING, LEAST = "CRACKCLS_MEMORY_MB", 500
# A machine that does not tell has at least so much.
UNKNOWN = 2 * 2**30


def limit() -> int:
    """Give the bytes that all processes of this server may take together.

    Returns:
        The lowest of the machine's memory, the limits of the control groups that this process
        is in, from its own to the outermost, and what CRACKCLS_MEMORY_MB says.
    """
    return min([_machine(), *_control_groups(CGROUP, ROOT), *_told()])


def check() -> None:
    """Check CRACKCLS_MEMORY_MB.

    Raises:
        InputError: It is no number, or too low.
    """
    said = os.environ.get(SETTING, "")
    if said and not _told():
        raise InputError(
            f"{SETTING} must be a whole number of megabytes, {LEAST} or more, received '{said}'."
        )


def used() -> int:
    """Give the bytes that this process takes, without its children."""
    return int(psutil.Process().memory_info().rss)


@contextmanager
def limited(most: int) -> Iterator[None]:
    """Let this process take so many bytes more than it has, where the system can limit that."""
    try:
        import resource

        data = _data_bytes()
    except (ImportError, OSError):  # Only Linux has both.
        yield
        return
    before = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (data + most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


def _told() -> list[int]:
    said = os.environ.get(SETTING, "")
    is_number = re.fullmatch(r"[0-9]{1,9}", said) and int(said) >= LEAST
    return [int(said) * 10**6] if is_number else []


def _machine() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows has no such call.
        return UNKNOWN


def _control_groups(listed: Path, root: Path) -> list[int]:
    """Give the limits that the control groups of a process set.

    Args:
        listed: A file as `/proc/self/cgroup`: lines `NUMBER:CONTROLLERS:/PATH`.
        root: Where the groups' files lie.
    """
    try:
        lines = listed.read_text().splitlines()
    except OSError:
        return []
    found = []
    for _, controllers, path in (line.split(":", 2) for line in lines if line.count(":") > 1):
        if controllers == "":
            found += _limits(root, path, "memory.max")
        elif "memory" in controllers.split(","):
            found += _limits(root / "memory", path, "memory.limit_in_bytes")
    return found


def _limits(top: Path, path: str, name: str) -> list[int]:
    """Read a limit from a group's folder and from each folder above it."""
    inner = top / path.lstrip("/")
    folders = [inner, *(folder for folder in inner.parents if folder.is_relative_to(top))]
    return [number for folder in folders if (number := _number(folder / name)) is not None]


def _number(file: Path) -> int | None:
    try:
        return int(file.read_text())
    except (OSError, ValueError):  # `max` means no limit.
        return None


def _data_bytes() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    (words,) = (line.split() for line in lines if line.startswith("VmData:"))
    return int(words[1]) * 1024
