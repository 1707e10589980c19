"""ZIP archives: the list of their files and the bytes of each."""

import stat
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import IO

from crackcls import config
from crackcls.datasets.archives.rules import Contents, Member, damaged, fault_of, path_inside, shown
from crackcls.errors import InputError

CHUNK = 2**16


class _Capped:
    """A file that gives no more than so many bytes at once.

    `zipfile` reads the list of all files in one go and makes an object of each.
    """

    def __init__(self, file: IO[bytes], most: int) -> None:
        self.file, self.most = file, most
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        """Read like the file."""
        if size > self.most:
            raise InputError(
                f"The list of files in a ZIP may have at most {self.most:,} bytes, and this one "
                f"has {size:,}. Pack fewer files."
            )
        return self.file.read(size)


def open_zip(file: IO[bytes], limits: config.ArchiveLimits) -> zipfile.ZipFile:
    """Open a ZIP and read the list of its files.

    Args:
        file: The ZIP, open as long as it is read.
        limits: How many files it may list.

    Raises:
        InputError: The list is too long, damaged or missing.
    """
    try:
        # The list has about 140 bytes for each file, and macOS adds a second entry to each.
        return zipfile.ZipFile(_Capped(file, 2 * CHUNK + 512 * limits.files))
    except InputError:
        raise
    except Exception as error:  # Damaged lists raise more than BadZipFile.
        raise InputError(
            "A ZIP must be whole, and the list of files at the end of this one is damaged or "
            "cut off. Send or pack it again."
        ) from error


def list_files(opened: zipfile.ZipFile) -> list[Member]:
    """List the files of a ZIP, folders left out.

    Raises:
        InputError: A name leads out of its folder.
    """
    named = [(path_inside(_name(entry)), entry) for entry in opened.infolist()]
    return [_member(name, entry) for name, entry in named if not _is_folder(entry)]


def _name(entry: zipfile.ZipInfo) -> str:
    """Give the name as stored; macOS writes UTF-8 and does not say so."""
    says_utf8 = entry.flag_bits & 0x800
    with suppress(UnicodeError):
        return entry.orig_filename if says_utf8 else entry.orig_filename.encode("cp437").decode()
    return entry.orig_filename


def _is_folder(entry: zipfile.ZipInfo) -> bool:
    return entry.orig_filename.endswith(("/", "\\")) or stat.S_ISDIR(entry.external_attr >> 16)


def _member(name: str, entry: zipfile.ZipInfo) -> Member:
    fault = fault_of(name, entry.external_attr >> 16, bool(entry.flag_bits & 0x41))
    if not fault and entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        fault = (
            "A ZIP must be packed by its usual method, Deflate, or not at all, and "
            f"{shown(name)} in it is packed by method {entry.compress_type}. Pack it anew."
        )
    return Member(name, entry.file_size, entry.compress_size, entry.CRC, entry, fault)


def contents(opened: zipfile.ZipFile, files: Sequence[Member]) -> Contents:
    """Give each file with its bytes, to be read before the next."""
    return ((member, _chunks(opened, member)) for member in files)


def _chunks(opened: zipfile.ZipFile, member: Member) -> Iterator[bytes]:
    try:
        with opened.open(member.entry) as file:
            while chunk := file.read(CHUNK):
                yield chunk
    except Exception as error:  # zipfile and zlib raise many kinds on damaged files.
        raise damaged(member.name) from error
