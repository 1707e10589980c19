"""An append-only store on disk: rows of numbers, keyed by image content."""

import os
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from filelock import FileLock

from crackcls import stored, temporary
from crackcls.errors import InputError

# 64 hexadecimal digits of a SHA-256, a blank, 8 of the CRC-32 of the row, and a line end.
KEY_LINE, KEY, CRC = 74, slice(0, 64), slice(65, 73)
ROWS, KEYS, LOCK = "rows.bin", "index.txt", "lock"


@dataclass(frozen=True)
class Store:
    """A folder with `rows.bin` and `index.txt`, one line for each row.

    Rows are written before their lines, so a row counts only when its line is there, and a
    process that is killed leaves a store that the next one goes on with. A line has a checksum:
    a row that is damaged is none, and is made anew.

    Attributes:
        folder: Where the two files lie.
        shape: Shape of one row.
        dtype: Type of its numbers.
    """

    folder: Path
    shape: tuple[int, ...]
    dtype: str

    @property
    def row_bytes(self) -> int:
        """Bytes of one row."""
        return int(np.prod(self.shape)) * np.dtype(self.dtype).itemsize


def index(store: Store) -> dict[str, int]:
    """Give the row number of every key in the store."""
    return {key: row for key, (row, _) in _entries(store).items()}


def whole(store: Store, keys: Sequence[str]) -> set[str]:
    """Give those of some keys whose rows are in the store, and as they were written."""
    entries, found = _entries(store), set()
    rows = _mapped(store, 1 + max((row for row, _ in entries.values()), default=-1))
    for key in keys:
        row, crc = entries.get(key, (0, ""))
        if crc and crc == _crc(rows[row]):
            found.add(key)
    return found


def append(store: Store, keys: Sequence[str], rows: np.ndarray) -> None:
    """Add rows to the store, under a lock against other processes.

    Args:
        store: Where to.
        keys: SHA-256 of the image of each row, 64 hexadecimal digits.
        rows: Shape `(len(keys), *store.shape)`; converted to the store's type.
    """
    _clear_odd(store)
    store.folder.mkdir(parents=True, exist_ok=True)
    content = np.ascontiguousarray(rows, dtype=store.dtype)
    pairs = zip(keys, map(_crc, content), strict=True)
    lines = "".join(f"{key} {crc}\n" for key, crc in pairs).encode("ascii")
    with FileLock(store.folder / LOCK):
        count = _complete_rows(store)
        _write_at(store.folder / ROWS, count * store.row_bytes, content.tobytes())
        _write_at(store.folder / KEYS, count * KEY_LINE, lines)


def read(store: Store, keys: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Map the store into memory.

    Args:
        store: Where from.
        keys: Keys that are all in the store.

    Returns:
        The memory-mapped rows of the whole store, shape `(rows, *store.shape)`, read-only,
        and the row number of each key, int.

    Raises:
        InputError: A key is no longer there.
    """
    where = index(store)
    if not where.keys() >= {*keys}:
        raise InputError(
            "The cache must keep what a run has put into it, and something is gone from it. "
            "Try again."
        )
    rows = _mapped(store, max(where.values(), default=-1) + 1)
    return rows, np.array([where[key] for key in keys], int)


def _entries(store: Store) -> dict[str, tuple[int, str]]:
    """Give row number and checksum of every key; of another form, or without a row, none is."""
    try:
        text = stored.read_bytes(store.folder / KEYS, stored.MOST_TABLE).decode("ascii", "replace")
        rows = (store.folder / ROWS).stat().st_size // store.row_bytes
        count = min(len(text) // KEY_LINE, rows) if (store.folder / ROWS).is_file() else 0
    except (InputError, OSError):
        return {}
    lines = (text[i : i + KEY_LINE] for i in range(0, count * KEY_LINE, KEY_LINE))
    return {line[KEY]: (row, line[CRC]) for row, line in enumerate(lines) if line[-1] == "\n"}


def _mapped(store: Store, count: int) -> np.ndarray:
    shape = (count, *store.shape)
    if not count:
        return np.empty(shape, store.dtype)
    # As an array, of which a row is taken in a tenth of the time.
    return np.asarray(np.memmap(store.folder / ROWS, store.dtype, "r", shape=shape))


def _crc(row: np.ndarray) -> str:
    return f"{zlib.crc32(np.ascontiguousarray(row).data):08x}"


def _clear_odd(store: Store) -> None:
    """Remove what is no file where a file must be, and no folder where the folder must be."""
    if stored.is_there(store.folder) and not store.folder.is_dir():
        temporary.discard(store.folder)
    for path in (store.folder / name for name in (ROWS, KEYS, LOCK)):
        if stored.is_there(path) and not path.is_file():
            temporary.discard(path)


def _complete_rows(store: Store) -> int:
    path = store.folder / KEYS
    return path.stat().st_size // KEY_LINE if path.exists() else 0


def _write_at(path: Path, offset: int, content: bytes) -> None:
    """Write at an offset and cut off what an interrupted process left behind it."""
    with path.open("r+b" if path.exists() else "w+b") as file:
        file.truncate(offset)
        file.seek(offset)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
