"""Getting the METU data set: from its sources, an archive or a folder, whole or not at all."""

import errno
import glob
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from crackcls import config, events, files
from crackcls.datasets.archives.unpack import check_rar_tools, extract_all
from crackcls.datasets.published import metu, transfer
from crackcls.errors import InputError

BLOCK_BYTES = 4096  # What a file system gives a file at least.
AGAIN = (
    "Run the command again, or download the archive in a browser and pass it with --archive FILE."
)


def fetch(
    target: Path | str,
    emit: events.Emit,
    source: str | None = None,
    sources: Sequence[metu.Source] = metu.SOURCES,
    manifest: metu.Manifest = metu.METU,
    downloads: Path | None = None,
    timeouts: tuple[float, float] = transfer.SECONDS_TO_CONNECT_AND_READ,
) -> Path:
    """Download the data set, unpack it, check it by content and put it in place.

    Args:
        target: The folder that will hold `Negative` and `Positive`; it must not exist yet.
        emit: Hears `note` with `text`, and progress: `downloading` in bytes, then files.
        source: Name of the only source to ask; all in order where None.
        sources: Where the data set can be had.
        manifest: What it must hold.
        downloads: A folder of its own where unfinished downloads wait for the next try.
        timeouts: Seconds to wait for a connection and for the next bytes.

    Returns:
        The target.

    Raises:
        InputError: No source gave the data set, or something is in the way. The target is
            not there then, and the next call goes on with what has come.
    """
    target, downloads = _full(target), _full(downloads or config.data_folder() / "downloads")
    chosen = _chosen(source, sources)

    def get(one: metu.Source) -> None:
        if "rar" in one.kind:
            check_rar_tools()
        archive = transfer.retrieve(one, downloads, emit, timeouts)
        _install_download(one, archive, target, emit, manifest)

    with _disk_errors(downloads), _alone(downloads / "fetch"):
        if not _is_there(target, manifest, emit):
            _check_space((downloads, transfer.most_bytes(chosen[0])), _room(target, manifest))
            _get_first(chosen, get, emit)
            _remove_downloads(downloads, sources)
    return target


def install_archive(
    archive: Path | str, target: Path | str, emit: events.Emit, manifest: metu.Manifest = metu.METU
) -> Path:
    """Unpack an archive of the data set, check it by content and put it in place.

    Args:
        archive: A RAR, a ZIP or a ZIP that holds a RAR.
        target: The folder that will hold `Negative` and `Positive`; it must not exist yet.
        emit: Hears the progress.
        manifest: What it must hold.

    Returns:
        The target.

    Raises:
        InputError: The archive does not hold the data set, or something is in the way.
    """
    archive = _full(archive)
    if not archive.is_file():
        raise InputError(f"The archive must be a file that exists, received '{archive}'.")

    def unpack(new: Path) -> None:
        extract_all(archive, new, config.METU_LIMITS, emit)
        try:
            metu.locate(new)
        except InputError:
            raise InputError(
                f"The archive must hold the folders 'Negative' and 'Positive', and "
                f"'{archive.name}' does not. Choose another."
            ) from None

    return _install(unpack, _full(target), emit, manifest)


def install_folder(
    folder: Path | str, target: Path | str, emit: events.Emit, manifest: metu.Manifest = metu.METU
) -> Path:
    """Check a folder with the data set by content and copy it into place.

    Args:
        folder: The folder, or one up to two levels above it. It stays as it is.
        target: The folder that will hold `Negative` and `Positive`; it must not exist yet.
        emit: Hears the progress.
        manifest: What it must hold.

    Returns:
        The target.

    Raises:
        InputError: The folder does not hold the data set, or something is in the way.
    """

    def copy(new: Path) -> None:
        found = metu.locate(folder)
        metu.verify(found, manifest, emit)
        for name in events.with_progress(emit, "copying", manifest.names, len(manifest.names)):
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(found / name, new / name)

    return _install(copy, _full(target), emit, manifest)


