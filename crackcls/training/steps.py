"""The steps of a training run, from the images to the test report."""

import hashlib
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crackcls import events
from crackcls.config import TrainConfig
from crackcls.datasets import catalogue, copies, split
from crackcls.errors import InputError
from crackcls.evaluation.report import make_report, near_copy_report, predictions
from crackcls.files import csv_bytes, write_csv, write_json
from crackcls.labelled import Labelled, content_hashes
from crackcls.network import cache, calibration, export, pipeline, prefix
from crackcls.network.build import after_cut, build, cut, import_keras, save
from crackcls.network.classifier import load_model
from crackcls.network.prefix import Prefix

if TYPE_CHECKING:
    import keras

    from crackcls.training.fit import Part

CHECKPOINT = "checkpoint.npz"
# More training images than these change the principal components little.
CALIBRATION_IMAGES = 10_000
CHECKED_IMAGES, TOLERANCE = 32, 1e-3


def run(
    labelled: Labelled, settings: TrainConfig, folder: Path, emit: events.Emit
) -> dict[str, Any]:
    """Take all steps, going on from what an earlier process has left in the folder.

    Args:
        labelled: The images, one folder a class.
        settings: Settings of the run.
        folder: The run folder.
        emit: Hears the events; may raise Stopped.

    Returns:
        The test report.

    Raises:
        InputError: The data breaks a rule, or changed since the run began.
        Stopped: As `emit` raised it. If an epoch was finished, a model lies in the folder.
    """
    catalogue.ensure(labelled, emit)
    images = read_images(labelled, settings, emit)
    # TensorFlow takes seconds to start, and the frozen part in int8 does not wait for it. Reading
    # would: it goes through Python's lock for each file, as that start does.
    with ThreadPoolExecutor(1) as aside:
        building = aside.submit(build_network, labelled, settings)
        frozen = prefix.open_prefix(settings, len(labelled.classes), building.result)
        images = run_backbone(labelled, images, frozen, settings, emit)
        images = _split(images, settings, emit)
        _check_batch(images, settings)
        _save_split(images, folder)
        emit("phase", phase="building the network", total=0)
        network = building.result()
    try:
        fit(images, network, frozen, settings, folder, emit)
    except events.Stopped:
        _keep_best(images, network, frozen, labelled, settings, folder, emit)
        raise
    known = calibrate(images, network, frozen, settings, emit)
    _export(network, known, frozen, labelled, settings, folder, emit)
    report = _evaluate(labelled, images, network, frozen, settings, folder, emit)
    (folder / CHECKPOINT).unlink()
    return report


def read_images(labelled: Labelled, settings: TrainConfig, emit: events.Emit) -> pd.DataFrame:
    """Hash all files and choose among them: columns `file`, `label` and `sha256`."""
    paths = [labelled.path(file) for file in labelled.files]
    hashes = content_hashes(paths)
    shas = list(events.with_progress(emit, "reading images", hashes, len(paths)))
    table = pd.DataFrame({"file": labelled.files, "label": labelled.labels, "sha256": shas})
    chosen = split.choose(shas, labelled.labels, settings.limit, settings.seed)
    return table.iloc[chosen].reset_index(drop=True)


def build_network(labelled: Labelled, settings: TrainConfig) -> "keras.Model":
    """Build the network, its first weights fixed by the seed."""
    import_keras().utils.set_random_seed(settings.seed)
    return build(len(labelled.classes), settings.image_size)


def run_backbone(
    labelled: Labelled,
    images: pd.DataFrame,
    frozen: Prefix,
    settings: TrainConfig,
    emit: events.Emit,
) -> pd.DataFrame:
    """Run the frozen part on all images and leave the broken ones out."""
    paths, shas = [labelled.path(file) for file in images["file"]], list(images["sha256"])
    broken = prefix.run_prefix(paths, shas, frozen, settings.image_size, emit)
    for index, reason in broken.items():
        emit("left out", file=images["file"][index], reason=reason)
    good = images.drop(index=list(broken)).reset_index(drop=True)
    for label, name in enumerate(labelled.classes):
        if not (good["label"] == label).any():
            raise InputError(
                f"Every class must hold images that can be read, and none of the "
                f"{sum(images['label'] == label)} in '{name}' can. Replace them."
            )
    return good


def _split(images: pd.DataFrame, settings: TrainConfig, emit: events.Emit) -> pd.DataFrame:
    """Find near copies and split."""
    emit("phase", phase="finding near copies", total=len(images))
    found = copies.find_copies(prefix.read_fingerprints(list(images["sha256"])))
    images = with_parts(images, found, settings)
    in_test = images[images["part"] == "test"]
    emit(
        "split",
        mode=settings.split,
        groups=int(images["group"].nunique()),
        **{part: int((images["part"] == part).sum()) for part in split.PARTS},
        test_images_with_copy_in_training=int(in_test["copy_in_training"].sum()),
    )
    return images


def with_parts(images: pd.DataFrame, found: copies.Copies, settings: TrainConfig) -> pd.DataFrame:
    """Split images: adds the columns of `split.make_split`."""
    classes = [file.split("/", 1)[0] for file in images["file"]]
    shas = list(images["sha256"])
    return images.assign(**split.make_split(shas, classes, found, settings.split, settings.seed))


def _save_split(images: pd.DataFrame, folder: Path) -> None:
    """Write the split; in a run that goes on it must be the one that is there."""
    path = folder / "split.csv"
    table = images.drop(columns="label")
    if path.exists() and path.read_bytes() != csv_bytes(table):
        raise InputError(
            "A run that goes on must find the images that it began with, and they have changed. "
            "Put the images back, or train a new model."
        )
    split.save_split(table, path)


