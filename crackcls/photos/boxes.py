"""Photos that a person sorts into boxes, one a class, kept in memory until they are trained on."""

import io
import threading
import weakref
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from crackcls import config
from crackcls.datasets.archives import rules, zips
from crackcls.errors import InputError
from crackcls.formats.kinds import has_litter
from crackcls.names import file_stem
from crackcls.photos import labelled_zip
from crackcls.photos.shelf import MOST_OF_ONE, Photo, room

FIRST = "cracked", "sound"
MOST_BOXES, MOST_PHOTOS, ADVISED = 10, 500, 20


class Boxes:
    """What one person has sorted.

    Attributes:
        names: Of the classes, in their order.
        photos: By the hash of their content, as they came.
        places: For each of them the number of its box; None where it is not sorted yet.
    """

    def __init__(self) -> None:
        self.names = [*FIRST]
        self.photos: dict[str, Photo] = {}
        self.places: dict[str, int | None] = {}

    def inside(self, box: int | None) -> list[Photo]:
        """Give the photos of a box, or those that are not sorted yet."""
        return [self.photos[sha] for sha, place in self.places.items() if place == box]

    def sort(self, sha256: str, box: int) -> None:
        """Put a photo that is here into a box."""
        if sha256 in self.photos and box < len(self.names):
            self.places.pop(sha256)
            self.places[sha256] = box

    def remove(self, hashes: Iterable[str]) -> None:
        """Take photos out."""
        for sha256 in hashes:
            self.photos.pop(sha256, None)
            self.places.pop(sha256, None)

    def rename(self, box: int, name: str) -> None:
        """Give a class another name.

        Raises:
            InputError: It is empty, or that of another class.
        """
        name = " ".join(name.split())
        others = {folder_of(each) for at, each in enumerate(self.names) if at != box}
        if not folder_of(name) or folder_of(name) in others:
            raise InputError(f"A class must have a name of its own, received '{name}'.")
        self.names[box] = name

    def add_class(self) -> None:
        """Add an empty box.

        Raises:
            InputError: There are as many as there may be.
        """
        if len(self.names) >= MOST_BOXES:
            raise InputError(f"At most {MOST_BOXES} classes are collected here.")
        taken, number = {*map(folder_of, self.names)}, len(self.names) + 1
        while (name := f"class {number}") in taken:
            number += 1
        self.names.append(name)

    def drop_class(self, box: int) -> None:
        """Take a box away; its photos are to be sorted again.

        Raises:
            InputError: There would be fewer than two.
        """
        if len(self.names) <= len(FIRST):
            raise InputError("A model tells two classes apart or more.")
        del self.names[box]
        for sha256, place in self.places.items():
            if place is not None and place >= box:
                self.places[sha256] = None if place == box else place - 1

    def size(self) -> int:
        """Give what the photos hold."""
        return sum(len(one.content) for one in [*self.photos.values()])

    def packed(self) -> bytes:
        """Pack what is sorted into a ZIP with a folder a class, see `labelled_zip.zip_of`."""
        sorted_ = {sha: self.names[at] for sha, at in self.places.items() if at is not None}
        return labelled_zip.zip_of([*self.photos.values()], sorted_)

    def state(self) -> tuple[tuple[str, str], ...]:
        """Give what differs once another ZIP would be packed."""
        placed = ((sha, at) for sha, at in self.places.items() if at is not None)
        return tuple(sorted((self.names[at], sha) for sha, at in placed))


class Store:
    """The boxes of all visitors, as long as their sessions live.

    Args:
        most: Bytes that all may hold.
        of_one: Bytes that one may hold.
    """

    def __init__(self, most: int, of_one: int) -> None:
        self._most, self._of_one = most, of_one
        self._all: weakref.WeakSet[Boxes] = weakref.WeakSet()
        self._lock = threading.Lock()

    def new(self) -> Boxes:
        """Give empty boxes."""
        boxes = Boxes()
        self._all.add(boxes)
        return boxes

    def add(self, mine: Boxes, photos: Sequence[Photo], box: int | None) -> None:
        """Put photos into a box; one that lies in another is moved.

        Args:
            mine: The boxes.
            photos: The photos.
            box: Number of the box; None where they are to be sorted.

        Raises:
            InputError: There is no room for them; none is taken then.
        """
        with self._lock:
            new = {one.sha256: one for one in photos if one.sha256 not in mine.photos}
            more = sum(len(one.content) for one in new.values())
            _check(len(mine.photos) + len(new), MOST_PHOTOS, "photos")
            _check((mine.size() + more) / 1e6, self._of_one / 1e6, "MB of photos")
            held = sum(one.size() for one in self._all) + more
            _check(held / 1e6, self._most / 1e6, "MB of the photos of all visitors")
            mine.photos |= new
            for one in photos:
                mine.places.pop(one.sha256, None)
                mine.places[one.sha256] = box


def store() -> Store:
    """Make the store of a server."""
    return Store(*room())


def folder_of(name: str) -> str:
    """Give what two classes may not have in common: the name of their folder in the ZIP."""
    return file_stem(name).casefold()


def is_zip(content: bytes) -> bool:
    """Tell whether a file is a ZIP, by its first bytes."""
    return content.startswith(b"PK\x03\x04")


def out_of(content: bytes) -> list[tuple[str, bytes]]:
    """Take the files out of a ZIP, folders or not, in memory.

    Args:
        content: Of the ZIP.

    Returns:
        Name and content of each, but for those that no person made.

    Raises:
        InputError: The archive breaks a rule.
    """
    limits = config.ArchiveLimits(MOST_PHOTOS, MOST_OF_ONE, config.UPLOAD_LIMITS.ratio)
    file = io.BytesIO(content)
    opened = zips.open_zip(file, limits)
    members = [one for one in zips.list_files(opened)[0] if not has_litter(PurePosixPath(one.name))]
    rules.check(members, limits, len(content), names=False)
    return [
        (PurePosixPath(member.name).name, b"".join(chunks))
        for member, chunks in zips.contents(opened, members)
    ]


def _check(count: float, most: float, what: str) -> None:
    if count > most:
        raise InputError(
            f"The boxes hold at most {most:,.0f} {what}, and these would be {count:,.0f}. "
            "Train on what is there, or take some out."
        )
