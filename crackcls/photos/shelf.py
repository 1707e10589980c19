"""A visitor's photos and what was seen in them, kept in memory while the visitor looks elsewhere.

Files go before verdicts, and those that were put down first go first.
"""

import itertools
import threading
import weakref
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from crackcls import memory
from crackcls.errors import InputError
from crackcls.photos.frames import Seen

# Shares of the memory that the server may take: what all shelves may hold, and what one may.
ALL, ONE = 0.1, 0.05
MOST_OF_ONE = 200_000_000
# By a photo's name and the hash of its content.
Key = tuple[str, str]


@dataclass(frozen=True)
class Photo:
    """A photo as it came, named by its content.

    Attributes:
        name: What the visitor calls it; it is shown, and never used as a path.
        content: The whole file; empty where there is no room for it any more.
        sha256: Of the content.
    """

    name: str
    content: bytes
    sha256: str

    @property
    def key(self) -> Key:
        """Its name and hash: one content may come under two names."""
        return self.name, self.sha256


class Shelf:
    """What is kept for one visitor, the oldest first.

    Attributes:
        photos: The photos.
        seen: What a model saw in a content, by its hash and the version of the model.
        labels: What the visitor says that a content shows, by its hash.
        used: When it was used last, in a count of its own.
        is_judged: Whether its photos are being judged: what was seen in them is shown together.
    """

    def __init__(self) -> None:
        self.photos: dict[Key, Photo] = {}
        self.seen: dict[tuple[str, str], Seen] = {}
        self.labels: dict[str, str] = {}
        self.used = 0
        self.is_judged = False

    def put(self, photos: Iterable[Photo], most: int) -> None:
        """Add photos, and let go of the oldest beyond so many."""
        for one in photos:
            held = self.photos.get(one.key)
            if held is None or not held.content:
                self.photos[one.key] = one
        self.remove([*self.photos][: max(0, len(self.photos) - most)])

    def remove(self, keys: Iterable[Key]) -> None:
        """Take photos off, with what belongs to them alone."""
        for key in keys:
            self.photos.pop(key, None)
        left = {sha256 for _, sha256 in self.photos}
        self.labels = {sha256: label for sha256, label in self.labels.items() if sha256 in left}

    def forget_all_but(self, hashes: Iterable[str]) -> None:
        """Drop what was seen in contents that are no longer shown."""
        kept = set(hashes) | {sha256 for _, sha256 in self.photos}
        self.seen = {key: seen for key, seen in self.seen.items() if key[0] in kept}

    def clear(self) -> None:
        """Take all off."""
        self.photos, self.seen, self.labels = {}, {}, {}

    def drop_file(self) -> bool:
        """Let go of the oldest file, and keep what was seen in it; tell whether there was one."""
        for key, one in [*self.photos.items()]:
            if one.content:
                self.photos[key] = replace(one, content=b"")
                return True
        return False

    def give_way(self) -> bool:
        """Let go of all, or of a file while photos are judged; tell whether there was something."""
        if self.is_judged:
            return self.drop_file()
        had = bool(self.photos or self.seen)
        self.clear()
        return had

    def drop_seen(self, version: str) -> bool:
        """Let go of what another model saw first in a content; tell whether there was something."""
        key = next((key for key in self.seen if key[1] != version), None)
        return key is not None and bool(self.seen.pop(key, True))

    def bytes(self) -> int:
        """Give what it holds."""
        files = sum(len(one.content) for one in [*self.photos.values()])
        return files + sum(size_of(seen) for seen in [*self.seen.values()])


class Shelves:
    """The shelves of all visitors, as long as their sessions live.

    Args:
        most: Bytes that all may hold.
        of_one: Bytes that one may hold.
    """

    def __init__(self, most: int, of_one: int) -> None:
        self._most, self._of_one = most, of_one
        self._all: weakref.WeakSet[Shelf] = weakref.WeakSet()
        self._count, self._lock = itertools.count(1), threading.Lock()

    def new(self) -> Shelf:
        """Give an empty one."""
        shelf = Shelf()
        self._all.add(shelf)
        return shelf

    def make_room(self, mine: Shelf, version: str) -> None:
        """Let go of files of one's own and what other models saw, then of others' shelves.

        Those go first that were used longest ago. What this model saw in the own photos stays, and
        so does what was seen in photos of others while more of theirs are judged: of these the
        files go, last of all.

        Args:
            mine: One's own.
            version: Of the model that is used.
        """
        with self._lock:
            mine.used = next(self._count)
            while mine.bytes() > self._of_one and (mine.drop_file() or mine.drop_seen(version)):
                pass
            others = sorted(
                (one for one in self._all if one is not mine), key=lambda o: (o.is_judged, o.used)
            )
            sizes = {one: one.bytes() for one in (*others, mine)}
            for other in others:
                while sum(sizes.values()) > self._most and other.give_way():
                    sizes[other] = other.bytes()


def shelves() -> Shelves:
    """Make the shelves of a server."""
    return Shelves(*room())


def room() -> tuple[int, int]:
    """Give the bytes that what all visitors keep in memory may hold, and what one does."""
    limit = memory.limit()
    return round(ALL * limit), min(MOST_OF_ONE, round(ONE * limit))


def size_of(seen: Seen) -> int:
    """Give the bytes of what was seen in one file."""
    judged = [one for _, one in seen if not isinstance(one, InputError)]
    arrays = sum(
        getattr(value, "nbytes", 0) for one in judged for value in vars(one.analysis).values()
    )
    return arrays + sum(len(one.preview) + len(one.closeup) for one in judged)


def unseen(photos: Sequence[Photo], shelf: Shelf, version: str) -> list[Photo]:
    """Give the photos that a model has not seen, each content once."""
    return [*{p.sha256: p for p in photos if (p.sha256, version) not in shelf.seen}.values()]
