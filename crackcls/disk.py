"""Places that are written to: tried before the work, and what to say of one that refuses."""

import errno
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from crackcls import config, files
from crackcls.errors import InputError

# So much is written on trial: an empty file fits on a full disk.
TRIAL_BYTES = 65_536
# What could not be written is gone again by the time when somebody looks.
ALMOST_FULL = 50_000_000
FULL = "that disk is full"
OPEN_ELSEWHERE = "another program has it open, or it is protected"
_A_FILE = "a file, or a link to nowhere, is where a folder must be"
_FORBIDDEN = "this user may not write there"
# What the system says of a place that cannot be written, in words.
WHY = {
    errno.EROFS: "that file system is read-only",
    errno.ENOSPC: FULL,
    errno.EDQUOT: "what this user may have of that disk is full",
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.ENOTDIR: _A_FILE,
    errno.EEXIST: _A_FILE,
    errno.EISDIR: "a folder is where the file must be",
    errno.ENOENT: "the folder that it must lie in is not there",
    errno.ENAMETOOLONG: "that name is too long",
    errno.ETXTBSY: OPEN_ELSEWHERE,
    errno.EBUSY: OPEN_ELSEWHERE,
}
# Those that reading does not meet.
_OF_WRITING = {errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EEXIST}


@dataclass(frozen=True)
class Place:
    """A folder that the program keeps things in.

    Attributes:
        what: What is kept there, as a plural.
        setting: The variable of the environment that names another folder.
        folder: Gives the folder.
    """

    what: str
    setting: str
    folder: Callable[[], Path]


MODELS = Place("models", "CRACKCLS_MODELS", config.models_folder)
CACHE = Place("cached features", "CRACKCLS_CACHE", config.cache_folder)
DATA = Place("data sets", "CRACKCLS_DATA", config.data_folder)


def place_of(path: Path) -> Place | None:
    """Give the place that a path lies in; None where it lies in none."""
    above = {path.absolute(), *path.absolute().parents}
    for place in (MODELS, CACHE, DATA):
        with suppress(InputError):  # Its folder is named nowhere.
            if place.folder().absolute() in above:
                return place
    return None


def check(*places: Place) -> None:
    """Try to write into places, which are made where they are missing.

    Raises:
        InputError: One refuses; names its folder, the reason and what to do.
    """
    for place in places:
        folder = place.folder()
        with refusing(folder):
            _try_folder(folder)


