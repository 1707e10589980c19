"""A LiteRT session: arrays to probabilities, features and activation maps."""

import hashlib
import os
import queue
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from crackcls import stored
from crackcls.classes.names import looked_for
from crackcls.errors import InputError
from crackcls.network import pieces as in_pieces
from crackcls.network import scale
from crackcls.network.pieces import Head, Pieces, Run
from crackcls.network.scale import Scale
from crackcls.runs.folders import model_of

MOST_BYTES = 2**30
NO_NETWORK = (
    "A model must hold a network that LiteRT opens, and its 'model.tflite' is none. Put it back "
    "from a copy, or delete the model."
)


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
        trained_on: Sizes of the images of the training; None where they are not known.
        pieces: Into which photos were cut for training; None where they were seen whole.
        head: The last layer on features pooled over the pieces; None without pieces.
    """

    name: str
    classes: tuple[str, ...]
    positive: str | None
    image_size: int
    run: Run
    run_alone: Run
    trained_on: Scale | None = None
    pieces: Pieces | None = None
    head: Head | None = None

    @property
    def label(self) -> int | None:
        """Index of the class that is looked for; None where there are more than two."""
        return None if self.positive is None else self.classes.index(self.positive)


def load_model(folder: Path) -> Classifier:
    """Load a trained model from its folder, without TensorFlow.

    Args:
        folder: A folder that training has finished, `models/NAME/`.

    Raises:
        InputError: The folder holds no finished model, or a damaged one.
    """
    check_model(folder)
    about = model_of(folder)
    content = checked(folder / "model.tflite", about["sha256"])
    run, run_alone = (sessions(content, threads) for threads in (1, os.cpu_count() or 1))
    kept = about.get("pieces")
    classes = tuple(about["classes"])
    positive = looked_for(classes, about.get("positive"))
    return Classifier(
        folder.name,
        classes,
        positive,
        about["image_size"],
        run,
        run_alone,
        scale.from_json(about.get("trained_on")),
        Pieces(**kept) if kept else None,
        in_pieces.load(folder, len(classes)) if kept else None,
    )


def check_model(folder: Path) -> None:
    """Check that a folder holds a whole model.

    Raises:
        InputError: It does not.
    """
    if not stored.is_there(folder / "model.json"):
        raise InputError(
            f"A model must have been trained to the end, and there is none named "
            f"'{folder.name}'. See `python -m crackcls models` for those that are there."
        )


def check_content(folder: Path) -> None:
    """Check that the network of a model has the hash that was written down.

    Raises:
        InputError: It is damaged.
    """
    checked(folder / "model.tflite", model_of(folder)["sha256"])


def checked(path: Path, sha256: str) -> bytes:
    """Read a LiteRT model that must have a hash.

    What is checked is what is opened: the bytes stay in memory, whatever becomes of the file.

    Raises:
        InputError: It is damaged.
    """
    content = stored.read_bytes(path, MOST_BYTES)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise stored.damaged(path, "its SHA-256 is another than that which was written down")
    return content


def sessions(content: bytes, threads: int) -> Run:
    """Open a LiteRT model for use from several Python threads.

    Args:
        content: Of a `.tflite` file with one signature that takes `image`.
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
            session = session or _open(content, threads)
            return session(image=images.astype(np.float32, copy=False))
        finally:
            idle.put(session)

    return run


def _open(content: bytes, threads: int) -> Callable[..., dict[str, np.ndarray]]:
    from ai_edge_litert.interpreter import Interpreter

    try:
        return Interpreter(model_content=content, num_threads=threads).get_signature_runner()
    except (ValueError, RuntimeError) as error:  # Of other bytes both, as LiteRT says no more.
        raise InputError(NO_NETWORK) from error
