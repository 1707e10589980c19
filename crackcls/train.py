"""Training: prefix once, suffix by Keras, events out."""

import hashlib
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from crackcls import (
    __version__,
    cache,
    config,
    copies,
    data,
    evaluate,
    events,
    pipeline,
    prefix,
    runs,
    split,
)
from crackcls import model as model_
from crackcls.classifier import load_model
from crackcls.config import TrainConfig
from crackcls.errors import InputError
from crackcls.files import write_csv, write_json


def train(
    labelled: data.Labelled, settings: TrainConfig, name: str, listen: events.Emit
) -> dict[str, Any]:
    """Train a model and leave everything about it in `models/NAME/`.

    Args:
        labelled: The images, one folder a class.
        settings: Settings of the run.
        name: Name of the new model.
        listen: Hears the events that the log gets.

    Returns:
        The test report.

    Raises:
        InputError: A setting, the name or the data breaks a rule. What was written is the
            folder with the log of the failed run, and no model.
    """
    check_settings(settings)
    runs.check_free(name)
    model_.check_weights(config.weights_path())
    start, images = time.monotonic(), min(len(labelled.files), settings.limit or sys.maxsize)
    with runs.training_lock():
        folder = runs.claim(name, _describe(labelled, settings))
        write_json(folder / "local.json", {"data": str(labelled.folder.resolve())})
        emit = events.log_to(folder / "events.jsonl", listen)
        try:
            report = _run(labelled, settings, folder, emit)
        except BaseException as error:
            message = str(error) or type(error).__name__
            emit("end", status="failed", message=message, **_cost(start, images))
            raise
        emit("end", status="finished", **_cost(start, images))
    return report


def check_settings(settings: TrainConfig) -> None:
    """Check each setting against its range.

    Raises:
        InputError: Names the setting and the value.
    """
    rules = {
        "epochs": (1 <= settings.epochs <= 1000, "1 to 1,000"),
        "batch-size": (1 <= settings.batch_size <= 1024, "1 to 1,024"),
        "image-size": (settings.image_size in config.IMAGE_SIZES, f"{config.IMAGE_SIZES}"),
        "learning-rate": (0 < settings.learning_rate <= 1, "above 0, at most 1"),
        "split": (settings.split in config.SPLIT_MODES, f"{config.SPLIT_MODES}"),
        "seed": (0 <= settings.seed < 2**32, "0 to 4,294,967,295"),
        "fine-tune": (settings.fine_tune in model_.CUTS, f"{tuple(model_.CUTS)}"),
        "limit": (settings.limit is None or settings.limit > 0, "above 0"),
    }
    for name, (holds, range_) in rules.items():
        if not holds:
            value = getattr(settings, name.replace("-", "_"))
            raise InputError(f"The setting {name} must be {range_}, received {value}.")


def _run(labelled, settings: TrainConfig, folder: Path, emit: events.Emit) -> dict[str, Any]:
    emit("start", **_describe(labelled, settings))
    images = _read_images(labelled, settings, emit)
    emit("phase", phase="building the network", total=0)
    network = _build(labelled, settings)
    cut, suffix = model_.cut(network, settings.fine_tune)
    images = _run_backbone(labelled, images, cut, settings, emit)
    images = _split(images, settings, emit)
    _check_batch(images, settings)
    split.save_split(images.drop(columns="label"), folder / "split.csv")
    _fit(images, cut, suffix, settings, folder, emit)
    _export(network, labelled, settings, folder, emit)
    return _evaluate(labelled, images, folder, emit)


def _read_images(labelled, settings: TrainConfig, emit: events.Emit) -> pd.DataFrame:
    """Hash all files and choose among them: columns `file`, `label` and `sha256`."""
    paths = [labelled.path(file) for file in labelled.files]
    hashes = data.content_hashes(paths)
    shas = list(events.with_progress(emit, "reading images", hashes, len(paths)))
    table = pd.DataFrame({"file": labelled.files, "label": labelled.labels, "sha256": shas})
    chosen = split.choose(shas, list(labelled.labels), settings.limit, settings.seed)
    return table.iloc[chosen].reset_index(drop=True)


def _build(labelled, settings: TrainConfig):
    model_.import_keras().utils.set_random_seed(settings.seed)
    return model_.build(len(labelled.classes), settings.image_size)


