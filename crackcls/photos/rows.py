"""Files judged for an evaluation, each as Predict judges it."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from crackcls import config, images, parallel
from crackcls.addresses import File
from crackcls.errors import InputError
from crackcls.files import read_bytes
from crackcls.network import calibration, pieces, pipeline
from crackcls.network.calibration import Calibration
from crackcls.network.classifier import Classifier, load_model
from crackcls.photos import layout
from crackcls.photos.looks import of_features
from crackcls.photos.verdict import Analysis, analyse, analyse_seen, decide

# No photo is certain. Of float32 what lies above may be 1, which no threshold would leave out.
MOST = 1 - 1e-6


@dataclass(frozen=True)
class Features:
    """What the network of a model gave before for whole photos, which spares it their looks.

    Attributes:
        of_content: By the SHA-256 of a file: shape `(features,)`, float32.
        head: The model's last layer.
    """

    of_content: Mapping[str, np.ndarray]
    head: pieces.Head


def judge(
    paths: Sequence[Path], folder: Path, known: Features | None = None
) -> Iterator[pipeline.Row | InputError]:
    """Judge files by a model; of a file of several pictures the first, as in training.

    Args:
        paths: The files.
        folder: The model's folder.
        known: What is known of files before they are seen; None where nothing is.

    Returns:
        For each file, in order, `probabilities`, shape `(classes,)`, and `verdict`, its words; or
        why it could not be read. Two classes have the probability that a verdict rests on, see
        `verdict.Verdict`, so that a class is called from the same threshold on. A model without
        a calibration sees each file whole and gives no verdict.
    """
    classifier = load_model(folder)
    if not calibration.is_there(folder):
        return pipeline.classify(paths, classifier)
    work = _working(classifier, calibration.load(folder), known)
    # Without the network all is Python, where threads would wait for each other.
    return parallel.ordered_map(work, paths, workers=1 if known else None)


def opened(folder: Path) -> Callable[[Sequence[File]], Iterator[pipeline.Row | InputError]]:
    """Open a model, and give a function that judges files on one core as `judge` does."""
    classifier = load_model(folder)
    if not calibration.is_there(folder):
        return lambda paths: pipeline.classify(paths, classifier, workers=1)
    work = _working(classifier, calibration.load(folder))
    return lambda paths: map(work, paths)


def _working(
    classifier: Classifier, calibrated: Calibration, known: Features | None = None
) -> Callable[[File], pipeline.Row | InputError]:
    def work(path: File) -> pipeline.Row | InputError:
        try:
            content = read_bytes(path, config.MAX_PHOTO_BYTES)
            analysis = known and _by_features(content, classifier, calibrated, known)
            return row_of(analysis or _by_pixels(content, classifier, calibrated))
        except InputError as error:
            return error

    return work


def _by_pixels(content: bytes, classifier: Classifier, calibrated: Calibration) -> Analysis:
    upright = images.read_photo(content)
    return analyse(upright, classifier, calibrated, workers=1, with_heat=False)


def _by_features(
    content: bytes, classifier: Classifier, calibrated: Calibration, known: Features
) -> Analysis | None:
    """Analyse a photo whose features are known, where it is judged whole; None elsewhere."""
    features = known.of_content.get(hashlib.sha256(content).hexdigest())
    if features is None or classifier.trained_on is None:
        return None
    size = images.size_of(content)
    if not layout.is_one(size, classifier.trained_on):
        return None
    seen = of_features(size, features, known.head)
    return analyse_seen(size, [seen], classifier, calibrated, with_heat=False)


def row_of(analysis: Analysis) -> pipeline.Row:
    """Give the row of an evaluation for a photo that was analysed."""
    said = decide(analysis)
    chances = analysis.probabilities.mean(axis=0)
    if analysis.positive is not None:
        # One tile has a probability, even where it is too unfamiliar for a verdict.
        alone = float(analysis.probabilities[0, analysis.label])
        chance = min(alone if said.tiles == 1 else said.probability, MOST)
        chances = np.full(2, 1 - chance, np.float32)
        chances[analysis.label] = chance
    return {"probabilities": chances, "verdict": np.array(said.words)}
