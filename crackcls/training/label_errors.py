"""Looking for wrong labels: each image is judged by a network that was not trained on it."""

import itertools
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crackcls import config, disk, events, installed, kept
from crackcls.config import TrainConfig
from crackcls.datasets import catalogue, copies, split
from crackcls.errors import InputError
from crackcls.evaluation import label_errors
from crackcls.evaluation.store import Evaluation
from crackcls.labelled import Labelled
from crackcls.network import prefix
from crackcls.network.build import after_cut, check_weights
from crackcls.runs import folders, jobs
from crackcls.runs.work import aside
from crackcls.training import steps
from crackcls.training.fitted import parts_of
from crackcls.training.job import settings_of

if TYPE_CHECKING:
    pass

# One fold is held out, the next decides when to stop, and one at least trains.
FOLDS = range(3, 21)

# Takes the rows to train on, those that decide when to stop and those held out, each an array of
# indices, and gives the probabilities of the last: shape `(held out, classes)`.
TrainAndPredict = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def find(
    run: folders.Run, labelled: Labelled, count: int, listen: events.Emit
) -> Evaluation | None:
    """List the images whose label is likely wrong, and keep the list beside a model.

    Args:
        run: The model's run, whose settings the trainings take.
        labelled: The images; all of them are looked at.
        count: How many folds.
        listen: Hears the events that the log gets.

    Returns:
        Where the list is kept, see `evaluation.label_errors`; None where the job was stopped.

    Raises:
        InputError: There is no such model, the data breaks a rule, another job is at work on
            the labels for this model, or this installation only serves.
    """
    installed.check_training()
    settings = replace(settings_of(run), split="grouped", limit=None)
    check_folds(count)
    check_weights(config.weights_path())
    disk.check(disk.CACHE)

    def work(emit: events.Emit) -> Evaluation:
        images, probabilities = judge(labelled, settings, count, emit)
        table = label_errors.rank(images, probabilities, labelled.classes)
        counted = label_errors.counts(images, table, labelled.classes)
        about = {"folds": count, "fine_tune": settings.fine_tune, **counted}
        return label_errors.save(run, labelled, list(images["sha256"]), table, about)

    about = {"data": labelled.name, "folds": count}
    return jobs.run_job(label_errors.job_folder(run), listen, about, work)


def check_folds(count: int) -> None:
    """Check a number of folds.

    Raises:
        InputError: It is out of range.
    """
    if count not in FOLDS:
        raise InputError(
            f"The setting folds must be {FOLDS[0]} to {FOLDS[-1]}, since one is held out, one "
            f"decides when to stop and the rest train, received {count}."
        )


def judge(
    labelled: Labelled, settings: TrainConfig, count: int, emit: events.Emit
) -> tuple[pd.DataFrame, np.ndarray]:
    """Judge each image by a network that saw neither it nor a copy of it.

    The frozen part runs once over each image for all trainings.

    Args:
        labelled: The images; synthetic ones are made where they are not there.
        settings: Of the trainings.
        count: How many folds.
        emit: Hears the progress; may raise Stopped.

    Returns:
        The images that can be read, with `file`, `sha256`, `label` and `group`, and their
        probabilities `(images, classes)`.
    """
    catalogue.ensure(labelled, emit)
    images = steps.read_images(labelled, settings, emit)
    frozen = steps.open_prefix(
        labelled,
        settings,
        steps.scale_of(labelled, images),
        lambda: steps.build_network(labelled, settings),
    )
    images = steps.run_backbone(labelled, images, frozen, settings, emit)
    emit("phase", phase="finding near copies", total=len(images))
    prints = prefix.read_fingerprints(list(images["sha256"]))
    found = aside(lambda: copies.find_copies(prints), emit)
    images = steps.with_parts(images, found, settings)
    labels, groups = images["label"].to_numpy(), images["group"].to_numpy()
    fold = folds(labels, groups, labelled.classes, count, settings.seed)
    with kept.in_cache(steps.about(images, settings, f"label-errors {count}")) as (known, keep):
        if known:
            emit("note", text=f"going on: {len(known)} of {count} folds are done")
        train = _trainer(labelled, images, frozen, settings, count - len(known), emit)
        train = going_on(train, known, keep)
        return images, cross_validate(fold, len(labelled.classes), train)


