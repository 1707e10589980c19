"""Getting a published data set: from its sources, an archive or a folder, whole or not at all."""

import glob
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from crackcls import config, disk, events, files, temporary, typed
from crackcls.datasets.archives.unpack import check_rar_tools, extract_all
from crackcls.datasets.published import manifest, transfer
from crackcls.datasets.published.facts import Manifest, Published, Source
from crackcls.datasets.published.manifest import Place
from crackcls.errors import InputError

ATTRIBUTION_FILE = "ATTRIBUTION.txt"
BLOCK_BYTES = 4096  # What a file system gives a file at least.
AGAIN = (
    "Run the command again, or download the archive in a browser and pass it with --archive FILE."
)
NEW = "new"


def fetch(
    facts: Published,
    target: Path | str,
    emit: events.Emit,
    source: str | None = None,
    downloads: Path | None = None,
    timeouts: tuple[float, float] = transfer.SECONDS_TO_CONNECT_AND_READ,
) -> Path:
    """Download a data set, unpack it, check it by content and put it in place.

    Args:
        facts: Which data set.
        target: The folder that will hold a folder a class; it must not exist yet.
        emit: Hears `note` with `text`, and progress: `downloading` in bytes, then files.
        source: Name of the only source to ask; all in order where None.
        downloads: A folder of its own where unfinished downloads wait for the next try.
        timeouts: Seconds to wait for a connection and for the next bytes.

    Returns:
        The target.

    Raises:
        InputError: No source gave the data set, or something is in the way. The target is
            not there then, and the next call goes on with what has come.
    """
    target = _full(target)
    downloads = _full(downloads or config.data_folder() / "downloads" / facts.name)
    chosen = _chosen(source, facts.sources)

    def get(one: Source) -> None:
        if "rar" in one.kind:
            check_rar_tools()
        archive = transfer.retrieve(one, downloads, emit, timeouts)
        _install_download(facts, one, archive, target, emit)

    with disk.refusing(downloads), _alone(downloads / "fetch"):
        if not _is_there(facts, target, emit):
            most = transfer.most_bytes(chosen[0])
            inner = most if " in " in chosen[0].kind else 0
            room = _room(target, facts.manifest())
            disk.check_space((downloads, most), (target.parent, inner), room)
            _get_first(chosen, get, emit)
            _remove_downloads(downloads, facts.sources)
    return target


def install_archive(
    facts: Published, archive: Path | str, target: Path | str, emit: events.Emit
) -> Path:
    """Unpack an archive of a data set, check it by content and put it in place.

    Args:
        facts: Which data set.
        archive: A RAR, a ZIP or a ZIP that holds one of them.
        target: The folder that will hold a folder a class; it must not exist yet.
        emit: Hears the progress.

    Returns:
        The target.

    Raises:
        InputError: The archive does not hold the data set, or something is in the way.
    """
    archive = _full(archive)
    if not archive.is_file():
        raise InputError(f"The archive must be a file that exists, received '{archive}'.")

    def unpack(work: Path) -> str:
        place = _unpack(facts, archive, work, emit)
        lines = manifest.verify(place, facts.manifest(), emit)
        for here, to in _moves(place, facts.manifest(), work / NEW):
            here.rename(to)
        return lines

    return _install(facts, unpack, _full(target), emit)


def install_folder(
    facts: Published, folder: Path | str, target: Path | str, emit: events.Emit
) -> Path:
    """Check a folder with a data set by content and copy it into place.

    Args:
        facts: Which data set.
        folder: The folder, or one up to two levels above it. It stays as it is.
        target: The folder that will hold a folder a class; it must not exist yet.
        emit: Hears the progress.

    Returns:
        The target.

    Raises:
        InputError: The folder does not hold the data set, or something is in the way.
    """

    def copy(work: Path) -> str:
        place, wanted = manifest.locate(folder, facts.layouts), facts.manifest()
        manifest.verify(place, wanted, emit)
        moves = _moves(place, wanted, work / NEW)
        for here, to in events.with_progress(emit, "copying", moves, len(wanted.names)):
            shutil.copyfile(here, to)
        return manifest.verify(_installed(facts, work / NEW), wanted, emit)

    return _install(facts, copy, _full(target), emit)


