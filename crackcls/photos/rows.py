"""Files judged for an evaluation, each as Predict judges it."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from crackcls import config, images, parallel
from crackcls.addresses import File
from crackcls.errors import InputError
from crackcls.files import read_bytes
from crackcls.network import calibration, pipeline
from crackcls.network.classifier import Classifier, load_model
from crackcls.photos.verdict import Analysis, analyse, decide

# No photo is certain. Of float32 what lies above may be 1, which no threshold would leave out.
MOST = 1 - 1e-6


def judge(paths: Sequence[Path], folder: Path) -> Iterator[pipeline.Row | InputError]:
    """Judge files by a model; of a file of several pictures the first, as in training.

    Args:
        paths: The files.
        folder: The model's folder.

    Returns:
        For each file, in order, `probabilities`, shape `(classes,)`, and `verdict`, its words; or
        why it could not be read. Two classes have the probability that a verdict rests on, see
        `verdict.Verdict`, so that a class is called from the same threshold on. A model without
        a calibration sees each file whole and gives no verdict.
    """
    classifier = load_model(folder)
    if not calibration.is_there(folder):
        return pipeline.classify(paths, classifier)
    return parallel.ordered_map(_working(classifier, calibration.load(folder)), paths)


def opened(folder: Path) -> Callable[[Sequence[File]], Iterator[pipeline.Row | InputError]]:
    """Open a model, and give a function that judges files on one core as `judge` does."""
    classifier = load_model(folder)
    if not calibration.is_there(folder):
        return lambda paths: pipeline.classify(paths, classifier, workers=1)
    work = _working(classifier, calibration.load(folder))
    return lambda paths: map(work, paths)


def _working(
    classifier: Classifier, known: calibration.Calibration
) -> Callable[[File], pipeline.Row | InputError]:
    def work(path: File) -> pipeline.Row | InputError:
        try:
            upright = images.read_photo(read_bytes(path, config.MAX_PHOTO_BYTES))
            return row_of(analyse(upright, classifier, known, workers=1, with_heat=False))
        except InputError as error:
            return error

    return work


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
