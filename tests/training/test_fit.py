"""Fitting the suffix: the best epoch, each image once an epoch, batches as in plain Keras."""

import keras
import numpy as np
import pytest

from crackcls.config import TrainConfig
from crackcls.network.build import build, cut
from crackcls.training import fit

pytestmark = pytest.mark.slow


def small_suffix() -> keras.Model:
    """Give a head on eight features, the same each time."""
    keras.utils.set_random_seed(3)
    features = keras.Input((8,))
    return keras.Model(features, keras.layers.Dense(2, activation="softmax")(features))


def test_blocks_train_as_single_batches_do(tmp_path):
    rng = np.random.default_rng(0)
    rows, labels = rng.normal(size=(75, 8)).astype("f4"), rng.integers(0, 2, 75)
    part = fit.Part(rows, np.arange(75), labels)
    settings = TrainConfig(epochs=1, batch_size=16, learning_rate=0.01, class_weights="none")
    in_blocks, plain = small_suffix(), small_suffix()
    model = fit.compiled(in_blocks, part, settings)
    told = fit.fit_suffix(
        model, part, part, settings, lambda kind, **fields: None, tmp_path / "saved.npz"
    )
    plain.compile(
        keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    batches = fit.Blocks(part, 16, settings.seed)
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


def test_progress_counts_images_and_batches(tmp_path):
    part = fit.Part(np.ones((75, 8), "f4"), np.arange(75), np.zeros(75, int))
    heard = []
    settings = TrainConfig(epochs=2, batch_size=16)
    fit.fit_suffix(
        fit.compiled(small_suffix(), part, settings), part, part, settings,
        lambda kind, **fields: heard.append((kind, fields)), tmp_path / "saved.npz",
    )  # fmt: skip
    last = [fields for kind, fields in heard if kind == "progress"][-1]
    assert (last["done"], last["total"]) == (150, 150)
    assert (last["epoch"], last["batch"], last["batches"]) == (2, 5, 5)


def test_the_best_epoch_is_kept_and_not_the_last(tmp_path):
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(64, 1280)).astype("f4")
    labels = rng.integers(0, 2, 64)
    part = fit.Part(rows, np.arange(32), labels[:32])
    other = fit.Part(rows, np.arange(32, 64), labels[32:])
    _, suffix = cut(build(2, 96), "head")
    settings = TrainConfig(epochs=30, learning_rate=0.05, patience=2, class_weights="none")
    saved = tmp_path / "checkpoint.npz"
    model = fit.compiled(suffix, part, settings)
    history = fit.fit_suffix(model, part, other, settings, lambda kind, **fields: None, saved)
    losses = [row["val_loss"] for row in history]
    assert len(losses) == losses.index(min(losses)) + 3, "stops two epochs after the best"
    suffix.compile(loss="sparse_categorical_crossentropy")
    assert suffix.evaluate(rows[32:], labels[32:], verbose=0) == pytest.approx(min(losses), 1e-4)


def test_blocks_are_shuffled_by_seed_and_epoch_and_hold_each_image_once():
    part = fit.Part(np.arange(10.0)[:, None], np.arange(10), np.arange(10))
    blocks = fit.Blocks(part, 4, seed=1)
    first = np.concatenate([blocks[i][1] for i in range(len(blocks))])
    blocks.on_epoch_end()
    second = np.concatenate([blocks[i][1] for i in range(len(blocks))])
    assert sorted(first) == sorted(second) == list(range(10))
    assert list(first) != list(second) != list(range(10))
    again = fit.Blocks(part, 4, seed=1)
    assert list(first) == [label for i in range(3) for label in again[i][1]]
