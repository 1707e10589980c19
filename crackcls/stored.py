"""Reading files that this program wrote as if each were damaged: whole, or a sentence."""

import io
import json
import os
import re
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from crackcls import files
from crackcls.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

# A larger file is no longer one of ours, and stays out of memory.
MOST_JSON, MOST_TABLE, MOST_ARRAYS = 16 * 2**20, 512 * 2**20, 2**30
# What a column of a table may hold.
TEXT, NAME, NUMBER, SHARE = "text", "names", "numbers", "shares of 0 to 1"
COUNT, FLAG = "counts", "True or False"

# What msgspec calls the kinds of JSON, in words.
WORDS = {
    **{"int": "a whole number", "float": "a number", "str": "a text", "bool": "true or false"},
    **{"object": "a table of names", "array": "a list", "null": "nothing"},
}

# Takes a value and says what is wrong with it; an empty text where nothing is.
Check = Callable[[Any], str]


def is_there(path: Path) -> bool:
    """Tell whether anything has this name, a link to nowhere too."""
    return os.path.lexists(path)


def is_folder(path: Path) -> bool:
    """Tell whether a folder is there; of a name that no system takes none is."""
    return os.path.isdir(path)  # noqa: PTH112 (the method raises where the name is too long)


def damaged(path: Path, why: str) -> InputError:
    """Make the sentence on a damaged file; it names no place on the machine."""
    return InputError(
        f"The file '{path.parent.name}/{path.name}' must be whole, and it is damaged: {why}. "
        "Put it back from a copy, or delete what it belongs to."
    )


def read_bytes(path: Path, most: int) -> bytes:
    """Read a file.

    Args:
        path: The file.
        most: Bytes that it may have.

    Raises:
        InputError: It is missing, empty, too large, no file or cannot be read.
    """
    try:
        about = path.stat()
        if why := _no_file(about, most):
            raise damaged(path, why)
        with path.open("rb") as file:
            return file.read(about.st_size)  # A read of `most` would take as much memory at once.
    except OSError as error:
        why = "it is missing" if isinstance(error, FileNotFoundError) else _refused(error)
        raise damaged(path, why) from error


def read_json(path: Path, shape: Any, check: Check | None = None) -> Any:
    """Read a JSON file of a stated shape.

    Args:
        path: The file.
        shape: A type as msgspec takes it, such as a TypedDict; further names are let pass.
        check: Looks for what a type cannot state.

    Raises:
        InputError: The file is damaged or of another shape.
    """
    content = read_bytes(path, MOST_JSON)
    try:
        value = value_of(content, shape)
        why = check(value) if check else ""
    except (ValueError, RecursionError) as error:
        raise damaged(path, _in_words(error)) from error
    if why:
        raise damaged(path, why)
    return value


def value_of(content: bytes, shape: Any) -> Any:
    """Give the value that JSON holds, see `read_json`.

    Raises:
        ValueError: It is no JSON in UTF-8, or of another shape.
        RecursionError: It is nested too deeply.
    """
    value = json.loads(content.decode())
    msgspec.convert(value, shape)
    if b"\\u" in content:  # Half of a pair of surrogates is text that no page can show.
        json.dumps(value, ensure_ascii=False).encode()
    return value


def read_csv(path: Path, columns: Mapping[str, str], check: Check | None = None) -> "pd.DataFrame":
    """Read a table of stated columns.

    Args:
        path: The file.
        columns: What each column that must be there holds: `TEXT`, `NAME` (text that is not
            empty), `NUMBER`, `SHARE`, `COUNT` or `FLAG`.
        check: Looks at the table for what its columns cannot state.

    Raises:
        InputError: The file is damaged, or a column is missing or holds something else.
    """
    content = read_bytes(path, MOST_TABLE)
    if not content.endswith(b"\n"):  # Pandas fills up what a last line lacks.
        raise damaged(path, "its last line is cut off")
    try:
        texts = [name for name, kind in columns.items() if kind in (TEXT, NAME)]
        table = files.csv_table(content, texts)
        why = _wrong_column(table, columns) or (check(table) if check else "")
    except (ValueError, OverflowError) as error:  # Of these are all that pandas raises.
        raise damaged(path, _in_words(error)) from error
    if why:
        raise damaged(path, why)
    return table


