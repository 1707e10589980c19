"""Familiarity: pictures like those of training have weight, others none."""

import numpy as np
import pytest

from crackcls.network import familiarity


def features(seed: int, count: int, known: bool = True) -> np.ndarray:
    """Make features that lie near a plane of 8 of 300 directions, or anywhere."""
    rng = np.random.default_rng(seed)
    plane = np.random.default_rng(0).normal(size=(8, 300))
    inside = rng.uniform(0.5, 1, (count, 8)) @ plane
    anywhere = rng.normal(size=(count, 300))
    return (inside + 0.05 * anywhere if known else anywhere).astype(np.float32)


KNOWN = familiarity.fit(features(1, 400), features(2, 1000))


def test_99_of_100_validation_images_are_at_or_below_the_limit():
    residuals = familiarity.residuals(KNOWN, features(2, 1000))
    assert (residuals <= KNOWN.limit).mean() == pytest.approx(0.99, abs=0.001)


def test_images_like_those_of_training_have_full_weight_and_others_none():
    assert (familiarity.weights(KNOWN, features(3, 500)) == 1).mean() > 0.95
    assert (familiarity.weights(KNOWN, features(4, 500, known=False)) == 0).mean() > 0.95


def test_the_length_of_features_says_nothing():
    alike = features(5, 20)
    expected = familiarity.residuals(KNOWN, alike)
    assert familiarity.residuals(KNOWN, 100 * alike) == pytest.approx(expected, rel=1e-3)


def test_the_residual_is_that_of_scikit_learn():
    from sklearn.decomposition import PCA

    unit = features(1, 400) / np.linalg.norm(features(1, 400), axis=1, keepdims=True)
    other = features(6, 30) / np.linalg.norm(features(6, 30), axis=1, keepdims=True)
    pca = PCA(len(KNOWN.components)).fit(unit)
    left = np.linalg.norm(other - pca.inverse_transform(pca.transform(other)), axis=1)
    assert familiarity.residuals(KNOWN, features(6, 30)) == pytest.approx(left, abs=1e-4)


@pytest.mark.parametrize(("times", "weight"), [(0.5, 1), (1, 1), (1.1, 0.5), (1.2, 0), (3, 0)])
def test_weight_falls_beyond_the_limit(monkeypatch, times, weight):
    monkeypatch.setattr(familiarity, "residuals", lambda known, _: np.array([times * known.limit]))
    assert familiarity.weights(KNOWN, features(1, 1)) == pytest.approx([weight], abs=1e-6)


def test_two_training_images_are_enough():
    few = familiarity.fit(features(1, 2), features(2, 1))
    assert few.components.shape == (1, 300)
    assert familiarity.weights(few, features(2, 1)) == pytest.approx([1])


def test_features_of_zeros_are_measured_too():
    assert np.isfinite(familiarity.residuals(KNOWN, np.zeros((2, 300), np.float32))).all()
