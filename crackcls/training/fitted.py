"""A network that was fitted, and what it was fitted on."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crackcls.classes.names import looked_for
from crackcls.config import TrainConfig
from crackcls.datasets import image_table, split
from crackcls.labelled import Labelled
from crackcls.network import cache, pieces
from crackcls.network.build import after_cut
from crackcls.network.familiarity import Familiarity
from crackcls.network.prefix import Prefix
from crackcls.network.scale import Scale

if TYPE_CHECKING:
    import keras

    from crackcls.training.fit import Part

# Takes the numbers of images, and gives their features `(images, 1280)` and probabilities
# `(images, classes)`, float32.
Outputs = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Fitted:
    """A network that has been fitted, and what it was fitted on.

    Attributes:
        labelled: The images as listed.
        images: Those that can be read: `file`, `label` and the columns of `split.make_split`.
        network: What `build.build` gave, with its best weights.
        frozen: The frozen part.
        settings: Settings of the run.
        folder: The run folder.
        trained_on: The sizes of the images.
        familiar: What the images have in common; None where the fit changes their features.
    """

    labelled: Labelled
    images: pd.DataFrame
    network: "keras.Model"
    frozen: Prefix
    settings: TrainConfig
    folder: Path
    trained_on: Scale | None = None
    familiar: Familiarity | None = None

    @property
    def positive(self) -> str | None:
        """The class that is looked for; None where there are more than two."""
        return looked_for(self.labelled.classes, self.settings.positive)

    @property
    def head(self) -> pieces.Head:
        """The last layer."""
        return pieces.Head(*self.network.get_layer("probabilities").get_weights())

    def numbers(self, part: str) -> np.ndarray:
        """Give the numbers of the images of a part."""
        return np.flatnonzero(self.images["part"] == part)

    def sets(self) -> np.ndarray:
        """Give the name of the set of each image, or of the one folder."""
        if image_table.SET in self.images:
            return self.images[image_table.SET].to_numpy()
        return np.full(len(self.images), self.labelled.name)


def parts_of(images: pd.DataFrame, frozen: Prefix) -> list["Part"]:
    """Give the training, the validation and the test part."""
    from crackcls.training.fit import Part

    rows, where = cache.read(frozen.store, list(images["sha256"]))
    labels, weights = images["label"].to_numpy(), None
    if image_table.WEIGHT in images:
        weights = images[image_table.WEIGHT].to_numpy()
    chosen = [(images["part"] == part).to_numpy() for part in split.PARTS]
    train, *others = (Part(rows, where[part], labels[part]) for part in chosen)
    if weights is not None:
        train = replace(train, weights=weights[chosen[0]])
    return [train, *others]


def by_keras(fitted: Fitted) -> Outputs:
    """Judge by the fitted suffix, on what the frozen part gave."""
    from crackcls.training.fit import Part, outputs

    run = after_cut(fitted.network, fitted.settings.fine_tune)
    rows, where = cache.read(fitted.frozen.store, list(fitted.images["sha256"]))
    labels = fitted.images["label"].to_numpy()
    return lambda chosen: outputs(run, Part(rows, where[chosen], labels[chosen]))
