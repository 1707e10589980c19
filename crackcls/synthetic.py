"""Synthetic concrete: made-up photos of cracked and of sound concrete."""

import io
import multiprocessing
import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from crackcls import config, data, events, marks, surface
from crackcls.errors import InputError

CLASSES = ("Negative", "Positive")
SIDE = 227
# Marks that look like cracks lie on most sound pictures and on some cracked ones.
LOOK_ALIKE_CHANCE = {"Negative": 0.6, "Positive": 0.25}
SECONDS_BETWEEN_COUNTS = 0.2
LARGEST_KEPT_BLOCK = 31 * 2**20
NOTE = """Synthetic concrete: {count} pictures made up by crackcls, seed {seed}. None is a photo.
"""


def picture(seed: int, number: int, label: str) -> bytes:
    """Make one photo.

    Args:
        seed: Seed of the data set.
        number: Number of the photo within its class.
        label: `Negative` or `Positive`.

    Returns:
        A JPEG of 227 x 227 pixels, the same bytes for the same arguments on one machine.
    """
    rng = np.random.Generator(np.random.SFC64([seed, number, CLASSES.index(label)]))
    scene = surface.concrete(rng, SIDE)
    if rng.random() < LOOK_ALIKE_CHANCE[label]:
        scene = rng.choice(marks.LOOK_ALIKES)(rng, scene)
    if label == "Positive":
        scene = marks.crack(rng, scene)
    buffer = io.BytesIO()
    photo = Image.fromarray(surface.photograph(rng, scene))
    photo.save(buffer, "JPEG", quality=int(rng.integers(60, 96)))
    return buffer.getvalue()


def listing(folder: Path, count: int) -> data.Labelled:
    """Name the photos that `make` puts into a folder."""
    per_class = (count + 1) // 2, count // 2
    files, labels = [], []
    for label, (name, size) in enumerate(zip(CLASSES, per_class, strict=True)):
        files += [f"{name}/{number:05}.jpg" for number in range(1, size + 1)]
        labels += [label] * size
    return data.Labelled(folder, CLASSES, tuple(files), tuple(labels))


def check_count(count: int) -> None:
    """Check the size of a data set.

    Raises:
        InputError: It is out of range.
    """
    least, most = config.SYNTHETIC_COUNTS
    if not least <= count <= most:
        raise InputError(
            f"A synthetic data set must have {least:,} to {most:,} photos, received {count:,}."
        )


def make(folder: Path, count: int, seed: int, emit: events.Emit) -> None:
    """Make a folder of photos, half of each class, with `README.txt` to say what they are.

    The folder has its name once all of it is there.

    Args:
        folder: Where to; not there yet.
        count: How many photos.
        seed: Another seed makes other photos.
        emit: Hears the progress.
    """
    aside = folder.with_name(f".{folder.name}.{os.getpid()}.new")
    shutil.rmtree(aside, ignore_errors=True)
    for name in CLASSES:
        (aside / name).mkdir(parents=True)
    try:
        _make_files(aside, seed, listing(folder, count).files, emit)
        (aside / "README.txt").write_text(NOTE.format(count=count, seed=seed), encoding="utf-8")
        aside.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _make_files(folder: Path, seed: int, files: Sequence[str], emit: events.Emit) -> None:
    """Write photos in a process for each core, since drawing holds Python's lock too often.

    The processes share nothing, so that none waits for ever when this one is killed.
    """
    context, count = multiprocessing.get_context("spawn"), os.cpu_count() or 1
    parts = [files[first::count] for first in range(count)]
    workers = [context.Process(target=_write, args=(folder, seed, part)) for part in parts]
    for worker in workers:
        worker.start()
    try:
        _follow(workers, folder, len(files), emit)
    finally:
        for worker in workers:
            worker.terminate()
            worker.join()
    if any(worker.exitcode for worker in workers):
        raise InputError(
            f"The synthetic photos must all be written to '{folder.parent}', and some are not. "
            "Make room on the disk, then try again."
        )


def _follow(workers: Sequence, folder: Path, total: int, emit: events.Emit) -> None:
    phase = "making synthetic photos"
    emit("phase", phase=phase, total=total, unit="images")
    tick = events.progress_of(emit, phase, total)
    done = 0
    while done < total and any(worker.is_alive() for worker in workers):
        time.sleep(SECONDS_BETWEEN_COUNTS)
        done = sum(1 for _ in folder.glob("*/*.jpg"))
        tick(done)
    for worker in workers:
        worker.join()
    tick(sum(1 for _ in folder.glob("*/*.jpg")))


def _write(folder: Path, seed: int, files: Sequence[str]) -> None:
    # Freeing one large block teaches the allocator to keep memory, which saves a sixth of
    # the time: malloc raises its thresholds to the size of the largest block freed.
    np.empty(LARGEST_KEPT_BLOCK, np.uint8)
    maker = multiprocessing.parent_process()
    for file in files:
        if not maker.is_alive():
            return
        path = folder / file
        path.write_bytes(picture(seed, int(path.stem), path.parent.name))
