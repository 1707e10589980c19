"""Into which parts a photo is cut for a model that was trained on images of some sizes."""

import numpy as np
import pytest

from crackcls.network.scale import Scale
from crackcls.photos import layout


def all_of(long: int, short: int) -> Scale:
    return Scale((long,) * 3, (short,) * 3)


METU, PHOTOS = all_of(227, 227), all_of(1200, 900)
MIXED = Scale((227, 227, 4000), (227, 227, 3000))


@pytest.mark.parametrize(
    ("trained_on", "size", "one"),
    [
        (METU, (227, 227), True),
        (METU, (453, 100), True),
        (METU, (454, 300), False),
        (METU, (1200, 900), False),
        (all_of(256, 256), (256, 256), True),
        (all_of(440, 440), (480, 480), True),
        (PHOTOS, (1200, 900), True),
        (PHOTOS, (900, 1200), True),
        (PHOTOS, (227, 227), True),
        (PHOTOS, (2399, 1800), True),
        (PHOTOS, (2400, 1800), False),
        (MIXED, (227, 227), True),
        (MIXED, (4000, 3000), True),
        (MIXED, (6000, 4000), False),
    ],
)
def test_a_photo_like_those_of_the_training_is_judged_whole(trained_on, size, one: bool):
    assert layout.is_one(size, trained_on) is one
    assert layout.is_one(size[::-1], trained_on) is one


@pytest.mark.parametrize(
    ("size", "sides", "counts"),
    [
        ((1200, 900), [(1200, 900)], [1]),
        ((1600, 1200), [(1600, 1200)], [1]),
        ((4000, 3000), [(4000, 3000), (1200, 900)], [1, 36]),
        ((3000, 4000), [(3000, 4000), (900, 1200)], [1, 36]),
        ((9600, 900), [(4800, 900), (1200, 900)], [3, 15]),
    ],
)
def test_a_much_larger_photo_is_cut_into_parts_of_their_size(size, sides, counts):
    found = layout.parts(size, PHOTOS, 1000)
    assert [tuple(places[0, 2:]) for places in found] == sides
    assert [len(places) for places in found] == counts
    for places in found:
        covered = np.zeros(size[::-1], bool)
        for left, top, width, height in places:
            covered[top : top + height, left : left + width] = True
        assert covered.all()


def test_a_huge_photo_has_a_bounded_number_of_parts():
    _, parts = layout.parts((10_000, 8000), PHOTOS, 76)
    assert 60 < len(parts) <= 1.3 * 76
    assert parts[0, 2] > 1200


@pytest.mark.parametrize(
    ("trained_on", "size", "said"),
    [
        (None, (227, 227), ""),
        (None, (114, 300), ""),
        (None, (160, 113), "The photo is small, 160 x 113 pixels: fine lines may not show"),
        (all_of(128, 128), (96, 96), ""),
        (all_of(128, 128), (95, 400), "The photo is small, 95 x 400 pixels and the model learned"),
        (PHOTOS, (600, 450), ""),
        (PHOTOS, (1200, 449), "and the model learned from 1,200 x 900: fine lines may not"),
        (MIXED, (227, 227), ""),
    ],
)
def test_a_photo_too_small_for_a_hairline_says_so(trained_on, size, said: str):
    found = layout.caution(size, trained_on)
    assert said in found and bool(said) == bool(found)
