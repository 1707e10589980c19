"""What judging photos needs, learned from the training and the validation part."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import numpy as np

from crackcls import events, parallel
from crackcls.datasets import image_table, split
from crackcls.network import cache, calibration, familiarity
from crackcls.network.familiarity import Familiarity
from crackcls.training.fitted import Fitted, Outputs

# More training images than these change the principal components little.
IMAGES = 10_000
PARTS = "train", "validation"


def learning(
    fitted: Fitted, emit: events.Emit
) -> tuple[events.Emit, Callable[[], Familiarity | None]]:
    """Learn what the images have in common beside a fit of the head, which changes no feature.

    Until its first epoch is over a fit is as much Python as this is; later it leaves a core idle.

    Args:
        fitted: The network, which is not fitted yet.
        emit: Hears the events of the fit.

    Returns:
        What must hear the events in its place, and what gives, once the fit is over, what was
        learned; None where nothing was.
    """
    begun: list[Future[Familiarity]] = []

    def told(kind: str, **fields: Any) -> None:
        if kind == "epoch" and not begun and fitted.settings.fine_tune == "head":
            begun.append(parallel.begin(lambda: _learn_of_head(fitted)))
        emit(kind, **fields)

    return told, lambda: begun[0].result() if begun else None


def calibrate(fitted: Fitted, judge: Outputs, emit: events.Emit) -> calibration.Calibration:
    """Fit what judging photos needs, on the training and the validation part.

    Args:
        fitted: The network.
        judge: What judges images by it.
        emit: Hears the phase.
    """
    from crackcls.training.fit import class_weights

    emit("phase", phase="calibrating", total=0)
    training, held = _chosen(fitted)
    seen, probabilities = judge(held)
    familiar = fitted.familiar or _learn(fitted, judge(training)[0], seen)
    labels = fitted.images["label"].to_numpy()[held]
    weights = class_weights(labels, fitted.settings)
    of_images = None if weights is None else weights[labels]
    return calibration.fit(familiar, seen, probabilities, labels, of_images)


def _chosen(fitted: Fitted) -> tuple[np.ndarray, np.ndarray]:
    """Give the numbers of the images of training, not too many, and of validation.

    Sets without cracks teach what is no crack. They are not what the model knows: a photo like
    theirs shall be called unfamiliar.
    """
    concrete = _has_cracks(fitted)
    training, held = (
        chosen[concrete[chosen]] for chosen in (fitted.numbers(part) for part in PARTS)
    )
    return split.spread_evenly(training, IMAGES), held


def _learn_of_head(fitted: Fitted) -> Familiarity:
    """Learn from what the frozen part gave, which is what the head is fitted on."""
    rows, where = cache.read(fitted.frozen.store, list(fitted.images["sha256"]))
    training, held = (rows[where[chosen]] for chosen in _chosen(fitted))
    return _learn(fitted, training, held)


def _learn(fitted: Fitted, training: np.ndarray, held: np.ndarray) -> Familiarity:
    whole = fitted.settings.fine_tune == "all"
    components = familiarity.COMPONENTS_OF_WHOLE if whole else familiarity.COMPONENTS
    return familiarity.fit(training, held, components)


def _has_cracks(fitted: Fitted) -> np.ndarray:
    """Tell of each image whether its set holds cracks: `(images,)`, bool."""
    if image_table.SET not in fitted.images:
        return np.ones(len(fitted.images), bool)
    names = [one.name for one in fitted.labelled.sets if one.crack]
    return fitted.images[image_table.SET].isin(names).to_numpy()
