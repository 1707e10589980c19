"""Tiles across seams: where they lie, what their maps hold, and how familiar they count."""

import numpy as np
import pytest

from crackcls.photos import seams
from crackcls.photos.tiles import Grid


@pytest.mark.parametrize(
    ("starts", "expected"),
    [
        ((0,), [(0, 160)]),
        ((0, 160), [(0, 160), (96, 160), (160, 160)]),
        ((0, 160, 320), [(0, 160), (96, 160), (160, 160), (256, 160), (320, 160)]),
        # Of tiles that overlap, what lies across the seam is as long as they lie apart.
        ((0, 100), [(0, 160), (96, 100), (100, 160)]),
        # By half or more: they show the seam themselves.
        ((0, 80), [(0, 160), (80, 160)]),
        ((0, 1), [(0, 160), (1, 160)]),
        # There is no seam where tiles lie apart, as in a photo a thousand times as long as wide.
        ((0, 161), [(0, 160), (161, 160)]),
    ],
)
def test_tiles_across_seams_lie_between_tiles(starts, expected):
    boxes = seams.boxes(Grid((starts[-1] + 160, 160), starts, (0,), 160), 5)
    assert boxes.tolist() == [[start, 0, length, 160] for start, length in expected]
    boxes = seams.boxes(Grid((160, starts[-1] + 160), (0,), starts, 160), 5)
    assert boxes.tolist() == [[0, start, 160, length] for start, length in expected]


TWO_BY_TWO = Grid((320, 320), (0, 160), (0, 160), 160)


def test_a_map_across_a_seam_has_the_last_cells_of_one_and_the_first_of_the_next():
    of_tiles = np.arange(4 * 25).reshape(4, 5, 5, 1)
    found = seams.maps(of_tiles, TWO_BY_TWO)[..., 0]
    whole = of_tiles.reshape(2, 2, 5, 5).swapaxes(1, 2).reshape(10, 10)
    assert found.shape == (9, 5, 5)
    for at, (top, left) in enumerate((y, x) for y in (0, 3, 5) for x in (0, 3, 5)):
        assert np.array_equal(found[at], whole[top : top + 5, left : left + 5])


@pytest.mark.parametrize("cells", [3, 4, 5, 6, 7])
def test_places_and_maps_are_of_the_same_cells(cells):
    side = 32 * cells
    placed = Grid((2 * side, side), (0, side), (0,), side)
    columns = np.tile(np.arange(2 * cells), (cells, 1)).reshape(cells, 2, cells).swapaxes(0, 1)
    found = seams.maps(columns[..., None], placed)[1, 0, :, 0]
    assert found.tolist() == [*range(found[0], found[0] + cells)]
    assert seams.boxes(placed, cells)[1].tolist() == [32 * found[0], 0, side, side]


def test_a_tile_across_a_seam_is_as_familiar_as_its_parts():
    found = seams.weights(np.array([1.0, 0.0, 0.5, 0.5]), TWO_BY_TWO, 5).reshape(3, 3)
    assert found[0] == pytest.approx([1, 0.4, 0])
    assert found[:, 0] == pytest.approx([1, 0.7, 0.5])
    assert found[1, 1] == pytest.approx(0.4 * 0.4 + 0.6 * 0.5)


def test_the_mean_of_all_maps_tells_of_a_line_along_a_seam():
    lines = np.zeros((2, 5, 5, 1))
    lines[0, :, 4], lines[1, :, 0] = 1, 1
    placed = Grid((320, 160), (0, 160), (0,), 160)
    assert seams.maps(lines, placed).mean(axis=(1, 2, 3)) == pytest.approx([0.2, 0.4, 0.2])
