"""Files in object stores by their addresses, such as `s3://bucket/folder/photo.jpg`."""

import functools
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import Any

from crackcls.errors import InputError

# Google's store is asked anew for a quarter of an hour otherwise.
SECONDS_TO_ANSWER = 20
# Letters of what a store says, which may be a page.
MOST_OF_A_REASON = 200

_ADDRESS = re.compile(r"(s3|gs)://.", re.DOTALL)


@dataclass(frozen=True)
class Address:
    """A file or a folder in a store that pyarrow reads.

    Attributes:
        url: The address, letter for letter: `%20` is no blank.
        state: Its size and when it was changed, as it was listed; empty where it was not.
    """

    url: str
    state: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.url

    @property
    def path(self) -> str:
        """What the store calls it: the bucket and what lies in it."""
        return self.url.partition("://")[2]

    @property
    def name(self) -> str:
        """The last part of it."""
        return PurePosixPath(self.path).name

    def open(self, mode: str = "rb") -> Any:
        """Open it for reading, as a file.

        Raises:
            OSError: It is not there, or the store refuses.
        """
        return _store(self.url).open_input_stream(self.path)


File = Path | Address


def is_address(text: str) -> bool:
    """Tell whether a text is the address of something in an object store."""
    return bool(_ADDRESS.match(text))


def is_folder(place: File) -> bool:
    """Tell whether files lie below a place.

    Raises:
        InputError: The store cannot be asked.
    """
    if isinstance(place, Path):
        return place.is_dir()
    from pyarrow.fs import FileType

    (info,) = _asked(place, lambda store: store.get_file_info([_bare(place)]))
    return bool(info.type == FileType.Directory)


def below(folder: Address) -> Iterator[tuple[str, Address]]:
    """List all files below a folder.

    Args:
        folder: The folder.

    Yields:
        The name of each, as a path below the folder, and its address, in the order of names.

    Raises:
        InputError: The store cannot be asked.
    """
    from pyarrow.fs import FileSelector, FileType

    top = _bare(folder)
    selector = FileSelector(top, recursive=True)
    found = _asked(folder, lambda store: store.get_file_info(selector))
    start, scheme = len(top) + 1, folder.url.partition("://")[0]
    files = ((info.path[start:], info) for info in found if info.type == FileType.File)
    for name, info in sorted(files, key=lambda pair: pair[0]):
        yield name, Address(f"{scheme}://{info.path}", f"{info.size} {info.mtime_ns}")


def state_of(file: File) -> str:
    """Tell a file as it is now from what it was: its size and when it was changed."""
    if isinstance(file, Address):
        return file.state or _state(file)
    try:
        seen = file.stat()
    except OSError:
        return "unreadable"
    return f"{seen.st_size} {seen.st_mtime_ns}"


def inside(file: File, folder: File) -> str | None:
    """Give the path of a file from a folder on, with `/`; None where it lies elsewhere."""
    if isinstance(file, Address) and isinstance(folder, Address):
        top = folder.url.rstrip("/") + "/"
        return file.url[len(top) :] if file.url.startswith(top) else None
    if isinstance(file, Path) and isinstance(folder, Path) and folder in file.parents:
        return file.relative_to(folder).as_posix()
    return None


def _state(file: Address) -> str:
    (info,) = _asked(file, lambda store: store.get_file_info([file.path]))
    return f"{info.size} {info.mtime_ns}" if info.is_file else "unreadable"


def _bare(folder: Address) -> str:
    return folder.path.rstrip("/") or "/"


def _asked(place: Address, ask: Any) -> Any:
    try:
        return ask(_store(place.url))
    except OSError as error:
        reason = str(error).split(". ")[0][:MOST_OF_A_REASON]
        raise InputError(
            f"The store of '{place}' must answer, and it does not ({reason}). Check the address, "
            "the network and what this machine may read."
        ) from error


def _store(url: str) -> Any:
    scheme, _, path = url.partition("://")
    return _opened(scheme, path.partition("/")[0])


@functools.cache
def _opened(scheme: str, bucket: str) -> Any:
    """Open a store once: its keys, region and endpoint come from the machine's own settings."""
    from pyarrow import fs

    # By this name other programs take the address of a store that speaks as S3 does.
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    if scheme == "s3" and endpoint:
        return fs.S3FileSystem(endpoint_override=endpoint)
    if scheme == "gs":
        return fs.GcsFileSystem(**_google())
    return fs.FileSystem.from_uri(f"{scheme}://{bucket or '/'}")[0]


def _google() -> dict[str, Any]:
    """Give how Google's store is asked: who may not read it hears so within a minute."""
    how: dict[str, Any] = {"retry_time_limit": timedelta(seconds=SECONDS_TO_ANSWER)}
    # By this name Google's own programs take the address of a store that speaks as theirs does.
    if host := os.environ.get("STORAGE_EMULATOR_HOST"):
        scheme, _, place = host.rpartition("://")
        how |= {"anonymous": True, "scheme": scheme or "http", "endpoint_override": place}
    return how
