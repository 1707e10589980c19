"""A folder of photos as labelled images, whatever way its folders are laid out."""

import itertools
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from crackcls import config
from crackcls.datasets import layout, patterns, said
from crackcls.errors import InputError
from crackcls.files import read_bytes
from crackcls.formats.kinds import has_litter
from crackcls.labelled import Labelled, Levels, existing, folders_in, images_in, list_images

MOST_TABLES = 50
# What labelling tools write beside photos.
NOTES = {*config.TABLE_SUFFIXES, ".json", ".xml", ".yaml", ".yml", ".md"}


def open_folder(folder: str | Path, way: str = "", group_by: str = "") -> Labelled:
    """List the images of a folder.

    Args:
        folder: The folder.
        way: How it is laid out, one of `config.LAYOUTS`; empty to find out.
        group_by: A pattern for the files' names; images of which its first group matches the same
            stay in one part of a split. Empty for none.

    Raises:
        layout.UnclearError: Its folders can be read in several ways.
        InputError: It is missing, holds no images, or no two classes of them.
    """
    folder = existing(folder)
    if way == layout.PLAIN:
        return _grouped(list_images(folder), way, group_by)
    files = sorted(images_in(folder), key=lambda file: file.partition("/")[::2])
    if not files:
        raise InputError(
            f"The data must hold photos, and '{folder.name}' holds none. Choose another folder."
        )
    try:
        found = layout.recognise(files, lambda: read_tables(folder), way)
    except layout.UnclearError:
        raise
    except InputError:
        for other in _without_photos(folder, files):
            if not _holds_notes(other):
                raise _empty(other) from None
        raise
    labelled = _labelled(folder, found)
    notes = [found.kept, _say_unfilled(folder, files) if labelled.is_plain else ""]
    return _grouped(labelled, way, group_by, notes)


def read_tables(folder: Path) -> dict[str, bytes]:
    """Read the tables in a folder and below: those of a table's ending first, up to a limit."""
    paths = [
        Path(place) / name
        for place, _, names in os.walk(folder)
        for name in names
        if name.lower().endswith(config.TABLE_SUFFIXES)
        and not has_litter((Path(place) / name).relative_to(folder))
    ]
    paths.sort(key=lambda path: (config.TABLE_SUFFIXES.index(path.suffix.lower()), path))
    read = ((path, _content(path)) for path in paths)
    filled = ((path.relative_to(folder).as_posix(), content) for path, content in read if content)
    return dict(itertools.islice(filled, MOST_TABLES))


def _content(path: Path) -> bytes:
    """Read a table; nothing of one that is too large, or that cannot be read."""
    try:
        content = read_bytes(path, config.MAX_TABLE_BYTES)
    except InputError:
        return b""
    return content if len(content) <= config.MAX_TABLE_BYTES else b""


def _labelled(folder: Path, found: layout.Layout) -> Labelled:
    classes = tuple(sorted({*found.names}))
    number = {name: label for label, name in enumerate(classes)}
    levels = Levels(
        groups=found.groups, parts=found.parts, said=found.said, left_out=found.left_out
    )
    labels = tuple(number[name] for name in found.names)
    return Labelled(folder, classes, found.files, labels, levels=levels)


def _grouped(labelled: Labelled, way: str, group_by: str, notes: Sequence[str] = ()) -> Labelled:
    """Add what a person said; a pattern takes the place of what was found to belong together."""
    levels = replace(labelled.levels, layout=way, group_by=group_by)
    if group_by:
        names = patterns.named(group_by, labelled.files)
        levels = replace(levels, photographs=tuple(names), groups=())
        notes = [_say_grouped(names), *notes[1:]]
    return replace(labelled, levels=replace(levels, said=(*levels.said, *filter(None, notes))))


def _say_grouped(names: list[str]) -> str:
    alone = names.count("")
    more = f"; {alone:,} that it does not fit stand alone" if alone else ""
    groups = len({*names} - {""})
    return f"The pattern gives {groups:,} groups, each of which stays in one part of a split{more}."


def _without_photos(folder: Path, files: Sequence[str]) -> list[Path]:
    """Give the folders beside class folders that hold no photo."""
    filled = {file.partition("/")[0] for file in files if "/" in file}
    return [folder / name for name in sorted({*folders_in(folder)} - filled)] if filled else []


def _holds_notes(folder: Path) -> bool:
    """Tell whether a folder holds texts alone, such as the boxes of a detector's `labels/`."""
    endings = {path.suffix.lower() for path in folder.rglob("*") if path.is_file()}
    return bool(endings) and endings <= NOTES


def _say_unfilled(folder: Path, files: Sequence[str]) -> str:
    """Name what holds other files than photos; an empty folder is a class that was forgotten."""
    found = _without_photos(folder, files)
    for other in found:
        if not any(path.is_file() for path in other.rglob("*")):
            raise _empty(other)
    names = [one.name for one in found]
    return f"No photos, and so no class: {said.listed(names)}." if found else ""


def _empty(folder: Path) -> InputError:
    return InputError(
        f"Every class folder must hold images, and '{folder.name}' in '{folder.parent.name}' holds "
        "none. Add images to it or remove it."
    )