def going_on(
    train_and_predict: TrainAndPredict, known: Mapping[str, Any], keep: kept.Keep
) -> TrainAndPredict:
    """Give a function that trains only for folds that were not done before it broke off.

    Args:
        train_and_predict: Trains for a fold, see `cross_validate`.
        known: Probabilities by the number of the fold, see `kept.in_cache`.
        keep: Takes such a number and probabilities.
    """
    numbers = itertools.count()

    def once(*rows: np.ndarray) -> np.ndarray:
        key = str(next(numbers))
        if key in known:
            return np.array(known[key])
        probabilities = train_and_predict(*rows)
        keep(key, probabilities.tolist())
        return probabilities

    return once


def folds(
    labels: np.ndarray, groups: np.ndarray, classes: Sequence[str], count: int, seed: int
) -> np.ndarray:
    """Give each image a fold: a group in one, each class spread as evenly as groups allow.

    Args:
        labels: Shape `(images,)`, int: the class of each image.
        groups: Shape `(images,)`: images of one group are copies, or of one photograph.
        classes: Class names.
        count: How many folds.
        seed: Another seed gives other folds.

    Returns:
        Shape `(images,)`, int, from 0.

    Raises:
        InputError: A class has fewer groups than there are folds.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    for label, name in enumerate(classes):
        distinct = len(np.unique(groups[labels == label]))
        if distinct < count:
            raise InputError(
                f"Each class must have distinct images in each of {count} folds, and '{name}' "
                f"has {distinct} (copies count once). Add images, or choose fewer folds."
            )
    fold = np.empty(len(labels), int)
    splits = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
    for number, (_, held_out) in enumerate(splits.split(labels, labels, groups)):
        fold[held_out] = number
    return fold


def cross_validate(
    fold: np.ndarray, classes: int, train_and_predict: TrainAndPredict
) -> np.ndarray:
    """Hold out each fold once, and predict it by what the others taught.

    The fold after the one held out decides when to stop. Of five folds that leaves three to one,
    as the split into training and validation does.

    Args:
        fold: What `folds` gave.
        classes: How many there are.
        train_and_predict: See `TrainAndPredict`; called once a fold, in their order.

    Returns:
        Shape `(images, classes)`, float64; each row sums to 1.
    """
    count = int(fold.max()) + 1
    probabilities = np.empty((len(fold), classes))
    for number in range(count):
        held_out, decides = fold == number, fold == (number + 1) % count
        parts = (np.flatnonzero(part) for part in (~held_out & ~decides, decides, held_out))
        probabilities[held_out] = train_and_predict(*parts)
    # A float32 softmax misses 1 by more than cleanlab lets pass.
    return probabilities / probabilities.sum(axis=1, keepdims=True)


def _trainer(
    labelled: Labelled,
    images: pd.DataFrame,
    frozen: prefix.Prefix,
    settings: TrainConfig,
    count: int,
    emit: events.Emit,
) -> TrainAndPredict:
    """Give a function that trains as a run does, and counts the folds that it is asked for."""
    done = 0

    def train_and_predict(*rows: np.ndarray) -> np.ndarray:
        nonlocal done
        part = np.empty(len(images), object)
        for name, chosen in zip(split.PARTS, rows, strict=True):
            part[chosen] = name
        emit("note", text=f"fold {done + 1} of {count}")
        told = as_one(emit, done, count)
        done += 1
        return _train(labelled, images.assign(part=part), frozen, settings, told)

    return train_and_predict


def _train(
    labelled: Labelled,
    parts: pd.DataFrame,
    frozen: prefix.Prefix,
    settings: TrainConfig,
    emit: events.Emit,
) -> np.ndarray:
    """Train once, and give the probabilities of the test part."""
    from crackcls.training.fit import outputs

    network = steps.build_network(labelled, settings)
    with tempfile.TemporaryDirectory() as place:
        steps.fit(parts, network, frozen, settings, Path(place), emit)
    run = after_cut(network, settings.fine_tune)
    _, probabilities = outputs(run, parts_of(parts, frozen)[2])
    return probabilities


def as_one(emit: events.Emit, done: int, count: int) -> events.Emit:
    """Tell the progress of one training of several as that of a long one.

    Args:
        emit: Hears the events. Epochs are not among them: those of several trainings make no
            history.
        done: How many trainings are done.
        count: How many there are.
    """

    def told(kind: str, **fields: Any) -> None:
        if kind == "phase" and not done:
            emit(kind, **{**fields, "total": fields["total"] * count})
        elif kind == "progress":
            total = fields["total"] * count
            reached, speed = fields["total"] * done + fields["done"], fields["per_second"]
            left = round((total - reached) / speed, 1)
            same = {name: fields[name] for name in ("phase", "unit", "per_second")}
            emit(kind, **same, done=reached, total=total, seconds_left=left)

    return told
