"""Few images: a head to begin with, and a bias that finds unseen images of a rare class."""

from dataclasses import replace

import numpy as np
import pytest

pytestmark = pytest.mark.slow

import keras  # noqa: E402 (a fast run forbids TensorFlow)

from crackcls.config import TrainConfig  # noqa: E402
from crackcls.training import few  # noqa: E402
from crackcls.training.fit import Part  # noqa: E402

SETTINGS = TrainConfig()
# Of 40 features three tell the classes apart, and not well.
WIDTH, TELLING, APART = 40, 3, 1.2


def network(classes: int = 2) -> keras.Model:
    """Give a network whose features are its input, and whose head is random."""
    keras.utils.set_random_seed(3)
    image = keras.Input((WIDTH,), name="image")
    features = keras.layers.Identity(name="features")(image)
    head = keras.layers.Dense(classes, activation="softmax", name="probabilities")
    return keras.Model(image, head(features))


def drawn(seed: int, *counts: int) -> Part:
    """Draw features of so many images of each class."""
    labels = np.repeat(np.arange(len(counts)), counts)
    rows = np.random.default_rng(seed).normal(size=(len(labels), WIDTH)).astype("f4")
    rows[:, :TELLING] += APART * labels[:, None]
    return Part(rows, np.arange(len(labels)), labels)


def called(model: keras.Model, part: Part, label: int = 1) -> float:
    """Give the share of the images of a class that are called so."""
    mine = part.rows[part.labels == label]
    return float(np.mean(np.asarray(model(mine)).argmax(axis=1) == label))


@pytest.mark.parametrize("counts", [(30, 30), (190, 12), (40, 30, 20)])
def test_a_head_begins_where_regression_ends(counts: tuple[int, ...]):
    model, train = network(len(counts)), drawn(0, *counts)
    few.begin(model, train, SETTINGS)
    expected = few._regression(SETTINGS).fit(train.rows, train.labels).predict_proba(train.rows)
    np.testing.assert_allclose(np.asarray(model(train.rows)), expected, atol=1e-4)


def test_of_many_images_the_head_begins_at_random():
    model, train = network(), drawn(0, 1000, 1000)
    before = model.get_weights()
    few.begin(model, train, SETTINGS)
    for ours, theirs in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("rare", [0, 1])
@pytest.mark.parametrize("seed", range(3))
def test_unseen_images_of_a_rare_class_are_found(rare: int, seed: int):
    counts = [(133, 8), (45, 3), (500, 500)]
    pairs = [(count if rare else count[::-1]) for count in counts]
    train, validation, others = (drawn(10 * seed + i, *pair) for i, pair in enumerate(pairs))
    model = network()
    few.begin(model, train, SETTINGS)
    before = called(model, others, rare)
    shift = few.move_bias(model, [train, validation], np.arange(189), SETTINGS)
    assert shift > 0 if rare == 0 else shift < 0
    assert called(model, others, rare) > max(before + 0.1, 0.6)
    assert called(model, others, 1 - rare) > 0.5


@pytest.mark.parametrize(
    ("counts", "settings", "groups"),
    [
        ((60, 40), SETTINGS, 100),  # Both are few, neither is rare.
        ((300, 60), SETTINGS, 360),  # Enough to learn from.
        ((100, 12), replace(SETTINGS, class_weights="none"), 112),
        ((100, 12), SETTINGS, 101),  # All twelve are copies of one.
        ((40, 30, 12), SETTINGS, 82),
    ],
)
def test_elsewhere_the_bias_stays(counts, settings, groups):
    model, train = network(len(counts)), drawn(4, *counts)
    group = np.minimum(np.arange(len(train.labels)), groups - 1)
    before = model.get_weights()
    assert few.move_bias(model, [train], group, settings) == 0
    for ours, theirs in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_fold_without_the_rare_class_is_no_fold():
    """Two images in one group with many others: no fold may be left without one of them."""
    train = drawn(5, 60, 2)
    group = np.array([*range(60), 0, 1])
    assert np.isfinite(few.move_bias(network(), [train], group, SETTINGS))
