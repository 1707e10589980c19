"""Writing files so that a reader sees them whole or not at all."""

import errno
import io
import json
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from crackcls.addresses import File
from crackcls.errors import InputError
from crackcls.names import shortened

if TYPE_CHECKING:
    import pandas as pd

# Columns of names, whatever they look like.
TEXTS = (
    *("file", "sha256", "part", "set", "data"),
    *("actual", "predicted", "given", "suggested"),
)


def is_full(error: BaseException) -> bool:
    """Tell whether the disk, or what a person may have of it, is full."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """Open a temporary name beside the path, renamed to it when all is written.

    Raises:
        OSError: The system refuses; it names the path, also where a write fails.
    """
    temporary = path.with_name(f".{shortened(path.name)}.{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        error.filename = str(path)
        raise
    finally:
        temporary.unlink(missing_ok=True)


def write_atomically(path: Path, content: bytes) -> None:
    """Write bytes to a temporary name beside the path, then rename."""
    with writing(path) as file:
        file.write(content)


def read_bytes(path: File, most: int | None = None) -> bytes:
    """Read a file, at most one byte more than may be there.

    Args:
        path: The file, here or in an object store.
        most: Bytes that it may have; None takes any number. Whoever takes the bytes refuses
            a larger file; this keeps it out of memory.

    Raises:
        InputError: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read() if most is None else file.read(most + 1)
    except OSError as error:
        raise InputError(
            f"The file must be readable, and it is not ({error.strerror or error}). Choose another."
        ) from error


def write_json(path: Path, value: Any) -> None:
    """Write a value as indented JSON, whole or not at all."""
    write_atomically(path, json_bytes(value))


def json_bytes(value: Any) -> bytes:
    """Give what `write_json` writes."""
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def read_json(path: Path) -> Any:
    """Read a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def write_csv(path: Path, table: "pd.DataFrame") -> None:
    """Write a table as CSV for ourselves: exact, without its index, whole or not at all.

    What people open goes through `tables`, which writes no formula.
    """
    write_atomically(path, csv_bytes(table))


def csv_bytes(table: "pd.DataFrame") -> bytes:
    """Give what `write_csv` writes."""
    return table.to_csv(index=False, lineterminator="\n").encode()


def read_csv(path: Path) -> "pd.DataFrame":
    """Read a table that `write_csv` wrote; a file named `NA` and a class named `1` stay names."""
    return csv_table(path.read_bytes())


def csv_table(content: bytes, texts: Iterable[str] = ()) -> "pd.DataFrame":
    """Read a table from the bytes of a CSV file; these columns are texts, beside `TEXTS`."""
    import pandas as pd

    # Git for Windows may have changed the line ends. Our own heads never end in "\r".
    if content.partition(b"\n")[0].endswith(b"\r"):
        content = content.replace(b"\r\n", b"\n")
    types = dict.fromkeys([*TEXTS, *texts], str)
    return pd.read_csv(io.BytesIO(content), dtype=types, keep_default_na=False, lineterminator="\n")
