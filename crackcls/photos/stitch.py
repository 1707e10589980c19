"""Maps of tiles put together to one of the photo."""

import math
from functools import cache

import numpy as np
from PIL import Image

# Cells of a stitched map along the long side of a photo.
CELLS = 128


def stitch(
    size: tuple[int, int], places: np.ndarray, maps: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Put the maps of overlapping tiles together, each fading out towards its edge.

    Rows and columns of tiles are enlarged apart from each other, as products of matrices.

    Args:
        size: Width and height of the photo in pixels.
        places: Shape `(tiles, 4)`, int: left, top, width and height in pixels of the photo, of
            rows and columns of tiles, row by row.
        maps: Shape `(tiles, rows, columns)`, float.
        weights: Shape `(tiles,)`, float, 0 to 1: how much a tile counts.

    Returns:
        The weighted mean of the maps and the mean of the weights, each of the shape
        `grid_of(size)`, float32. Where no weight is, the mean is of all tiles alike.
    """
    columns, rows = grid_of(size)
    count = int((places[:, 1] == places[0, 1]).sum())
    high, wide = maps.shape[1:]
    filters, fades = _spread(places[:count, ::2] * (columns / size[0]), wide, columns)
    down, fades_down = _spread(places[::count, 1::2] * (rows / size[1]), high, rows)
    counted = np.maximum(weights, 1e-6)
    seen = (maps * counted[:, None, None]).reshape(-1, count, high, wide).swapaxes(1, 2)
    heat = down @ seen.reshape(-1, count * wide) @ filters.T
    weight = fades_down @ counted.reshape(-1, count) @ fades.T
    total = fades_down.sum(axis=1)[:, None] * fades.sum(axis=1)
    # No tile may lie where a photo is a thousand times as long as wide: no heat, no weight.
    weight[total == 0], total[total == 0] = 1e-6, 1.0
    return (heat / weight).astype(np.float32), (weight / total).astype(np.float32)


def grid_of(size: tuple[int, int]) -> tuple[int, int]:
    """Give columns and rows of the stitched map of a photo of some width and height."""
    long = max(size)
    return max(1, round(CELLS * size[0] / long)), max(1, round(CELLS * size[1] / long))


def _spread(placed: np.ndarray, cells: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Enlarge maps along one side of a photo, each fading out towards the ends of its tile.

    Args:
        placed: Start and length of each tile, shape `(tiles, 2)`, float, in cells of the photo's.
        cells: Of the map of a tile.
        count: Cells of the photo's map.

    Returns:
        The matrix from the cells of all tiles to those of the photo, `(count, tiles * cells)`,
        and the fading alone, `(count, tiles)`.
    """
    filters, fades = np.zeros((count, len(placed), cells)), np.zeros((count, len(placed)))
    for at, (start, length) in enumerate(placed):
        first, end = int(start), min(math.ceil(start + length - 1e-6), count)
        fades[first:end, at] = _fade(end - first)
        filters[first:end, at] = _bicubic(cells, end - first) * fades[first:end, at, None]
    return filters.reshape(count, -1), fades


def _fade(count: int) -> np.ndarray:
    """Give weights that rise from the edge of a tile to its middle."""
    middle = (np.arange(count) + 0.5) / count
    return np.minimum(middle, 1 - middle)


@cache
def _bicubic(old: int, new: int) -> np.ndarray:
    """Give the matrix by which Pillow enlarges so many values: `(new, old)`."""
    image = Image.fromarray(np.eye(old, dtype=np.float32))
    return np.asarray(image.resize((old, new), Image.Resampling.BICUBIC))
