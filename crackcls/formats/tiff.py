"""The directory of a TIFF: its pages, what each says of itself, and whether it is a raw file."""

import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

from crackcls import config
from crackcls.errors import InputError

SUBFILE, WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC = 254, 256, 257, 258, 259, 262
FILL_ORDER, STRIPS, ORIENTATION, SAMPLES, STRIP_ROWS, STRIP_SIZES = 266, 273, 274, 277, 278, 279
MOST_SAMPLE, PLANES, PREDICTOR, TILE_WIDTH, TILE_HEIGHT = 281, 284, 317, 322, 323
TILES, TILE_SIZES, BELOW, EXTRA, FORMAT = 324, 325, 330, 338, 339
PROFILE, NO_DATA, DNG_VERSION = 34675, 42113, 50706
WANTED = {
    *(SUBFILE, WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, FILL_ORDER, STRIPS, ORIENTATION),
    *(SAMPLES, STRIP_ROWS, STRIP_SIZES, MOST_SAMPLE, PLANES, PREDICTOR, TILE_WIDTH, TILE_HEIGHT),
    *(TILES, TILE_SIZES, BELOW, EXTRA, FORMAT, PROFILE, NO_DATA, DNG_VERSION),
}
# What a page is by tag 254: a smaller copy of another page, or a mask.
IS_SMALLER, IS_MASK = 1, 4
# How raw files of cameras pack their pixels, and what their colours are by tag 262: one colour a
# place (32803), or colours of the sensor (34892).
RAW_COLOURS, RAW_PACKED = {32803, 34892}, {32767, 32769, 32770, 32772, 34713, 65000, 65535}
# Type of a value: how `struct` reads one; the others are read by nobody here, only counted.
TYPES = {1: "B", 2: "s", 3: "H", 4: "I", 7: "s", 13: "I", 16: "Q", 18: "Q"}
SIZES = {**dict.fromkeys((1, 2, 6, 7), 1), **dict.fromkeys((3, 8), 2), **dict.fromkeys((4, 9), 4)}
SIZES |= {**dict.fromkeys((11, 13), 4), **dict.fromkeys((5, 10, 12, 16, 17, 18), 8)}
# More pages than any scan has; a file of bare directories would have millions.
MOST_PAGES, MOST_ENTRIES = 1000, 200_000
# The values of a directory lie in the file, but some may lie there for two pages.
SPARE_BYTES = 2**20
PARTS = (STRIPS, STRIP_SIZES, TILES, TILE_SIZES)


@dataclass(frozen=True)
class Page:
    """One page, as its directory describes it.

    Attributes:
        at: Where its directory begins.
        order: `<` or `>`, as `struct` writes the order of bytes.
        is_large: Whether places in the file are numbers of 64 bits.
        tags: Numbers of each tag of `WANTED` that is there; texts and profiles are bytes.
    """

    at: int
    order: str
    is_large: bool
    tags: dict[int, tuple[int, ...] | bytes]

    def numbers(self, tag: int, default: tuple[int, ...] = ()) -> tuple[int, ...]:
        """Give the numbers of a tag."""
        found = self.tags.get(tag)
        return found if isinstance(found, tuple) and found else default

    def number(self, tag: int, default: int) -> int:
        """Give the first number of a tag."""
        return self.numbers(tag, (default,))[0]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.number(WIDTH, 0), self.number(HEIGHT, 0)

    @property
    def is_whole(self) -> bool:
        """Whether it says what a page must say: its size, and where its pixels are."""
        return min(self.size) > 0 and bool(self.numbers(STRIPS) or self.numbers(TILES))


def pages(file: IO[bytes]) -> list[Page]:
    """Read the directories of a TIFF, without its pixels.

    Args:
        file: The TIFF, classic or large. It can be searched.

    Returns:
        The pages in order, smaller copies and masks too, at most `MOST_PAGES`. What is damaged
        ends the list.

    Raises:
        InputError: The directories say more than a photo needs, or more than there is.
    """
    return list(_Reader(file).chain())


def photos(found: list[Page]) -> list[Page]:
    """Give the pages that are pictures of their own: no smaller copies of others, no masks."""
    others = IS_SMALLER | IS_MASK
    kept = [page for page in found if page.is_whole and not page.number(SUBFILE, 0) & others]
    return kept or found[:1]


