"""What a worker on any machine must be given to do its work."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from crackcls import __version__
from crackcls.errors import InputError

# Takes items and gives a result for each, in order.
Do = Callable[[Sequence[Any]], Iterable[Any]]


def itself(reason: InputError) -> InputError:
    """Give the reason why an item has no result as its result."""
    return reason


@dataclass(frozen=True)
class Work:
    """Work as it is sent to a worker, by pickle.

    Attributes:
        open: A function of a module, or a `functools.partial` of one. Takes the folder in which
            `files` lie and gives what does the work; called once a worker.
        files: Content of the files that it needs, by their names, such as those of a model.
        lost: Takes why an item has no result, and gives what stands for it.
        roots: Folders that each machine must see.
        name: Of the folder in which `files` lie.
        at: The folder from which relative paths go.
        version: Of the package.
    """

    open: Callable[[Path], Do]
    files: Mapping[str, bytes]
    lost: Callable[[InputError], Any] = itself
    roots: tuple[Path, ...] = ()
    name: str = "files"
    at: Path = field(default_factory=Path.cwd)
    version: str = __version__


def content_of(folder: Path, names: Iterable[str]) -> dict[str, bytes]:
    """Read those files of a folder that are there, to be sent with the work."""
    there = (folder / name for name in names)
    return {path.name: path.read_bytes() for path in there if path.is_file()}


@contextmanager
def opened(work: Work) -> Iterator[Do]:
    """Check what work needs of this machine, lay out its files and open it.

    Raises:
        InputError: The machine has another version of the package, or does not see a folder.
    """
    if work.version != __version__:
        raise InputError(
            f"Each machine must have crackcls {work.version}, as the one that asks, and this one "
            f"has {__version__}. Install the same version on all."
        )
    for root in work.roots:
        if not root.exists():
            raise InputError(
                f"Each machine must see '{root}', and this one does not. Put the photos where all "
                "see them by the same path, or name them as s3:// or gs://."
            )
    if work.at.is_dir():
        os.chdir(work.at)
    with TemporaryDirectory(prefix="crackcls-", ignore_cleanup_errors=True) as above:
        folder = Path(above) / work.name
        folder.mkdir()
        for name, content in work.files.items():
            (folder / name).write_bytes(content)
        yield work.open(folder)
