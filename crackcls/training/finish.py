"""From a fitted network to a model in its folder: calibrated, exported, tested once."""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crackcls import events
from crackcls.classes.names import looked_for
from crackcls.config import TrainConfig
from crackcls.datasets import image_table, split
from crackcls.errors import InputError
from crackcls.evaluation import verdicts
from crackcls.evaluation.report import make_report, near_copy_report, predictions
from crackcls.files import write_csv, write_json
from crackcls.labelled import Labelled
from crackcls.network import cache, calibration, export, familiarity, pieces, pipeline, scale
from crackcls.network.build import after_cut, save
from crackcls.network.classifier import load_model
from crackcls.network.prefix import Prefix
from crackcls.network.scale import Scale
from crackcls.photos.rows import judge
from crackcls.training import without

if TYPE_CHECKING:
    import keras

    from crackcls.training.fit import Part

# More training images than these change the principal components little.
CALIBRATION_IMAGES = 10_000
CALIBRATED = "train", "validation"
CHECKED_IMAGES, TOLERANCE = 32, 1e-3

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
    """

    labelled: Labelled
    images: pd.DataFrame
    network: "keras.Model"
    frozen: Prefix
    settings: TrainConfig
    folder: Path
    trained_on: Scale | None = None

    @property
    def positive(self) -> str | None:
        """The class that is looked for; None where there are more than two."""
        return looked_for(self.labelled.classes, self.settings.positive)


def make_model(fitted: Fitted, emit: events.Emit) -> None:
    """Write all files of the model aside, then move them in, `model.json` last."""
    if fitted.settings.fine_tune == "all":
        return _make_whole(fitted, emit)
    _move_bias(fitted, emit)
    known = _calibrate(fitted, _by_keras(fitted), emit)
    emit("phase", phase="exporting", total=0)
    with _aside(fitted.folder) as aside:
        if fitted.frozen.template:
            export.fill_template(fitted.network, fitted.frozen.template, aside / "model.tflite")
        else:
            export.export_classifier(fitted.network, aside / "model.tflite")
        _describe(fitted, fitted.settings.precision, aside)
        calibration.save(known, aside, fitted.labelled.classes)
        if fitted.frozen.pieces:
            pieces.save(_head(fitted), aside)
    return None


def evaluate(fitted: Fitted, emit: events.Emit) -> dict[str, Any]:
    """Look at the test part, once, and write `predictions.csv` and `report.json`.

    Returns:
        The test report.
    """
    if fitted.settings.fine_tune != "all":
        _check_exported(fitted)
    test = fitted.images[fitted.images["part"] == "test"]
    classes = fitted.labelled.classes
    actual = [classes[label] for label in test["label"]]
    of = list(test[image_table.SET]) if image_table.SET in test else None
    paths = [fitted.labelled.path(file) for file in test["file"]]
    judged = events.with_progress(emit, "evaluating", judge(paths, fitted.folder), len(paths))
    rows = [_read(row) for row in judged]
    probabilities = np.stack([row["probabilities"] for row in rows])
    table = predictions(list(test["file"]), probabilities, classes, actual, of)
    table = verdicts.added(table, rows)
    write_csv(fitted.folder / "predictions.csv", table)
    report = make_report(table, classes, fitted.positive)
    report["near_copies"] = near_copy_report(table, fitted.images)
    report |= without.report(fitted.images, fitted.folder)
    write_json(fitted.folder / "report.json", report)
    return report


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


def _move_bias(fitted: Fitted, emit: events.Emit) -> None:
    """Move the bias where a class is rare, see `few.move_bias`."""
    from crackcls.training import few

    groups = fitted.images["group"].to_numpy()
    of_parts = np.concatenate([groups[_numbers(fitted, part)] for part in CALIBRATED])
    parts = parts_of(fitted.images, fitted.frozen)[: len(CALIBRATED)]
    if shift := few.move_bias(fitted.network, parts, of_parts, fitted.settings):
        emit("note", text=f"the logit of '{fitted.labelled.classes[-1]}' is {shift:.3f} lower")


def _make_whole(fitted: Fitted, emit: events.Emit) -> None:
    """Export a network that was trained whole, and calibrate what was exported."""
    from crackcls.training import whole

    emit("phase", phase="exporting", total=0)
    with _aside(fitted.folder) as aside:
        parts = parts_of(fitted.images, fitted.frozen)
        sets = _sets(fitted)[_numbers(fitted, "validation")]
        if positive := fitted.positive:
            label = fitted.labelled.classes.index(positive)
            shift = whole.move_bias(fitted.network, parts[1], sets, label)
            emit("note", text=f"the logit of '{positive}' is {shift:.3f} lower")
        precision = whole.export_network(
            fitted.network, parts, fitted.settings, aside / "model.tflite"
        )
        emit("note", text=f"exported in {precision}")
        _describe(fitted, precision, aside)
        judge = _by_model(fitted, aside, emit, "calibrating")
        calibration.save(_calibrate(fitted, judge, emit), aside, fitted.labelled.classes)


def _calibrate(fitted: Fitted, judge: Outputs, emit: events.Emit) -> calibration.Calibration:
    """Fit what judging photos needs, on the training and the validation part.

    Sets without cracks teach what is no crack. They are not what the model knows: a photo like
    theirs shall be called unfamiliar.
    """
    from crackcls.training.fit import class_weights

    emit("phase", phase="calibrating", total=0)
    concrete = _has_cracks(fitted)
    training, held = (
        chosen[concrete[chosen]] for chosen in (_numbers(fitted, part) for part in CALIBRATED)
    )
    features, _ = judge(split.spread_evenly(training, CALIBRATION_IMAGES))
    seen, probabilities = judge(held)
    labels = fitted.images["label"].to_numpy()[held]
    whole = fitted.settings.fine_tune == "all"
    components = familiarity.COMPONENTS_OF_WHOLE if whole else familiarity.COMPONENTS
    weights = class_weights(labels, fitted.settings)
    of_images = None if weights is None else weights[labels]
    return calibration.fit(features, seen, probabilities, labels, components, of_images)


def _numbers(fitted: Fitted, part: str) -> np.ndarray:
    """Give the numbers of the images of a part."""
    return np.flatnonzero(fitted.images["part"] == part)


def _sets(fitted: Fitted) -> np.ndarray:
    """Give the name of the set of each image, or of the one folder."""
    if image_table.SET in fitted.images:
        return fitted.images[image_table.SET].to_numpy()
    return np.full(len(fitted.images), fitted.labelled.name)


def _has_cracks(fitted: Fitted) -> np.ndarray:
    """Tell of each image whether its set holds cracks: `(images,)`, bool."""
    if image_table.SET not in fitted.images:
        return np.ones(len(fitted.images), bool)
    names = [one.name for one in fitted.labelled.sets if one.crack]
    return fitted.images[image_table.SET].isin(names).to_numpy()


def _by_keras(fitted: Fitted) -> Outputs:
    """Judge by the fitted suffix, on what the frozen part gave."""
    from crackcls.training.fit import Part, outputs

    run = after_cut(fitted.network, fitted.settings.fine_tune)
    rows, where = cache.read(fitted.frozen.store, list(fitted.images["sha256"]))
    labels = fitted.images["label"].to_numpy()
    return lambda chosen: outputs(run, Part(rows, where[chosen], labels[chosen]))


def _by_model(fitted: Fitted, folder: Path, emit: events.Emit, phase: str) -> Outputs:
    """Judge by the exported model, from the images' files; `emit` hears how far that phase is."""
    files = fitted.images["file"].to_numpy()

    def judge(chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        paths = [fitted.labelled.path(file) for file in files[chosen]]
        judged = pipeline.classify(paths, load_model(folder))
        rows = [_read(row) for row in events.with_progress(emit, phase, judged, len(paths))]
        features, probabilities = (
            np.stack([row[name] for row in rows]) for name in ("features", "probabilities")
        )
        return features, probabilities

    return judge


def _read(row: pipeline.Row | InputError) -> pipeline.Row:
    if isinstance(row, InputError):
        raise InputError(f"An image changed during training. {row}")
    return row


@contextmanager
def _aside(folder: Path) -> Iterator[Path]:
    """Give a folder beside the model's files, which are replaced by its files in the end."""
    aside = folder / ".new"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    yield aside
    (folder / "model.json").unlink(missing_ok=True)
    for path in sorted(aside.iterdir(), key=lambda path: path.name == "model.json"):
        path.replace(folder / path.name)
    aside.rmdir()


def _describe(fitted: Fitted, precision: str, aside: Path) -> None:
    """Write `model.keras`, and `model.json` for the exported model."""
    save(fitted.network, aside / "model.keras")
    about = {
        "classes": fitted.labelled.classes,
        "positive": fitted.positive,
        "image_size": fitted.settings.image_size,
        "precision": precision,
        "trained_on": scale.to_json(fitted.trained_on),
        "pieces": asdict(fitted.frozen.pieces) if fitted.frozen.pieces else None,
        "sha256": hashlib.sha256((aside / "model.tflite").read_bytes()).hexdigest(),
    }
    write_json(aside / "model.json", about)


def _check_exported(fitted: Fitted) -> None:
    """Hold the exported model to the probabilities of a few test images, from their files."""
    test = _numbers(fitted, "test")
    few = test[:: -(-len(test) // CHECKED_IMAGES)]
    files = list(fitted.images["file"].iloc[few])
    _, probabilities = _by_keras(fitted)(few)
    paths = [fitted.labelled.path(file) for file in files]
    rows = pipeline.classify(paths, load_model(fitted.folder))
    for file, expected, row in zip(files, probabilities, rows, strict=True):
        if isinstance(row, InputError):
            raise InputError(f"The test image '{file}' changed during training. {row}")
        if np.abs(row["probabilities"] - expected).max() > TOLERANCE:
            raise InputError(
                f"The exported model must give the probabilities of the trained one, and for "
                f"'{file}' it does not, or the file changed during training. Train again."
            )


def _head(fitted: Fitted) -> pieces.Head:
    """Give the last layer, which judges features that are pooled over pieces."""
    return pieces.Head(*fitted.network.get_layer("probabilities").get_weights())
