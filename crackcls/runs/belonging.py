"""Whose a run or an upload is: a file in its folder names the visitor by a hash.

What has no such file is the server's owner's. So is what has a damaged one: nobody else gets it.
"""

from pathlib import Path
from typing import Any

from crackcls import stored
from crackcls.errors import InputError
from crackcls.files import write_json
from crackcls.runs.shapes import Belonging

FILE = "visitor.json"


def give(folder: Path, visitor: str, **about: Any) -> None:
    """Make a folder a visitor's; the owner's needs no file.

    Args:
        folder: Of a run or an upload.
        visitor: As `visitors.called` gives; empty for the server's owner.
        about: More fields of `Belonging`.
    """
    if visitor:
        write_json(folder / FILE, {"visitor": visitor, **about})


def of(folder: Path) -> str:
    """Give whose a folder is, as `give` takes it."""
    return about(folder).get("visitor", "")


def about(folder: Path) -> dict[str, Any]:
    """Read what `give` wrote; nothing where there is nothing or it is damaged."""
    try:
        return stored.read_json(folder / FILE, Belonging)
    except InputError:
        return {}
