"""Writing files so that a reader sees them whole or not at all."""

import json
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def write_atomically(path: Path, content: bytes) -> None:
    """Write bytes to a temporary name beside the path, then rename."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path: Path, value: Any) -> None:
    """Write a value as indented JSON, whole or not at all."""
    write_atomically(path, (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode())


def read_json(path: Path) -> Any:
    """Read a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def write_csv(path: Path, table: "pd.DataFrame") -> None:
    """Write a table as CSV without its index, whole or not at all."""
    write_atomically(path, csv_bytes(table))


def csv_bytes(table: "pd.DataFrame") -> bytes:
    """Give what `write_csv` writes."""
    return table.to_csv(index=False, lineterminator="\n").encode()


def read_csv(path: Path) -> "pd.DataFrame":
    """Read a table of names and numbers; a file named `NA` stays a name."""
    import pandas as pd

    return pd.read_csv(path, keep_default_na=False, lineterminator="\n")
