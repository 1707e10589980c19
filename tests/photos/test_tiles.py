"""Tiles: where they lie, and what they hold."""

import numpy as np
import pytest
from PIL import Image

from crackcls.photos import stitch, tiles


@pytest.mark.parametrize(
    ("size", "sides"),
    [
        ((227, 227), (227,)),
        ((160, 100), (100,)),
        ((453, 300), (300,)),
        ((454, 300), (113.5, 56.75)),
        ((768, 768), (192, 96)),
        ((300, 1600), (300, 200)),
        ((4000, 3000), (1000, 500, 250)),
        ((2300, 1000), (575, 287.5)),
        ((2310, 1000), (577.5, 288.75, 231)),
        ((20_000, 10), (10,)),
        ((1, 1), (1,)),
    ],
)
def test_a_photo_has_tiles_of_these_sides(size, sides):
    assert tiles.sides(size) == sides
    assert tiles.sides(size[::-1]) == sides


def grids_of(size: tuple[int, int], input_size: int = 160) -> list[tiles.Grid]:
    return tiles.grids(size, tiles.sides(size), input_size)


@pytest.mark.parametrize(
    ("size", "counts"),
    [
        ((227, 227), [(1, 1)]),
        ((453, 300), [(3, 1)]),
        ((768, 768), [(7, 7), (9, 9)]),
        ((4000, 3000), [(7, 5), (9, 7), (16, 12)]),
        ((3000, 4000), [(5, 7), (7, 9), (12, 16)]),
        ((6000, 4000), [(7, 5), (9, 6), (24, 16)]),
        ((4000, 2250), [(7, 4), (9, 5), (16, 9)]),
        ((3264, 2448), [(7, 5), (9, 7), (13, 10)]),
        ((300, 1600), [(1, 10), (2, 9)]),
        ((10_000, 8000), [(7, 6), (9, 7), (36, 28)]),
        ((20_000, 10), [(64, 1)]),
        ((1, 1), [(1, 1)]),
    ],
)
def test_a_photo_has_so_many_tiles(size, counts):
    assert [(len(one.lefts), len(one.tops)) for one in grids_of(size)] == counts


def test_the_native_tiles_of_the_largest_photo_are_about_so_many_at_most():
    for size in (10_000, 8000), (8945, 8944), (80_000, 1000), (40_000, 2000):
        last = grids_of(size)[-1]
        assert len(last.lefts) * len(last.tops) <= 1.1 * tiles.MOST_NATIVE


@pytest.mark.parametrize("size", [(4000, 3000), (6000, 4000), (768, 512), (1001, 999), (300, 1600)])
def test_of_all_but_the_largest_tiles_there_are_as_few_as_cover_the_photo(size):
    scales = [*zip(tiles.sides(size), grids_of(size), strict=True)][1:]
    for (side, placed), overlap in zip(scales, tiles.OVERLAPS, strict=False):
        of_both = zip((placed.lefts, placed.tops), placed.size, size, strict=True)
        for starts, length, whole in of_both:
            assert len(starts) <= np.ceil((whole / side - overlap) / (1 - overlap))
            assert (starts[0], starts[-1]) == (0, length - placed.side)
            most = placed.side * (1 - overlap) * (1 + tiles.SQUEEZED)
            assert max(np.diff(starts), default=0) <= min(most + 1, placed.side)


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


@pytest.mark.parametrize("size", [(600, 480), (1000, 700), (513, 511), (300, 1600), (768, 300)])
def test_tiles_cover_the_photo_and_stay_inside(size):
    grids = grids_of(size, 96)
    for placed, cuts in zip(grids, tiles.cut(Image.new("RGB", size), grids), strict=True):
        covered = np.zeros(size[::-1], bool)
        for left, top, width, height in np.rint(tiles.places(size, placed)).astype(int):
            assert width == pytest.approx(height, rel=tiles.SQUEEZED, abs=1)
            covered[top : top + height, left : left + width] = True
            assert min(left, top) >= 0
            assert left + width <= size[0] + 1
            assert top + width <= size[1] * 1.01 + 1
        assert covered.mean() > 0.99
        assert {cut.shape for cut in cuts} == {(96, 96, 3)}
        assert len(cuts) == len(placed.lefts) * len(placed.tops)


def test_a_tile_holds_what_lies_at_its_place():
    photo = Image.new("RGB", (3200, 2400))
    photo.paste((250, 0, 0), (1600, 800, 2400, 1600))
    grids = grids_of(photo.size)
    for placed, cuts in zip(grids, tiles.cut(photo, grids), strict=True):
        red = np.array([cut[..., 0].mean() for cut in cuts])
        places = tiles.places(photo.size, placed)
        middles = places[:, :2] + places[:, 2:] / 2
        inside = (abs(middles - (2000, 1200)) < 400 - places[0, 2] / 2 + 1).all(axis=1)
        assert red[inside] == pytest.approx(250, abs=2)
        outside = (abs(middles - (2000, 1200)) > 400 + places[0, 2] / 2 - 1).any(axis=1)
        assert red[outside].max() < 1


@pytest.mark.parametrize("size", [(768, 768), (1000, 700), (2000, 1500), (2500, 1111)])
def test_a_photo_resized_in_strips_is_what_it_is_resized_at_once(size):
    width, height = size
    photo = Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8))
    grids = tiles.grids(size, (max(size) / 8, max(size) / 10), 160)
    one, many = (tiles.cut(photo, grids, workers) for workers in (1, 3))
    wide = photo.resize((grids[1].size[0], height), Image.Resampling.BILINEAR)
    whole = np.asarray(wide.resize(grids[1].size, Image.Resampling.BILINEAR))
    top, left = grids[1].tops[-1], grids[1].lefts[2]
    assert np.array_equal(many[1][2], whole[:160, left : left + 160])
    assert np.array_equal(many[1][-1], whole[top:, -160:])
    for first, second in zip(one, many, strict=True):
        assert np.array_equal(first, second)


def test_a_patch_is_one_tile_shrunk_as_for_training():
    from crackcls import images
    from tests.conftest import picture

    for side in (227, 320):
        patch = picture(3, side)
        (placed,) = tiles.grids(patch.size, (side,), 160)
        assert tiles.places(patch.size, placed).tolist() == [[0, 0, side, side]]
        ((cut,),) = tiles.cut(patch, [placed])
        assert np.array_equal(cut, images.to_square(patch, 160))


@pytest.mark.slow
@pytest.mark.parametrize("size", [(20_000, 10), (1, 500_000), (3_000_000, 1)])
def test_a_photo_that_is_far_longer_than_wide_is_cut_in_bounded_memory(size):
    import tracemalloc

    photo = Image.new("RGB", size, (200, 10, 10))
    tracemalloc.start()
    (placed,) = grids_of(size)
    (cuts,) = tiles.cut(photo, [placed])
    places = tiles.places(size, placed)
    heat, _ = stitch.stitch(size, places, np.ones((len(places), 5, 5)), np.ones(len(places)))
    assert tracemalloc.get_traced_memory()[1] < 400e6
    tracemalloc.stop()
    assert len(cuts) <= tiles.MOST_IN_A_ROW
    assert all(cut.shape == (160, 160, 3) and abs(int(cut[0, 0, 0]) - 200) < 2 for cut in cuts)
    assert np.isfinite(heat).all()
    assert heat.max() == pytest.approx(1)
