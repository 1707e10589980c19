"""Tiles that lie across the seams of those that a model saw, put together from their halves.

The mean of a tile's activation map is its score (B. Zhou et al., "Learning Deep Features for
Discriminative Localization", CVPR 2016), so the mean over parts of neighbouring maps is that of a
tile between them, as far as a part of a picture looks to the network as it does beside another
part. What that costs is in docs/experiments.md.
"""

from collections.abc import Sequence

import numpy as np

from crackcls.photos.tiles import Grid


def boxes(placed: Grid, cells: int) -> np.ndarray:
    """Give where tiles and those across their seams lie in the resized photo.

    Args:
        placed: Where the tiles are.
        cells: Of a tile's map along one side.

    Returns:
        Shape `(tiles, 4)`, float, row by row: left, top, width and height in pixels.
    """
    across, down = (
        _along(np.array(one), placed.side, cells) for one in (placed.lefts, placed.tops)
    )
    grid = np.meshgrid(down[:, 0], across[:, 0], indexing="ij")
    lengths = np.meshgrid(down[:, 1], across[:, 1], indexing="ij")
    return np.stack([grid[1], grid[0], lengths[1], lengths[0]], axis=-1).reshape(-1, 4)


def maps(of_tiles: np.ndarray, placed: Grid) -> np.ndarray:
    """Give the maps of tiles and of those across their seams.

    Args:
        of_tiles: Shape `(tiles, cells, cells, classes)`.
        placed: Where the tiles are.

    Returns:
        The same for all of `boxes`.
    """
    values = of_tiles.reshape(len(placed.tops), len(placed.lefts), *of_tiles.shape[1:])
    for axis, starts in enumerate((placed.tops, placed.lefts)):
        if is_woven(starts, placed.side):
            values = _woven(values, axis, _halves(values, axis))
    return values.reshape(-1, *of_tiles.shape[1:])


def weights(of_tiles: np.ndarray, placed: Grid, cells: int) -> np.ndarray:
    """Give the familiarity of tiles and of those across their seams: of the tiles by their share.

    Args:
        of_tiles: Shape `(tiles,)`.
        placed: Where the tiles are.
        cells: Of a tile's map along one side.

    Returns:
        The same for all of `boxes`.
    """
    values = of_tiles.reshape(len(placed.tops), len(placed.lefts))
    share = (cells // 2) / cells
    for axis, starts in enumerate((placed.tops, placed.lefts)):
        if is_woven(starts, placed.side):
            before, after = _neighbours(values, axis)
            values = _woven(values, axis, share * before + (1 - share) * after)
    return values.reshape(-1)


def is_woven(starts: Sequence[int], side: int) -> bool:
    """Tell whether tiles touch, or overlap by less than half; more shows a seam by itself."""
    step = starts[-1] / max(1, len(starts) - 1)
    return side / 2 < step <= side


def _along(starts: np.ndarray, side: int, cells: int) -> np.ndarray:
    """Give start and length of each, shape `(tiles, 2)`."""
    whole = np.column_stack([starts, np.full(len(starts), side)]).astype(float)
    if not is_woven(starts.tolist(), side):
        return whole
    late = starts + side - side * (cells // 2) / cells
    return _woven(whole, 0, np.column_stack([late[:-1], np.diff(late)]))


def _neighbours(values: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    count = values.shape[axis]
    return values.take(range(count - 1), axis), values.take(range(1, count), axis)


def _halves(values: np.ndarray, axis: int) -> np.ndarray:
    """Put the last cells of each tile and the first ones of the next together."""
    cells = values.shape[axis + 2]
    before, after = _neighbours(values, axis)
    first = cells - cells // 2
    parts = before.take(range(first, cells), axis + 2), after.take(range(first), axis + 2)
    return np.concatenate(parts, axis + 2)


def _woven(values: np.ndarray, axis: int, between: np.ndarray) -> np.ndarray:
    """Put what lies between two values between them."""
    shape = list(values.shape)
    shape[axis] += between.shape[axis]
    made = np.empty(shape, np.result_type(values, between))
    lanes = np.moveaxis(made, axis, 0)
    lanes[::2], lanes[1::2] = np.moveaxis(values, axis, 0), np.moveaxis(between, axis, 0)
    return made
