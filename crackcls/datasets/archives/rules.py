"""What a file in an archive may be, be called and grow to."""

import re
import stat
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from crackcls import config
from crackcls.errors import InputError

LONGEST_PART = 200
MOST_FOLDERS = 20

# Files this small in all may shrink by any factor.
SMALL = 10**6

# How the first bytes say what a file is: offset, mark, kind.
KINDS = (
    (0, b"PK\3\4", "a ZIP archive"),
    (0, b"PK\5\6", "a ZIP archive"),
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (0, b"\x1f\x8b", "a gzip file"),
    (0, b"\xfd7zXZ\0", "an xz file"),
    (4, b"1AY&SY", "a bzip2 file"),
    (0, b"\x28\xb5\x2f\xfd", "a Zstandard file"),
    (257, b"ustar", "a tar archive"),
    (0, b"MSCF\0\0\0\0", "a CAB archive"),
)
KIND_BYTES = 262

OF_THE_SYSTEM = {"thumbs.db", "desktop.ini", "icon\r", "__macosx"}
KEPT_BY_WINDOWS = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\..*)?", re.I)


@dataclass(frozen=True)
class Member:
    """A file in an archive, as the archive declares it.

    Attributes:
        name: Path in the archive, with `/` between its parts.
        size: Bytes, unpacked.
        packed: Bytes in the archive.
        crc: CRC-32 of the unpacked bytes; None where the archive has none.
        entry: What the reader of the archive knows it by.
        fault: Why it must not be unpacked; empty where it may.
    """

    name: str
    size: int
    packed: int
    crc: int | None
    entry: Any = None
    fault: str = ""


# Files in the order of the archive, each with its bytes, to be read before the next.
Contents = Iterator[tuple[Member, Iterator[bytes]]]


def kind(head: bytes) -> str | None:
    """Give what an archive or packed file is by its first 262 bytes; None for others."""
    return next((name for at, mark, name in KINDS if head.startswith(mark, at)), None)


def shown(name: str) -> str:
    """Give a name in quotes, cut where long, control characters as escapes."""
    return repr(name if len(name) <= 80 else f"{name[:77]}...")


def path_inside(name: str) -> str:
    """Give a stored name as a relative path with `/` between its parts.

    Raises:
        InputError: The name leads out of the folder that the archive is unpacked to.
    """
    path = name.replace("\\", "/")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if path.startswith("/") or re.match("[A-Za-z]:", path) or ".." in parts:
        way = "leads upwards by '..'" if ".." in parts else "is an absolute path"
        raise InputError(
            f"A name in an archive must stay inside its folder, and {shown(name)} {way}. "
            "Pack the folder itself, with the program of your system."
        )
    return "/".join(parts)


def is_hidden(name: str) -> bool:
    """Tell whether a path names a hidden file or one that a system adds by itself."""
    parts = name.lower().split("/")
    return any(part.startswith(".") or part in OF_THE_SYSTEM for part in parts)


def key(name: str) -> str:
    """Give what two names share where some system takes them for the same file."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def fault_of(name: str, mode: int, encrypted: bool) -> str:
    """Say why a member is none that can be unpacked.

    Args:
        name: Its path.
        mode: Its Unix mode, 0 where unknown.
        encrypted: Whether it needs a password.

    Returns:
        A sentence; empty where nothing is wrong.
    """
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return (
            f"An archive may hold files and folders only, and {shown(name)} in it is a link or "
            "a device. Put the file itself in its place."
        )
    if encrypted:
        return (
            f"An archive must open without a password, and {shown(name)} in it is encrypted. "
            "Pack it without a password."
        )
    return ""


def damaged(name: str) -> InputError:
    """Give what to raise where the bytes of a member are not those that were packed."""
    return InputError(
        f"An archive must be whole, and {shown(name)} in it is damaged or cut off. "
        "Send or pack it again."
    )


def check(members: Sequence[Member], limits: config.ArchiveLimits, archive_bytes: int) -> set[str]:
    """Check all that an archive declares, before anything is unpacked.

    Args:
        members: Its files.
        limits: How much may come out.
        archive_bytes: Size of the archive.

    Returns:
        The keys of all names, those of folders too.

    Raises:
        InputError: Names the rule and the member.
    """
    _check_count(members, limits)
    for member in members:
        if member.fault:
            raise InputError(member.fault)
        _check_name(member.name)
    _check_sizes(members, limits, archive_bytes)
    return _check_twins(members)


def _check_count(members: Sequence[Member], limits: config.ArchiveLimits) -> None:
    if not members:
        raise InputError("An archive must hold files, and this one holds none. Pack the folder.")
    if len(members) > limits.files:
        raise InputError(
            f"An archive may hold at most {limits.files:,} files, and this one holds "
            f"{len(members):,}. Leave some out."
        )


def _check_sizes(
    members: Sequence[Member], limits: config.ArchiveLimits, archive_bytes: int
) -> None:
    total = sum(member.size for member in members)
    if total > limits.size:
        raise InputError(
            f"An archive may unpack to at most {limits.size:,} bytes, and this one has "
            f"{total:,}. Leave some files out."
        )
    sizes = [("this one", total, archive_bytes)]
    sizes += [(shown(member.name), member.size, member.packed) for member in members]
    for name, size, packed in sizes:
        if size > max(SMALL, limits.ratio * packed):
            raise InputError(
                f"An archive may unpack to at most {limits.ratio} times its size, as photos do, "
                f"and {name} grows from {packed:,} to {size:,} bytes. Pack photos only."
            )


def _check_name(name: str) -> None:
    parts = name.split("/")
    deep = [f"lies in {len(parts) - 1} folders"] if len(parts) > MOST_FOLDERS else []
    wrong = deep or [reason for part in parts if (reason := _wrong_in(part))]
    if wrong:
        raise InputError(
            f"A name in an archive must work on every system, and {shown(name)} {wrong[0]}. "
            "Rename it and pack again."
        )


def _wrong_in(part: str) -> str:
    size = len(part.encode(errors="surrogatepass"))
    rules = {
        "is empty": not part,
        f"has a part of {size:,} bytes, {LONGEST_PART} are the most": size > LONGEST_PART,
        "has a control character": any(
            unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in part
        ),
        'has one of the characters < > : " | ? *': bool(set(part) & set('<>:"|?*')),
        "has a part that ends in a dot or a space": part.endswith((".", " ")),
        "has a part that Windows keeps for itself": bool(KEPT_BY_WINDOWS.fullmatch(part)),
    }
    return next((reason for reason, broken in rules.items() if broken), "")


def _check_twins(members: Sequence[Member]) -> set[str]:
    """Refuse two files, two folders or a file and a folder that some system takes for one."""
    seen: dict[str, tuple[str, str]] = {}
    for member in members:
        parts = member.name.split("/")
        for end in range(1, len(parts) + 1):
            this = "/".join(parts[:end]), "file" if end == len(parts) else "folder"
            first = seen.setdefault(key(this[0]), this)
            # Only a folder may come again, and only under the same spelling.
            if first is not this and (first != this or this[1] == "file"):
                raise InputError(
                    "Names in an archive must differ in more than case or accents, and "
                    f"{shown(first[0])} (a {first[1]}) and {shown(this[0])} (a {this[1]}) do not. "
                    "Rename one and pack again."
                )
    return set(seen)
