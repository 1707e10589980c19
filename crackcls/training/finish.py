"""From a fitted network to a model in its folder: calibrated, exported, tested once."""

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from crackcls import events
from crackcls.datasets import image_table
from crackcls.errors import InputError
from crackcls.evaluation import verdicts
from crackcls.evaluation.report import make_report, near_copy_report, predictions
from crackcls.files import write_csv, write_json
from crackcls.network import cache, calibration, export, pieces, pipeline, scale
from crackcls.network.build import save
from crackcls.network.classifier import load_model
from crackcls.photos.rows import Features, judge
from crackcls.training import calibrate, without
from crackcls.training.fitted import Fitted, Outputs, by_keras, parts_of

CHECKED_IMAGES, TOLERANCE = 32, 1e-3


def make_model(fitted: Fitted, emit: events.Emit) -> None:
    """Write all files of the model aside, then move them in, `model.json` last."""
    if fitted.settings.fine_tune == "all":
        return _make_whole(fitted, emit)
    _move_bias(fitted, emit)
    known = calibrate.calibrate(fitted, by_keras(fitted), emit)
    emit("phase", phase="exporting", total=0)
    with _aside(fitted.folder) as aside:
        if fitted.frozen.template:
            export.fill_template(fitted.network, fitted.frozen.template, aside / "model.tflite")
        else:
            export.export_classifier(fitted.network, aside / "model.tflite")
        _describe(fitted, fitted.settings.precision, aside)
        calibration.save(known, aside, fitted.labelled.classes)
        if fitted.frozen.pieces:
            pieces.save(fitted.head, aside)
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
    judged = judge(paths, fitted.folder, _features(fitted, list(test["sha256"])))
    rows = [_read(row) for row in events.with_progress(emit, "evaluating", judged, len(paths))]
    probabilities = np.stack([row["probabilities"] for row in rows])
    table = predictions(list(test["file"]), probabilities, classes, actual, of)
    table = verdicts.added(table, rows)
    write_csv(fitted.folder / "predictions.csv", table)
    report = make_report(table, classes, fitted.positive)
    report["near_copies"] = near_copy_report(table, fitted.images)
    report |= without.report(fitted.images, fitted.folder)
    write_json(fitted.folder / "report.json", report)
    return report


def _move_bias(fitted: Fitted, emit: events.Emit) -> None:
    """Move the bias where a class is rare, see `few.move_bias`."""
    from crackcls.training import few

    groups = fitted.images["group"].to_numpy()
    of_parts = np.concatenate([groups[fitted.numbers(part)] for part in calibrate.PARTS])
    parts = parts_of(fitted.images, fitted.frozen)[: len(calibrate.PARTS)]
    if shift := few.move_bias(fitted.network, parts, of_parts, fitted.settings):
        emit("note", text=f"the logit of '{fitted.labelled.classes[-1]}' is {shift:.3f} lower")


def _make_whole(fitted: Fitted, emit: events.Emit) -> None:
    """Export a network that was trained whole, and calibrate what was exported."""
    from crackcls.training import whole

    emit("phase", phase="exporting", total=0)
    with _aside(fitted.folder) as aside:
        parts = parts_of(fitted.images, fitted.frozen)
        sets = fitted.sets()[fitted.numbers("validation")]
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
        calibration.save(calibrate.calibrate(fitted, judge, emit), aside, fitted.labelled.classes)


def _features(fitted: Fitted, shas: Sequence[str]) -> Features | None:
    """Give what the network of the exported model gave for images before, where it was the same."""
    if fitted.frozen.template is None:
        return None
    rows, where = cache.read(fitted.frozen.store, shas)
    return Features(dict(zip(shas, rows[where], strict=True)), fitted.head)


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
    test = fitted.numbers("test")
    few = test[:: -(-len(test) // CHECKED_IMAGES)]
    files = list(fitted.images["file"].iloc[few])
    _, probabilities = by_keras(fitted)(few)
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
