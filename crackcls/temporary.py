"""Hidden folders that work is done in: held by a lock, and cleared when nobody holds them."""

import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

LOCK = ".lock"
HELD = re.compile(r"\..+\.[0-9a-f]{16}\.part")
# The file that `files.writing` makes bears no lock. It is there for moments.
WRITTEN, SECONDS = re.compile(r"\..+\.[0-9a-f]{16}\.tmp"), 24 * 3600


@contextmanager
def folder_beside(target: Path) -> Iterator[Path]:
    """Give a new hidden folder beside a target; what is not renamed is removed in the end.

    Args:
        target: Where the work shall come to lie; its folder is made where it is not there.
    """
    work = target.with_name(f".{target.name}.{secrets.token_hex(8)}.part")
    work.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(f"{work}{LOCK}")
    try:
        with lock:
            work.mkdir()
            try:
                yield work
            finally:
                shutil.rmtree(work, ignore_errors=True)
    finally:
        Path(f"{work}{LOCK}").unlink(missing_ok=True)


def remove(folder: Path) -> None:
    """Remove a folder at once for whoever looks, and then what was in it."""
    with folder_beside(folder) as work:
        folder.rename(work / folder.name)


def clear(folder: Path) -> None:
    """Clear a folder of what killed work has left in it; what is in use stays.

    The system frees a lock when its process ends, so no clock and no number of a process, which
    another one may have by now, decides. Whatever may not be removed is left.
    """
    with suppress(OSError):
        for path in [*folder.iterdir()]:
            if HELD.fullmatch(path.name):
                _remove_unheld(path)
            elif WRITTEN.fullmatch(path.name) and _age(path) > SECONDS:
                discard(path)


def discard(path: Path) -> None:
    """Remove a file or a folder, whichever is there; nothing where the system refuses."""
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _age(path: Path) -> float:
    return time.time() - path.lstat().st_mtime


def _remove_unheld(work: Path) -> None:
    lock = FileLock(f"{work}{LOCK}")
    with suppress(OSError, Timeout), lock.acquire(timeout=0):
        discard(work)
        Path(f"{work}{LOCK}").unlink(missing_ok=True)
