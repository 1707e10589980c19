"""Rows of long work, kept as they come, so that the same work goes on after it broke off."""

import hashlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from crackcls import config
from crackcls.errors import InputError

# Losing power costs what was kept in this time; to wait for the disk at each row would be slow.
SECONDS_BETWEEN_SYNCS = 1.0
# Below the cache.
FOLDER = "unfinished"

Keep = Callable[[str, Any], None]


def beside(out: Path) -> Path:
    """Give the path of the rows that become the file `out`."""
    return out.with_name(f"{out.name}.part")


def read(path: Path, about: Mapping[str, Any]) -> dict[str, Any]:
    """Read what the same work has kept; lines that are damaged are passed over.

    Args:
        path: Where the rows are kept.
        about: What the rows hang on, such as the model; values that JSON can hold.

    Returns:
        The rows by their keys; none where nothing is kept.

    Raises:
        InputError: Other work has kept its rows there.
    """
    head, *entries = _entries(path)
    if not isinstance(head, dict):
        return {}
    if head != _as_read(about):
        told = ", ".join(_difference(head, about))
        raise InputError(
            f"What is kept in '{path}' must be of the same command, and it is not ({told}). Give "
            "the command as before to go on, or delete that file to begin anew."
        )
    return dict(entry for entry in entries if isinstance(entry, list))


@contextmanager
def keeping(path: Path, about: Mapping[str, Any]) -> Iterator[Keep]:
    """Give a function that keeps a row: one line, one flush, from any thread.

    Args:
        path: Where to; rows that are there stay, where they are of the same work.
        about: See `read`.
    """
    goes_on = next(_entries(path)) == _as_read(about)
    with path.open("ab" if goes_on else "wb") as file:
        # Ends a line that was cut off, which is then passed over.
        file.write(b"\n" if goes_on else _line(about))
        file.flush()
        yield _keep_in(file)
        os.fsync(file.fileno())


@contextmanager
def in_cache(about: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], Keep]]:
    """Give the rows that the same work has kept in the cache, and a function that keeps one.

    They are removed once the work has come to its end. Where the cache cannot be written nothing
    is kept.

    Args:
        about: See `read`; it names the file.
    """
    digest = hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()
    path = config.cache_folder() / FOLDER / f"{digest[:16]}.part"
    known = read(path, about)
    with ExitStack() as stack:
        keep: Keep | None = None
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            keep = stack.enter_context(keeping(path, about))

        def keep_where_it_can(key: str, row: Any) -> None:
            with suppress(OSError):
                if keep:
                    keep(key, row)

        yield known, keep_where_it_can
    with suppress(OSError):
        path.unlink(missing_ok=True)


def each(
    about: Mapping[str, Any], keys: Sequence[str], work: Callable[[str], Any]
) -> Iterator[Any]:
    """Do a piece of work for each key, but for those that were done before it broke off.

    Args:
        about: See `in_cache`.
        keys: Names of the pieces.
        work: Takes a key and gives what JSON can hold.
    """
    with in_cache(about) as (known, keep):
        for key in keys:
            if key not in known:
                known[key] = work(key)
                keep(key, known[key])
            yield known[key]


def _keep_in(file: BinaryIO) -> Keep:
    lock, synced = threading.Lock(), time.monotonic()

    def keep(key: str, row: Any) -> None:
        nonlocal synced
        with lock:
            file.write(_line([key, row]))
            file.flush()
            if time.monotonic() - synced > SECONDS_BETWEEN_SYNCS:
                os.fsync(file.fileno())
                synced = time.monotonic()

    return keep


def _line(value: Any) -> bytes:
    return json.dumps(value).encode() + b"\n"


def _entries(path: Path) -> Iterator[Any]:
    """Give the head, None where there is none, and then each row as a pair."""
    content = path.read_bytes() if path.exists() else b""
    head, *lines = map(_value, content.split(b"\n"))
    yield head
    for entry in lines:
        is_row = isinstance(entry, list) and len(entry) == 2 and isinstance(entry[0], str)
        yield entry if is_row else None


def _as_read(about: Mapping[str, Any]) -> Any:
    return json.loads(json.dumps(about))


def _value(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _difference(head: Mapping[str, Any], about: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted({*head, *about}):
        if head.get(name) != about.get(name):
            yield f"{name} {head.get(name)}, now {about.get(name)}"
