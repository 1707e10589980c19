"""Synthetic concrete: made-up photos of cracked and of sound concrete."""

import io
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import numpy as np
from PIL import Image

from crackcls import config, events, temporary
from crackcls.datasets.synthetic import marks, surface
from crackcls.errors import InputError
from crackcls.files import write_atomically
from crackcls.labelled import Labelled

CLASSES = ("Negative", "Positive")
SIDE = 227
# Marks that look like cracks lie on most sound pictures and on some cracked ones.
LOOK_ALIKE_CHANCE = {"Negative": 0.6, "Positive": 0.25}
SECONDS_BETWEEN_COUNTS = 0.2
WORKER = """\
import sys
from crackcls.datasets.synthetic import pictures
pictures.write_part(*sys.argv[1:])
"""
END = b"\xff\xd9"
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
        scene = marks.LOOK_ALIKES[rng.integers(len(marks.LOOK_ALIKES))](rng, scene)
    if label == "Positive":
        scene = marks.crack(rng, scene)
    buffer = io.BytesIO()
    photo = Image.fromarray(surface.photograph(rng, scene))
    photo.save(buffer, "JPEG", quality=int(rng.integers(60, 96)))
    return buffer.getvalue()


def listing(folder: Path, count: int) -> Labelled:
    """Name the photos that `make` puts into a folder."""
    per_class = (count + 1) // 2, count // 2
    files, labels = [], []
    for label, (name, size) in enumerate(zip(CLASSES, per_class, strict=True)):
        files += [f"{name}/{number:05}.jpg" for number in range(1, size + 1)]
        labels += [label] * size
    return Labelled(folder, CLASSES, tuple(files), tuple(labels))


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
    with temporary.folder_beside(folder) as work:
        aside = work / folder.name
        for name in CLASSES:
            (aside / name).mkdir(parents=True)
        _make_files(aside, seed, count, emit)
        (aside / ".errors.txt").unlink()
        (aside / "README.txt").write_text(NOTE.format(count=count, seed=seed), encoding="utf-8")
        aside.rename(folder)


def mend(folder: Path, count: int, seed: int) -> None:
    """Make those photos of a folder anew that are missing or cut off.

    Args:
        folder: What `make` made.
        count: How many photos it has.
        seed: Its seed.
    """
    for file in listing(folder, count).files:
        path = folder / file
        if not _is_closed(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.discard(path)
            write_atomically(path, picture(seed, int(path.stem), path.parent.name))


def write_part(folder: str, seed: str, count: str, part: str, parts: str, maker: str) -> None:
    """Write each n-th photo of a data set, as long as the process that asked for it lives.

    Args:
        folder: Where to, with a folder for each class.
        seed: Seed of the data set.
        count: How many photos the whole has.
        part: Number of the first photo, from 0.
        parts: Which n-th photo.
        maker: Number of the process that asked.
    """
    # Freeing one large block teaches the allocator to keep memory, which saves a sixth of
    # the time: malloc raises its thresholds to the size of the largest block freed.
    np.empty(LARGEST_KEPT_BLOCK, np.uint8)
    for file in listing(Path(folder), int(count)).files[int(part) :: int(parts)]:
        if os.getppid() != int(maker):
            return
        path = Path(folder) / file
        path.write_bytes(picture(int(seed), int(path.stem), path.parent.name))


def _make_files(folder: Path, seed: int, count: int, emit: events.Emit) -> None:
    """Write photos in a process for each core, since drawing holds Python's lock too often."""
    parts = os.cpu_count() or 1
    words = [[*map(str, (folder, seed, count, part, parts, os.getpid()))] for part in range(parts)]
    with _errors(folder) as log:
        workers = [
            subprocess.Popen([sys.executable, "-c", WORKER, *word], cwd=config.PROJECT, stderr=log)
            for word in words
        ]
        try:
            _follow(workers, folder, count, emit)
        finally:
            for worker in workers:
                worker.terminate()
                worker.wait()
    if any(worker.returncode for worker in workers):
        raise InputError(
            f"The synthetic photos must all be written to '{folder.parent}', and some are not "
            f"({_last_line(folder)}). Make room on the disk, then try again.",
            public="The synthetic photos must all be written on the server, and some are not. Make "
            "room on its disk, then try again.",
        )


def _errors(folder: Path) -> IO[bytes]:
    return (folder / ".errors.txt").open("wb")


def _last_line(folder: Path) -> str:
    lines = (folder / ".errors.txt").read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "no reason was given"


def _follow(
    workers: Sequence[subprocess.Popen[bytes]], folder: Path, total: int, emit: events.Emit
) -> None:
    """Count the files until all are there or the workers have ended."""
    phase = "making synthetic photos"
    emit("phase", phase=phase, total=total, unit="images")
    tick = events.progress_of(emit, phase, total)
    while any(worker.poll() is None for worker in workers):
        time.sleep(SECONDS_BETWEEN_COUNTS)
        tick(min(_made(folder), total - 1))
    tick(_made(folder))


def _is_closed(path: Path) -> bool:
    """Tell whether a file ends as a JPEG does."""
    try:
        with path.open("rb") as file:
            file.seek(-len(END), os.SEEK_END)
            return file.read() == END
    except OSError:  # It is missing, a folder, or shorter than that.
        return False


def _made(folder: Path) -> int:
    return sum(1 for _ in folder.glob("*/*.jpg"))
