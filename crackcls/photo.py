"""The verdict on one photo."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from crackcls import images, pipeline
from crackcls.classifier import Classifier
from crackcls.errors import InputError

# Class names of the METU set, in words for the person who took the photo.
WORDS = {"Positive": "cracked", "Negative": "no crack found"}


@dataclass(frozen=True)
class Verdict:
    """What the model says of one photo.

    Attributes:
        label: Name of the likeliest class.
        probability: The model's probability of that class, 0 to 1.
    """

    label: str
    probability: float

    @property
    def words(self) -> str:
        """The class in words; its name where it has none."""
        return WORDS.get(self.label, self.label)


def decide(probabilities: np.ndarray, classes: Sequence[str]) -> Verdict:
    """Take the likeliest class.

    Args:
        probabilities: Shape `(classes,)`, float, sums to 1.
        classes: Class names in the same order.
    """
    best = int(probabilities.argmax())
    return Verdict(classes[best], float(probabilities[best]))


def percent(probability: float) -> str:
    """Say a probability in percent, and never as certainty."""
    return "over 99.9%" if probability > 0.999 else f"{probability:.1%}"


def judge(upright: Image.Image, classifier: Classifier) -> Verdict:
    """Judge one photo as a whole, shrunk to the model's input.

    Args:
        upright: The photo from `images.read_photo`.
        classifier: The model.
    """
    pixels = images.to_square(upright, classifier.image_size)
    outputs = classifier.run(pixels[None])
    return decide(outputs["probabilities"][0], classifier.classes)


def judge_files(files: Sequence[Path], classifier: Classifier) -> Iterator[Verdict | InputError]:
    """Judge photo files on all cores.

    Args:
        files: The files.
        classifier: A model loaded with one thread.

    Yields:
        For each file, in order, its verdict, or why it could not be read.
    """
    for row in pipeline.classify(files, classifier):
        bad = isinstance(row, InputError)
        yield row if bad else decide(row["probabilities"], classifier.classes)