def is_raw(file: IO[bytes]) -> bool:
    """Tell whether a TIFF is a camera's raw file, whose first page is often a thumbnail."""
    try:
        reader = _Reader(file)
        found = list(reader.chain())
        below = [page for one in found[:4] for page in reader.below(one)]
    except InputError:
        return False
    first = found[:1]
    if any(DNG_VERSION in page.tags for page in first):
        return True
    if any(BELOW in page.tags and page.number(SUBFILE, 0) & IS_SMALLER for page in first):
        return True
    colours = {page.number(PHOTOMETRIC, 0) for page in found + below}
    packed = {page.number(COMPRESSION, 1) for page in found + below}
    return bool(colours & RAW_COLOURS or packed & RAW_PACKED)


def alone(content: bytes, page: Page) -> bytes:
    """Give a file with a page as the first of it, for readers that take the first."""
    at, layout = (8, "Q") if page.is_large else (4, "I")
    place = struct.pack(page.order + layout, page.at)
    return content[:at] + place + content[at + len(place) :]


def check(page: Page) -> None:
    """Check into how many and how large parts a page is cut.

    Raises:
        InputError: They are too many or too large.
    """
    parts = max(len(page.numbers(tag)) for tag in (STRIPS, TILES))
    tile = page.number(TILE_WIDTH, 0) * page.number(TILE_HEIGHT, 0)
    if parts > config.MAX_TIFF_PARTS or tile > config.MAX_PHOTO_PIXELS:
        raise _too_much(parts, tile)


def _too_much(parts: int, tile: int) -> InputError:
    return InputError(
        f"A TIFF photo may have at most {config.MAX_TIFF_PARTS:,} parts of at most "
        f"{config.MAX_PHOTO_PIXELS:,} pixels, and this one has {parts:,} parts of "
        f"{tile:,}. Save it as JPEG."
    )


class _Reader:
    """Reads directories, and no more of them than a photo has."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.size = file, file.seek(0, 2)
        file.seek(0)
        head = file.read(16)
        self.order = ">" if head[:2] == b"MM" else "<"
        self.is_large = 43 in head[2:4]
        # How a count of entries, an entry and a place are written.
        self.layouts = ("Q", "HHQ8s", "Q") if self.is_large else ("H", "HHI4s", "I")
        self.entries = self.bytes = 0

    def chain(self) -> Iterator[Page]:
        """Give the pages one after another, up to the first that is damaged."""
        seen: set[int] = set()
        with suppress(struct.error):
            (at,) = self._numbers(8 if self.is_large else 4, f"{self.order}{self.layouts[2]}")
            while at and at not in seen and len(seen) < MOST_PAGES:
                seen.add(at)
                page, at = self._page(at)
                yield page

    def below(self, page: Page) -> Iterator[Page]:
        """Give the pages that a page has below itself."""
        with suppress(struct.error):
            for at in page.numbers(BELOW)[:16]:
                yield self._page(at)[0]

    def _page(self, at: int) -> tuple[Page, int]:
        """Give a page, and where the next one is."""
        counted, entry, place = (f"{self.order}{layout}" for layout in self.layouts)
        (count,) = self._numbers(at, counted)
        start, step = at + struct.calcsize(counted), struct.calcsize(entry)
        self.entries += count
        if not count or self.entries > MOST_ENTRIES:
            raise struct.error
        self.file.seek(start)
        table = self.file.read(count * step)
        values = ((tag, self._value(tag, *rest)) for tag, *rest in struct.iter_unpack(entry, table))
        tags = {tag: value for tag, value in values if value}
        (following,) = self._numbers(start + count * step, place)
        return Page(at, self.order, self.is_large, tags), following

    def _value(self, tag: int, kind: int, count: int, inside: bytes) -> tuple[int, ...] | bytes:
        """Read a value that is wanted; any other gives nothing."""
        size, at = SIZES.get(kind, 0) * count, 0
        if size > len(inside):
            (at,) = struct.unpack(self.order + self.layouts[2], inside)
            self.bytes += min(size, max(self.size - at, 0))
        # Whoever opens the page reads all its values, wanted or not.
        if self.bytes > self.size + SPARE_BYTES:
            raise InputError(
                f"A TIFF photo may say at most what it holds, {self.size:,} bytes, and the "
                "directory of this one says more. Save it as JPEG."
            )
        if tag not in WANTED or kind not in TYPES:
            return b""
        if tag in PARTS and count > config.MAX_TIFF_PARTS:
            raise _too_much(count, 0)
        self.file.seek(at)
        content = self.file.read(size) if at else inside[:size]
        if TYPES[kind] == "s" or tag == PROFILE:
            return content
        many = len(content) // SIZES[kind]
        return struct.unpack_from(f"{self.order}{many}{TYPES[kind]}", content)

    def _numbers(self, at: int, layout: str) -> tuple[int, ...]:
        self.file.seek(at)
        return struct.unpack(layout, self.file.read(struct.calcsize(layout)))
