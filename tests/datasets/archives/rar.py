"""A writer of RAR5 archives whose files are stored, for tests."""

import struct
import zlib
from collections.abc import Sequence

SIGNATURE = b"Rar!\x1a\x07\x01\x00"
UNIX, HAS_EXTRA, HAS_DATA, IS_FOLDER, HAS_CRC = 1, 1, 2, 1, 4
LINK_TO_OUTSIDE = b"\x05\x01\x00\x04/etc"
ENCRYPTED = b"\x01\x00\x00\x0f" + bytes(32)


def rar_of(files: Sequence[tuple[str, bytes | None]], extra: bytes = b"") -> bytes:
    """Give a RAR5 archive.

    Args:
        files: Names and contents in order; None is a folder.
        extra: Type and content of a record that is added to each file.
    """
    entries = b"".join(_entry(name, content, extra) for name, content in files)
    return SIGNATURE + _block(b"\x01\x00\x00") + entries + _block(b"\x05\x00\x00")


def _entry(name: str, content: bytes | None, extra: bytes) -> bytes:
    data = content or b""
    record = _number(len(extra)) + extra if extra else b""
    about = [2, HAS_DATA | (HAS_EXTRA if extra else 0)]
    about += [len(record)] if extra else []
    about += [len(data), IS_FOLDER if content is None else HAS_CRC, len(data)]
    about += [0o40755 if content is None else 0o100644]
    crc = b"" if content is None else struct.pack("<I", zlib.crc32(data))
    name_bytes = name.encode()
    rest = _number(0) + _number(UNIX) + _number(len(name_bytes)) + name_bytes + record
    return _block(b"".join(map(_number, about)) + crc + rest) + data


def _block(about: bytes) -> bytes:
    sized = _number(len(about)) + about
    return struct.pack("<I", zlib.crc32(sized)) + sized


def _number(value: int) -> bytes:
    """Give a number in groups of 7 bits, the lowest first."""
    groups = [value & 0x7F]
    while value := value >> 7:
        groups[-1] |= 0x80
        groups.append(value & 0x7F)
    return bytes(groups)
