"""Training on few images: a head to begin with, and a bias where hardly a crack is known."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from crackcls.config import TrainConfig
from crackcls.network.build import after_cut
from crackcls.training.fit import Part, outputs

if TYPE_CHECKING:
    import keras

# Fewer training images than these make too few steps to wash out the head's random beginning.
FEW = 2_000
# A class is rare with fewer images than these in training and validation, and with at most half as
# many as the other. Its images are learned by heart, and new ones are taken for the common class.
RARE, SHARE = 50, 0.5
# Inverse strength of the regularization of logistic regression: 0.0001 to 0.01 do alike.
STRENGTH = 1e-3
FOLDS = 5
# Of a rare class at least three quarters shall be found: 0.674 standard deviations of a normal
# distribution below its mean.
FOUND_ABOVE = 0.674


def begin(network: "keras.Model", train: Part, settings: TrainConfig) -> None:
    """Let the head begin as the logistic regression on the features of few training images.

    First the head, then the rest: A. Kumar et al., "Fine-Tuning can Distort Pretrained Features
    and Underperform Out-of-Distribution", ICLR 2022.

    Args:
        network: From pixels to probabilities, as `build.build` gave it.
        train: The training part; of `FEW` images or more nothing is changed.
        settings: Settings of the run.
    """
    if train.seen >= FEW:
        return
    features, _ = outputs(after_cut(network, settings.fine_tune), train)
    found = _regression(settings).fit(features, train.labels, train.weights)
    kernel, bias = found.coef_.T, found.intercept_
    if kernel.shape[1] == 1:  # Of two classes it gives the difference of their logits.
        kernel, bias = (np.concatenate([-half, half], -1) for half in (kernel / 2, bias / 2))
    network.get_layer("probabilities").set_weights([kernel, bias])


def move_bias(
    network: "keras.Model", parts: Sequence[Part], groups: np.ndarray, settings: TrainConfig
) -> float:
    """Move the bias of the head to where unseen images of a rare and of the common class part.

    Unseen are the images of each fold in turn to a logistic regression on the others. Its logits
    are taken for normally distributed in each class. The classes part where as large a share of
    the rare one is missed as of the other is called by mistake, or where three quarters of the
    rare one are found, if more are found there.

    Args:
        network: Fitted, from pixels to probabilities.
        parts: The training and the validation part.
        groups: The group of each of their images; images of one group are in one fold.
        settings: Settings of the run.

    Returns:
        How much less the logit of the last class is now; 0 where no class of two is rare, the
        settings let all images count alike, or the rare class has too few groups to tell.
    """
    if settings.class_weights == "none":
        return 0.0
    labels = np.concatenate([part.labels for part in parts])
    counts = np.bincount(labels)
    rare = int(counts.argmin())
    folds = min(FOLDS, len(np.unique(groups[labels == rare])))
    most = min(RARE - 1, SHARE * counts.max())
    if len(counts) != 2 or counts[rare] > most or folds < 2:
        return 0.0
    run = after_cut(network, settings.fine_tune)
    features = np.concatenate([outputs(run, part)[0] for part in parts])
    unseen = _unseen(features, labels, groups, folds, settings)
    seen = _regression(settings).fit(features, labels).decision_function(features)
    head = network.get_layer("probabilities")
    kernel, bias = head.get_weights()
    logits = features @ (kernel[:, 1] - kernel[:, 0]) + bias[1] - bias[0]
    # The network was fitted to other weights: its logits follow from the regression's by a line.
    shift = float(np.polyval(np.polyfit(seen, logits, 1), _parting(unseen, labels, rare)))
    head.set_weights([kernel, bias - np.array([0, shift], np.float32)])
    return shift


def _unseen(
    features: np.ndarray, labels: np.ndarray, groups: np.ndarray, folds: int, settings: TrainConfig
) -> np.ndarray:
    """Give for each image the logit of the last class, by a regression that has not seen it."""
    from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict

    parts = StratifiedGroupKFold(folds, shuffle=True, random_state=settings.seed)
    how: dict[str, Any] = {"groups": groups, "cv": parts, "method": "decision_function"}
    return cross_val_predict(_regression(settings), features, labels, **how)


def _parting(logits: np.ndarray, labels: np.ndarray, rare: int) -> float:
    """Give the logit where the classes part, see `move_bias`."""
    sign = 1 if rare else -1
    found, others = (sign * logits[(labels == rare) == side] for side in (True, False))
    widths = found.std() + others.std()
    even = (found.mean() * others.std() + others.mean() * found.std()) / max(widths, 1e-9)
    return sign * float(min(even, found.mean() - FOUND_ABOVE * found.std()))


def _regression(settings: TrainConfig) -> Any:
    from sklearn.linear_model import LogisticRegression

    weights = "balanced" if settings.class_weights == "balanced" else None
    return LogisticRegression(C=STRENGTH, class_weight=weights, max_iter=1000)
