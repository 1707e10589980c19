"""What validation images say about a model's votes: temperature, false alarms, familiarity."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, NotRequired, TypedDict

import numpy as np
from msgspec import Meta

from crackcls import config, stored
from crackcls.errors import InputError
from crackcls.files import json_bytes, write_atomically
from crackcls.interval import wilson
from crackcls.network import familiarity
from crackcls.network.familiarity import Familiarity
from crackcls.runs.folders import model_of
from crackcls.runs.shapes import Number, Share

# A photo is called cracked where a sound one would show as many cracked tiles by mistake
# less often than this.
BY_MISTAKE = 0.01
FILES = "calibration.json", "familiarity.npz"


class Numbers(TypedDict):
    """`calibration.json`, as far as it is read here."""

    temperature: Annotated[float, Meta(ge=0.01, le=100)]
    false_alarm_rate: NotRequired[Share]
    false_alarm_rates: NotRequired[dict[str, Share]]
    familiarity_limit: Number


@dataclass(frozen=True)
class Calibration:
    """What was fitted on the validation part.

    Attributes:
        temperature: Scores before softmax are divided by it (C. Guo et al., "On Calibration
            of Modern Neural Networks", ICML 2017).
        false_alarm_rates: For each class, the upper end of the 95 % interval of the share of
            validation images of other classes whose vote for it is `config.THRESHOLD` or more.
        familiarity: What the training images have in common.
    """

    temperature: float
    false_alarm_rates: tuple[float, ...]
    familiarity: Familiarity


def fit(
    known: Familiarity,
    validation: np.ndarray,
    probabilities: np.ndarray,
    labels: np.ndarray,
    weights: np.ndarray | None = None,
) -> Calibration:
    """Fit all of it.

    Args:
        known: What the training images have in common.
        validation: Features of all validation images, shape `(images, features)`, float32.
        probabilities: The model's on the validation images, shape `(images, classes)`.
        labels: Their classes, shape `(images,)`, int.
        weights: As in `fit_temperature`.
    """
    scores = np.log(np.maximum(probabilities, np.finfo(np.float32).tiny))
    temperature = fit_temperature(scores, labels, weights)
    votes = softmax(scores / temperature) * familiarity.weights(known, validation)[:, None]
    rates = (_false_alarm_rate(votes[labels != at, at]) for at in range(votes.shape[1]))
    return Calibration(temperature, tuple(rates), known)


def fit_temperature(
    scores: np.ndarray, labels: np.ndarray, weights: np.ndarray | None = None
) -> float:
    """Find the temperature with the lowest log loss.

    Args:
        scores: Before softmax, shape `(images, classes)`.
        labels: Shape `(images,)`, int.
        weights: Shape `(images,)`, how much each image counts; None lets all count alike.

    Returns:
        The temperature, 0.05 to 20; below 1 the model was less sure than it could be.
    """
    from scipy.optimize import minimize_scalar

    def log_loss(exponent: float) -> float:
        right = softmax(scores / np.exp(exponent))[np.arange(len(labels)), labels]
        return -float(np.average(np.log(np.maximum(right, 1e-300)), weights=weights))

    found = minimize_scalar(log_loss, bounds=np.log((0.05, 20.0)), method="bounded")
    return float(np.exp(found.x))


def _false_alarm_rate(votes: np.ndarray) -> float:
    """Give the upper end of the interval, from the votes for a class of images of others."""
    if not len(votes):
        return 1.0
    return wilson(int((votes >= config.THRESHOLD).sum()), len(votes))[1]


def softmax(scores: np.ndarray) -> np.ndarray:
    """Turn scores into probabilities over the last axis, in float64."""
    powers = np.exp(scores.astype(np.float64) - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def needed(tiles: int, false_alarm_rate: float) -> int:
    """Tell how many cracked tiles a photo must show, by the binomial distribution.

    Args:
        tiles: Tiles of one scale, one or more.
        false_alarm_rate: Share of sound tiles that are called cracked.

    Returns:
        The lowest number that a sound photo would reach less often than `BY_MISTAKE`, at most
        the number of tiles. Tiles are taken as independent.
    """
    from scipy.special import bdtrc

    counts = np.arange(1, tiles + 1)
    rare = bdtrc(counts - 1, tiles, false_alarm_rate) <= BY_MISTAKE
    return int(counts[rare][0]) if rare.any() else tiles


def save(calibration: Calibration, folder: Path, classes: Sequence[str]) -> None:
    """Write a calibration into a model's folder.

    Args:
        calibration: What `fit` gave.
        folder: The model's folder.
        classes: Class names in the order of the model.
    """
    for name, content in contents(calibration, classes).items():
        write_atomically(folder / name, content)


def contents(calibration: Calibration, classes: Sequence[str]) -> dict[str, bytes]:
    """Give what the files of a calibration hold, by their names.

    Args:
        calibration: What `fit` gave.
        classes: Class names in the order of the model.
    """
    known, arrays = calibration.familiarity, io.BytesIO()
    numbers = {
        "temperature": calibration.temperature,
        "false_alarm_rates": dict(zip(classes, calibration.false_alarm_rates, strict=True)),
        "familiarity_limit": known.limit,
    }
    np.savez(arrays, mean=known.mean, components=known.components)
    return {"familiarity.npz": arrays.getvalue(), "calibration.json": json_bytes(numbers)}


def is_there(folder: Path) -> bool:
    """Tell whether a model has a calibration, or a part of one; the first versions made none."""
    return any(stored.is_there(folder / name) for name in FILES)


def load(folder: Path) -> Calibration:
    """Read the calibration of a model.

    Raises:
        InputError: The model has none, or a damaged one.
    """
    if not is_there(folder):
        raise InputError(
            f"A model needs its calibration to judge photos, and '{folder.name}' was trained by "
            "a version that made none. Train it again."
        )
    numbers = stored.read_json(folder / "calibration.json", Numbers, _without_rates)
    path = folder / "familiarity.npz"
    arrays = stored.read_arrays(path, {"mean": 1, "components": 2})
    known = Familiarity(arrays["mean"], arrays["components"], numbers["familiarity_limit"])
    if known.components.shape[1:] != known.mean.shape:
        raise stored.damaged(path, "its arrays do not fit together")
    return Calibration(numbers["temperature"], _rates(numbers, folder), known)


def _without_rates(numbers: dict[str, Any]) -> str:
    known = numbers.keys() & {"false_alarm_rate", "false_alarm_rates"}
    return "" if known else "it has no 'false_alarm_rates'"


def _rates(numbers: Mapping[str, Any], folder: Path) -> tuple[float, ...]:
    """Give the false alarm rate of each class.

    Versions before kept that of the last class alone. For another one the rate is that of the
    model's own test images, where they are kept, without their familiarity: no lower.
    """
    is_model = stored.is_there(folder / "model.json")  # It is written after these.
    classes = model_of(folder)["classes"] if is_model else []
    if "false_alarm_rates" in numbers:
        kept = numbers["false_alarm_rates"]
        if is_model and [*kept] != classes:
            why = "'false_alarm_rates' must have one of each class"
            raise stored.damaged(folder / "calibration.json", why)
        return tuple(kept.values())
    last, path = numbers["false_alarm_rate"], folder / "predictions.csv"
    if not stored.is_there(path):
        return (last,) * len(classes)
    names = [f"probability of {name}" for name in classes]
    columns = {"actual": stored.TEXT, **dict.fromkeys(names, stored.SHARE)}
    table = stored.read_csv(path, columns)
    scores = np.log(np.maximum(table[names].to_numpy(), np.finfo(np.float32).tiny))
    votes = softmax(scores / numbers["temperature"])
    others = [(table["actual"] != name).to_numpy() for name in classes[:-1]]
    return (*(_false_alarm_rate(votes[rows, at]) for at, rows in enumerate(others)), last)
