"""Names in an archive that some system cannot hold, changed as little as makes them safe."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from crackcls.datasets.archives.rules import (
    FORBIDDEN,
    KEPT_BY_WINDOWS,
    LONGEST_PART,
    Member,
    is_control,
    key,
    wrong_in,
)


def repaired(members: Sequence[Member]) -> list[Member]:
    """Give the files names that work on every system, each one once.

    Characters that a system cannot hold become `_`, dots and blanks at an end go, and a number
    tells apart what differs in case or accents alone. Of folders that do the first one's spelling
    counts for all.

    Args:
        members: Files whose paths stay inside their folder.

    Returns:
        The files in order. One with a new name has its old one as `stored`.
    """
    names = _Names()
    renamed = [(member, names.file(member.name.split("/"))) for member in members]
    return [
        member if name == member.name else replace(member, name=name, stored=member.name)
        for member, name in renamed
    ]


class _Names:
    """Gives names out, none twice where some system takes two for one."""

    def __init__(self) -> None:
        # What a path is called, by what all its spellings share: folders, and files.
        self.folders: dict[str, str] = {}
        self.files: set[str] = set()

    def file(self, parts: Sequence[str]) -> str:
        """Give the path of a file."""
        path = ""
        for part in parts[:-1]:
            path = self._folder(path + _mended(part))
        wanted = path + _mended(parts[-1])
        name = _free(wanted, lambda one: one in self.files or one in self.folders)
        self.files.add(key(name))
        return name

    def _folder(self, wanted: str) -> str:
        known = self.folders.get(key(wanted))
        if known is None:
            known = _free(wanted, self.files.__contains__)
            self.folders[key(wanted)] = self.folders[key(known)] = known
        return f"{known}/"


def _free(wanted: str, is_taken: Callable[[str], bool]) -> str:
    """Give a path, or the first with a number that is not taken."""
    path, number, name = PurePosixPath(wanted), 1, wanted
    while is_taken(key(name)):
        number += 1
        name = path.with_name(f"{path.stem}-{number}{path.suffix}").as_posix()
    return name


def _mended(part: str) -> str:
    """Change a part of a path to one that every system takes, if it is none."""
    if not wrong_in(part):
        return part
    safe = "".join("_" if is_control(c) or c in FORBIDDEN else c for c in part).rstrip(". ")
    safe = f"_{safe}" if not safe or KEPT_BY_WINDOWS.fullmatch(safe) else safe
    if len(safe.encode()) <= LONGEST_PART:
        return safe
    ending = PurePosixPath(safe).suffix[:20]
    room = LONGEST_PART - len(ending.encode())
    return safe.encode()[:room].decode(errors="ignore").rstrip(". ") + ending
