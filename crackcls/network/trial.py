"""A network of elsewhere, opened and run once in a process of its own, which may die.

    python -m crackcls.network.trial FOLDER

It ends with 0 where the network gives what it must. LiteRT is no sandbox: a file made to harm it
is stopped by the checks of `adopt` or ends this process, not the one that asked.
"""

import subprocess
import sys
from pathlib import Path

import numpy as np

from crackcls import config, memory, stored
from crackcls.errors import InputError
from crackcls.network import calibration, familiarity
from crackcls.network.classifier import load_model
from crackcls.network.pieces import FEATURES

MOST_MEMORY, MOST_SECONDS = 10**9, 60.0


def check(folder: Path) -> None:
    """Let another process run the network of a folder on one picture.

    Args:
        folder: Of a model.

    Raises:
        InputError: That process was refused, died or took longer than a minute.
    """
    command = [sys.executable, "-m", "crackcls.network.trial", str(folder.absolute())]
    try:
        done = subprocess.run(
            command, cwd=config.PROJECT, capture_output=True, timeout=MOST_SECONDS
        )
        is_sound = done.returncode == 0
    except subprocess.TimeoutExpired:
        is_sound = False
    if not is_sound:
        raise stored.damaged(folder / "model.tflite", "it does not judge a picture")


def main(folder: Path) -> int:
    """Judge a picture of noise; give the exit status."""
    try:
        with memory.limited(MOST_MEMORY):
            model, known = load_model(folder), calibration.load(folder)
            side, classes = model.image_size, len(model.classes)
            image = np.random.default_rng(0).integers(0, 256, (1, side, side, 3), np.uint8)
            seen = model.run(image)
            weights = familiarity.weights(known.familiarity, seen["features"])
    except (InputError, MemoryError, KeyError, ValueError, RuntimeError):
        return 1
    cells = side // 32
    shapes = {
        "probabilities": (1, classes),
        "features": (1, FEATURES),
        "activation_map": (1, cells, cells, classes),
    }
    fits = {name: values.shape for name, values in seen.items()} == shapes
    fits = fits and len(known.false_alarm_rates) == classes
    return 0 if fits and all(map(is_finite, (weights, *seen.values()))) else 1


def is_finite(values: np.ndarray) -> bool:
    """Tell whether all numbers are numbers."""
    return bool(np.isfinite(values).all())


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
