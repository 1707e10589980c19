"""Checkpoints: written whole, read back bit for bit."""

import numpy as np

from crackcls.training import checkpoint


def test_a_checkpoint_reads_back_bit_for_bit_and_in_order(tmp_path):
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=(i + 1, 2)).astype("f4") for i in range(12)]
    stopping = {"best": 0.1 + 0.2, "best_epoch": 3, "wait": 1}
    history = [{"epoch": 1, "loss": 1 / 3}]
    stored = checkpoint.Checkpoint(
        arrays, [np.array(7, "i8"), *arrays], [a + 1 for a in arrays], stopping, history
    )
    checkpoint.save(stored, tmp_path / "checkpoint.npz")
    found = checkpoint.load(tmp_path / "checkpoint.npz", arrays)
    for name in ("weights", "optimizer", "best_weights"):
        pairs = zip(getattr(stored, name), getattr(found, name), strict=True)
        assert all(a.tobytes() == b.tobytes() and a.dtype == b.dtype for a, b in pairs)
    assert (found.stopping, found.history) == (stopping, history)


def test_no_checkpoint_is_none(tmp_path):
    assert checkpoint.load(tmp_path / "checkpoint.npz", []) is None
