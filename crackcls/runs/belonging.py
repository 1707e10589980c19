"""Whose a run or an upload is: a file in its folder names the visitor by a hash.

What has no such file is the server's owner's. So is what has a damaged one: nobody else gets it.
"""

from pathlib import Path

from crackcls import stored
from crackcls.errors import InputError
from crackcls.files import write_json
from crackcls.runs.shapes import Belonging

FILE = "visitor.json"


def give(folder: Path, visitor: str, file: str = FILE) -> None:
    """Make a folder a visitor's; the owner's needs no file.

    Args:
        folder: Of a run or an upload.
        visitor: As `visitors.called` gives; empty for the server's owner.
        file: What the file in the folder is called.
    """
    if visitor:
        write_json(folder / file, {"visitor": visitor})


def share(folder: Path, shared: bool) -> None:
    """Let others see a visitor's run, or no longer; the owner's has nothing to share."""
    if visitor := of(folder):
        write_json(folder / FILE, {"visitor": visitor, "shared": shared})


def is_shared(folder: Path) -> bool:
    """Tell whether a visitor shares a run."""
    try:
        return stored.read_json(folder / FILE, Belonging).get("shared", False)
    except InputError:
        return False


def of(folder: Path, file: str = FILE) -> str:
    """Give whose a folder is, as `give` takes it."""
    try:
        return stored.read_json(folder / file, Belonging)["visitor"]
    except InputError:
        return ""
