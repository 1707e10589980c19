"""The numbers of a TIFF's pixels: its strips or tiles unpacked, whatever their depth."""

import io
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from crackcls.errors import InputError
from crackcls.formats import tiff
from crackcls.formats.tiff import Page

UNSIGNED, SIGNED, FLOAT = 1, 2, 3
LETTERS = {UNSIGNED: "u", SIGNED: "i", FLOAT: "f"}
DEPTHS = {UNSIGNED: range(1, 33), SIGNED: (8, 16, 32), FLOAT: (16, 32, 64)}
# Not packed, LZW, Deflate (today's number and the old one), PackBits, LZMA, Zstandard: unpacking
# them gives back mere bytes.
METHODS = (1, 5, 8, 32946, 32773, 34925, 50000)
DIFFERENCES, FLOAT_DIFFERENCES = 2, 3
# So many bytes become numbers at once. No more are unpacked at once, unless a single row of
# strips or tiles has more, and never above what Pillow opens as pixels.
AT_ONCE, MOST_BYTES = 2**21, 170_000_000


@dataclass(frozen=True)
class Layout:
    """How the numbers of a page lie in its file.

    Attributes:
        page: The page.
        bits: Of a number.
        kind: `UNSIGNED`, `SIGNED` or `FLOAT`.
        bands: How many numbers a pixel has.
        together: How many lie side by side: all, or one where each band has a plane of its own.
        width: Of a strip or tile, in pixels.
        height: Of a strip or tile, in rows.
        parts: Where each strip or tile begins, and how many bytes it has.
    """

    page: Page
    bits: int
    kind: int
    bands: int
    together: int
    width: int
    height: int
    parts: tuple[tuple[int, int], ...]

    @property
    def across(self) -> int:
        """How many parts stand side by side."""
        return -(-self.page.size[0] // self.width)

    @property
    def down(self) -> int:
        """How many rows of parts there are."""
        return -(-self.page.size[1] // self.height)

    @property
    def row_bytes(self) -> int:
        """Bytes of one row of a part."""
        return -(-self.width * self.together * self.bits // 8)


def layout_of(content: bytes, page: Page) -> Layout:
    """Tell how the numbers of a page lie in its file.

    Args:
        content: The whole file.
        page: The page, its size and parts checked.

    Raises:
        InputError: The numbers are of no kind that is read here, or too many at once.
    """
    bands, bits = page.number(tiff.SAMPLES, 1), page.number(tiff.BITS, 1)
    kind, differences = page.number(tiff.FORMAT, UNSIGNED), page.number(tiff.PREDICTOR, 1)
    is_even = len({*page.numbers(tiff.BITS, (1,))}) == 1 and not (differences > 1 and bits % 8)
    if bits not in DEPTHS.get(kind, ()) or not is_even or differences not in (1, 2, 3):
        raise refusal(page)
    (width, height), tile = page.size, page.number(tiff.TILE_WIDTH, 0)
    rows = page.number(tiff.TILE_HEIGHT if tile else tiff.STRIP_ROWS, height) or height
    places = page.numbers(tiff.TILES if tile else tiff.STRIPS)
    together = bands if page.number(tiff.PLANES, 1) == 1 else 1
    part = tile or width, rows if tile else min(rows, height)
    layout = Layout(page, bits, kind, bands, together, *part, ())
    size = layout.row_bytes * layout.height
    sizes = page.numbers(tiff.TILE_SIZES if tile else tiff.STRIP_SIZES, (size,) * len(places))
    if layout.across * size > MOST_BYTES or sum(sizes) > len(content):
        raise InputError(
            f"A TIFF photo may unpack to at most {MOST_BYTES:,} bytes at once, and this one has "
            f"{layout.across * size:,} in a row of its parts. Save it as JPEG."
        )
    return replace(layout, parts=tuple(zip(places, sizes, strict=False)))


def numbers(
    content: bytes, layout: Layout, bands: Sequence[int]
) -> Iterator[tuple[int, np.ndarray]]:
    """Unpack a page from top to bottom, some rows at a time.

    Args:
        content: The whole file.
        layout: From `layout_of`.
        bands: Which numbers of each pixel are wanted.

    Yields:
        The number of the first row, and an array `(rows, width, bands)` of numbers or floats.
    """
    planes = [0] if layout.together == layout.bands else bands
    part_rows = layout.across * layout.row_bytes
    step = max(1, AT_ONCE // (part_rows * layout.height))
    for first in range(0, layout.down, step):
        top = first * layout.height
        rows = min(step * layout.height, layout.page.size[1] - top)
        unpacked = [_unpacked(content, layout, plane, first, rows) for plane in planes]
        some = max(1, AT_ONCE // part_rows)
        for start in range(0, rows, some):
            box = 0, start, part_rows, min(start + some, rows)
            cut = [_numbers(np.asarray(plane.crop(box)), layout) for plane in unpacked]
            yield top + start, cut[0][..., bands] if planes == [0] else np.concatenate(cut, -1)


def refusal(page: Page) -> InputError:
    """Give what to raise where the pixels of a page are of no kind that is read here."""
    bits = " and ".join(map(str, sorted({*page.numbers(tiff.BITS, (1,))})))
    return InputError(
        "A TIFF photo must have pixels of a kind that is read here, and this one has "
        f"{page.number(tiff.SAMPLES, 1):,} bands of {bits} bits, of kind "
        f"{page.number(tiff.FORMAT, UNSIGNED)} and colours {page.number(tiff.PHOTOMETRIC, 1)}, "
        f"packed by method {page.number(tiff.COMPRESSION, 1)}. Save it as JPEG."
    )


def _unpacked(content: bytes, layout: Layout, plane: int, first: int, rows: int) -> Image.Image:
    """Unpack whole rows of parts of a plane to bytes: mode L, as wide as a row has bytes."""
    in_plane = layout.across * layout.down
    start = plane * in_plane + first * layout.across
    count = -(-rows // layout.height)
    parts = layout.parts[start : start + count * layout.across]
    if len(parts) < count * layout.across:
        raise ValueError("some of its strips or tiles are missing")
    is_tiled = tiff.TILES in layout.page.tags
    high = len(parts) * layout.height if is_tiled else rows
    image = TiffImageFile(io.BytesIO(_as_bytes(content, layout, parts, high)))
    image.load()
    if not is_tiled:
        return image
    tiles = np.asarray(image).reshape(count, layout.across, layout.height, layout.row_bytes)
    return Image.fromarray(tiles.transpose(0, 2, 1, 3).reshape(count * layout.height, -1))


def _as_bytes(content: bytes, layout: Layout, parts: Sequence[tuple[int, int]], rows: int) -> bytes:
    """Write a TIFF of some strips or tiles, one below the other, whose pixels are mere bytes."""
    data = [content[place : place + size] for place, size in parts]
    places = np.cumsum([8, *map(len, data)])
    behind = int(places[-1])
    lists = behind + 2 + 12 * 10 + 4
    tags = {
        tiff.WIDTH: layout.row_bytes,
        tiff.HEIGHT: rows,
        tiff.BITS: 8,
        tiff.COMPRESSION: layout.page.number(tiff.COMPRESSION, 1),
        tiff.PHOTOMETRIC: 1,
        tiff.FILL_ORDER: layout.page.number(tiff.FILL_ORDER, 1),
        tiff.STRIPS: lists,
        tiff.SAMPLES: 1,
        tiff.STRIP_ROWS: layout.height,
        tiff.STRIP_SIZES: lists + 4 * len(data),
    }
    entries = b""
    for tag, value in sorted(tags.items()):
        is_list = tag in (tiff.STRIPS, tiff.STRIP_SIZES)
        only = {tiff.STRIPS: 8, tiff.STRIP_SIZES: len(data[0])}.get(tag, value)
        many = is_list and len(data) > 1
        entries += struct.pack("<HHII", tag, 4, len(data) if many else 1, value if many else only)
    numbers = struct.pack(f"<{2 * len(data)}I", *places[:-1].tolist(), *map(len, data))
    head = b"II*\0" + struct.pack("<I", behind)
    return b"".join([head, *data, struct.pack("<H", len(tags)), entries, bytes(4), numbers])


def _numbers(rows: np.ndarray, layout: Layout) -> np.ndarray:
    """Make bytes `(rows, bytes)` of a plane numbers `(rows, width, bands)`."""
    split = rows.reshape(len(rows) * layout.across, layout.row_bytes)
    differences = layout.page.number(tiff.PREDICTOR, 1)
    if differences == FLOAT_DIFFERENCES:
        found = _of_float_differences(split, layout)
    elif layout.bits % 8 or layout.bits == 24:
        found = _of_bits(split, layout)
    else:
        found = split.view(f"{layout.page.order}{LETTERS[layout.kind]}{layout.bits // 8}")
    found = found.reshape(len(split), layout.width, layout.together)
    if differences == DIFFERENCES:
        whole = found.astype(found.dtype.newbyteorder("="))
        kind = f"u{layout.bits // 8}"
        found = np.cumsum(whole.view(kind), axis=1, dtype=kind).view(whole.dtype)
    across = found.reshape(len(rows), layout.across * layout.width, layout.together)
    return across[:, : layout.page.size[0]]


def _of_float_differences(split: np.ndarray, layout: Layout) -> np.ndarray:
    """Undo the differences of floats, whose bytes stand apart, the most significant ones first."""
    steps = split.reshape(len(split), -1, layout.together)
    whole = np.cumsum(steps, axis=1, dtype=np.uint8).reshape(len(split), layout.bits // 8, -1)
    return np.ascontiguousarray(whole.transpose(0, 2, 1)).view(f">f{layout.bits // 8}")


def _of_bits(split: np.ndarray, layout: Layout) -> np.ndarray:
    """Make numbers of a depth that is no whole count of bytes, or of three."""
    whole = next(size for size in (8, 16, 32) if size >= layout.bits)
    many = layout.width * layout.together
    ones = np.unpackbits(split, axis=1, count=many * layout.bits).reshape(-1, layout.bits)
    padded = np.zeros((len(ones), whole), np.uint8)
    padded[:, whole - layout.bits :] = ones
    return np.packbits(padded, axis=1).view(f">u{whole // 8}")
