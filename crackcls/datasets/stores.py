"""Labelled images in an object store, brought onto this machine."""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from crackcls import addresses, config, disk, events, parallel
from crackcls.addresses import Address
from crackcls.errors import InputError
from crackcls.files import read_bytes, write_atomically
from crackcls.formats.kinds import has_litter

# Below the cache.
FOLDER = "stores"
# The store answers each after a while.
AT_ONCE = 16


def fetch(address: Address, emit: events.Emit) -> Path:
    """Bring the files below a folder of a store onto this machine.

    A file that is here already, of the same size and time, is not fetched again. What is no longer
    in the store is removed here.

    Args:
        address: Of the folder.
        emit: Hears the progress.

    Returns:
        The folder here, of the same name.

    Raises:
        InputError: The store cannot be asked, a file cannot be read or has a name that leads out of
            the folder, or the disk has no room.
    """
    folder = folder_of(address)
    found = {name: one for name, one in addresses.below(address) if _is_taken(name)}
    if not found:
        raise InputError(f"The data must hold photos, and '{address}' holds none. Name another.")
    disk.check(disk.CACHE)
    _remove_others(folder, found)
    missing = [name for name, one in found.items() if not _is_here(folder / name, one)]
    disk.check_space((folder.parent, sum(_size(found[name]) for name in missing)))

    def bring(name: str) -> None:
        content = read_bytes(found[name], config.MAX_PHOTO_BYTES)
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        write_atomically(folder / name, content)
        changed = int(found[name].state.split()[1])
        os.utime(folder / name, ns=(changed, changed))

    brought = parallel.ordered_map(bring, missing, AT_ONCE)
    for _ in events.with_progress(emit, "fetching images", brought, len(missing)):
        pass
    return folder


def folder_of(address: Address) -> Path:
    """Give the folder of this machine into which `fetch` brings a folder of a store."""
    url = address.url.rstrip("/")
    digest = hashlib.sha256(url.encode()).hexdigest()[:16]
    return config.cache_folder() / FOLDER / digest / (Address(url).name or "store")


def _is_taken(name: str) -> bool:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or path.as_posix() != name:
        raise InputError(
            f"A name in a store must be one that a folder here can have, and '{name}' is none. "
            "Rename the object."
        )
    return not has_litter(path)


def _size(address: Address) -> int:
    return min(int(address.state.split()[0]), config.MAX_PHOTO_BYTES + 1)


def _is_here(path: Path, address: Address) -> bool:
    try:
        seen = path.stat()
    except OSError:
        return False
    return f"{_size(address)} {address.state.split()[1]}" == f"{seen.st_size} {seen.st_mtime_ns}"


def _remove_others(folder: Path, found: Mapping[str, Address]) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        is_gone = path.is_file() and path.relative_to(folder).as_posix() not in found
        if is_gone or (path.is_dir() and not any(path.iterdir())):
            path.rmdir() if path.is_dir() else path.unlink()
