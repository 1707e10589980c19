"""How much a visitor may keep on the disk, and how long: uploads and runs."""

import shutil
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from crackcls import config, stored
from crackcls.errors import InputError
from crackcls.runs import belonging, changes, folders, nicknames, waiting

# Among photos the file that says whose they are is hidden.
FILE = f".{belonging.FILE}"
FULL = (
    "What you keep here may take {most:,} MB, and it takes {used:,.0f} MB. Remove photos or runs "
    "of yours, then try again."
)
NO_ROOM = (
    "The disk must keep {reserve:,} MB free, and it has {free:,.0f} MB. Its owner must make room."
)


@dataclass(frozen=True)
class Keeper:
    """Who keeps something, and how much of it.

    Attributes:
        visitor: See `belonging.give`; empty for the server's owner.
        uploads: Most uploads; the oldest makes room.
        megabytes: Most of the disk that uploads and runs take together; None for any.
    """

    visitor: str = ""
    uploads: int = config.MAX_UPLOADS
    megabytes: int | None = None


OWNER = Keeper()


def uploads_of(visitor: str) -> list[Path]:
    """List the uploads of a visitor, or of the owner, the latest first."""
    found = [one for one in _uploads() if belonging.of(one, FILE) == visitor]
    return sorted(found, key=lambda one: one.stat().st_mtime, reverse=True)


def remove_upload(folder: Path) -> None:
    """Delete an upload with its photos."""
    if folder.parent == config.data_folder() / "uploads":
        shutil.rmtree(folder, ignore_errors=True)


def make_room(keeper: Keeper, keep: Collection[Path]) -> None:
    """Remove the oldest uploads of a keeper who has too many; nobody else's.

    Args:
        keeper: Whose.
        keep: What may not be removed.
    """
    for folder in uploads_of(keeper.visitor)[keeper.uploads :]:
        if folder not in keep:
            remove_upload(folder)


def limits_for(keeper: Keeper) -> config.ArchiveLimits:
    """Give how much an upload may unpack to, by what there is room for.

    Raises:
        InputError: There is no room.
    """
    room = min(config.UPLOAD_LIMITS.size, _free(config.data_folder()), _left(keeper))
    return replace(config.UPLOAD_LIMITS, size=room)


def check_room(keeper: Keeper) -> None:
    """Check that there is room for another run.

    Raises:
        InputError: There is none.
    """
    _free(config.models_folder())
    _left(keeper)


def data_in_use() -> list[Path]:
    """Give the data folders of runs that run or wait."""
    running = [run for run in folders.list_runs() if run.state in ("running", "waiting")]
    found = [folder for run in running if (folder := folders.local_data(run.folder))]
    found += [one for run in running for one in folders.local_sets(run.folder).values()]
    words = waiting.words()
    return found + [one for one in _uploads() if any(str(one) in word for word in words)]


def clear_expired(now: float) -> None:
    """Delete what visitors have uploaded or trained and not used for long; nothing is raised.

    The owner's stays, and so do data of runs that run and the model in use.

    Args:
        now: Seconds since 1970.
    """
    nicknames.clear(before=now - nicknames.DAYS * 24 * 3600)
    used = data_in_use()
    for folder in _uploads():
        is_old = now - _last_used(folder, ".") > config.UPLOAD_HOURS * 3600
        if is_old and stored.is_there(folder / FILE) and folder not in used:
            remove_upload(folder)
    for run in runs_of_visitors():
        is_old = now - _last_used(run.folder, ".", belonging.FILE) > config.RUN_HOURS * 3600
        if is_old and run.name != folders.in_use():
            with suppress(InputError, OSError):  # It runs, or the disk may only be read.
                changes.delete(run.name)


def runs_of_visitors() -> list[folders.Run]:
    """List the runs that visitors have made, the latest first."""
    return [run for run in folders.list_runs() if stored.is_there(run.folder / belonging.FILE)]


def clear_visitors() -> None:
    """Delete what visitors have uploaded and trained, but for what runs and the model in use.

    What they are called goes too.
    """
    nicknames.clear()
    used = data_in_use()
    for folder in _uploads():
        if stored.is_there(folder / FILE) and folder not in used:
            remove_upload(folder)
    for run in runs_of_visitors():
        if run.name != folders.in_use():
            with suppress(InputError, OSError):  # As above.
                changes.delete(run.name)


def _uploads() -> list[Path]:
    return [one for one in (config.data_folder() / "uploads").glob("[!.]*") if one.is_dir()]


def _last_used(folder: Path, *names: str) -> float:
    """Give when one of some files was changed last; a folder is by each file that it gets."""
    times = [0.0]
    for name in names:
        with suppress(OSError):
            times.append((folder / name).stat().st_mtime)
    return max(times)


def _free(folder: Path) -> int:
    """Give the bytes that may be written where a folder is, or will be.

    Raises:
        InputError: There are none.
    """
    there = next(
        place for place in (folder.absolute(), *folder.absolute().parents) if place.is_dir()
    )
    free = shutil.disk_usage(there).free
    if free <= config.DISK_RESERVE:
        reserve = config.DISK_RESERVE // 10**6
        raise InputError(NO_ROOM.format(reserve=reserve, free=free / 1e6))
    return free - config.DISK_RESERVE


def _left(keeper: Keeper) -> int:
    """Give the bytes that somebody may still keep.

    Raises:
        InputError: There are none.
    """
    if keeper.megabytes is None:
        return config.UPLOAD_LIMITS.size
    runs = [run.folder for run in runs_of_visitors()]
    own = [folder for folder in runs if belonging.of(folder) == keeper.visitor]
    used = sum(map(_size, [*uploads_of(keeper.visitor), *own]))
    left = keeper.megabytes * 10**6 - used
    if left <= 0:
        raise InputError(FULL.format(most=keeper.megabytes, used=used / 1e6))
    return left


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with suppress(OSError):  # Removed meanwhile.
            total += path.lstat().st_size
    return total
