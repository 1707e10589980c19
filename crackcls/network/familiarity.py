"""How much a picture looks like those that a model was trained on."""

from dataclasses import dataclass

import numpy as np

COMPONENTS = 64
# A network that was trained whole turns all that it knows into fewer directions, and what it does
# not know lies in the others: see docs/experiments.md.
COMPONENTS_OF_WHOLE = 16
# The share of validation images that counts as familiar.
FAMILIAR_SHARE = 0.99
# Of fewer validation images than these the limit cannot be read: a new image is above the highest
# of 14 as often as one in 15 times. So the limit is set so many times as high.
ENOUGH, SPARE = 100, 1.1
# An image whose residual is so many times the limit has no weight any more.
FADE = 1.2


@dataclass(frozen=True)
class Familiarity:
    """The features that a model's training images have in common.

    Attributes:
        mean: Shape `(features,)`, float32.
        components: Shape `(components, features)`, float32, orthonormal rows.
        limit: The residual that all but 1 % of the validation images keep, of few images more.
    """

    mean: np.ndarray
    components: np.ndarray
    limit: float


def fit(training: np.ndarray, validation: np.ndarray, components: int = COMPONENTS) -> Familiarity:
    """Fit the principal components of training features, and the limit on validation features.

    Args:
        training: Shape `(images, features)`, float32, two images or more.
        validation: The same, one image or more.
        components: How many at most.

    Returns:
        What `residuals` and `weights` need.
    """
    from sklearn.decomposition import PCA

    directions = _directions(training)
    count = min(components, len(directions) - 1, directions.shape[1])
    pca = PCA(count, svd_solver="covariance_eigh").fit(directions)
    mean, axes = pca.mean_.astype(np.float32), pca.components_.astype(np.float32)
    found = residuals(Familiarity(mean, axes, 0.0), validation)
    spare = SPARE if len(found) < ENOUGH else 1.0
    return Familiarity(mean, axes, spare * float(np.quantile(found, FAMILIAR_SHARE)))


def residuals(known: Familiarity, features: np.ndarray) -> np.ndarray:
    """Measure what the principal components leave over of features.

    Each vector is scaled to length 1 first, so that the residual tells the share of what is
    new, as for the angle of M. Cook et al., "Outlier Detection through Null Space Analysis",
    2020. The residual as a sign of another kind of picture: H. Wang et al., "ViM", CVPR 2022.

    Args:
        known: From `fit`.
        features: Shape `(images, features)`, float32.

    Returns:
        Shape `(images,)`, float32, 0 (nothing new) to about 1.
    """
    centred = _directions(features) - known.mean
    explained = (centred @ known.components.T) @ known.components
    return np.linalg.norm(centred - explained, axis=1)


def weights(known: Familiarity, features: np.ndarray) -> np.ndarray:
    """Turn residuals into the weight of an image's vote.

    Args:
        known: From `fit`.
        features: Shape `(images, features)`, float32.

    Returns:
        Shape `(images,)`, float32: 1 up to the limit, falling to 0 at `FADE` times the limit.
    """
    beyond = residuals(known, features) / max(known.limit, 1e-12) - 1
    return np.clip(1 - beyond / (FADE - 1), 0, 1).astype(np.float32)


def _directions(features: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    return features / np.maximum(lengths, 1e-12)
