"""Photos cut into overlapping tiles at several scales, and maps of tiles put together."""

import numpy as np
from PIL import Image

from crackcls.network.scale import PATCH

# The long side of a photo as so many tiles side by side.
DIVISIONS = 4, 8
OVERLAP = 0.5
# Tiles at a photo's own scale overlap less and are larger where they would be more than this.
NATIVE_OVERLAP, MOST_NATIVE = 0.125, 1000
# Against photos that are a thousand times as long as wide.
MOST_IN_A_ROW = 64
# Pixels that a photo may have once resized: more than a compact one ever needs.
MOST_RESIZED = 80_000_000
# Cells of a stitched map along the long side of a photo.
CELLS = 128


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
    if chosen[-1] > PATCH:
        most = MOST_NATIVE * (1 - NATIVE_OVERLAP) ** 2
        chosen.append(max(PATCH, (size[0] * size[1] / most) ** 0.5))
    return tuple(side for i, side in enumerate(chosen) if i == 0 or side < chosen[i - 1])


def starts(length: int, side: int, overlap: float) -> np.ndarray:
    """Place tiles along one side of an image; the last is snapped to the edge.

    Args:
        length: Of the image in pixels, at least `side`.
        side: Of a tile in pixels.
        overlap: Share of a tile that the next one covers, 0 to below 1.

    Returns:
        The first pixel of each tile, int, rising.
    """
    most = -(-(length - side) // (MOST_IN_A_ROW - 1))
    step = max(round(side * (1 - overlap)), most, 1)
    return np.append(np.arange(0, length - side, step), length - side)


def cut(image: Image.Image, side: float, input_size: int) -> tuple[list[np.ndarray], np.ndarray]:
    """Cut a photo into overlapping tiles of one scale, shrunk or enlarged to a model's input.

    The photo is resized once, so that each tile is a slice of it.

    Args:
        image: Pillow image of mode RGB.
        side: Side of a tile in pixels of the photo.
        input_size: Side of the model's input in pixels.

    Returns:
        The tiles row by row, each of shape `(input_size, input_size, 3)`, uint8, and their
        places, shape `(tiles, 4)`, int: left, top, width and height in pixels of the photo.
    """
    width, height = (max(input_size, round(n * input_size / side)) for n in image.size)
    is_native = side * DIVISIONS[-1] < max(image.size)
    overlap = NATIVE_OVERLAP if is_native else OVERLAP
    lefts, tops = (starts(length, input_size, overlap) for length in (width, height))
    corners = np.array([(left, top) for top in tops for left in lefts])
    places = corners * (np.array(image.size) / (width, height))
    if width * height <= MOST_RESIZED:
        cuts = _slices(image, (width, height), corners, input_size)
    else:
        cuts = _one_by_one(image, places, side, input_size)
    return cuts, np.rint(np.column_stack([places, [[side, side]] * len(cuts)])).astype(int)


def _slices(
    image: Image.Image, resized: tuple[int, int], corners: np.ndarray, input_size: int
) -> list[np.ndarray]:
    """Resize the photo once and slice it."""
    pixels = np.asarray(image.resize(resized, Image.Resampling.BILINEAR, reducing_gap=3.0))
    return [pixels[y : y + input_size, x : x + input_size] for x, y in corners]


def _one_by_one(
    image: Image.Image, places: np.ndarray, side: float, input_size: int
) -> list[np.ndarray]:
    """Resize each tile by itself, where a long narrow photo would become too large."""
    boxes = ((x, y, min(x + side, image.width), min(y + side, image.height)) for x, y in places)
    how = (input_size, input_size), Image.Resampling.BILINEAR
    return [np.asarray(image.resize(*how, box=box)) for box in boxes]


def stitch(
    size: tuple[int, int], places: np.ndarray, maps: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Put the maps of overlapping tiles together, each fading out towards its edge.

    Args:
        size: Width and height of the photo in pixels.
        places: Shape `(tiles, 4)`, int: left, top, width and height in pixels of the photo.
        maps: Shape `(tiles, rows, columns)`, float.
        weights: Shape `(tiles,)`, float, 0 to 1: how much a tile counts.

    Returns:
        The weighted mean of the maps and the mean of the weights, each of the shape
        `grid_of(size)`, float32. Where no weight is, the mean is of all tiles alike.
    """
    columns, rows = grid_of(size)
    total = np.zeros((3, rows, columns), np.float64)
    scale = np.array([columns / size[0], rows / size[1]])
    for (left, top, wide, high), values, weight in zip(places, maps, weights, strict=True):
        x, y = np.floor((left, top) * scale).astype(int)
        right, bottom = np.ceil(np.array((left + wide, top + high)) * scale - 1e-6).astype(int)
        area = slice(y, min(bottom, rows)), slice(x, min(right, columns))
        shape = area[1].stop - x, area[0].stop - y
        fade = _fade(shape[1])[:, None] * _fade(shape[0])
        counted = fade * max(weight, 1e-6)
        total[(0, *area)] += _resized(values, shape) * counted
        total[(1, *area)] += counted
        total[(2, *area)] += fade
    # No tile may lie where a photo is a thousand times as long as wide: no heat, no weight.
    total[1:, total[2] == 0] = [[1e-6], [1.0]]
    return (total[0] / total[1]).astype(np.float32), (total[1] / total[2]).astype(np.float32)


def grid_of(size: tuple[int, int]) -> tuple[int, int]:
    """Give columns and rows of the stitched map of a photo of some width and height."""
    long = max(size)
    return max(1, round(CELLS * size[0] / long)), max(1, round(CELLS * size[1] / long))


def _fade(count: int) -> np.ndarray:
    """Give weights that rise from the edge of a tile to its middle."""
    middle = (np.arange(count) + 0.5) / count
    return np.minimum(middle, 1 - middle)


def _resized(values: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    image = Image.fromarray(np.ascontiguousarray(values, dtype=np.float32))
    return np.asarray(image.resize(shape, Image.Resampling.BICUBIC))
