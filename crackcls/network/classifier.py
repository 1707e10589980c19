"""A LiteRT session: arrays to probabilities, features and activation maps."""

import os
import queue
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from crackcls.class_names import looked_for
from crackcls.errors import InputError
from crackcls.files import read_json

Run = Callable[[np.ndarray], dict[str, np.ndarray]]


@dataclass(frozen=True)
class Classifier:
    """A model that is ready to classify.

    Attributes:
        name: The model's name.
        classes: Class names in the order of the probabilities.
        positive: The class that is looked for; None where there are more than two.
        image_size: Side in pixels of the square that the model takes.
        run: On one core, so that several Python threads may call at once. Takes images of
            shape `(n, image_size, image_size, 3)`, RGB in 0-255, and gives `probabilities`
            `(n, classes)`, `features` `(n, 1280)` and `activation_map`
            `(n, image_size / 32, image_size / 32, classes)`, all float32.
        run_alone: The same on all cores, for a call that no other thread works beside.
    """

    name: str
    classes: tuple[str, ...]
    positive: str | None
    image_size: int
    run: Run
    run_alone: Run

    @property
    def label(self) -> int | None:
        """Index of the class that is looked for; None where there are more than two."""
        return None if self.positive is None else self.classes.index(self.positive)


def load_model(folder: Path) -> Classifier:
    """Load a trained model from its folder, without TensorFlow.

    Args:
        folder: A folder that training has finished, `models/NAME/`.

    Raises:
        InputError: The folder holds no finished model.
    """
    check_model(folder)
    about = read_json(folder / "model.json")
    path = folder / "model.tflite"
    runs = [sessions(path, threads) for threads in (1, os.cpu_count() or 1)]
    classes = tuple(about["classes"])
    positive = looked_for(classes, about.get("positive"))
    return Classifier(folder.name, classes, positive, about["image_size"], *runs)


def check_model(folder: Path) -> None:
    """Check that a folder holds a whole model.

    Raises:
        InputError: It does not.
    """
    if not (folder / "model.json").exists():
        raise InputError(
            f"A model must have been trained to the end, and there is none named "
            f"'{folder.name}'. See `python -m crackcls models` for those that are there."
        )


def sessions(path: Path, threads: int) -> Run:
    """Open a LiteRT model for use from several Python threads.

    Args:
        path: A `.tflite` file with one signature that takes `image`.
        threads: Threads that one call may use.

    Returns:
        A function from images `(n, size, size, 3)` in 0-255 to the named outputs, float32.
        Callers share as many interpreters as the machine has cores; one more caller waits.
    """
    idle: queue.LifoQueue[Callable[..., dict[str, np.ndarray]] | None] = queue.LifoQueue()
    for _ in range(os.cpu_count() or 1):
        idle.put(None)

    def run(images: np.ndarray) -> dict[str, np.ndarray]:
        session = idle.get()
        try:
            session = session or _open(path, threads)
            return session(image=images.astype(np.float32))
        finally:
            idle.put(session)

    return run


def _open(path: Path, threads: int) -> Callable[..., dict[str, np.ndarray]]:
    from ai_edge_litert.interpreter import Interpreter

    return Interpreter(model_path=str(path), num_threads=threads).get_signature_runner()
