"""RAR archives: listed by `rarfile`, read by one run of a program that prints all files."""

import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import rarfile

from crackcls.datasets.archives.rules import Contents, Member, fault_of, path_of
from crackcls.errors import InputError

CHUNK = 2**16

# Each prints the files in the order of the archive; best first. Debian's 7z reads stored files
# only, bsdtar neither empty files nor, before RAR5, solid archives; the next one is then tried.
TOOLS = {
    "unrar": ("p", "-inul", "-p-", "--"),
    "7z": ("e", "-so", "-p-", "-bd", "--"),
    "7zz": ("e", "-so", "-p-", "-bd", "--"),
    "bsdtar": ("-x", "--to-stdout", "-f"),
    "unar": ("-q", "-nr", "-p", "", "-o", "-"),
}
if sys.platform == "win32":  # Windows comes with bsdtar under this name.
    TOOLS["tar"] = TOOLS["bsdtar"]


def rar_tools() -> list[str]:
    """Give the names of the programs here that read RAR archives, best first."""
    return [tool for tool in TOOLS if shutil.which(tool)]


def list_files(archive: Path) -> list[Member]:
    """List the files of a RAR archive in its order, folders left out.

    Raises:
        InputError: The list is damaged or encrypted.
    """
    try:
        # One part only, since further parts would be looked for beside the archive.
        with rarfile.RarFile(archive, errors="strict", part_only=True) as opened:
            entries, encrypted = opened.infolist(), opened.needs_password()
    except Exception as error:  # Damaged lists raise more than rarfile.Error.
        raise InputError(
            f"A RAR archive must be whole, and the list of files in this one is damaged ({error}). "
            "Download it again."
        ) from error
    if encrypted and not entries:
        raise InputError(
            "An archive must open without a password, and the list of files in this one is "
            "encrypted. Pack it without a password."
        )
    members = map(_member, entries)
    files = zip(members, entries, strict=True)
    return [member for member, entry in files if member.fault or not entry.is_dir()]


@contextmanager
def printed(archive: Path, tool: str) -> Iterator[IO[bytes]]:
    """Give the stream to which a program prints all files of a RAR archive."""
    command = [tool, *TOOLS[tool], str(archive.resolve())]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, stdin=quiet, stdout=subprocess.PIPE, stderr=quiet)
    assert process.stdout  # Since it is a pipe.
    try:
        yield process.stdout
    finally:
        process.kill()
        process.communicate()


def cut(stream: IO[bytes], files: Sequence[Member]) -> Contents:
    """Cut what a program printed into files, each to be read before the next.

    The program's exit status is not asked for: bsdtar fails on each folder of a RAR5
    archive, unar never does. Sizes and checksums tell whether the files are whole.

    Raises:
        InputError: More was printed than the archive lists.
    """
    for member in files:
        yield member, _next_bytes(stream, member.size)
    if stream.read(1):
        raise InputError("A RAR archive must hold what it lists, and more came out of this one.")


def _next_bytes(stream: IO[bytes], size: int) -> Iterator[bytes]:
    while size and (chunk := stream.read(min(size, CHUNK))):
        size -= len(chunk)
        yield chunk


def _member(entry: rarfile.RarInfo) -> Member:
    path, fault = path_of(entry.filename)
    is_link = entry.is_symlink() or entry.file_redir is not None
    # Other systems put something else in the place of the Unix mode.
    mode = entry.mode if entry.host_os == rarfile.RAR_OS_UNIX else 0
    if not entry.is_dir():
        fault = fault or fault_of(stat.S_IFLNK if is_link else mode, entry.needs_password())
    return Member(path, entry.file_size, entry.compress_size, entry.CRC, fault=fault)
