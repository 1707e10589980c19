"""What the product does with photos, called as `contenders.py` calls the others.

TensorFlow stays out: nothing here imports it.
"""

import functools
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from crackcls import config, images, parallel
from crackcls.network import calibration, pipeline
from crackcls.network.classifier import Classifier, Run, load_model
from crackcls.photos.verdict import analyse, decide
from crackcls.runs import folders


@functools.cache
def open_model() -> Classifier:
    """Open the shipped model once."""
    return load_model(folders.folder_of(config.DEFAULT_MODEL))


def predict_with(run: Run, run_alone: Run) -> Callable[[np.ndarray], np.ndarray]:
    """Give a function that classifies images in memory as the product does.

    Small batches go to all cores; one alone takes all cores at once.

    Args:
        run: A model on one core, see `classifier.sessions`.
        run_alone: The same on all cores.

    Returns:
        A function from `(n, 160, 160, 3)`, uint8, to probabilities `(n, classes)`, float32.
    """
    step = config.BATCH_ON_A_CORE

    def predict(batch: np.ndarray) -> np.ndarray:
        if len(batch) <= step:
            return run_alone(batch)["probabilities"]
        batches = (batch[start : start + step] for start in range(0, len(batch), step))
        return np.concatenate([out["probabilities"] for out in parallel.ordered_map(run, batches)])

    return predict


def predict_files(paths: Sequence[Path]) -> np.ndarray:
    """Classify patches from their files, as `evaluate` does: probabilities `(n, classes)`."""
    rows = pipeline.classify(paths, open_model())
    return np.stack([row["probabilities"] for row in rows])


def ours_photo() -> Callable[[str], str]:
    """Open what judges whole photos.

    Returns:
        A function from the path of a photo to the verdict in words: all tiles at all scales
        and the heat map.
    """
    classifier = open_model()
    known = calibration.load(folders.folder_of(config.DEFAULT_MODEL))

    def judge(path: str) -> str:
        upright = images.read_photo(Path(path).read_bytes())
        return decide(analyse(upright, classifier, known)).words

    return judge
