"""What a file in an archive may be, be called and grow to."""

import re
import stat
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from crackcls import config
from crackcls.errors import InputError

LONGEST_PART = 200
MOST_FOLDERS = 20

# Files this small in all may shrink by any factor.
SMALL = 10**6
# So many of those that break a rule are named.
NAMED = 5

FORBIDDEN = frozenset('<>:"|?*')
KEPT_BY_WINDOWS = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\..*)?", re.I)


@dataclass(frozen=True)
class Fault:
    """Why a file in an archive must not be unpacked.

    Attributes:
        rule: The rule that it breaks, such as `An archive must open without a password`.
        wrong: What is wrong with the file.
        way: What to do, in a sentence.
    """

    rule: str
    wrong: str
    way: str


INSIDE = "A name in an archive must stay inside its folder"
SYSTEMS = "A name in an archive must work on every system"


@dataclass(frozen=True)
class Member:
    """A file in an archive, as the archive declares it.

    Attributes:
        name: Path to unpack to, with `/` between its parts.
        size: Bytes, unpacked.
        packed: Bytes in the archive.
        crc: CRC-32 of the unpacked bytes; None where the archive has none.
        entry: What the reader of the archive knows it by.
        fault: Why it must not be unpacked; None where it may.
        stored: Its path as it was packed, where another name was given to it.
    """

    name: str
    size: int
    packed: int
    crc: int | None
    entry: Any = None
    fault: Fault | None = None
    stored: str = ""


# Files in the order of the archive, each with its bytes, to be read before the next.
Contents = Iterator[tuple[Member, Iterator[bytes]]]


def shown(name: str) -> str:
    """Give a name in quotes, cut where long, control characters as escapes."""
    return repr(name if len(name) <= 80 else f"{name[:77]}...")


def path_of(name: str) -> tuple[str, Fault | None]:
    """Give a stored name as a relative path with `/` between its parts.

    Returns:
        The path, and what is wrong where it leads out of the folder that it is unpacked to.
    """
    path = name.replace("\\", "/")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if not (path.startswith("/") or re.match("[A-Za-z]:", path) or ".." in parts):
        return "/".join(parts), None
    way = "leads upwards by '..'" if ".." in parts else "is an absolute path"
    return name, Fault(INSIDE, way, "Pack the folder itself, with the program of your system.")


