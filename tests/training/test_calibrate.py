"""What is familiar is learned beside a fit of the head, and is what would be learned after it."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from crackcls.config import TrainConfig
from crackcls.labelled import Labelled
from crackcls.network import cache
from crackcls.network.prefix import Prefix
from crackcls.training import calibrate
from crackcls.training.fitted import Fitted

pytestmark = pytest.mark.slow

IMAGES = 200


@pytest.fixture
def fitted(tmp_path):
    """Give a head on stored features of images of two classes."""
    rng = np.random.default_rng(0)
    labels = np.arange(IMAGES) % 2
    features = rng.normal(size=(IMAGES, 24)).astype("f4") + 3 * labels[:, None]
    shas = [f"{number:064x}" for number in range(IMAGES)]
    store = cache.Store(tmp_path / "store", (24,), "float32")
    cache.append(store, shas, features)
    parts = np.where(np.arange(IMAGES) < 120, "train", "validation")
    images = pd.DataFrame({"file": shas, "label": labels, "sha256": shas, "part": parts})
    names = ("Negative", "Positive")
    labelled = Labelled(Path("images"), names, tuple(shas), tuple(labels.tolist()))
    network, frozen = SimpleNamespace(), Prefix(lambda rows: {"cut": rows}, store, 160)
    return Fitted(labelled, images, network, frozen, TrainConfig(), tmp_path)


def judging(fitted):
    """Judge by a fixed head on what is stored."""
    rows, where = cache.read(fitted.frozen.store, list(fitted.images["sha256"]))

    def judge(chosen):
        features = rows[where[chosen]]
        chance = 1 / (1 + np.exp(-(features.mean(axis=1) - 1.5)))
        return features, np.stack([1 - chance, chance], axis=1).astype("f4")

    return judge


def quiet(*_, **__):
    """Hear nothing."""


def test_it_is_learned_from_the_first_epoch_on_as_it_would_be_afterwards(fitted):
    heard = []
    told, learned = calibrate.learning(fitted, lambda kind, **fields: heard.append((kind, fields)))
    told("phase", phase="training", total=0)
    assert learned() is None
    told("epoch", epoch=1)
    told("epoch", epoch=2)
    assert [kind for kind, _ in heard] == ["phase", "epoch", "epoch"]
    assert heard[1][1] == {"epoch": 1}
    familiar = learned()
    assert learned() is familiar
    known = calibrate.calibrate(replace(fitted, familiar=familiar), judging(fitted), quiet)
    after = calibrate.calibrate(fitted, judging(fitted), quiet)
    assert known.temperature == after.temperature
    assert known.false_alarm_rates == after.false_alarm_rates
    assert known.familiarity.limit == after.familiarity.limit
    for name in ("mean", "components"):
        ours, theirs = (getattr(of.familiarity, name) for of in (known, after))
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("fine_tune", ["top", "all"])
def test_where_a_fit_changes_the_features_it_is_learned_afterwards(fitted, fine_tune):
    settings = TrainConfig(fine_tune=fine_tune)
    told, learned = calibrate.learning(replace(fitted, settings=settings), quiet)
    told("epoch", epoch=1)
    assert learned() is None


def test_the_validation_images_are_not_learned_from(fitted):
    told, learned = calibrate.learning(fitted, quiet)
    told("epoch", epoch=1)
    parts = ["train"] * 120 + ["test"] * 40 + ["validation"] * 40
    others, again = calibrate.learning(
        replace(fitted, images=fitted.images.assign(part=parts)), quiet
    )
    others("epoch", epoch=1)
    np.testing.assert_array_equal(learned().components, again().components)
