"""The steps of a training run, from the images to the test report."""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from crackcls import __version__, events, parallel
from crackcls.config import TrainConfig
from crackcls.datasets import catalogue, copies, image_table, passed_over, said, split
from crackcls.errors import InputError
from crackcls.files import csv_bytes, write_csv
from crackcls.labelled import Labelled, content_hashes
from crackcls.network import how, prefix, scale
from crackcls.network.build import build, cut, import_keras
from crackcls.network.pieces import pieces_for
from crackcls.network.prefix import Prefix
from crackcls.network.scale import Scale
from crackcls.runs.work import aside, result_of
from crackcls.training import without
from crackcls.training.calibrate import learning
from crackcls.training.finish import evaluate, make_model
from crackcls.training.fitted import Fitted, parts_of

if TYPE_CHECKING:
    import keras

CHECKPOINT = "checkpoint.npz"


def run(
    labelled: Labelled,
    settings: TrainConfig,
    folder: Path,
    emit: events.Emit,
    rows_of: prefix.RowsOf = prefix.rows_here,
) -> dict[str, Any]:
    """Take all steps, going on from what an earlier process has left in the folder.

    Args:
        labelled: The images, one folder a class.
        settings: Settings of the run.
        folder: The run folder.
        emit: Hears the events; may raise Stopped.
        rows_of: What makes the rows of the frozen part.

    Returns:
        The test report.

    Raises:
        InputError: The data breaks a rule, or changed since the run began.
        Stopped: As `emit` raised it. If an epoch was finished, a model lies in the folder.
    """
    catalogue.ensure(labelled, emit)
    known = labelled.levels
    for text in (*known.said, *said.left_out(known.left_out), *passed_over.lines(labelled)):
        emit("note", text=text)
    images = read_images(labelled, settings, emit)
    # TensorFlow takes seconds to start, and the frozen part in int8 does not wait for it. Reading
    # would: it goes through Python's lock for each file, as that start does. Whoever stops
    # does not wait for TensorFlow.
    building = parallel.begin(lambda: build_network(labelled, settings))
    trained_on = scale_of(labelled, images)
    frozen = open_prefix(labelled, settings, trained_on, lambda: result_of(building, emit))
    emit("note", text=how.in_words(trained_on, frozen.pieces, settings.image_size))
    images = run_backbone(labelled, images, frozen, settings, emit, rows_of)
    images = without.leave_out(_split(images, settings, emit), folder, emit)
    _save_split(images, folder)
    emit("phase", phase="building the network", total=0)
    network = result_of(building, emit)
    fitted = Fitted(labelled, images, network, frozen, settings, folder, trained_on)
    told, learned = learning(fitted, emit)
    try:
        fit(images, network, frozen, settings, folder, told, watch=True)
    except events.Stopped:
        _keep_best(replace(fitted, familiar=learned()), emit)
        raise
    make_model(replace(fitted, familiar=learned()), emit)
    report = evaluate(fitted, emit)
    (folder / CHECKPOINT).unlink()
    return report


def about(images: pd.DataFrame, settings: TrainConfig, work: str) -> dict[str, Any]:
    """Give what several trainings hang on, see `kept.in_cache`.

    Args:
        images: Columns `file`, `sha256` and `label`.
        settings: Of all of them.
        work: What they are for.
    """
    digest = hashlib.sha256(csv_bytes(images[["file", "sha256", "label"]])).hexdigest()
    return {"crackcls": __version__, "work": work, "images": digest, **asdict(settings)}


def read_images(labelled: Labelled, settings: TrainConfig, emit: events.Emit) -> pd.DataFrame:
    """Hash all files and choose among them.

    Returns:
        Columns `file`, `label` and `sha256`, and those of `image_table.columns`.
    """
    paths = [labelled.path(file) for file in labelled.files]
    hashes = content_hashes(paths)
    shas = list(events.with_progress(emit, "reading images", hashes, len(paths)))
    table = pd.DataFrame({"file": labelled.files, "label": labelled.labels, "sha256": shas})
    table = table.assign(**image_table.columns(labelled))
    chosen = image_table.choose(labelled, shas, settings.limit, settings.seed)
    return table.iloc[chosen].reset_index(drop=True)


def build_network(labelled: Labelled, settings: TrainConfig) -> "keras.Model":
    """Build the network, its first weights fixed by the seed."""
    if settings.fine_tune == "all":
        use_cores()
    import_keras().utils.set_random_seed(settings.seed)
    return build(len(labelled.classes), settings.image_size)


def use_cores() -> None:
    """Let TensorFlow compute the whole network as `augmenting` wants it.

    oneDNN's products of matrices and its way back through depthwise convolutions are faster.
    Each piece of a batch has a core of its own. Both can be chosen only before TensorFlow
    computes for the first time; after that it computes as before, to the same ends.
    """
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    import_keras()
    import tensorflow as tf

    with suppress(RuntimeError):
        tf.config.threading.set_intra_op_parallelism_threads(1)


def scale_of(labelled: Labelled, images: pd.DataFrame) -> Scale | None:
    """Measure how large the images are; None where none can be read."""
    return scale.measure(list(images["file"]), labelled.path)


