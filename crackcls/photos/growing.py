"""A table of many photos that grows as they are judged, and goes on where it broke off."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crackcls import disk, kept, tables
from crackcls.addresses import File, state_of
from crackcls.errors import InputError
from crackcls.photos.verdict import COLUMNS, PICTURE

# A line of the table, see `verdict.row_of`.
Line = dict[str, str | float | int]
# What came of the parts of a file, see `files.each_file`.
Parts = list[tuple[str, Line | InputError]]
# Gives the file of a heat map, of a photo and a part of it.
MapOf = Callable[[File, str], Path]


@dataclass(frozen=True)
class Growing:
    """What it takes to judge many photos into a table.

    Attributes:
        known: What came of the files that the same command judged before it broke off.
        keep: Takes a file and what came of it, in any order and from any thread.
        write: Takes each line in the order of the table.
    """

    known: Mapping[File, Parts]
    keep: Callable[[File, Parts], None]
    write: Callable[[Line], None]


@contextmanager
def open_table(
    out: Path | None,
    about: Mapping[str, Any],
    files: Sequence[File],
    map_of: MapOf | None = None,
) -> Iterator[Growing]:
    """Open a table of photos, which is whole once this ends.

    Until then the lines are kept beside it, and what is there of a CSV can be read.

    Args:
        out: The table, `.xlsx` or CSV; None writes nothing.
        about: What the verdicts hang on, such as the model; values that JSON can hold.
        files: The photos.
        map_of: Gives the heat map of a file and a part of it, where there shall be one.

    Raises:
        InputError: The table cannot be written, or another command's lines are kept beside it.
    """
    if out is None:
        yield Growing({}, lambda *_: None, lambda _: None)
        return
    place = kept.beside(out)
    known = _known(kept.read(place, about), files, map_of)
    is_excel = out.suffix.lower() == tables.EXCEL
    with _refusing(out, place), kept.keeping(place, about) as keep:

        def keep_parts(file: File, parts: Parts) -> None:
            told = [[part, line if isinstance(line, dict) else str(line)] for part, line in parts]
            keep(_key(file, map_of), told)

        columns = COLUMNS if map_of is None else (*COLUMNS, PICTURE)
        with _excel(out, columns) if is_excel else _csv(out, columns) as write:
            yield Growing(known, keep_parts, write)
    place.unlink()


def _known(
    rows: Mapping[str, Any],
    files: Sequence[File],
    map_of: MapOf | None,
) -> dict[File, Parts]:
    """Give what is kept of files that are as they were, and whose heat maps are there."""
    keys = {file: _key(file, map_of) for file in files} if rows else {}
    found = {file: _parts(rows[key]) for file, key in keys.items() if key in rows}
    if map_of is None:
        return found
    return {file: parts for file, parts in found.items() if _has_maps(file, parts, map_of)}


def _has_maps(file: File, parts: Parts, map_of: MapOf) -> bool:
    judged = (part for part, line in parts if isinstance(line, dict))
    return all(map_of(file, part).is_file() for part in judged)


def _parts(row: list[tuple[str, Any]]) -> Parts:
    return [(part, line if isinstance(line, dict) else InputError(line)) for part, line in row]


@contextmanager
def _refusing(out: Path, place: Path) -> Iterator[None]:
    """Say in a sentence what the system says of a full disk, or of a file open elsewhere."""
    try:
        yield
    except BrokenPipeError:  # Whoever read standard output has gone.
        raise
    except OSError as error:
        path = Path(error.filename or out)
        raise InputError(
            f"'{path}' must be written, and {disk.why(path, error)}. What was judged is kept in "
            f"'{place}', and the same command goes on from there."
        ) from error


@contextmanager
def _csv(out: Path, columns: Sequence[str]) -> Iterator[Callable[[Line], None]]:
    with out.open("wb") as file:

        def write(line: Line) -> None:
            file.write(tables.csv_line(line.values()).encode())
            file.flush()

        write(dict(zip(columns, columns, strict=True)))
        yield write
        os.fsync(file.fileno())


@contextmanager
def _excel(out: Path, columns: Sequence[str]) -> Iterator[Callable[[Line], None]]:
    import pandas as pd

    lines: list[Line] = []
    yield lines.append
    # As objects, since a text of pandas's own cannot hold a byte that is no text.
    tables.write(out, pd.DataFrame(lines, columns=list(columns), dtype=object))


def _key(file: File, map_of: MapOf | None) -> str:
    """Tell a file as it is now from others, and from itself with another heat map."""
    return f"{state_of(file)} {map_of(file, '') if map_of else ''} {file}"
