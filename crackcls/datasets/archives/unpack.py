"""Archives from outside, unpacked whole into a new folder or refused whole."""

import shutil
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from crackcls import config, events, photo_files, temporary
from crackcls.datasets.archives import rar, rules, zips
from crackcls.datasets.archives.rar import rar_tools
from crackcls.datasets.archives.rules import Contents, Member
from crackcls.errors import InputError


@dataclass(frozen=True)
class Unpacked:
    """What came out of an archive.

    Attributes:
        files: How many photos were written.
        left_out: The reason for each other file, by its name.
    """

    files: int
    left_out: dict[str, str]


def unpack_photos(
    archive: Path | BinaryIO,
    target: Path,
    limits: config.ArchiveLimits,
    emit: events.Emit,
) -> Unpacked:
    """Unpack the photos of a ZIP, and the tables beside them, which may tell their classes.

    Hidden files are passed over, and folders around the class folders are taken off.

    Args:
        archive: The ZIP.
        target: The folder to make; it appears once all is unpacked.
        limits: How much may come out.
        emit: Hears the progress.

    Returns:
        The count of photos, damaged ones too, and the reason for each other file.

    Raises:
        InputError: The target exists, or the archive breaks a rule. Nothing is left then.
    """
    opened = archive.open("rb") if isinstance(archive, Path) else nullcontext(archive)
    kept, left_out = [], dict[str, str]()
    with opened as file, _new_folder(target) as work:
        _check_kind(file, "a ZIP archive")
        listed = zips.open_zip(file, limits)
        files = [m for m in zips.list_files(listed) if not rules.is_hidden(m.name)]
        rules.check(files, limits, file.seek(0, 2))
        contents = zips.contents(listed, files)
        for member, chunks in events.with_progress(
            emit, "unpacking", contents, len(files), "files"
        ):
            path = _write(work / "member", member, chunks)
            _check_no_archive(path, member.name)
            reason = _judge(path, member.name)
            if reason:
                left_out[member.name] = reason
            if not reason or _is_table(member, files):
                _move(path, work / "files" / member.name)
                kept.append(member.name)
        (work / "files" / _wrapping(kept)).rename(target)
    return Unpacked(len(files) - len(left_out), left_out)


def extract_all(
    archive: Path, target: Path, limits: config.ArchiveLimits, emit: events.Emit
) -> None:
    """Extract every file of a ZIP, of a RAR archive, or of the one RAR archive in a ZIP.

    Args:
        archive: The archive.
        target: The folder to make; it appears once all is extracted.
        limits: How much may come out.
        emit: Hears the progress.

    Raises:
        InputError: The target exists, the archive breaks a rule, or no program here reads
            it. Nothing is left then.
    """
    with archive.open("rb") as file, _new_folder(target) as work:
        if _check_kind(file, "a ZIP archive", "a RAR archive") == "a RAR archive":
            _extract_rar(archive, work, limits, emit)
        else:
            _extract_zip(file, work, limits, emit)
        (work / "files").rename(target)


def check_rar_tools() -> None:
    """Check that a program is here that reads RAR archives.

    Raises:
        InputError: None is.
    """
    if not rar_tools():
        raise InputError(
            f"A RAR archive needs one of the programs {', '.join(rar.TOOLS)}, and none is "
            "installed. Install one (on Debian: libarchive-tools) or fetch the data by "
            "--source zip."
        )


@contextmanager
def _new_folder(target: Path) -> Iterator[Path]:
    """Give a hidden folder beside the target, with `files` in it, and remove it in the end."""
    if target.exists():
        raise InputError(f"The folder to unpack to must be new, and '{target}' is there already.")
    with temporary.folder_beside(target) as work:
        (work / "files").mkdir()
        yield work


def _check_kind(file: IO[bytes], *wanted: str) -> str:
    file.seek(0)
    head = file.read(rules.KIND_BYTES)
    kind = rules.kind(head)
    if kind not in wanted:
        received = f"is {kind}" if kind else "is no archive" if head else "has 0 bytes"
        raise InputError(
            f"The file must be {' or '.join(wanted)}, and this one {received}. Pack a ZIP."
        )
    return kind