def check_space(*needs: tuple[Path, int]) -> None:
    """Check that each folder has room for its bytes, folders on one disk together.

    Args:
        needs: Folders, which are made where they are missing, and bytes.

    Raises:
        InputError: A disk has less.
    """
    sums: dict[int, int] = {}
    for folder, size in needs:
        folder.mkdir(parents=True, exist_ok=True)
        disk = folder.stat().st_dev
        sums[disk] = sums.get(disk, 0) + size
        free = shutil.disk_usage(folder).free
        if free < sums[disk]:
            room = f"{sums[disk] / 1e6:,.0f} MB free, and it has {free / 1e6:,.0f} MB"
            place = place_of(folder)
            way = f"let {place.setting} name" if place else "choose"
            raise InputError(
                f"The disk of '{folder}' must have {room}. Delete files, or {way} a folder on "
                "another disk.",
                public=f"The disk of the server must have {room}. Tell whoever runs it.",
            )


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Say in a sentence what the system says of a path that the program has chosen."""
    try:
        yield
    except BrokenPipeError:  # Whoever read standard output has gone.
        raise
    except OSError as error:
        place, named = place_of(path), _named(error)
        is_ours = (
            not named or path in (named, *named.parents) or (place and place_of(named) == place)
        )
        if not is_ours:  # Such as an archive that cannot be read.
            raise refusal(error) from error
        raise (_of_place(place, error) if place else _of_path(path, error)) from error


def refusal(error: OSError) -> InputError:
    """Make the sentence on what the system refused, wherever that was."""
    path = _named(error)
    place = place_of(path) if path else _fullest() if files.is_full(error) else None
    if place and error.errno in _OF_WRITING:
        return _of_place(place, error)
    if path and error.errno in _OF_WRITING:
        return _of_path(path, error)
    if files.is_full(error):
        return InputError(f"A file must be written, and {_reason(error)}. Free some space.")
    # The words of an error that Python makes itself may name folders.
    words = os.strerror(error.errno) if error.errno else type(error).__name__
    said = (
        f"must be there to be read or written, and the system refuses it ({words}). Mend that, "
        "then try again."
    )
    which = (f"'{path}'", f"'{path.name}'") if path else ("A file", "A file")
    return InputError(f"{which[0]} {said}", public=f"{which[1]} {said}")


def check_file(path: Path) -> None:
    """Check that a file can be written at the end of some work, by trying it now.

    Args:
        path: The file; one that is there stays as it is.

    Raises:
        InputError: It cannot be written.
    """
    with _refusing_named(path):
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "")
        if path.exists() and not path.is_file():  # Such as /dev/null, which would be replaced.
            raise InputError(f"'{path}' must be written, and it is no plain file. Name another.")
        if path.exists():
            path.open("r+b").close()
        _write_on_trial(path.parent)


def check_folder(path: Path) -> None:
    """Check that files can be written into a folder, which is made where it is missing.

    Raises:
        InputError: They cannot.
    """
    with _refusing_named(path):
        _try_folder(path)


def save(path: Path, write: Callable[[Path], object]) -> str:
    """Write a file, and where the system refuses keep it under another name.

    Args:
        path: The file.
        write: Writes it to the path that it is given.

    Returns:
        A sentence that says where it is kept; empty where it is where it should be.

    Raises:
        InputError: It can be kept nowhere.
    """
    try:
        write(path)
        return ""
    except OSError as error:
        first = error
    for other in _other_names(path):
        with suppress(OSError):
            write(other)
            said = f"'{path}' cannot be written, since {why(path, first)}"
            return f"{said}: what was made is in '{other}'."
    raise _of_path(path, first) from first


def why(path: Path, error: OSError) -> str:
    """Say in words why the system does not let a path be written."""
    # Windows forbids to write what another program has open.
    is_locked = isinstance(error, PermissionError) and path.is_file()
    return OPEN_ELSEWHERE if is_locked else _reason(error)


def _of_place(place: Place, error: OSError) -> InputError:
    said = _reason(error)
    free = "Free some space there, or let" if files.is_full(error) else "Let"
    return InputError(
        f"The {place.what} must be written to '{place.folder()}', and {said}. "
        f"{free} {place.setting} name another folder.",
        public=f"The {place.what} must be written to a folder of the server, and {said}. "
        "Tell whoever runs it.",
    )


def _of_path(path: Path, error: OSError) -> InputError:
    said = why(path, error)
    ways = {OPEN_ELSEWHERE: "Close that program, or name another file."}
    ways |= {FULL: "Free some space there, or name another place."}
    return InputError(
        f"'{path}' must be written, and {said}. {ways.get(said, 'Name another place.')}",
        public=f"'{path.name}' must be written on the server, and {said}. Tell whoever runs it.",
    )


def _named(error: OSError) -> Path | None:
    name = error.filename
    return Path(os.fsdecode(name)) if isinstance(name, str | bytes) else None


def _reason(error: OSError) -> str:
    return WHY.get(error.errno or 0, f"the system refuses ({error.strerror or error})")


def _fullest() -> Place | None:
    """Give the place whose disk is full, where one is: the system does not tell of a write."""
    place = min((MODELS, CACHE, DATA), key=_free_bytes)
    return place if _free_bytes(place) < ALMOST_FULL else None


def _free_bytes(place: Place) -> float:
    with suppress(OSError, InputError):
        return shutil.disk_usage(place.folder()).free
    return float("inf")


@contextmanager
def _refusing_named(path: Path) -> Iterator[None]:
    """Say in a sentence what the system says of a path that a person named."""
    try:
        yield
    except OSError as error:
        raise _of_path(path, error) from error


def _try_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    _write_on_trial(folder)


def _write_on_trial(folder: Path) -> None:
    """Write a file into a folder, and remove it again."""
    path = folder / f".trial.{secrets.token_hex(8)}.tmp"
    try:
        with path.open("wb") as file:
            file.write(bytes(TRIAL_BYTES))
            file.flush()
            os.fsync(file.fileno())
    finally:
        with suppress(OSError):
            path.unlink()


def _other_names(path: Path) -> Iterator[Path]:
    """Give other names for a file, beside it and in the folder for temporary files."""
    name = f"{path.stem}-{secrets.token_hex(4)}{path.suffix}"
    yield path.with_name(name)
    with suppress(FileNotFoundError):  # There is none that can be written.
        yield Path(tempfile.gettempdir()) / name