def _unpack(facts: Published, archive: Path, work: Path, emit: events.Emit) -> Place:
    """Unpack an archive, and the ZIP in it where that is what it holds."""
    extract_all(archive, work / "outer", facts.limits, emit)
    place = manifest.find(work / "outer", facts.layouts)
    inner = [path for path in (work / "outer").rglob("[!.]*") if path.suffix.lower() == ".zip"]
    if place is None and len(inner) == 1:
        extract_all(inner[0], work / "inner", facts.limits, emit)
        place = manifest.find(work / "inner", facts.layouts)
    if place is None:
        raise InputError(
            f"The archive must hold the folders {manifest.folders_of(facts.layouts)}, and "
            f"'{archive.name}' {manifest.received(work / 'outer')}. Choose another."
        )
    return place


def _moves(place: Place, wanted: Manifest, to: Path) -> Iterator[tuple[Path, Path]]:
    """Give the path of each file and its path in the installed set, whose folders are made."""
    for here, name in zip(place.names(wanted), wanted.names, strict=True):
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        yield place.folder / here, to / name


def _installed(facts: Published, folder: Path) -> Place:
    return Place(folder, facts.layouts[0])


def _full(path: Path | str) -> Path:
    return typed.path(path).absolute()


def _chosen(name: str | None, sources: Sequence[Source]) -> Sequence[Source]:
    chosen = [one for one in sources if name in (None, one.name)]
    if not chosen:
        names = ", ".join(one.name for one in sources)
        raise InputError(f"The source must be one of {names}, received '{name}'.")
    return chosen


def _get_first(chosen: Sequence[Source], get: Callable[[Source], None], emit: events.Emit) -> None:
    """Get the data set from the first source that gives it."""
    *others, last = chosen
    for one in others:
        try:
            return get(one)
        except InputError as error:
            emit("note", text=f"The source '{one.name}' gave no data set. {error.public}")
    try:
        get(last)
    except InputError as error:
        failed = f"None of {len(chosen)} sources gave the data set. The last, '{last.name}': "
        failed = failed if others else ""
        public = f"{failed}{error.public} Try again later."
        raise InputError(f"{failed}{error} {AGAIN}", public=public) from error


def _install_download(
    facts: Published, source: Source, archive: Path, target: Path, emit: events.Emit
) -> None:
    try:
        install_archive(facts, archive, target, emit)
    except InputError:
        # Without a published checksum only the content tells that the download was wrong.
        if source.checksum is None:
            archive.unlink(missing_ok=True)
        raise


def _remove_downloads(downloads: Path, sources: Sequence[Source]) -> None:
    for source in sources:
        for path in downloads.glob(f"{glob.escape(source.name)}.*"):
            path.unlink()


def _install(
    facts: Published, fill: Callable[[Path], str], target: Path, emit: events.Emit
) -> Path:
    """Let `fill` make NEW in a hidden folder beside the target, and only then give it its name."""
    with disk.refusing(target), _alone(target):
        if _is_there(facts, target, emit):
            return target
        temporary.clear(target.parent)
        disk.check_space(_room(target, facts.manifest()))
        with temporary.folder_beside(target) as work:
            lines = fill(work)
            files.write_atomically(work / NEW / ATTRIBUTION_FILE, facts.attribution.encode())
            files.write_atomically(work / NEW / manifest.FILE, lines.encode())
            (work / NEW).rename(target)
    return target


def _is_there(facts: Published, target: Path, emit: events.Emit) -> bool:
    if not target.exists():
        return False
    try:
        manifest.verify(_installed(facts, target), facts.manifest(), emit)
    except InputError as error:
        raise InputError(
            f"The folder '{target}' is in the way and does not hold the data set: {error} "
            "Delete that folder and run the command again.",
            public=f"The folder '{target.name}' of the server is in the way and does not hold the "
            "data set. Tell whoever runs it.",
        ) from error
    emit("note", text=f"The data set is already in '{target}', whole and unaltered.")
    return True


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path.parent / f".{path.name}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise InputError(
            f"One command at a time may get the data set, and another one is writing in "
            f"'{path.parent}'. Wait until it has ended.",
            public="This is being done already. Wait until it has ended.",
        ) from None
    try:
        yield
    finally:
        lock.release()


def _room(target: Path, wanted: Manifest) -> tuple[Path, int]:
    return target.parent, wanted.size + BLOCK_BYTES * len(wanted.names)