def read_arrays(path: Path, dimensions: Mapping[str, int]) -> dict[str, "np.ndarray"]:
    """Read arrays of finite numbers that `numpy.savez` wrote.

    Args:
        path: The file.
        dimensions: How many dimensions each array has that must be there.

    Raises:
        InputError: The file is damaged, or an array is missing or of another kind.
    """
    import numpy as np

    content = read_bytes(path, MOST_ARRAYS)
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in dimensions}
            whole = all(
                array.ndim == dimensions[name]
                and array.dtype.kind == "f"
                and np.isfinite(array).all()
                for name, array in arrays.items()
            )
    except Exception as error:  # Damaged ZIPs and arrays raise many kinds.
        raise damaged(path, "its arrays cannot be read") from error
    if not whole:
        raise damaged(path, "its arrays have another shape")
    return arrays


def has_columns(table: "pd.DataFrame", columns: Mapping[str, str]) -> str:
    """Say which column is missing or holds something else; an empty text where none."""
    return _wrong_column(table, columns)


def _no_file(about: os.stat_result, most: int) -> str:
    if stat.S_ISDIR(about.st_mode):
        return "it is a folder"
    if not stat.S_ISREG(about.st_mode):
        return "it is no file"
    if about.st_size > most:
        return f"it has {about.st_size:,} bytes, and such a file has at most {most:,}"
    return "" if about.st_size else "it is empty"


def _refused(error: OSError) -> str:
    return f"it cannot be read ({error.strerror})"


def _in_words(error: Exception) -> str:
    """Say why a text was not understood."""
    if isinstance(error, UnicodeError):
        return "it is no text in UTF-8"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, msgspec.ValidationError):
        return _misfit(str(error))
    if isinstance(error, json.JSONDecodeError):
        return f"it is no JSON from line {error.lineno} on"
    return "its lines cannot be understood"


def _misfit(said: str) -> str:
    """Put what msgspec says, such as 'Expected `int`, got `str` - at `$.pid`', in plain words."""
    what, _, where = said.partition(" - at `$")
    name = where.rstrip("`").lstrip(".")
    if lost := re.search("missing required field `(.*)`", what):
        return f"it has no '{lost[1]}'" + (f" in '{name}'" if name else "")
    words = re.sub("`(.*?)`", lambda kind: WORDS.get(kind[1], kind[1]), what)
    which = f"'{name}'" if name else "it"
    return f"{which} is not as it must be: {words[0].lower()}{words[1:]}"


def _wrong_column(table: "pd.DataFrame", columns: Mapping[str, str]) -> str:
    for name, kind in columns.items():
        if name not in table:
            return f"it has no column '{name}'"
        if not _holds(table[name], kind):
            return f"its column '{name}' must hold {kind}"
    return ""


def _holds(column: "pd.Series[Any]", kind: str) -> bool:
    """Tell whether all values of a column are of a kind."""
    import numpy as np
    from pandas.api import types

    if column.empty:  # A table without lines has no types.
        return True
    if kind in (TEXT, NAME):
        return not column.isna().any() and (kind == TEXT or bool((column != "").all()))
    if kind == FLAG:
        return types.is_bool_dtype(column)
    if not types.is_numeric_dtype(column) or types.is_bool_dtype(column):
        return False
    values = column.to_numpy(float)
    if kind == NUMBER:
        return True
    low, high = values.min(initial=0), values.max(initial=0)
    whole = kind == SHARE or bool((values == np.floor(values)).all())
    return bool(low >= 0 and high <= (1 if kind == SHARE else np.inf)) and whole
