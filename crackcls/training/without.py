"""Leaving out of training the images that a list names, such as those with wrong labels."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from crackcls import events, stored, tables
from crackcls.errors import InputError
from crackcls.files import csv_bytes, write_csv
from crackcls.runs import folders

# The list of a run, in its folder, so that a resumed run leaves the same images out.
FILE = "without.csv"
COLUMNS = ["sha256", "file"]
# What an image that is left out gets for a part, in `split.csv` too.
LEFT_OUT, FROM = "left out", ("train", "validation")


def read_lists(paths: Sequence[Path]) -> pd.DataFrame | None:
    """Read lists of images to leave out.

    Args:
        paths: CSV files with a column `sha256` or `file`, such as those of `label-errors` and of
            the Evaluate page; or the `split.csv` of another model, whose test images are meant.

    Returns:
        `COLUMNS`, each image once; an image with a `sha256` is known by it, another by its
        `file`. None where there is no list.

    Raises:
        InputError: A file cannot be read, or has neither column.
    """
    if not paths:
        return None
    read = [_read(path).reindex(columns=COLUMNS, fill_value="").astype(str) for path in paths]
    return pd.concat(read).drop_duplicates(ignore_index=True)


def keep(listed: pd.DataFrame | None, folder: Path) -> None:
    """Keep a list in the folder of a run."""
    if listed is not None:
        write_csv(folder / FILE, listed)


def describe(listed: pd.DataFrame | None) -> dict[str, Any]:
    """Say in a run's settings what is left out.

    Returns:
        `left_out_labels` with `listed` (a count) and `sha256` (of the list as it is kept);
        nothing where there is no list.
    """
    if listed is None:
        return {}
    sha256 = hashlib.sha256(csv_bytes(listed)).hexdigest()
    return {"left_out_labels": {"listed": len(listed), "sha256": sha256}}


def leave_out(images: pd.DataFrame, folder: Path, emit: events.Emit) -> pd.DataFrame:
    """Take the images of a run's list out of training and validation, never out of the test.

    Args:
        images: Columns `file`, `sha256` and `part`.
        folder: The run folder.
        emit: Hears `left out labels` with the counts of each part.

    Returns:
        The images with the part `LEFT_OUT` where they are left out.

    Raises:
        InputError: Of a class nothing is left.
    """
    if not stored.is_there(folder / FILE):
        return images
    listed = _kept(folder)
    shas = set(listed["sha256"]) - {""}
    files = set(listed["file"][listed["sha256"] == ""])
    named = images["sha256"].isin(shas) | images["file"].isin(files)
    gone = named & images["part"].isin(FROM)
    counts = {part: int((images["part"][gone] == part).sum()) for part in FROM}
    _check_left(images, images[~gone])
    emit("left out labels", listed=len(listed), **counts)
    emit("note", text=f"left out {sum(counts.values()):,} images that the list names")
    return images.assign(part=images["part"].mask(gone, LEFT_OUT))


def report(images: pd.DataFrame, folder: Path) -> dict[str, Any]:
    """Say in a test report what was left out: as `describe`, and how many `images` that were."""
    if not stored.is_there(folder / FILE):
        return {}
    told = describe(_kept(folder))["left_out_labels"]
    return {"left_out_labels": {**told, "images": int((images["part"] == LEFT_OUT).sum())}}


def check(run: folders.Run) -> None:
    """Check that a run that goes on has the list that it began with.

    Raises:
        InputError: It has another, or none.
    """
    path, told = run.folder / FILE, run.config.get("left_out_labels")
    is_kept = stored.is_there(path)
    found = describe(_kept(run.folder)).get("left_out_labels") if is_kept else None
    if found != told:
        raise InputError(
            f"A run that goes on must have the list of images to leave out that it began with, "
            f"and '{path}' {'is another' if found else 'is not there'}. Train a new model."
        )


def _kept(folder: Path) -> pd.DataFrame:
    """Read the list of a run."""
    return stored.read_csv(folder / FILE, dict.fromkeys(COLUMNS, stored.TEXT))


def _check_left(before: pd.DataFrame, after: pd.DataFrame) -> None:
    for part in FROM:
        had, has = (set(table["label"][table["part"] == part]) for table in (before, after))
        if had - has:
            lost = before[(before["part"] == part) & ~before["label"].isin(has)]
            raise InputError(
                f"A list of images to leave out must leave some of each class in {part}, and of "
                f"the class of '{lost['file'].iloc[0]}' it names all {len(lost)}. Shorten it."
            )


def _read(path: Path) -> pd.DataFrame:
    try:
        table = tables.read(path)
    except (OSError, ValueError) as error:
        raise InputError(
            "A list of images to leave out must be a CSV file that can be read, received "
            f"'{path}'. Check the spelling."
        ) from error
    if "part" in table:
        table = table[table["part"] == "test"]
    if not {*COLUMNS} & {*table.columns}:
        names = ", ".join(map(str, table.columns))
        raise InputError(
            f"A list of images to leave out must have a column 'sha256' or 'file', and that of "
            f"'{path.name}' are: {names}. Take one that `label-errors --csv` or the Evaluate page "
            "gives."
        )
    return table
