"""Fitting the suffix: the best epoch, each image once an epoch, batches as in plain Keras."""

import sys

import keras
import numpy as np
import pytest

from crackcls.config import TrainConfig
from crackcls.training import blocks, fit

pytestmark = pytest.mark.slow


def small_suffix() -> keras.Model:
    """Give a head on eight features, the same each time."""
    keras.utils.set_random_seed(3)
    features = keras.Input((8,))
    return keras.Model(features, keras.layers.Dense(2, activation="softmax")(features))


@pytest.mark.parametrize(("images", "least"), [(75, 10**9), (75, 1), (80, 1), (20, 1)])
def test_blocks_train_as_single_batches_do(images, least, tmp_path, monkeypatch):
    monkeypatch.setattr(fit, "MANY_STEPS", least)  # With XLA, and without.
    monkeypatch.setattr(fit, "BYTES_AT_ONCE", 32 * 32)
    rng = np.random.default_rng(0)
    rows, labels = rng.normal(size=(images, 8)).astype("f4"), rng.integers(0, 2, images)
    part = fit.Part(rows, np.arange(images), labels)
    settings = TrainConfig(epochs=1, batch_size=16, learning_rate=0.01, class_weights="none")
    in_blocks, plain = small_suffix(), small_suffix()
    model = fit.compiled(in_blocks, part, settings)
    assert isinstance(model, fit.Fused) == (least == 1 and sys.platform == "linux")
    told = fit.fit_suffix(
        model, part, part, settings, lambda kind, **fields: None, tmp_path / "saved.npz"
    )
    plain.compile(
        keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    batches = blocks.stream(part, 16, settings.seed, lambda: 1)
    history = plain.fit(batches, epochs=1, shuffle=False, verbose=0).history
    for ours, theirs in zip(in_blocks.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)
    for name in ("loss", "accuracy"):
        assert told[0][name] == pytest.approx(history[name][0], rel=1e-5)


@pytest.mark.parametrize(
    ("counts", "choice", "weights"),
    [
        ((190, 12), "balanced", (202 / 380, 202 / 24)),
        ((10, 20, 30), "balanced", (2, 1, 2 / 3)),
        ((100, 100), "balanced", None),
        ((190, 12), "none", None),
    ],
)
def test_each_class_has_the_same_weight_in_all(counts, choice, weights):
    labels = np.repeat(np.arange(len(counts)), counts)
    found = fit.class_weights(labels, TrainConfig(class_weights=choice))
    assert (found is None) == (weights is None)
    assert weights is None or found == pytest.approx(weights)


def test_a_weighted_loss_is_that_of_images_seen_so_many_times():
    labels, rng = np.array([0] * 12 + [1] * 4), np.random.default_rng(1)
    chances = rng.dirichlet([1, 1], 16).astype("f4")
    part = fit.Part(np.zeros((16, 8), "f4"), np.arange(16), labels)
    loss = fit.compiled(small_suffix(), part, TrainConfig()).loss
    again = [*range(12), *[*range(12, 16)] * 3]
    plain = -np.log(chances[np.arange(16), labels])[again].mean()
    assert float(np.mean(loss(labels, chances))) == pytest.approx(plain, rel=1e-5)


@pytest.mark.parametrize("scaled", [(True, False), (False, True)])
def test_a_fit_goes_on_where_the_loss_is_scaled_and_where_it_is_not(scaled, tmp_path):
    part = fit.Part(np.ones((8, 8), "f4"), np.arange(8), np.arange(8) % 2)
    held = []
    for epochs, is_scaled in zip((1, 2), scaled, strict=True):
        settings = TrainConfig(epochs=epochs, batch_size=4, class_weights="none")
        model, adam = fit.compiled(small_suffix(), part, settings), keras.optimizers.Adam()
        model.compile(keras.optimizers.LossScaleOptimizer(adam) if is_scaled else adam, model.loss)
        fit.fit_suffix(model, part, part, settings, lambda *_, **__: None, tmp_path / "saved.npz")
        held.append(int(adam.iterations.numpy()))
    assert held == [2, 4]


def test_blocks_are_shuffled_by_seed_and_epoch_and_hold_each_image_once():
    part = fit.Part(np.arange(10.0)[:, None], np.arange(10), np.arange(10))
    epochs = iter([0, 1, 0])
    streamed = blocks.stream(part, 4, 1, lambda: next(epochs))
    first, second, again = ([label for _, labels in streamed for label in labels] for _ in range(3))
    assert sorted(first) == sorted(second) == list(range(10))
    assert list(map(int, first)) != list(map(int, second)) != list(range(10))
    assert list(map(int, first)) == list(map(int, again))


def test_each_epoch_has_the_order_of_its_number_in_a_fit_that_goes_on_too(tmp_path):
    rng = np.random.default_rng(0)
    part = fit.Part(rng.normal(size=(20, 8)).astype("f4"), np.arange(20), np.arange(20) % 2)
    ends = []
    for steps in ((3,), (1, 3)):
        network, saved = small_suffix(), tmp_path / f"{len(steps)}.npz"
        for epochs in steps:
            rate = {"learning_rate": 0.01, "class_weights": "none"}
            settings = TrainConfig(epochs=epochs, batch_size=4, **rate)
            model = fit.compiled(network, part, settings)
            fit.fit_suffix(model, part, part, settings, lambda *_, **__: None, saved)
        ends.append(network.get_weights())
    plain = small_suffix()
    plain.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    for epoch in (1, 2, 3):
        plain.fit(blocks.stream(part, 4, 12345, lambda: epoch), shuffle=False, verbose=0)  # noqa: B023
    ends.append(plain.get_weights())
    for one, other, third in zip(*ends, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-7)
        np.testing.assert_allclose(one, third, atol=1e-5)


@pytest.mark.parametrize(
    ("epochs", "gpu", "platform", "fine_tune", "fused"),
    [
        (1000, False, "linux", "head", True),
        (999, False, "linux", "head", False),
        (1000, True, "linux", "head", False),
        (1000, False, "darwin", "head", False),
        (1000, False, "linux", "top", False),
    ],
)
def test_xla_is_for_many_steps_of_the_head(epochs, gpu, platform, fine_tune, fused, monkeypatch):
    monkeypatch.setattr(fit, "has_gpu", lambda: gpu)
    monkeypatch.setattr(sys, "platform", platform)
    part = fit.Part(np.zeros((80, 8), "f4"), np.arange(80), np.arange(80) % 2)
    settings = TrainConfig(epochs=epochs, batch_size=16, fine_tune=fine_tune)
    assert isinstance(fit.compiled(small_suffix(), part, settings), fit.Fused) == fused


def test_with_xla_weighted_images_and_three_classes_end_as_without(tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    labels = rng.choice(3, 90, p=[0.6, 0.3, 0.1])
    part = fit.Part(rng.normal(size=(90, 8)).astype("f4"), np.arange(90), labels)
    settings = TrainConfig(epochs=2, batch_size=16, learning_rate=0.01, class_weights="balanced")
    ends = []
    for least in (1, 10**9):
        monkeypatch.setattr(fit, "MANY_STEPS", least)
        keras.utils.set_random_seed(3)
        features = keras.Input((8,))
        network = keras.Model(features, keras.layers.Dense(3, activation="softmax")(features))
        model = fit.compiled(network, part, settings)
        saved = tmp_path / f"{least}.npz"
        told = fit.fit_suffix(model, part, part, settings, lambda *_, **__: None, saved)
        ends.append([*network.get_weights(), np.array([told[-1]["loss"]])])
    for one, other in zip(*ends, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)
