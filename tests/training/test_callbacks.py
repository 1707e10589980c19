"""What is told during a fit, and when it stops."""

import numpy as np
import pytest

from crackcls.config import TrainConfig
from crackcls.network.build import build, cut
from crackcls.training import fit
from tests.training.test_fit import small_suffix

pytestmark = pytest.mark.slow


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
