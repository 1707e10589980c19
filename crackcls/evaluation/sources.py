"""Where the images of an evaluation are: in the folders of its data, or beside a shipped model."""

import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from crackcls import config, stored
from crackcls import images as photos
from crackcls.errors import InputError
from crackcls.evaluation.store import Evaluation
from crackcls.labelled import locate, read_verified, set_of
from crackcls.runs.folders import Run, model_of

# Beside a shipped model, made by `python -m benchmarks.own_images`.
FOLDER, CREDITS = "samples", "CREDITS.txt"
MOST_CREDITS = 65_536


@dataclass(frozen=True)
class Images:
    """The images of an evaluation, as far as they are at hand.

    Attributes:
        places: The folders of the data, see `Labelled.places`.
        beside: The folder of those that come with the model; None where none do.
        shipped: The names of these, as the predictions have them.
    """

    places: Mapping[str, Path]
    beside: Path | None = None
    shipped: frozenset[str] = field(default_factory=frozenset)

    def path(self, file: str) -> Path | None:
        """Give the path of an image; None where it is not at hand."""
        if self.beside and file in self.shipped:
            return self.beside / file
        is_known = "" in self.places or set_of(file) in self.places
        return locate(self.places, file) if is_known else None

    def at_hand(self, table: pd.DataFrame) -> pd.DataFrame:
        """Give the predictions whose images are at hand."""
        return table[[self.path(file) is not None for file in table["file"]]]


def images_of(evaluation: Evaluation, places: Mapping[str, Path] | None = None) -> Images:
    """Find the images of an evaluation.

    Args:
        evaluation: What they were judged in.
        places: The folders of the data that somebody has named; None for those that are known.
    """
    known = evaluation.places if places is None else places
    if not evaluation.is_own or not _is_shipped(evaluation.run):
        return Images(known)
    folder = config.shipped_folder() / evaluation.run.name / FOLDER
    names = (path.relative_to(folder).as_posix() for path in folder.rglob("*.jpg"))
    return Images(known, folder, frozenset(names))


def shrunk(path: Path, sha256: str, side: int) -> bytes:
    """Give an image as a JPEG of so many pixels at most.

    Raises:
        InputError: It cannot be read, or is not the one that was judged.
    """
    picture = photos.read_photo(read_verified(path, sha256))
    picture.thumbnail((side, side))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


def credits_of(images: Images) -> tuple[str, str]:
    """Give whose the images beside a model are: in a line, and in full; empty where there are none.

    Raises:
        InputError: The file that says it is damaged.
    """
    if not images.beside or not images.shipped:
        return "", ""
    text = stored.read_bytes(images.beside / CREDITS, MOST_CREDITS).decode(errors="replace")
    line, _, rest = text.partition("\n")
    return line, rest.strip()


def credit_line(images: Images, sets: Collection[str]) -> str:
    """Give whose the images beside a model are in a line, of some of its data sets alone.

    Raises:
        InputError: As `credits_of`.
    """
    head, _, named = credits_of(images)[0].partition(": ")
    parts = [one for one in named.rstrip(".").split("; ") if one.lower().startswith(tuple(sets))]
    return f"{head}: {'; '.join(parts)}." if parts else ""


def _is_shipped(run: Run) -> bool:
    """Tell whether a run is a shipped model, and not another of its name."""
    if run.name not in config.SHIPPED_MODELS:
        return False
    try:
        about = model_of(config.shipped_folder() / run.name)
    except InputError:
        return False
    return about["sha256"] == run.model.get("sha256")
