"""Validation pictures that are watched: which they are, and what is told of them."""

import numpy as np
import pandas as pd
import pytest

from crackcls.training import watched
from crackcls.training.blocks import Part

pytestmark = pytest.mark.slow


def validation(*counts: int) -> pd.DataFrame:
    labels = np.repeat(np.arange(len(counts)), counts)
    files = [f"{label}/{number}.jpg" for number, label in enumerate(labels)]
    about = {"file": files, "sha256": files, "label": labels, "group": np.arange(len(labels))}
    return pd.DataFrame(about).sample(frac=1, random_state=7)


@pytest.mark.parametrize(
    ("counts", "taken"),
    [
        ((50, 40), [4, 4]),
        ((50, 2), [4, 2]),
        ((9, 9, 9), [4, 4, 4]),
        ((9, 9, 9, 9, 9), [2] * 5),
        ([3] * 20, [1] * 12),
    ],
)
def test_as_many_pictures_of_each_class_are_chosen(counts, taken):
    table = validation(*counts)
    chosen = watched.choose(table, seed=12345)
    assert chosen["label"].value_counts().sort_index().tolist() == taken
    assert chosen["label"].is_monotonic_increasing
    assert (table["file"].iloc[chosen.index].to_numpy() == chosen["file"]).all()
    assert chosen.equals(watched.choose(table, seed=12345))
    assert not chosen.equals(watched.choose(table, seed=2)) or len(table) == len(chosen)


def test_of_near_copies_one_is_chosen():
    table = validation(30, 30)
    table["group"] = table["label"] * 2 + (table["group"] == 0)
    assert watched.choose(table, seed=1)["label"].tolist() == [0, 0, 1]


def test_after_each_epoch_the_pictures_are_judged_by_the_weights_of_then():
    table = validation(30, 30)
    chosen = watched.choose(table, seed=1)
    rows = np.random.default_rng(0).random((80, 3)).astype("f4")
    part = Part(rows, np.arange(10, 70), table["label"].to_numpy())
    weight, heard = [1.0], []

    def model(given: np.ndarray, training: bool) -> np.ndarray:
        assert not training
        share = weight[0] * given[:, :1]
        return np.concatenate([share, 1 - share], axis=1)

    emit = watched.telling(lambda kind, **told: heard.append((kind, told)), chosen, part, model)
    emit("progress", done=1)
    emit("epoch", epoch=1, loss=0.5)
    weight[0] = 0.5
    emit("epoch", epoch=2, loss=0.4)
    kinds = [kind for kind, _ in heard]
    assert kinds == ["watching", "progress", "epoch", "watched", "epoch", "watched"]
    assert heard[0][1]["files"] == chosen["file"].tolist()
    assert heard[0][1]["actual"] == [0, 0, 0, 0, 1, 1, 1, 1]
    shares = rows[10 + chosen.index.to_numpy(), 0]
    for number, factor in ((3, 1.0), (5, 0.5)):
        told = heard[number][1]["probabilities"]
        assert [row[0] for row in told] == pytest.approx(list(shares * factor), abs=1e-4)
