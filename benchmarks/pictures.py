"""Folders of pictures for the measurements, put together by links."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from benchmarks import processes
from crackcls.errors import InputError
from crackcls.labelled import list_images

PHOTO_SIZE = 4000, 3000


def gather(source: Path, folder: Path, count: int | None) -> dict[str, int]:
    """Link images of a folder into another, as many of each class, spread over their names.

    Synthetic pictures fill up what the source has too few of.

    Args:
        source: Folder with `Positive/` and `Negative/`.
        folder: Where to; not there yet.
        count: How many in all; None takes all that the source has.

    Returns:
        How many are `real` and how many `synthetic`.
    """
    labelled = list_images(source)
    if set(labelled.classes) != {"Negative", "Positive"}:
        raise InputError(f"--data must hold Positive/ and Negative/, received {labelled.classes}.")
    wanted = count or len(labelled.files)
    real = 0
    for name in labelled.classes:
        files = [file for file in labelled.files if file.startswith(f"{name}/")]
        share = min(len(files), wanted // 2) if count else len(files)
        _link([labelled.path(file) for file in _spread(files, share)], folder / name)
        real += share
    made = wanted // 2 * 2 - real if count else 0
    if made > 0:
        _fill(folder, made)
    return {"real": real, "synthetic": max(made, 0)}


def by_part(split: Path, source: Path, folder: Path) -> None:
    """Link images into folders `part/class/`, as `image_dataset_from_directory` wants them.

    Args:
        split: The `split.csv` of a run on the source.
        source: The folder with one folder a class.
        folder: Where to.
    """
    with split.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            target = folder / row["part"] / row["file"]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to((source / row["file"]).resolve())


def make_synthetic(folder: str, count: int) -> None:
    """Make synthetic pictures, seed 0."""
    from crackcls.datasets.synthetic import pictures

    pictures.make(Path(folder), count, 0, lambda kind, **fields: None)


def make_photo(path: str) -> None:
    """Make a photo of 12 megapixels: a cracked synthetic picture enlarged, with noise."""
    import numpy as np
    from PIL import Image

    from crackcls.datasets.synthetic import pictures

    small = Image.open(io.BytesIO(pictures.picture(0, 1, "Positive")))
    large = np.asarray(small.resize(PHOTO_SIZE, Image.Resampling.BICUBIC), np.int16)
    noise = np.random.default_rng(0).integers(-8, 9, large.shape, np.int16)
    Image.fromarray(np.clip(large + noise, 0, 255).astype(np.uint8)).save(path, quality=90)


def _spread(files: Sequence[str], count: int) -> list[str]:
    return [files[i * len(files) // count] for i in range(count)]


def _link(paths: Sequence[Path], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for path in paths:
        (folder / path.name).symlink_to(path.resolve())


def _fill(folder: Path, count: int) -> None:
    """Make synthetic pictures beside the folder and move them in, under names of their own."""
    aside = folder.with_name(f"{folder.name}-synthetic")
    with processes.place() as own:
        processes.call("pictures:make_synthetic", own, folder=str(aside), count=count)
    for path in sorted(aside.glob("*/*.jpg")):
        path.rename(folder / path.parent.name / f"synthetic-{path.name}")
