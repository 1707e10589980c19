"""An append-only store on disk: rows of numbers, keyed by image content."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from filelock import FileLock

KEY_LINE = 65  # 64 hexadecimal digits of a SHA-256 and a line end.


@dataclass(frozen=True)
class Store:
    """A folder with `rows.bin` and `keys.txt`, one key line for each row.

    Rows are written before their keys, so a row counts only when its key is there, and a
    process that is killed leaves a store that the next one goes on with.

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
    path = store.folder / "keys.txt"
    if not path.exists():
        return {}
    text = path.read_text(encoding="ascii")
    lines = [text[i : i + 64] for i in range(0, len(text) // KEY_LINE * KEY_LINE, KEY_LINE)]
    return {key: row for row, key in enumerate(lines)}


def append(store: Store, keys: Sequence[str], rows: np.ndarray) -> None:
    """Add rows to the store, under a lock against other processes.

    Args:
        store: Where to.
        keys: SHA-256 of the image of each row, 64 hexadecimal digits.
        rows: Shape `(len(keys), *store.shape)`; converted to the store's type.
    """
    store.folder.mkdir(parents=True, exist_ok=True)
    content = np.ascontiguousarray(rows, dtype=store.dtype).tobytes()
    lines = "".join(f"{key}\n" for key in keys).encode("ascii")
    with FileLock(store.folder / "lock"):
        count = _complete_rows(store)
        _write_at(store.folder / "rows.bin", count * store.row_bytes, content)
        _write_at(store.folder / "keys.txt", count * KEY_LINE, lines)


def read(store: Store, keys: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Map the store into memory.

    Args:
        store: Where from.
        keys: Keys that are all in the store.

    Returns:
        The memory-mapped rows of the whole store, shape `(rows, *store.shape)`, read-only,
        and the row number of each key, int.
    """
    where = index(store)
    count = max(where.values(), default=-1) + 1
    path = store.folder / "rows.bin"
    shape = (count, *store.shape)
    rows = np.memmap(path, store.dtype, "r", shape=shape) if count else np.empty(shape, store.dtype)
    return rows, np.array([where[key] for key in keys], int)


def _complete_rows(store: Store) -> int:
    path = store.folder / "keys.txt"
    return path.stat().st_size // KEY_LINE if path.exists() else 0


def _write_at(path: Path, offset: int, content: bytes) -> None:
    """Write at an offset and cut off what an interrupted process left behind it."""
    with path.open("r+b" if path.exists() else "w+b") as file:
        file.truncate(offset)
        file.seek(offset)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
