"""Changes of pixels: the same by the same seed, in range, and a crack stays a crack."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow

import tensorflow as tf  # noqa: E402 (a fast run forbids TensorFlow)

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


def test_light_and_colour_change_as_they_are_defined():
    rows = np.random.default_rng(0).integers(0, 256, (32, SIDE, SIDE, 3)).astype("f4")
    drawn = augment.draw(32, np.array([1, 2], np.int32))
    found = augment._lit(tf.constant(rows), drawn).numpy()
    of = {name: values.numpy()[:, :, None, None] for name, values in drawn.items()}
    mean = rows.mean(axis=(1, 2), keepdims=True)
    lit = (rows - mean) * np.exp(of["contrast"]) + mean + 255 * of["brightness"]
    grey = lit.mean(axis=3, keepdims=True)
    saturation = np.where(of["grey"] < augment.GREY, 0, 1 + of["saturation"])
    coloured = (grey + (lit - grey) * saturation) * (1 + drawn["tint"].numpy()[:, None, None])
    np.testing.assert_allclose(found, coloured, atol=1e-2)
    assert (np.ptp(found, axis=3).max(axis=(1, 2)) < 60).any(), "some are nearly grey"


@pytest.mark.parametrize("chosen", [(), (3,), (0, 2, 5)])
def test_only_the_chosen_images_are_turned_and_blurred(chosen):
    rows = np.random.default_rng(0).integers(0, 256, (6, SIDE, SIDE, 3)).astype("f4")
    is_chosen = np.isin(np.arange(6), chosen)[:, None]
    low = tf.constant(np.where(is_chosen, 0.1, 0.9).astype("f4"))
    turned = augment._turned(tf.constant(rows), {"turned": low}).numpy()
    expected = np.where(is_chosen[..., None, None], rows.transpose(0, 2, 1, 3), rows)
    np.testing.assert_array_equal(turned, expected)
    blurred = augment._blurred(tf.constant(rows), SIDE, {"blurred": low, "blur": low + 0.4})
    steps = np.abs(np.diff(blurred.numpy(), axis=1)).mean(axis=(1, 2, 3))
    sharp = np.abs(np.diff(rows, axis=1)).mean(axis=(1, 2, 3))
    assert ((steps < 0.95 * sharp) == is_chosen[:, 0]).all()
    assert np.array_equal(blurred.numpy()[~is_chosen[:, 0]], rows[~is_chosen[:, 0]])