def open_prefix(
    labelled: Labelled,
    settings: TrainConfig,
    trained_on: Scale | None,
    network: Callable[[], "keras.Model"],
) -> Prefix:
    """Open the frozen part, for photos in pieces where all images are large."""
    cut_into = pieces_for(trained_on, settings.image_size)
    return prefix.open_prefix(settings, len(labelled.classes), network, cut_into)


def run_backbone(
    labelled: Labelled,
    images: pd.DataFrame,
    frozen: Prefix,
    settings: TrainConfig,
    emit: events.Emit,
    rows_of: prefix.RowsOf = prefix.rows_here,
) -> pd.DataFrame:
    """Run the frozen part on all images and leave the broken ones out."""
    files, shas = list(images["file"]), list(images["sha256"])
    broken = prefix.run_prefix(files, labelled.path, shas, frozen, emit, rows_of)
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
    prints = prefix.read_fingerprints(list(images["sha256"]))
    found = aside(lambda: copies.find_copies(prints), emit)
    images = with_parts(images, found, settings)
    in_test = images[images["part"] == "test"]
    emit(
        "split",
        mode=settings.split,
        groups=int(images["group"].nunique()),
        **{part: int((images["part"] == part).sum()) for part in split.PARTS},
        test_images_with_copy_in_training=int(in_test["copy_in_training"].sum()),
        **image_table.counts_by_part(images),
    )
    for text in _notes(images, settings):
        emit("note", text=text)
    return images


def _notes(images: pd.DataFrame, settings: TrainConfig) -> Iterator[str]:
    """Say what a split does to photographs, to buildings and to what was split before."""
    if settings.split == "given":
        for part in split.PARTS[1:]:
            near = int(images["copy_in_training"][images["part"] == part].sum())
            yield f"given split kept: {near:,} {part} images have a near copy in training"
    elif image_table.GIVEN in images:
        yield f"the given split is merged, and a {settings.split} one is drawn"
    if torn := image_table.torn(images, image_table.PHOTOGRAPH):
        yield f"pieces of {torn:,} photographs lie in more than one part"
    if torn := image_table.torn(images, image_table.GROUP):
        yield f"images of {torn:,} folders that belong together lie in more than one part"


def with_parts(images: pd.DataFrame, found: copies.Copies, settings: TrainConfig) -> pd.DataFrame:
    """Split images: adds the columns of `split.make_split`."""
    shas, strata = list(images["sha256"]), image_table.strata(images)
    together, given = image_table.together(images), None
    if settings.split == "given":
        given = image_table.given_parts(images)
    parts = split.make_split(shas, strata, found, settings.split, settings.seed, together, given)
    return image_table.last(images.assign(**parts))


def _save_split(images: pd.DataFrame, folder: Path) -> None:
    """Write the split; in a run that goes on it must be the one that is there."""
    path = folder / "split.csv"
    table = images.drop(columns=["label", image_table.WEIGHT], errors="ignore")
    if path.exists() and path.read_bytes() != csv_bytes(table):
        raise InputError(
            "A run that goes on must find the images that it began with, and they have changed. "
            "Put the images back, or train a new model."
        )
    split.save_split(table, path)


def in_batches(settings: TrainConfig, images: int) -> TrainConfig:
    """Give settings whose batch is no larger than the training part.

    Args:
        settings: As they were chosen.
        images: How many the training part has.
    """
    return replace(settings, batch_size=min(settings.batch_size, images))


def fit(
    images: pd.DataFrame,
    network: "keras.Model",
    frozen: Prefix,
    settings: TrainConfig,
    folder: Path,
    emit: events.Emit,
    watch: bool = False,
) -> None:
    """Fit the suffix from where the checkpoint is, and leave it with its best weights.

    Whoever watches hears after each epoch what the network says of a few pictures, see `watched`.
    """
    from crackcls.training import devices, few, watched, whole
    from crackcls.training.fit import compiled, fit_suffix

    if settings.fine_tune == "all" and (text := devices.in_words(settings)):
        emit("note", text=text)
    _, suffix = cut(network, settings.fine_tune)
    train, validation, _ = parts_of(images, frozen)
    settings = in_batches(settings, train.seen)
    few.begin(network, train, settings)
    prepare = whole.compiled if settings.fine_tune == "all" else compiled
    model = prepare(suffix, train, settings)
    if watch:
        chosen = watched.choose(images[images["part"] == "validation"], settings.seed)
        emit = watched.telling(emit, chosen, validation, model)
    history = fit_suffix(model, train, validation, settings, emit, folder / CHECKPOINT)
    _write_history(history, folder)


def _keep_best(fitted: Fitted, emit: events.Emit) -> None:
    """Make a model of the best weights of a fit that was stopped, if an epoch was finished."""
    from crackcls.training.fit import restore_best

    _, suffix = cut(fitted.network, fitted.settings.fine_tune)
    if history := restore_best(suffix, fitted.folder / CHECKPOINT):
        _write_history(history, fitted.folder)
        make_model(fitted, emit)


def _write_history(history: Sequence[dict[str, float]], folder: Path) -> None:
    write_csv(folder / "history.csv", pd.DataFrame(history))