def _store(cut, settings: TrainConfig) -> cache.Store:
    return prefix.feature_store(settings.image_size, settings.fine_tune, cut.output.shape[1:])


def _run_backbone(labelled, images, cut, settings: TrainConfig, emit) -> pd.DataFrame:
    """Run the prefix on all images and leave the broken ones out."""
    paths = [labelled.path(file) for file in images["file"]]
    run = prefix.lite_prefix(cut, settings.image_size, settings.fine_tune)
    store = _store(cut, settings)
    broken = prefix.run_prefix(paths, images["sha256"], run, store, settings.image_size, emit)
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
    """Find near copies and split: adds the columns of `split.make_split`."""
    emit("phase", phase="finding near copies", total=len(images))
    found = copies.find_copies(prefix.read_fingerprints(images["sha256"]))
    classes = [file.split("/", 1)[0] for file in images["file"]]
    parts = split.make_split(list(images["sha256"]), classes, found, settings.split, settings.seed)
    images = images.assign(**parts)
    in_test = images[images["part"] == "test"]
    emit(
        "split",
        mode=settings.split,
        groups=int(images["group"].nunique()),
        **{part: int((images["part"] == part).sum()) for part in split.PARTS},
        test_images_with_copy_in_training=int(in_test["copy_in_training"].sum()),
    )
    return images


def _check_batch(images: pd.DataFrame, settings: TrainConfig) -> None:
    count = int((images["part"] == "train").sum())
    if count < settings.batch_size:
        raise InputError(
            f"The training part must fill a batch of {settings.batch_size} images, and it has "
            f"{count} of {len(images)}. Add images or choose a smaller batch size."
        )


def _fit(images, cut, suffix, settings: TrainConfig, folder: Path, emit: events.Emit) -> None:
    from crackcls import fit

    rows, where = cache.read(_store(cut, settings), images["sha256"])
    labels = images["label"].to_numpy()
    train_, validation = (
        fit.Part(rows, where[chosen], labels[chosen])
        for chosen in (images["part"] == part for part in ("train", "validation"))
    )
    history = fit.fit_suffix(suffix, train_, validation, settings, emit)
    write_csv(folder / "history.csv", pd.DataFrame(history))


def _export(network, labelled, settings: TrainConfig, folder: Path, emit: events.Emit) -> None:
    emit("phase", phase="exporting", total=0)
    model_.save(network, folder / "model.keras")
    model_.export_classifier(network, folder / "model.tflite")
    about = {
        "classes": labelled.classes,
        "image_size": settings.image_size,
        "sha256": hashlib.sha256((folder / "model.tflite").read_bytes()).hexdigest(),
    }
    write_json(folder / "model.json", about)


def _evaluate(labelled, images: pd.DataFrame, folder: Path, emit: events.Emit) -> dict[str, Any]:
    """Look at the test part, once, through the exported model."""
    files = list(images["file"][images["part"] == "test"])
    paths = [labelled.path(file) for file in files]
    rows = pipeline.classify(paths, load_model(folder, threads=1))
    rows = events.with_progress(emit, "evaluating", rows, len(files))
    table = evaluate.tabulate(files, rows, labelled.classes, _refuse)
    write_csv(folder / "predictions.csv", table)
    report = evaluate.make_report(table, labelled.classes)
    report["near_copies"] = evaluate.near_copy_report(table, images)
    write_json(folder / "report.json", report)
    return report


def _refuse(file: str, reason: InputError) -> None:
    """Stop: an image that could be read before training must not drop out of the test."""
    raise InputError(f"The test image '{file}' changed during training. {reason}")


def _describe(labelled: data.Labelled, settings: TrainConfig) -> dict[str, Any]:
    return {
        "data": labelled.folder.resolve().name,
        "classes": labelled.classes,
        "images": len(labelled.files),
        **asdict(settings),
        "version": __version__,
        "started": round(time.time(), 3),
    }


def _cost(start: float, images: int) -> dict[str, Any]:
    seconds = time.monotonic() - start
    return {
        "seconds": round(seconds, 2),
        "images_per_second": round(images / seconds, 1),
        "peak_memory_mb": _peak_memory_mb(),
    }


def _peak_memory_mb() -> int | None:
    try:
        import resource
    except ImportError:  # Windows has no such module.
        return None
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // unit
