"""Changes of pixels: the same by the same seed, in range, and a crack stays a crack."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow

from crackcls.training import augment  # noqa: E402 (TensorFlow, which a fast run forbids)

SIDE, STORED = 96, 115


def batch(count: int = 16) -> np.ndarray:
    """Give grey pictures with a dark line across the middle, uint8."""
    rows = np.full((count, STORED, STORED, 3), 160, np.uint8)
    rows[:, STORED // 2 - 2 : STORED // 2 + 2] = 30
    return rows


def changed(rows: np.ndarray, seed: tuple[int, int] = (1, 2)) -> np.ndarray:
    return augment.augment(rows, SIDE, np.array(seed, np.int32)).numpy()


def test_the_same_seed_gives_the_same_changes_and_another_step_others():
    one = changed(batch())
    np.testing.assert_array_equal(one, changed(batch()))
    assert np.abs(one - changed(batch(), (1, 3))).max() > 5
    assert np.abs(one - changed(batch(), (2, 2))).max() > 5


def test_images_keep_their_range_and_get_the_size_of_the_network():
    noise = np.random.default_rng(0).integers(0, 256, (16, STORED, STORED, 3)).astype(np.uint8)
    images = changed(noise)
    assert images.shape == (16, SIDE, SIDE, 3)
    assert images.dtype == np.float32
    assert images.min() >= 0
    assert images.max() <= 255


def test_each_image_is_changed_in_its_own_way():
    means = changed(batch()).mean(axis=(1, 2, 3))
    assert len(set(means.round(3))) == 16


def test_a_line_stays_a_line_across_or_upright():
    for image in changed(batch(64)).mean(axis=-1):
        rows, columns = image.mean(axis=1), image.mean(axis=0)
        profile = rows if np.ptp(rows) > np.ptp(columns) else columns
        assert np.ptp(profile) > 20, "the line is there, darker than what is beside it"
        dark = np.flatnonzero(profile < (profile.min() + profile.max()) / 2)
        assert 2 <= len(dark) <= 8
        assert np.ptp(dark) == len(dark) - 1, "one line"


def test_both_directions_and_both_orders_come_up():
    rows = batch(64)
    rows[:, : STORED // 4] = 250
    bright = changed(rows).mean(axis=-1)
    corners = {
        (image[:10].mean() > image[-10:].mean(), image[:, :10].mean() > image[:, -10:].mean())
        for image in bright
    }
    assert len(corners) >= 3


def test_some_images_lose_sharpness_and_most_keep_it():
    noise = np.random.default_rng(0).integers(0, 256, (1, STORED, STORED, 3)).astype(np.uint8)
    grain = changed(np.repeat(noise, 64, axis=0)).mean(axis=-1)
    contrast = np.ptp(grain, axis=(1, 2))
    steps = np.abs(np.diff(grain, axis=1)).mean(axis=(1, 2)) / contrast
    sharp = steps > 0.8 * np.median(steps)
    assert 0.55 < sharp.mean() < 0.95