def _check_batch(images: pd.DataFrame, settings: TrainConfig) -> None:
    count = int((images["part"] == "train").sum())
    if count < settings.batch_size:
        raise InputError(
            f"The training part must fill a batch of {settings.batch_size} images, and it has "
            f"{count} of {len(images)}. Add images or choose a smaller batch size."
        )


def fit(
    images: pd.DataFrame,
    network: "keras.Model",
    frozen: Prefix,
    settings: TrainConfig,
    folder: Path,
    emit: events.Emit,
) -> None:
    """Fit the suffix from where the checkpoint is, and leave it with its best weights."""
    from crackcls.training.fit import fit_suffix

    _, suffix = cut(network, settings.fine_tune)
    train, validation, _ = parts_of(images, frozen)
    history = fit_suffix(suffix, train, validation, settings, emit, folder / CHECKPOINT)
    _write_history(history, folder)


def calibrate(
    images: pd.DataFrame,
    network: "keras.Model",
    frozen: Prefix,
    settings: TrainConfig,
    emit: events.Emit,
) -> calibration.Calibration:
    """Fit what judging photos needs, on the training and the validation part."""
    from crackcls.training.fit import outputs

    emit("phase", phase="calibrating", total=0)
    train, validation, _ = parts_of(images, frozen)
    run = after_cut(network, settings.fine_tune)
    training, _ = outputs(run, train, CALIBRATION_IMAGES)
    seen, probabilities = outputs(run, validation)
    return calibration.fit(training, seen, probabilities, validation.labels)


def parts_of(images: pd.DataFrame, frozen: Prefix) -> list["Part"]:
    """Give the training, the validation and the test part."""
    from crackcls.training.fit import Part

    rows, where = cache.read(frozen.store, list(images["sha256"]))
    labels = images["label"].to_numpy()
    chosen = (images["part"] == part for part in split.PARTS)
    return [Part(rows, where[part], labels[part]) for part in chosen]


def _keep_best(
    images: pd.DataFrame,
    network: "keras.Model",
    frozen: Prefix,
    labelled: Labelled,
    settings: TrainConfig,
    folder: Path,
    emit: events.Emit,
) -> None:
    """Make a model of the best weights of a fit that was stopped, if an epoch was finished."""
    from crackcls.training.fit import restore_best

    _, suffix = cut(network, settings.fine_tune)
    if history := restore_best(suffix, folder / CHECKPOINT):
        _write_history(history, folder)
        known = calibrate(images, network, frozen, settings, emit)
        _export(network, known, frozen, labelled, settings, folder, emit)


def _write_history(history: Sequence[dict[str, float]], folder: Path) -> None:
    write_csv(folder / "history.csv", pd.DataFrame(history))


def _export(
    network: "keras.Model",
    known: calibration.Calibration,
    frozen: Prefix,
    labelled: Labelled,
    settings: TrainConfig,
    folder: Path,
    emit: events.Emit,
) -> None:
    """Write all files of the model aside, then move them in, `model.json` last."""
    emit("phase", phase="exporting", total=0)
    aside = folder / ".new"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    save(network, aside / "model.keras")
    if frozen.template:
        export.fill_template(network, frozen.template, aside / "model.tflite")
    else:
        export.export_classifier(network, aside / "model.tflite")
    calibration.save(known, aside)
    about = {
        "classes": labelled.classes,
        "image_size": settings.image_size,
        "precision": settings.precision,
        "sha256": hashlib.sha256((aside / "model.tflite").read_bytes()).hexdigest(),
    }
    write_json(aside / "model.json", about)
    (folder / "model.json").unlink(missing_ok=True)
    for name in ("model.keras", "model.tflite", *calibration.FILES, "model.json"):
        (aside / name).replace(folder / name)
    aside.rmdir()


def _evaluate(
    labelled: Labelled,
    images: pd.DataFrame,
    network: "keras.Model",
    frozen: Prefix,
    settings: TrainConfig,
    folder: Path,
    emit: events.Emit,
) -> dict[str, Any]:
    """Look at the test part, once, through what the frozen part gave for it."""
    from crackcls.training.fit import outputs

    emit("phase", phase="evaluating", total=0)
    test = parts_of(images, frozen)[2]
    _, probabilities = outputs(after_cut(network, settings.fine_tune), test)
    files = list(images["file"][images["part"] == "test"])
    table = predictions(files, probabilities, labelled.classes)
    _check_exported(labelled, table, folder)
    write_csv(folder / "predictions.csv", table)
    report = make_report(table, labelled.classes)
    report["near_copies"] = near_copy_report(table, images)
    write_json(folder / "report.json", report)
    return report


def _check_exported(labelled: Labelled, table: pd.DataFrame, folder: Path) -> None:
    """Hold the exported model to the probabilities of a few test images, from their files."""
    few = table.iloc[:: -(-len(table) // CHECKED_IMAGES)]
    columns = [f"probability of {name}" for name in labelled.classes]
    rows = pipeline.classify([labelled.path(file) for file in few["file"]], load_model(folder))
    for file, expected, row in zip(few["file"], few[columns].to_numpy(), rows, strict=True):
        if isinstance(row, InputError):
            raise InputError(f"The test image '{file}' changed during training. {row}")
        if np.abs(row["probabilities"] - expected).max() > TOLERANCE:
            raise InputError(
                f"The exported model must give the probabilities of the trained one, and for "
                f"'{file}' it does not, or the file changed during training. Train again."
            )
