"""What students are called in a class: a nickname each, in a small file named by the visitor.

It is any text that the student chose, and is shown by `names` alone. What is damaged is none.
"""

from contextlib import suppress
from pathlib import Path

from crackcls import config, stored
from crackcls.errors import InputError
from crackcls.files import write_json
from crackcls.names import as_text
from crackcls.runs.shapes import Nickname

# Characters of one, and how many the server keeps: identities cost a stranger nothing.
LONGEST, MOST = 30, 500
# As long as a visitor who does not come again is known, see `access.visitors`.
DAYS = 30


def give(visitor: str, text: str) -> None:
    """Keep what a visitor wants to be called, in place of what was kept before.

    Args:
        visitor: As `visitors.called` gives.
        text: Any text; without letters it takes the nickname away.

    Raises:
        InputError: It is too long, or the server keeps too many.
    """
    name, file = " ".join(as_text(text).split()), file_of(visitor)
    if len(name) > LONGEST:
        raise InputError(
            f"A nickname may have at most {LONGEST} characters, received {len(name)}. Take a "
            "shorter one."
        )
    if not name:
        file.unlink(missing_ok=True)
        return
    if not file.exists() and len(_files()) >= MOST:
        raise InputError(f"At most {MOST} nicknames are kept here, and {MOST} are.")
    file.parent.mkdir(parents=True, exist_ok=True)
    write_json(file, {"nickname": name})


def of(visitor: str) -> str:
    """Give a visitor's nickname as it was typed; empty where there is none."""
    try:
        return stored.read_json(file_of(visitor), Nickname)["nickname"]
    except InputError:
        return ""


def clear(before: float = float("inf")) -> None:
    """Forget all nicknames that were given before a time, in seconds since 1970."""
    for file in _files():
        with suppress(OSError):  # Somebody else has just removed it, or nothing may be written.
            if file.stat().st_mtime < before:
                file.unlink()


def _folder() -> Path:
    return config.data_folder() / ".nicknames"


def file_of(visitor: str) -> Path:
    """Give the file of a visitor's nickname."""
    return _folder() / f"{visitor}.json"


def _files() -> list[Path]:
    return list(_folder().glob("[!.]*.json"))
