"""How long a training will take, told before it begins."""

import itertools
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from crackcls import events
from crackcls.config import TrainConfig
from crackcls.runs import event_shapes, folders
from crackcls.runs.work import LOG

SIDE, TRAINING_SHARE = 160, 0.7
# Runs on fewer images tell nothing but how long TensorFlow takes to start.
LEAST_IMAGES = 200
# Of so many of the latest runs of a kind the log is read.
LATEST = 5
# A run whose images were nearly all new to the cache tells what they cost.
NEW_SHARE = 0.9


@dataclass(frozen=True)
class Pace:
    """How fast a machine trains, in seconds, at `SIDE` pixels.

    Attributes:
        start: For a run at all.
        once: For each image once: reading, the frozen part, the test.
        each: For each training image in each epoch.
    """

    start: float
    once: float
    each: float


# The events that tell a pace.
SHAPES: dict[str, Any] = {
    "start": events.Event,
    "split": event_shapes.Split,
    "phase": event_shapes.Counted,
    "epoch": event_shapes.Timed,
    "end": event_shapes.Timed,
}
# On a machine with two cores. See docs/speed.md.
CORES = 2
GUESSED = {
    "head": Pace(6.0, 0.002, 0.00002),
    "top": Pace(15.0, 0.004, 0.002),
    "all": Pace(30.0, 0.006, 0.008),
}


def seconds(images: int, settings: TrainConfig) -> float:
    """Estimate how long a run takes on this machine, with nothing cached.

    Args:
        images: How many there are.
        settings: Settings of the run.

    Returns:
        Seconds. Where no run has measured them, another kind of processor may take half or twice
        as long.
    """
    measured = pace_of_machine(settings.fine_tune)
    pace = measured or GUESSED[settings.fine_tune]
    count = min(images, settings.limit or images)
    work = count * (pace.once + TRAINING_SHARE * settings.epochs * pace.each)
    slower = 1.0 if measured else CORES / (os.cpu_count() or 1)
    return pace.start + work * slower * _larger(settings.image_size)


def pace_of_machine(fine_tune: str) -> Pace | None:
    """Give how fast this machine was in the latest run of a kind that tells it; None before."""
    return next(filter(None, map(_measured, itertools.islice(_runs(fine_tune), LATEST))), None)


def in_words(duration: float) -> str:
    """Say a duration as a person plans with it: 'about 20 minutes'."""
    if duration < 90:
        return "about a minute"
    if duration < 90 * 60:
        return f"about {round(duration / 60)} minutes"
    return f"about {duration / 3600:.1f} hours"


def _runs(fine_tune: str) -> Iterator[folders.Run]:
    """Give the finished runs of a kind that this machine has trained, the latest first."""
    for run in folders.list_runs():
        is_ours = run.started > 0 and run.state == "finished"
        if is_ours and run.config.get("fine_tune") == fine_tune and run.config.get("image_size"):
            yield run


def _measured(run: folders.Run) -> Pace | None:
    path = run.folder / LOG
    try:
        changed = path.stat().st_mtime_ns
    except OSError:
        return None
    return _of_log(path, changed, run.config["fine_tune"], run.config["image_size"])


@lru_cache(maxsize=64)
def _of_log(path: Path, changed: int, fine_tune: str, size: int) -> Pace | None:
    """Work out the pace from a log, read anew where it has changed."""
    return _pace(events.read_log(path), fine_tune, _larger(size))


def _pace(log: Sequence[Mapping[str, Any]], fine_tune: str, larger: float) -> Pace | None:
    """Work out the pace from the events of a run that was not broken off; None where it was."""
    found = {
        kind: [one for one in log if one["kind"] == kind and events.fits(dict(one), shape)]
        for kind, shape in SHAPES.items()
    }
    ends, splits, epochs = found["end"], found["split"], found["epoch"]
    if not (len(found["start"]) == len(ends) == len(splits) == 1 and epochs):
        return None
    images = sum(splits[0][part] for part in ("train", "validation", "test"))
    new, frozen = _frozen_part(found["phase"])
    if images < LEAST_IMAGES or new < NEW_SHARE * images:
        return None
    fitting = sum(one["seconds"] for one in epochs)
    rest = max(0.0, ends[0]["seconds"] - fitting - frozen)
    # What follows on training the whole network looks at each image again; after the others
    # hardly anything hangs on their number.
    start = min(rest, GUESSED["all"].start) if fine_tune == "all" else rest
    once = frozen / new + (rest - start) / images
    each = fitting / (len(epochs) * splits[0]["train"])
    return Pace(start, once / larger, each / larger)


def _frozen_part(phases: Sequence[Mapping[str, Any]]) -> tuple[int, float]:
    """Give how many images the frozen part ran on, and for how many seconds."""
    for one, after in itertools.pairwise(phases):
        if one["phase"] == "running the backbone":
            return one["total"], max(0.0, after["time"] - one["time"])
    return 0, 0.0


def _larger(size: int) -> float:
    """Give how many times as many pixels an image has as one of `SIDE`."""
    return (size / SIDE) ** 2
