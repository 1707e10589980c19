"""ZIP archives: the list of their files and the bytes of each."""

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import IO

from crackcls import config
from crackcls.datasets.archives import alphabets
from crackcls.datasets.archives.rules import Contents, Fault, Member, damaged, fault_of, path_of
from crackcls.errors import InputError

CHUNK = 2**16
# Bits of an entry's flags, and the extra field of Info-ZIP and 7-Zip for names in UTF-8.
UTF_8, ENCRYPTED, UNICODE_NAME = 0x800, 0x41, 0x7075


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


def list_files(opened: zipfile.ZipFile) -> tuple[list[Member], str]:
    """List the files of a ZIP, folders left out.

    Returns:
        The files, and the alphabet that their names were taken to be in, one of
        `alphabets.ALPHABETS`; empty where none had to be guessed.
    """
    entries = opened.infolist()
    told = [_told_name(entry) for entry in entries]
    raw = [_raw(entry) for entry, name in zip(entries, told, strict=True) if name is None]
    alphabet = alphabets.guess(raw) if raw else ""
    names = [
        _raw(entry).decode(alphabet, "replace") if name is None else name
        for entry, name in zip(entries, told, strict=True)
    ]
    members = map(_member, names, entries)
    files = zip(members, entries, strict=True)
    return [member for member, entry in files if member.fault or not _is_folder(entry)], alphabet


def _told_name(entry: zipfile.ZipInfo) -> str | None:
    """Give a name where its alphabet is known; macOS writes UTF-8 and does not say so."""
    if entry.flag_bits & UTF_8:
        return entry.orig_filename
    with suppress(UnicodeError, struct.error):
        return _unicode_name(entry) or _raw(entry).decode()
    return None


def _unicode_name(entry: zipfile.ZipInfo) -> str:
    """Give the name that an extra field holds in UTF-8, if it is of the name that is there."""
    at = 0
    while at + 4 <= len(entry.extra):
        kind, size = struct.unpack_from("<HH", entry.extra, at)
        if kind == UNICODE_NAME:
            version, crc = struct.unpack_from("<BI", entry.extra, at + 4)
            if version == 1 and crc == zlib.crc32(_raw(entry)):
                return entry.extra[at + 9 : at + 4 + size].decode()
        at += 4 + size
    return ""


def _raw(entry: zipfile.ZipInfo) -> bytes:
    """Give the bytes of a name that does not say to be UTF-8; `zipfile` reads it as this."""
    return entry.orig_filename.encode("cp437")


def _is_folder(entry: zipfile.ZipInfo) -> bool:
    return entry.orig_filename.endswith(("/", "\\")) or stat.S_ISDIR(entry.external_attr >> 16)


def _member(name: str, entry: zipfile.ZipInfo) -> Member:
    path, fault = path_of(name)
    if not _is_folder(entry):
        fault = fault or fault_of(entry.external_attr >> 16, bool(entry.flag_bits & ENCRYPTED))
        fault = fault or _method_fault(entry.compress_type)
    return Member(path, entry.file_size, entry.compress_size, entry.CRC, entry, fault)


def _method_fault(method: int) -> Fault | None:
    if method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return None
    rule = "A ZIP must be packed by its usual method, Deflate, or not at all"
    return Fault(rule, f"is packed by method {method}", "Pack it anew.")


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
