"""TIFF files put together by hand, for what Pillow does not write."""

import struct
from collections.abc import Sequence

import numpy as np

# A page: its tags, and its strips or tiles.
Page = tuple[dict[int, Sequence[int] | bytes], Sequence[bytes]]
TILE_WIDTH, STRIPS, TILES, BELOW = 322, 273, 324, 330


def tags_of(size: tuple[int, int], bands: int, bits: int, **more: object) -> dict:
    """Give the tags of a page: `t277=1` sets tag 277."""
    found = {256: (size[0],), 257: (size[1],), 258: (bits,) * bands, 259: (1,)}
    found |= {262: (2 if bands > 2 else 1,), 277: (bands,)}
    for name, value in more.items():
        found[int(name[1:])] = value if isinstance(value, (bytes, tuple)) else (value,)
    return found


def tiff(pages: Sequence[Page], order: str = "<", large: bool = False) -> bytes:
    """Write a TIFF of several pages; the value of tag 330 counts from the first page's start."""
    place, counted, entry = ("Q", "Q", "HHQ") if large else ("I", "H", "HHI")
    wide = struct.calcsize(f"={place}")
    mark = {"<": b"II", ">": b"MM"}[order]
    head = mark + struct.pack(
        f"{order}HHH" if large else f"{order}H", *((43, 8, 0) if large else (42,))
    )
    content = bytearray(head + bytes(wide))
    links = [len(head)]
    for tags, parts in pages:
        places = []
        for part in parts:
            places.append(len(content))
            content += part
        is_tiled = TILE_WIDTH in tags
        lists = {TILES if is_tiled else STRIPS: places, (325 if is_tiled else 279): map(len, parts)}
        packed = {}
        for tag, value in {**tags, **lists}.items():
            numbers = value if isinstance(value, bytes) else tuple(value)
            kind = 7 if isinstance(value, bytes) else 4
            data = numbers if kind == 7 else struct.pack(f"{order}{len(numbers)}I", *numbers)
            packed[tag] = kind, len(numbers), data
        where = {}
        for tag, (_, _, data) in packed.items():
            if len(data) > wide:
                where[tag] = len(content)
                content += data
        struct.pack_into(f"{order}{place}", content, links.pop(), len(content))
        content += struct.pack(f"{order}{counted}", len(packed))
        for tag, (kind, count, data) in sorted(packed.items()):
            value = (
                struct.pack(f"{order}{place}", where[tag])
                if tag in where
                else data.ljust(wide, b"\0")
            )
            content += struct.pack(f"{order}{entry}", tag, kind, count) + value
        links = [len(content)]
        content += bytes(wide)
    return bytes(content)


def bits_of(values: np.ndarray, bits: int) -> bytes:
    """Write each row's numbers in so many bits, each row from a new byte."""
    rows = values.reshape(len(values), -1)
    ones = (rows[..., None] >> np.arange(bits - 1, -1, -1)) & 1
    return np.packbits(ones.reshape(len(rows), -1).astype(np.uint8), axis=1).tobytes()
