"""Maps of tiles put together: without seams, by weight, and fading into each other."""

import numpy as np
import pytest

from crackcls.photos import stitch


def test_equal_maps_stitch_to_the_same_without_seams():
    size = (900, 600)
    places = np.array([(x, y, 225, 225) for y in (0, 113, 225, 375) for x in range(0, 676, 75)])
    heat, weight = stitch.stitch(
        size, places, np.full((len(places), 5, 5), 0.3), np.ones(len(places))
    )
    assert heat.shape == stitch.grid_of(size)[::-1] == (85, 128)
    assert heat == pytest.approx(0.3, abs=1e-4)
    assert weight == pytest.approx(1)


def test_neighbours_that_differ_fade_into_each_other():
    places = np.array([[0, 0, 100, 100], [50, 0, 100, 100]])
    maps = np.stack([np.zeros((5, 5)), np.ones((5, 5))])
    heat, _ = stitch.stitch((150, 100), places, maps, np.ones(2))
    row = heat[40]
    assert row[0] == 0
    assert row[-1] == pytest.approx(1)
    assert (np.diff(row) >= -1e-6).all()
    assert np.diff(row).max() < 0.1


def test_a_tile_without_weight_gives_way_to_its_neighbour_and_rules_alone_elsewhere():
    places = np.array([[0, 0, 100, 100], [50, 0, 100, 100]])
    maps = np.stack([np.zeros((5, 5)), np.ones((5, 5))])
    heat, weight = stitch.stitch((150, 100), places, maps, np.array([1.0, 0.0]))
    middle = heat.shape[1] // 2
    assert heat[40, middle] < 0.01
    assert heat[40, -1] == pytest.approx(1)
    assert weight[40, 0] == pytest.approx(1)
    assert weight[40, -1] < 0.01
