"""What is known of a published data set: the kinds of values that each file of facts gives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from crackcls import config

# How a set lies in a folder: for each folder of photos, what their installed names begin with.
# `{"D/CD": "Cracked/decks_"}` says that `D/CD/7001-115.jpg` becomes `Cracked/decks_7001-115.jpg`.
Layout = Mapping[str, str]


@dataclass(frozen=True)
class Source:
    """An address that gives the data set.

    Attributes:
        name: How a command names it.
        url: The address of the archive.
        size: Its bytes, None where nobody has published them.
        checksum: `sha256:` or `md5:` and its digits, None where nobody has published it.
        kind: `rar`, `zip`, `rar in zip` or `zip in zip`.
        page: A page to open first, where the site gives the file only to those who have.
        most: The most bytes to take where the size is not known.
    """

    name: str
    url: str
    size: int | None
    checksum: str | None
    kind: str
    page: str | None = None
    most: int = 400_000_000


@dataclass(frozen=True)
class Manifest:
    """What a data set must hold.

    Attributes:
        names: The files as `Class/name`, sorted.
        digest: SHA-256, in hexadecimal, of the sorted lines `md5  name`, joined by line ends
            without a last one; the names as `digest_layout` has them.
        digest_layout: How the set lay where the digest was made.
        size: Bytes of all files.
        side: Width and height of each image in pixels.
        known: A gzip file with one line for each name: the first digits of its MD5, or `-`.
    """

    names: tuple[str, ...]
    digest: str
    digest_layout: Layout
    size: int
    side: int
    known: Path | None = None


@dataclass(frozen=True)
class Published:
    """A data set that somebody has published.

    Attributes:
        name: What commands and folders call it.
        title: What sentences call it.
        attribution: Whose it is, its licence and what was changed, as the licence asks for.
        images: How many photos it has.
        megabytes: What there is to download.
        sources: Where it can be had, in the order in which they are asked.
        manifest: Gives what it must hold; reading that takes a moment, so it is a function.
        layouts: How it may lie in an archive or a folder; as it is installed comes first.
        limits: How much its archive may unpack to.
    """

    name: str
    title: str
    attribution: str
    images: int
    megabytes: int
    sources: tuple[Source, ...]
    manifest: Callable[[], Manifest]
    layouts: tuple[Layout, ...]
    limits: config.ArchiveLimits


def as_installed(*classes: str) -> Layout:
    """Give the layout of a folder a class, in which each name stays as it is."""
    return {name: f"{name}/" for name in classes}


def name_in(layout: Layout, name: str) -> str:
    """Give what a file of an installed name is called in a layout."""
    for folder, start in layout.items():
        if name.startswith(start):
            return f"{folder}/{name.removeprefix(start)}"
    return name
