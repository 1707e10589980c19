"""Photos cut into tiles at several scales."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from crackcls import parallel
from crackcls.network.scale import PATCH

# The long side of a photo as so many tiles side by side.
DIVISIONS = 4, 8
# At a photo's own scale a tile has about so many pixels a side, as the patches of SDNET2018, where
# the long side is then so many tiles or more: fewer would hardly differ from the scale before.
NATIVE, LEAST_NATIVE = 256, 10
# The largest tiles overlap by half, the next by at least so much, the smallest need not.
OVERLAP, OVERLAPS = 0.5, (0.125, 0.0)
# Parts of a photo, for models of whole photos, overlap by less than half where they are many.
NATIVE_OVERLAP = 0.125
# Tiles at a photo's own scale are larger where they would be more than this.
MOST_NATIVE = 1000
# A photo is squeezed by up to this share rather than seen by one more row of tiles.
SQUEEZED = 0.05
# Against photos that are a thousand times as long as wide.
MOST_IN_A_ROW = 64
# Pixels that a photo may have once resized: more than a compact one ever needs.
MOST_RESIZED = 80_000_000
# A photo is resized in about so many strips, side by side, unless Pillow shrinks it in two steps.
STRIPS, MOST_SHRUNK = 4, 6


@dataclass(frozen=True)
class Grid:
    """Where the tiles of one scale lie in a photo that was resized for it.

    Attributes:
        size: Width and height of the resized photo in pixels.
        lefts: The first column of pixels of each column of tiles, rising.
        tops: The first row of pixels of each row of tiles, rising.
        side: Side of a tile in pixels of the resized photo.
    """

    size: tuple[int, int]
    lefts: tuple[int, ...]
    tops: tuple[int, ...]
    side: int


def sides(size: tuple[int, int]) -> tuple[float, ...]:
    """Choose the sides of the tiles of a photo, one for each scale, the largest first.

    A photo of less than two patches is one patch: its tiles are as high as the photo.

    Args:
        size: Width and height of the photo in pixels.

    Returns:
        Sides in pixels of the photo, at most its short side.
    """
    short, long = sorted(size)
    if long < 2 * PATCH:
        return (float(short),)
    chosen = [min(long / count, short) for count in DIVISIONS]
    count = int(np.ceil(long / max(NATIVE, (long * short / MOST_NATIVE) ** 0.5)))
    if count >= LEAST_NATIVE:
        chosen.append(long / count)
    return tuple(side for i, side in enumerate(chosen) if i == 0 or side < chosen[i - 1])


def starts(length: int, side: int, overlap: float) -> np.ndarray:
    """Place parts along one side of an image; the last is snapped to the edge.

    Args:
        length: Of the image in pixels, at least `side`.
        side: Of a part in pixels.
        overlap: Share of a part that the next one covers, 0 to below 1.

    Returns:
        The first pixel of each part, int, rising.
    """
    most = -(-(length - side) // (MOST_IN_A_ROW - 1))
    step = max(round(side * (1 - overlap)), most, 1)
    return np.append(np.arange(0, length - side, step), length - side)


def grids(size: tuple[int, int], sides: Sequence[float], input_size: int) -> list[Grid]:
    """Place the tiles of all scales.

    The largest overlap by half, the next a little, and the smallest, which are the most, lie side
    by side. What less overlap loses is in docs/experiments.md; what lies across seams, in `seams`.

    Args:
        size: Width and height of the photo in pixels.
        sides: From `sides`.
        input_size: Side of the model's input in pixels.
    """
    found = []
    for at, side in enumerate(sides):
        (width, lefts), (height, tops) = (_along(length / side, input_size, at) for length in size)
        found.append(Grid((width, height), tuple(lefts), tuple(tops), input_size))
    return found


def _along(tiles: float, side: int, scale: int) -> tuple[int, list[int]]:
    """Give the pixels along one side of a photo so many tiles long, and where tiles begin."""
    length = max(side, round(tiles * side))
    if scale == 0:
        return length, starts(length, side, OVERLAP).tolist()
    overlap = OVERLAPS[scale - 1]
    wanted = (tiles - overlap) / (1 - overlap)
    count = max(1, int(wanted))
    count += wanted > count * (1 + SQUEEZED)
    length = min(length, count * side)
    placed = np.rint(np.linspace(0, length - side, min(count, MOST_IN_A_ROW)))
    return length, placed.astype(int).tolist()


def places(size: tuple[int, int], placed: Grid) -> np.ndarray:
    """Give where the tiles of a grid lie in the photo.

    Args:
        size: Width and height of the photo in pixels.
        placed: From `grids`.

    Returns:
        Shape `(tiles, 4)`, float, row by row: left, top, width and height in pixels of the photo.
    """
    corners = np.array([(left, top) for top in placed.tops for left in placed.lefts])
    boxes = np.column_stack([corners, np.full((len(corners), 2), placed.side)])
    return boxes * np.tile(np.divide(size, placed.size), 2)


def cut(
    image: Image.Image, placed: Sequence[Grid], workers: int | None = None
) -> list[list[np.ndarray]]:
    """Cut a photo into tiles of several scales, shrunk or enlarged to a model's input.

    The photo is resized once a scale, so that each tile is a slice of it. A scale that is smaller
    than another, shrunk one is made of that, which takes a tenth of the time.

    Args:
        image: Pillow image of mode RGB.
        placed: From `grids`, the largest tiles first.
        workers: Threads; None takes one for each core.

    Returns:
        For each scale the tiles row by row, each of shape `(side, side, 3)`, uint8.
    """
    found: list[list[np.ndarray]] = []
    finer, left = image, [*placed]
    while left:
        grid = left.pop()
        if np.prod(grid.size) > MOST_RESIZED:
            found.append(_one_by_one(image, grid))
            continue
        is_finer = max(grid.size) < max(image.size)
        times = _blocks(grid.size, left[-1].size) if left and is_finer else 1
        shrunk, pixels = _resized_to(grid, finer, times, workers)
        found.append(_slices(pixels, grid))
        if is_finer:
            finer = shrunk
    return found[::-1]


def _blocks(size: tuple[int, int], smaller: tuple[int, int]) -> int:
    """Give the side of the blocks that a size is a smaller one's; 1 where there are none."""
    times = size[0] // smaller[0]
    return times if size == (smaller[0] * times, smaller[1] * times) else 1


