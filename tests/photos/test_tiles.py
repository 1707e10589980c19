"""Tiles: where they lie, what they hold, and how their maps are put together."""

import numpy as np
import pytest
from PIL import Image

from crackcls.photos import tiles


@pytest.mark.parametrize(
    ("size", "sides"),
    [
        ((227, 227), (227,)),
        ((160, 100), (100,)),
        ((453, 300), (300,)),
        ((454, 300), (113.5, 56.75)),
        ((768, 768), (192, 96)),
        ((300, 1600), (300, 200)),
        ((4000, 3000), (1000, 500, 227)),
        ((20_000, 10), (10,)),
        ((1, 1), (1,)),
    ],
)
def test_a_photo_has_tiles_of_these_sides(size, sides):
    assert tiles.sides(size) == sides
    assert tiles.sides(size[::-1]) == sides


def test_the_native_tiles_of_the_largest_photo_are_at_most_so_many():
    side = tiles.sides((10_000, 8_000))[-1]
    assert side > tiles.PATCH
    _, places = tiles.cut(Image.new("RGB", (1000, 800)), side / 10, 8)
    assert len(places) <= 1.1 * tiles.MOST_NATIVE


@pytest.mark.parametrize(
    ("length", "side", "overlap", "expected"),
    [
        (160, 160, 0.5, [0]),
        (161, 160, 0.5, [0, 1]),
        (320, 160, 0.5, [0, 80, 160]),
        (330, 160, 0.5, [0, 80, 160, 170]),
        (400, 160, 0.0, [0, 160, 240]),
    ],
)
def test_the_last_tile_is_snapped_to_the_edge(length, side, overlap, expected):
    assert tiles.starts(length, side, overlap).tolist() == expected


def test_a_row_has_a_bounded_number_of_tiles():
    placed = tiles.starts(1_000_000, 160, 0.5)
    assert len(placed) <= tiles.MOST_IN_A_ROW
    assert placed[-1] == 1_000_000 - 160


@pytest.mark.parametrize("size", [(600, 480), (1000, 700), (513, 511), (300, 1600)])
def test_tiles_cover_the_photo_and_stay_inside(size):
    for side in tiles.sides(size):
        cuts, places = tiles.cut(Image.new("RGB", size), side, 96)
        covered = np.zeros(size[::-1], bool)
        for left, top, width, height in places:
            assert width == height
            covered[top : top + height, left : left + width] = True
            assert left >= 0
            assert top >= 0
            assert left + width <= size[0] + 1
            assert top + width <= size[1] + 1
        assert covered.mean() > 0.99
        assert {cut.shape for cut in cuts} == {(96, 96, 3)}


def test_a_tile_holds_what_lies_at_its_place():
    photo = Image.new("RGB", (800, 800))
    photo.paste((250, 0, 0), (400, 600, 600, 800))
    cuts, places = tiles.cut(photo, 200, 96)
    red = np.array([cut[..., 0].mean() for cut in cuts])
    assert places[red.argmax()].tolist() == [400, 600, 200, 200]
    assert red.max() == pytest.approx(250, abs=2)
    assert red[(places[:, 1] < 400)].max() < 1


def test_a_patch_is_one_tile_shrunk_as_for_training():
    from crackcls import images
    from tests.conftest import picture

    patch = picture(3, 227)
    cuts, places = tiles.cut(patch, 227, 160)
    assert places.tolist() == [[0, 0, 227, 227]]
    assert np.array_equal(cuts[0], images.to_square(patch, 160))


def test_equal_maps_stitch_to_the_same_without_seams():
    size = (900, 600)
    places = tiles.cut(Image.new("RGB", size), 225, 96)[1]
    heat, weight = tiles.stitch(
        size, places, np.full((len(places), 5, 5), 0.3), np.ones(len(places))
    )
    assert heat.shape == tiles.grid_of(size)[::-1] == (85, 128)
    assert heat == pytest.approx(0.3, abs=1e-4)
    assert weight == pytest.approx(1)


def test_neighbours_that_differ_fade_into_each_other():
    places = np.array([[0, 0, 100, 100], [50, 0, 100, 100]])
    maps = np.stack([np.zeros((5, 5)), np.ones((5, 5))])
    heat, _ = tiles.stitch((150, 100), places, maps, np.ones(2))
    row = heat[40]
    assert row[0] == 0
    assert row[-1] == 1
    assert (np.diff(row) >= -1e-6).all()
    assert np.diff(row).max() < 0.1


def test_a_tile_without_weight_gives_way_to_its_neighbour_and_rules_alone_elsewhere():
    places = np.array([[0, 0, 100, 100], [50, 0, 100, 100]])
    maps = np.stack([np.zeros((5, 5)), np.ones((5, 5))])
    heat, weight = tiles.stitch((150, 100), places, maps, np.array([1.0, 0.0]))
    middle = heat.shape[1] // 2
    assert heat[40, middle] < 0.01
    assert heat[40, -1] == pytest.approx(1)
    assert weight[40, 0] == pytest.approx(1)
    assert weight[40, -1] < 0.01


@pytest.mark.slow
@pytest.mark.parametrize("size", [(20_000, 10), (1, 500_000), (3_000_000, 1)])
def test_a_photo_that_is_far_longer_than_wide_is_cut_in_bounded_memory(size):
    import tracemalloc

    photo = Image.new("RGB", size, (200, 10, 10))
    tracemalloc.start()
    (side,) = tiles.sides(size)
    cuts, places = tiles.cut(photo, side, 160)
    heat, _ = tiles.stitch(size, places, np.ones((len(places), 5, 5)), np.ones(len(places)))
    assert tracemalloc.get_traced_memory()[1] < 400e6
    tracemalloc.stop()
    assert len(cuts) <= tiles.MOST_IN_A_ROW
    assert all(cut.shape == (160, 160, 3) and abs(int(cut[0, 0, 0]) - 200) < 2 for cut in cuts)
    assert np.isfinite(heat).all()
    assert heat.max() == pytest.approx(1)