def _kind_of(path: Path) -> str | None:
    with path.open("rb") as file:
        return rules.kind(file.read(rules.KIND_BYTES))


def _check_no_archive(path: Path, name: str) -> None:
    kind = _kind_of(path)
    if kind:
        raise InputError(
            f"An archive may hold no other one, and {rules.shown(name)} in it is {kind}. "
            "Unpack that one and pack its files, or leave it out."
        )


def _write(path: Path, member: Member, chunks: Iterable[bytes]) -> Path:
    """Write a member and check its size and checksum, since what is declared may be a lie."""
    size = crc = 0
    with path.open("wb") as file:
        for chunk in chunks:
            size, crc = size + len(chunk), zlib.crc32(chunk, crc)
            if size > member.size:
                break
            file.write(chunk)
    if size != member.size or member.crc not in (None, crc):
        raise rules.damaged(member.name)
    return path


def _move(path: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    path.rename(to)


def _extract_zip(
    file: BinaryIO, work: Path, limits: config.ArchiveLimits, emit: events.Emit
) -> None:
    listed = zips.open_zip(file, limits)
    files = zips.list_files(listed)
    rules.check(files, limits, file.seek(0, 2))
    _write_all(zips.contents(listed, files), len(files), work, emit)
    first = work / "files" / files[0].name
    if len(files) == 1 and _kind_of(first) == "a RAR archive":
        _extract_rar(first.rename(work / "archive.rar"), work, limits, emit)


def _extract_rar(
    archive: Path, work: Path, limits: config.ArchiveLimits, emit: events.Emit
) -> None:
    check_rar_tools()
    files = rar.list_files(archive)
    rules.check(files, limits, archive.stat().st_size)
    for tool in rar_tools():
        shutil.rmtree(work / "files", ignore_errors=True)  # What an earlier one left, if any.
        try:
            with rar.printed(archive, tool) as stream:
                return _write_all(rar.cut(stream, files), len(files), work, emit)
        except InputError as error:
            failure = error
    raise InputError(
        f"{failure} If it is whole, {' and '.join(rar_tools())} cannot read it: install unrar, or "
        "fetch the data by --source zip."
    )


def _write_all(contents: Contents, total: int, work: Path, emit: events.Emit) -> None:
    for member, chunks in events.with_progress(emit, "unpacking", contents, total, "files"):
        _move(_write(work / "member", member, chunks), work / "files" / member.name)


def _is_table(member: Member, files: Sequence[Member]) -> bool:
    """Tell whether a file may be a table of the photos in its folder or below."""
    name, above = member.name.lower(), member.name.rpartition("/")[0]
    if not name.endswith(config.TABLE_SUFFIXES) or member.size > config.MAX_TABLE_BYTES:
        return False
    inside = (one.name.lower() for one in files if one.name.startswith(f"{above}/" * bool(above)))
    return name.endswith(".csv") or any(one.endswith(config.PHOTO_SUFFIXES) for one in inside)


def _judge(path: Path, name: str) -> str:
    """Give the reason to leave a file out, if any; a damaged photo is kept and told of later."""
    size = path.stat().st_size
    if size > config.MAX_PHOTO_BYTES:
        return f"It has {size:,} bytes, and a photo has at most {config.MAX_PHOTO_BYTES:,}."
    kind = photo_files.kind_of_file(path)
    return "" if kind.format else f"It is {kind.name}. {kind.way}"


def _wrapping(names: Sequence[str]) -> str:
    """Give the folders around the class folders: all lies in them and no photo directly."""
    paths, depth = [name.split("/") for name in names], 0
    while paths and len({path[depth] for path in paths}) == 1:
        if any(len(path) < depth + 3 for path in paths):
            break
        depth += 1
    return "/".join(paths[0][:depth]) if paths else ""