def key(name: str) -> str:
    """Give what two names share where some system takes them for the same file."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def fault_of(mode: int, encrypted: bool) -> Fault | None:
    """Say why a member is none that can be unpacked.

    Args:
        mode: Its Unix mode, 0 where unknown.
        encrypted: Whether it needs a password.
    """
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        rule = "An archive may hold files and folders only"
        return Fault(rule, "is a link or a device", "Put the file itself in its place.")
    if encrypted:
        rule = "An archive must open without a password"
        return Fault(rule, "is encrypted", "Pack it without a password.")
    return None


def damaged(name: str) -> InputError:
    """Give what to raise where the bytes of a member are not those that were packed."""
    return InputError(
        f"An archive must be whole, and {shown(name)} in it is damaged or cut off. "
        "Send or pack it again."
    )


def check(
    members: Sequence[Member],
    limits: config.ArchiveLimits,
    archive_bytes: int,
    names: bool = True,
) -> None:
    """Check all that an archive declares, before anything is unpacked.

    Args:
        members: Its files.
        limits: How much may come out.
        archive_bytes: Size of the archive.
        names: Whether names must work on every system as they are, each different from all.

    Raises:
        InputError: Names each rule that is broken, and the members that break it.
    """
    _check_count(members, limits)
    faults = [(member.name, member.fault) for member in members if member.fault]
    sound = [member for member in members if not member.fault]
    for member in sound:
        wrong = _deep(member.name) or (_wrong_in_parts(member.name) if names else "")
        if wrong:
            faults.append((member.name, Fault(SYSTEMS, wrong, "Rename it and pack again.")))
    told = [*_sentences(faults), *_size_faults(members, limits, archive_bytes)]
    told += _twins(sound) if names else []
    if told:
        raise InputError(" ".join(told))


def wrong_in(part: str) -> str:
    """Say why a part of a path does not work on every system; empty where it does."""
    size = len(part.encode(errors="surrogatepass"))
    rules = {
        "is empty": not part,
        f"has a part of {size:,} bytes, {LONGEST_PART} are the most": size > LONGEST_PART,
        "has a control character": any(map(is_control, part)),
        'has one of the characters < > : " | ? *': bool(set(part) & FORBIDDEN),
        "has a part that ends in a dot or a space": part.endswith((".", " ")),
        "has a part that Windows keeps for itself": bool(KEPT_BY_WINDOWS.fullmatch(part)),
    }
    return next((reason for reason, broken in rules.items() if broken), "")


def is_control(character: str) -> bool:
    """Tell whether a character moves a terminal, ends a line, or is half of another."""
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")


def grows(size: int, packed: int, limits: config.ArchiveLimits) -> bool:
    """Tell whether bytes unpack to more than photos do."""
    return size > max(SMALL, limits.ratio * packed)


def _check_count(members: Sequence[Member], limits: config.ArchiveLimits) -> None:
    if not members:
        raise InputError("An archive must hold files, and this one holds none. Pack the folder.")
    if len(members) > limits.files:
        raise InputError(
            f"An archive may hold at most {limits.files:,} files, and this one holds "
            f"{len(members):,}. Leave some out."
        )


def _deep(name: str) -> str:
    folders = name.count("/")
    return f"lies in {folders} folders" if folders >= MOST_FOLDERS else ""


def _wrong_in_parts(name: str) -> str:
    return next((reason for part in name.split("/") if (reason := wrong_in(part))), "")


def _sentences(faults: Iterable[tuple[str, Fault]]) -> Iterator[str]:
    """Say each rule that is broken once, with those that break it."""
    by_rule: dict[tuple[str, str], list[str]] = {}
    for name, fault in faults:
        by_rule.setdefault((fault.rule, fault.way), []).append(f"{shown(name)} {fault.wrong}")
    for (rule, way), offenders in by_rule.items():
        yield f"{rule}, and {_listed(offenders)}. {way}"


def _listed(offenders: Sequence[str]) -> str:
    more = f" and {len(offenders) - NAMED:,} more" if len(offenders) > NAMED else ""
    return ", ".join(offenders[:NAMED]) + more


def _size_faults(
    members: Sequence[Member], limits: config.ArchiveLimits, archive_bytes: int
) -> Iterator[str]:
    total = sum(member.size for member in members)
    if total > limits.size:
        yield (
            f"An archive may unpack to at most {limits.size:,} bytes, and this one has "
            f"{total:,}. Leave some files out."
        )
    sizes = [("this one", total, archive_bytes)]
    sizes += [(shown(member.name), member.size, member.packed) for member in members]
    grown = [
        f"{name} grows from {packed:,} to {size:,} bytes"
        for name, size, packed in sizes
        if grows(size, packed, limits)
    ]
    if grown:
        yield (
            f"An archive may unpack to at most {limits.ratio} times its size, as photos do, "
            f"and {_listed(grown)}. Pack photos only."
        )


def _twins(members: Sequence[Member]) -> list[str]:
    """Name two files, two folders or a file and a folder that some system takes for one."""
    seen: dict[str, tuple[str, str]] = {}
    twins: dict[str, None] = {}
    for member in members:
        parts = member.name.split("/")
        for end in range(1, len(parts) + 1):
            this = "/".join(parts[:end]), "file" if end == len(parts) else "folder"
            first = seen.setdefault(key(this[0]), this)
            # Only a folder may come again, and only under the same spelling.
            if first is not this and (first != this or this[1] == "file"):
                both = (f"{shown(name)} (a {kind})" for name, kind in (first, this))
                twins.setdefault(" and ".join(both))
    if not twins:
        return []
    return [
        f"Names in an archive must differ in more than case or accents, and {_listed([*twins])} "
        "do not. Rename one and pack again."
    ]