def _resized_to(
    grid: Grid, finer: Image.Image, times: int, workers: int | None
) -> tuple[Image.Image, np.ndarray]:
    """Resize a photo, or what was made of it for a finer scale.

    Args:
        grid: For which.
        finer: What is resized.
        times: Side of the blocks by which what comes out is shrunk for the next scale.
        workers: Threads.

    Returns:
        The resized photo shrunk by blocks, as an image, and the resized photo as an array.
    """
    size = grid.size
    if finer.size == size:
        return _shrunk(finer, times), np.asarray(finer)
    if size == (grid.side, grid.side) or finer.width > MOST_SHRUNK * size[0]:
        resized = finer.resize(size, Image.Resampling.BILINEAR, reducing_gap=3.0)
        return _shrunk(resized, times), np.asarray(resized)
    shrunk = Image.new("RGB", (size[0] // times, size[1] // times))
    rows, pixels = _strips(finer.height, size[1], times), np.empty((*size[::-1], 3), np.uint8)

    def strip(at: int) -> None:
        top, bottom = rows[at : at + 2]
        one = _strip(finer, size, top, bottom)
        pixels[top:bottom] = np.asarray(one)
        shrunk.paste(_shrunk(one, times), (0, top // times))

    for _ in parallel.ordered_map(strip, range(len(rows) - 1), workers):
        pass
    return shrunk, pixels


def _shrunk(image: Image.Image, times: int) -> Image.Image:
    return image if times == 1 else image.reduce(times)


def _strip(image: Image.Image, size: tuple[int, int], top: int, bottom: int) -> Image.Image:
    """Resize what lies between two rows of the resized photo, each on a whole row of the photo.

    First across and then down, as the page of `export web` does; Pillow alone goes the way that
    is shorter, which differs from strip to strip.
    """
    times = image.height / size[1]
    first, last = round(top * times), round(bottom * times)
    more = math.ceil(times) + 1
    start, end = max(first - more, 0), min(last + more, image.height)
    how = Image.Resampling.BILINEAR
    wide = image.resize((size[0], end - start), how, box=(0, start, image.width, end))
    return wide.resize((size[0], bottom - top), how, box=(0, first - start, size[0], last - start))


def _strips(old: int, new: int, times: int) -> list[int]:
    """Divide new rows so that each strip begins on a whole old one, and has whole blocks.

    Args:
        old: Rows of what is resized.
        new: Rows that come out.
        times: Rows of a block; `new` has whole ones.

    Returns:
        The first row of each strip, from 0, and `new`.
    """
    step = math.lcm(new // math.gcd(old, new), times)
    count = max(1, round(new / STRIPS / step))
    return [*range(0, new, step * count), new]


def _slices(pixels: np.ndarray, placed: Grid) -> list[np.ndarray]:
    side = placed.side
    return [pixels[y : y + side, x : x + side] for y in placed.tops for x in placed.lefts]


def _one_by_one(image: Image.Image, placed: Grid) -> list[np.ndarray]:
    """Resize each tile by itself, where a long narrow photo would become too large."""
    how = (placed.side, placed.side), Image.Resampling.BILINEAR
    left_tops, sides = np.split(places(image.size, placed), 2, axis=1)
    boxes = np.minimum(np.hstack([left_tops, left_tops + sides]), np.tile(image.size, 2))
    return [np.asarray(image.resize(*how, box=tuple(box.tolist()))) for box in boxes]
