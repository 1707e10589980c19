"""Paths as people type, paste or drop them: with quotes, blanks or as `file://`."""

import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from crackcls.addresses import Address, File, is_address
from crackcls.errors import InputError

QUOTES = ('""', "''", "``", "“”", "”“", "\u2018\u2019", "«»", "»«", "„“", "„”", "<>")
_FILE_URL = re.compile(r"file:(?://([^/]*))?(/.*|$)", re.IGNORECASE | re.DOTALL)
_DRIVE = re.compile(r"/?([A-Za-z])[:|](?=[/\\]|$)")


def path(text: str | Path) -> Path:
    """Give the path that a person means.

    Args:
        text: As it was typed, or pasted from a file manager, a browser or a terminal. A path that
            exists as it stands is taken so, whatever is in its name.

    Returns:
        The path without what stands around it, `~` as the home folder.

    Raises:
        InputError: Nothing is left.
    """
    *_, bare = steps = [*_unwrapped(str(text))]
    if there := next(filter(_exists, steps), None):
        return Path(there)
    if address := _FILE_URL.fullmatch(bare.replace("\\", "/")):
        meant = _of_address(address[1] or "", address[2])
    else:
        meant = _unescaped(os.path.expanduser(bare))  # noqa: PTH111 (the same for `~nobody`)
    if not meant:
        raise InputError(f"A path must name a file or a folder, received {str(text)!r}. Type one.")
    return Path(meant)


def place(text: str | Path) -> File:
    """Give the path that a person means, see `path`, or the address in an object store."""
    *_, bare = _unwrapped(str(text))
    return Address(bare) if is_address(bare) else path(text)


def is_folder(where: str | Path) -> bool:
    """Tell whether a folder is there; a name that no system takes is none."""
    return os.path.isdir(where)  # noqa: PTH112 (a path's own method raises for a name too long)


def _unwrapped(text: str) -> Iterator[str]:
    """Take off blanks, marks that cannot be seen, and quotes in pairs, one after another."""
    yield text
    bare = _bare(text)
    if bare.startswith("& ") and _bare(bare[1:])[:1] in ("'", '"'):
        bare = _bare(bare[1:])  # PowerShell calls a file that is dropped on it.
    yield bare
    while len(bare) > 1 and bare[0] + bare[-1] in QUOTES:
        yield bare[1:-1]
        bare = _bare(bare[1:-1])
        yield bare


def _bare(text: str) -> str:
    kept = [i for i, one in enumerate(text) if unicodedata.category(one) not in _UNSEEN]
    return text[kept[0] : kept[-1] + 1] if kept else ""


# Blanks, line ends, marks of the direction of writing: Windows puts one before a copied path.
_UNSEEN = {"Cc", "Cf", "Zl", "Zp", "Zs"}


def _of_address(host: str, rest: str) -> str:
    """Give the path in what follows `file:`; a host is a server's name, or a drive."""
    rest = unquote(rest)
    if _DRIVE.fullmatch(unquote(host)):
        host, rest = "", f"/{unquote(host)}{rest}"
    if drive := _DRIVE.match(rest):
        return f"{drive[1]}:{rest[drive.end() :] or '/'}"
    return rest if host.lower() in ("", "localhost") else f"//{host}{rest}"


def _unescaped(text: str) -> str:
    """Undo what a terminal does to blanks of a dropped file, where that names one."""
    plain = re.sub(r"\\(.)", r"\1", text)
    return plain if os.name != "nt" and _exists(plain) and not _exists(text) else text


def _exists(text: str) -> bool:
    return os.path.exists(text)  # noqa: PTH110 (a path's own method raises for a name too long)
