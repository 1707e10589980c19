"""Which files below a folder are photos, by their bytes; what else lies there is named."""

import io
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from crackcls import addresses, config, parallel
from crackcls.addresses import Address, File
from crackcls.formats import marks as file_marks
from crackcls.formats import tiff
from crackcls.formats.kinds import HEAD_BYTES, has_litter, is_litter, is_unfinished, kind_of
from crackcls.formats.marks import Kind
from crackcls.names import shown

# So many names of a kind are said in a line.
NAMED = 5
# Of an object store, which answers each after a while.
HEADS_AT_ONCE = 16


@dataclass(frozen=True)
class Found:
    """The files below a folder.

    Attributes:
        photos: Names of photos as paths below the folder, with `/` between their parts, sorted.
        passed_over: What each other file is, by its name. Hidden files, and those that systems
            make by themselves, are in neither.
    """

    photos: list[str]
    passed_over: dict[str, Kind]


def below(folder: Path) -> Found:
    """Tell the photos below a folder from other files.

    A file with a photo's ending counts as one: whoever decodes it says what else it is. Of the
    others the first bytes are read.

    Args:
        folder: The folder. Links to other folders are not followed.
    """
    photos: list[str] = []
    passed_over: dict[str, Kind] = {}
    for name, is_file in sorted(_entries(folder)):
        kind = _kind(folder / name) if is_file else file_marks.NO_FILE
        if kind is None or kind.format:
            photos.append(name)
        else:
            passed_over[name] = kind
    return Found(photos, passed_over)


def below_address(folder: Address) -> tuple[list[Address], dict[str, Kind]]:
    """Tell the photos below a folder of an object store from other files, as `below` does.

    Args:
        folder: The folder.

    Returns:
        The photos in the order of their names, and what each other file is, by its address.

    Raises:
        InputError: The store cannot be asked.
    """
    found = [one for name, one in addresses.below(folder) if not has_litter(PurePosixPath(name))]
    kinds = parallel.ordered_map(_kind, found, HEADS_AT_ONCE)
    pairs = [*zip(found, kinds, strict=True)]
    photos = [one for one, kind in pairs if kind is None or kind.format]
    return photos, {one.url: kind for one, kind in pairs if kind and not kind.format}


def kind_of_file(path: File) -> Kind:
    """Tell what a file is, by its first bytes and by the name of an unfinished download."""
    if is_unfinished(path.name):
        return file_marks.UNFINISHED
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
            kind = kind_of(head)
            if kind is not file_marks.TIFF:
                return kind
            whole = io.BytesIO(head + file.read()) if isinstance(path, Address) else file
            return file_marks.RAW if tiff.is_raw(whole) else kind
    except OSError:
        return file_marks.UNREADABLE


def _kind(path: File) -> Kind | None:
    """Tell what a file is; None where its name says a photo, which saves reading it."""
    is_said = PurePosixPath(path.name).suffix.lower() in config.PHOTO_SUFFIXES
    return None if is_said else kind_of_file(path)


def lines(passed_over: Mapping[str, Kind]) -> list[str]:
    """Say which files were passed over and what they are, a line for each kind.

    Args:
        passed_over: From `below`.
    """
    by_kind: dict[Kind, list[str]] = {}
    for name, kind in passed_over.items():
        by_kind.setdefault(kind, []).append(name)
    return [_line(kind, names) for kind, names in by_kind.items()]


def reasons(passed_over: Mapping[str, Kind]) -> dict[str, str]:
    """Say of each file that was passed over what it is, and what to do."""
    return {name: f"It is {kind.name}. {kind.way}" for name, kind in passed_over.items()}


def called(file: object, part: str) -> str:
    """Give the name of a picture: its file's, and what it is of a file that has several."""
    return f"{file}, {part}" if part else f"{file}"


def _line(kind: Kind, names: list[str]) -> str:
    way = "" if kind.way == file_marks.LEAVE else f" {kind.way}"
    if len(names) == 1:
        return f"passed over {shown(names[0])}: it is {kind.name}.{way}"
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    listed = ", ".join(map(shown, names[:NAMED]))
    return f"passed over {len(names):,} files, each {kind.name}: {listed}{more}.{way}"


def _entries(folder: Path) -> Iterator[tuple[str, bool]]:
    """Give what lies below a folder and is none, and whether it is a file.

    What no person made is left out, and so is a folder that cannot be read.
    """
    waiting = [""]
    while waiting:
        above = waiting.pop()
        with suppress(OSError), os.scandir(folder / above) as entries:
            for entry in entries:
                name = above + entry.name
                if is_litter(entry.name):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(f"{name}/")
                else:
                    yield name, entry.is_file()
