"""The order of an epoch's images, with and without weights."""

import numpy as np
import pytest

from crackcls.training.blocks import Blocks, Part, order_of

pytestmark = pytest.mark.slow


def part_of(*weights: float) -> Part:
    count = len(weights)
    return Part(np.arange(count), np.arange(count), np.zeros(count, int), np.array(weights))


def test_without_weights_each_image_is_seen_once_in_the_order_of_seed_and_epoch():
    part = Part(np.arange(9), np.arange(9), np.zeros(9, int))
    for epoch in range(3):
        expected = np.random.default_rng((7, epoch)).permutation(9)
        assert order_of(part, 7, epoch).tolist() == expected.tolist()
    assert order_of(part, None, 0).tolist() == [*range(9)]
    assert part.seen == 9


@pytest.mark.parametrize(("weight", "least", "most"), [(2, 2, 2), (1.5, 1, 2), (0.25, 0, 1)])
def test_an_epoch_sees_the_images_of_a_set_weight_times(weight, least, most):
    part = part_of(*[1.0] * 20, *[weight] * 20)
    for epoch in range(4):
        times = np.bincount(order_of(part, 7, epoch), minlength=40)
        assert times[:20].tolist() == [1] * 20
        assert times[20:].sum() == weight * 20
        assert (times[20:].min(), times[20:].max()) == (least, most)
    assert part.seen == 20 + weight * 20


def test_a_fraction_takes_other_images_in_each_epoch():
    part = part_of(*[0.25] * 40)
    seen = {index for epoch in range(20) for index in order_of(part, 7, epoch)}
    assert len(seen) > 35


def test_blocks_hold_what_an_epoch_sees_and_a_part_in_its_order_each_image_once():
    part = part_of(*[2.0] * 10)
    blocks = Blocks(part, 8, seed=1)
    assert [len(blocks[i][0]) for i in range(len(blocks))] == [8, 8, 4]
    assert len(Blocks(part, 8)) == 2
