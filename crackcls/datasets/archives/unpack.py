"""Archives from outside, unpacked whole into a new folder or refused whole."""

import shutil
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

from crackcls import config, events, temporary
from crackcls.datasets.archives import alphabets, rar, rules, zips
from crackcls.datasets.archives.rar import rar_tools
from crackcls.datasets.archives.repairs import repaired
from crackcls.datasets.archives.rules import Contents, Member
from crackcls.errors import InputError
from crackcls.formats import photo_files
from crackcls.formats.kinds import HEAD_BYTES, has_litter, kind_of
from crackcls.formats.marks import RAR, ZIP, Kind


@dataclass(frozen=True)
class Unpacked:
    """What came out of an archive.

    Attributes:
        files: How many photos were written.
        left_out: The reason for each other file, by its name.
        renamed: The name as it was packed of each file that got another, by its new one.
        alphabet: The alphabet that the names were taken to be in; empty where none was guessed.
    """

    files: int
    left_out: dict[str, str]
    renamed: dict[str, str] = field(default_factory=dict)
    alphabet: str = ""


def unpack_photos(
    archive: Path | BinaryIO,
    target: Path,
    limits: config.ArchiveLimits,
    emit: events.Emit,
) -> Unpacked:
    """Unpack the photos of a ZIP, and the tables beside them, which may tell their classes.

    Files that no person made are passed over, folders around the class folders are taken off, and
    names that some system cannot hold are repaired.

    Args:
        archive: The ZIP.
        target: The folder to make; it appears once all is unpacked.
        limits: How much may come out.
        emit: Hears the progress.

    Returns:
        The count of photos, damaged ones too, the reason for each other file, and new names.

    Raises:
        InputError: The target exists, or the archive breaks a rule. Nothing is left then.
    """
    opened = archive.open("rb") if isinstance(archive, Path) else nullcontext(archive)
    kept: list[str] = []
    with opened as file, _new_folder(target) as work:
        _check_kind(file, ZIP)
        listed = zips.open_zip(file, limits)
        found, alphabet = zips.list_files(listed)
        files, left_out = _apart([m for m in found if _is_wanted(m)], limits)
        rules.check(files, limits, file.seek(0, 2), names=False)
        files = repaired(files)
        above_photos = _above_photos(files)
        contents = zips.contents(listed, files)
        for member, chunks in events.with_progress(
            emit, "unpacking", contents, len(files), "files"
        ):
            path = _write(work / "member", member, chunks)
            reason = _judge(path)
            if reason:
                left_out[member.name] = reason
            if not reason or _is_table(member, above_photos):
                _move(path, work / "files" / member.name)
                kept.append(member.name)
        (work / "files" / _wrapping(kept)).rename(target)
    photos = len({member.name for member in files} - {*left_out})
    old = {one.name: one.stored for one in files if one.stored}
    renamed = {name: old[name] for name in kept if name in old}
    return Unpacked(photos, left_out, renamed, alphabets.ALPHABETS.get(alphabet, ""))


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
        if _check_kind(file, ZIP, RAR) is RAR:
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


def _check_kind(file: IO[bytes], *wanted: Kind) -> Kind:
    file.seek(0)
    kind = kind_of(file.read(HEAD_BYTES))
    if kind not in wanted:
        names = " or ".join(one.name for one in wanted)
        raise InputError(f"The file must be {names}, and this one is {kind.name}. Pack a ZIP.")
    return kind


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
    files, _ = zips.list_files(listed)
    rules.check(files, limits, file.seek(0, 2))
    _write_all(zips.contents(listed, files), len(files), work, emit)
    first = work / "files" / files[0].name
    if len(files) == 1 and photo_files.kind_of_file(first) is RAR:
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


def _is_table(member: Member, above_photos: Collection[str]) -> bool:
    """Tell whether a file may be a table of the photos in its folder or below."""
    name = member.name.lower()
    if not name.endswith(config.TABLE_SUFFIXES) or member.size > config.MAX_TABLE_BYTES:
        return False
    return name.endswith(".csv") or member.name.rpartition("/")[0] in above_photos


def _above_photos(members: Sequence[Member]) -> set[str]:
    """Give the folders that hold what is called a photo, or have it below; `` is the uppermost."""
    names = (one.name for one in members if one.name.lower().endswith(config.PHOTO_SUFFIXES))
    folders = {name.rpartition("/")[0] for name in names}
    parts = (folder.split("/") for folder in folders)
    return {"/".join(each[:end]) for each in parts for end in range(len(each) + 1)}


def _is_wanted(member: Member) -> bool:
    """Tell whether a person made a file; one whose name leads outside is never overlooked."""
    leads_outside = member.fault is not None and member.fault.rule == rules.INSIDE
    return leads_outside or not has_litter(PurePosixPath(member.name))


def _apart(
    members: Sequence[Member], limits: config.ArchiveLimits
) -> tuple[list[Member], dict[str, str]]:
    """Set aside, unread, what shrinks as no photo does and has no photo's name, such as a log."""
    logs = {
        member.name: f"It grows to {member.size:,} bytes, more than {limits.ratio} times."
        for member in members
        if rules.grows(member.size, member.packed, limits)
        and not member.name.lower().endswith(config.PHOTO_SUFFIXES)
        and not member.fault
    }
    return [member for member in members if member.name not in logs], logs


def _judge(path: Path) -> str:
    """Give the reason to leave a file out, if any; a damaged photo is kept and told of later."""
    kind, size = photo_files.kind_of_file(path), path.stat().st_size
    if not kind.format:
        return f"It is {kind.name}. {kind.way}"
    if size > config.MAX_PHOTO_BYTES:
        return f"It has {size:,} bytes, and a photo has at most {config.MAX_PHOTO_BYTES:,}."
    return ""


def _wrapping(names: Sequence[str]) -> str:
    """Give the folders around the class folders: all lies in them and no photo directly."""
    paths, depth = [name.split("/") for name in names], 0
    while paths and len({path[depth] for path in paths}) == 1:
        if any(len(path) < depth + 3 for path in paths):
            break
        depth += 1
    return "/".join(paths[0][:depth]) if paths else ""