def _full(path: Path | str) -> Path:
    return Path(path).expanduser().absolute()


def _chosen(name: str | None, sources: Sequence[metu.Source]) -> Sequence[metu.Source]:
    chosen = [one for one in sources if name in (None, one.name)]
    if not chosen:
        names = ", ".join(one.name for one in sources)
        raise InputError(f"The source must be one of {names}, received '{name}'.")
    return chosen


def _get_first(
    chosen: Sequence[metu.Source], get: Callable[[metu.Source], None], emit: events.Emit
) -> None:
    """Get the data set from the first source that gives it."""
    *others, last = chosen
    for one in others:
        try:
            return get(one)
        except InputError as error:
            emit("note", text=f"The source '{one.name}' gave no data set. {error}")
    try:
        get(last)
    except InputError as error:
        all_failed = f"None of {len(chosen)} sources gave the data set. The last, '{last.name}': "
        raise InputError(f"{all_failed if others else ''}{error} {AGAIN}") from error


def _install_download(
    source: metu.Source, archive: Path, target: Path, emit: events.Emit, manifest: metu.Manifest
) -> None:
    try:
        install_archive(archive, target, emit, manifest)
    except InputError:
        # Without a published checksum only the content tells that the download was wrong.
        if source.sha256 is None:
            archive.unlink(missing_ok=True)
        raise


def _remove_downloads(downloads: Path, sources: Sequence[metu.Source]) -> None:
    for source in sources:
        for path in downloads.glob(f"{glob.escape(source.name)}.*"):
            path.unlink()


def _install(
    fill: Callable[[Path], None], target: Path, emit: events.Emit, manifest: metu.Manifest
) -> Path:
    """Fill a hidden folder beside the target, check it, and only then give it its name."""
    with _disk_errors(target), _alone(target):
        if _is_there(target, manifest, emit):
            return target
        for left_by_killed in target.parent.glob(f".{glob.escape(target.name)}.*.tmp"):
            shutil.rmtree(left_by_killed)
        _check_space(_room(target, manifest))
        work = Path(tempfile.mkdtemp(".tmp", f".{target.name}.", target.parent))
        try:
            fill(work / "new")
            found = metu.locate(work / "new")
            lines = metu.verify(found, manifest, emit)
            files.write_atomically(found / metu.ATTRIBUTION_FILE, metu.ATTRIBUTION.encode())
            files.write_atomically(found / metu.MANIFEST_FILE, lines.encode())
            found.rename(target)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return target


def _is_there(target: Path, manifest: metu.Manifest, emit: events.Emit) -> bool:
    if not target.exists():
        return False
    try:
        metu.verify(target, manifest, emit)
    except InputError as error:
        raise InputError(
            f"The folder '{target}' is in the way and does not hold the data set: {error} "
            "Delete that folder and run the command again."
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
            f"'{path.parent}'. Wait until it has ended."
        ) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _disk_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            said = f"The disk must have room for the data set, and that of '{path}' is full."
            raise InputError(f"{said} Delete files, then run the command again.") from error
        raise InputError(
            f"The data set must be written to '{path}', and the system refuses: {error}."
        ) from error


def _room(target: Path, manifest: metu.Manifest) -> tuple[Path, int]:
    return target.parent, manifest.size + BLOCK_BYTES * len(manifest.names)


def _check_space(*needs: tuple[Path, int]) -> None:
    """Check that each folder has room for its bytes, folders on one disk together."""
    sums: dict[int, int] = {}
    for folder, size in needs:
        folder.mkdir(parents=True, exist_ok=True)
        disk = folder.stat().st_dev
        sums[disk] = sums.get(disk, 0) + size
        free = shutil.disk_usage(folder).free
        if free < sums[disk]:
            raise InputError(
                f"The disk of '{folder}' must have {sums[disk] / 1e6:,.0f} MB free, and it has "
                f"{free / 1e6:,.0f} MB. Delete files or choose a folder on another disk."
            )
