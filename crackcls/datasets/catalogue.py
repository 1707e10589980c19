"""The data sets on this machine: synthetic ones, published, uploads; by name or by folder."""

import hashlib
import re
from collections.abc import Collection
from io import BytesIO
from pathlib import Path
from typing import TypedDict

import numpy as np

from crackcls import config, disk, events, stored, temporary, typed
from crackcls.classes.names import CLASSES
from crackcls.datasets import keeping, listing, shipped_photos
from crackcls.datasets.archives.unpack import unpack_photos
from crackcls.datasets.keeping import Keeper
from crackcls.datasets.layout import UnclearError
from crackcls.datasets.published.sets import SETS
from crackcls.datasets.synthetic import pictures
from crackcls.errors import InputError
from crackcls.files import write_json
from crackcls.labelled import Labelled, list_below
from crackcls.runs import belonging, folders

SYNTHETIC_NAME = re.compile(r"synthetic(?:-(\d{1,6})-(\d{1,9}))?")
LEFT_OUT, NAMES = ".left_out.json", ".names.json"
# How the folder of an upload ends that holds sound images alone.
SOUND = "-sound"


class Named(TypedDict):
    """`NAMES`: the name in its ZIP of each renamed file, and the alphabet that was guessed."""

    renamed: dict[str, str]
    alphabet: str


def open_data(source: str | Path, layout: str = "", group_by: str = "") -> Labelled:
    """List the images of a data set.

    Args:
        source: `synthetic`, `synthetic-COUNT-SEED`, `metu`, `sdnet2018`, `shipped-photos`, or a
            folder of images that folders, names or a table sort into classes. A folder that has
            such a name is written `./synthetic`.
        layout: How a folder is laid out, see `listing.open_folder`; empty to find out.
        group_by: A pattern that names what belongs together, see there; empty for none.

    Returns:
        The images. Synthetic ones need not have been made yet, see `ensure`.

    Raises:
        UnclearError: The folders can be read in several ways.
        InputError: There is no such data.
    """
    if str(source).strip() == shipped_photos.NAME:
        return shipped_photos.listing()
    folder = folder_of(source)
    if size := _synthetic_size(folder):
        return pictures.listing(folder, size[0])
    published = SETS.get(str(source))
    if published and not folder.is_dir():
        raise InputError(
            f"The {published.title} photos must be on this machine, and they are not. "
            f"Fetch them with `python -m crackcls data fetch {published.name}`."
        )
    return listing.open_folder(folder, layout, group_by)


def list_sound(folder: str | Path) -> Labelled:
    """List all images below a folder as sound; see `labelled.list_below`."""
    return list_below(folder, CLASSES[0])


def folder_of(source: str | Path) -> Path:
    """Give the folder of a data set, whether it is there or not; see `open_data`."""
    name = str(source).strip()
    if match := SYNTHETIC_NAME.fullmatch(name):
        count = int(match[1] or config.SYNTHETIC_COUNT)
        seed = int(match[2] or config.SYNTHETIC_SEED)
        pictures.check_count(count)
        return config.data_folder() / f"synthetic-{count}-{seed}"
    return config.data_folder() / name if name in SETS else typed.path(source)


def check_place(labelled: Labelled) -> None:
    """Check that what `ensure` will make can be written.

    Raises:
        InputError: It cannot.
    """
    if any(_synthetic_size(folder) and not folder.is_dir() for folder in labelled.places.values()):
        disk.check(disk.DATA)


def ensure(labelled: Labelled, emit: events.Emit) -> None:
    """Make the images of a synthetic data set, or of those among several, if they are not there.

    Of a set that has lost some, those are made anew.

    Raises:
        InputError: They cannot be written.
    """
    check_place(labelled)
    for folder in labelled.places.values():
        size = _synthetic_size(folder)
        if size and folder.is_dir():
            pictures.mend(folder, *size)
        elif size:
            pictures.make(folder, *size, emit)


def read(labelled: Labelled, file: str) -> bytes:
    """Read one image; a synthetic one is made where it is not there."""
    path = labelled.path(file)
    size = _synthetic_size(labelled.folder)
    if size and not path.exists():
        return pictures.picture(size[1], int(path.stem), path.parent.name)
    return path.read_bytes()


def is_synthetic(folder: Path) -> bool:
    """Tell whether a folder holds, or shall hold, synthetic images."""
    return _synthetic_size(folder) is not None


def find(run: folders.Run) -> Path | None:
    """Find the images of a run on this machine: where it took them, or in the data folder."""
    name = run.config["data"]
    places = (folders.local_data(run.folder), config.data_folder() / name)
    return next((place for place in places if place and stored.is_folder(place)), None)


def find_sets(run: folders.Run) -> dict[str, Path]:
    """Give where the images of each of a run's data sets are, or would be; of one set, nothing."""
    known = folders.local_sets(run.folder)
    names = [one["name"] for one in run.config.get("sets", [])]
    return {name: known.get(name, config.data_folder() / name) for name in names}


def sample(labelled: Labelled, per_class: int, draw: int) -> dict[str, list[str]]:
    """Draw files to look at.

    Args:
        labelled: The images.
        per_class: How many of each class at most.
        draw: Another number draws other files.

    Returns:
        For each class, files named `Class/name`.
    """
    rng, labels = np.random.default_rng(draw), np.array(labelled.labels)
    drawn = {}
    for label, name in enumerate(labelled.classes):
        members = np.flatnonzero(labels == label)
        chosen = rng.permutation(members)[:per_class]
        drawn[name] = [labelled.files[i] for i in chosen]
    return drawn


def add_upload(
    archive: BytesIO,
    name: str,
    emit: events.Emit,
    in_use: Collection[Path] = (),
    sound: bool = False,
    keeper: Keeper = keeping.OWNER,
) -> Path:
    """Unpack an uploaded ZIP; the same bytes are unpacked once for each who keeps them.

    The keeper's oldest upload makes room where there are many.

    Args:
        archive: The ZIP.
        name: What the visitor calls it; only letters and digits of it are kept.
        emit: Hears the progress.
        in_use: Folders that may not make room.
        sound: Whether all its photos are sound, so that they need no folders.
        keeper: Whose it is.

    Returns:
        The folder with one folder a class, or with photos that are sound.

    Raises:
        InputError: The archive breaks a rule, or there is no room; nothing of it is kept.
    """
    content = hashlib.file_digest(archive, "sha256").hexdigest()
    sha256 = _sha256_of(keeper.visitor + content) if keeper.visitor else content
    label = re.sub(r"[^A-Za-z0-9]+", "-", Path(name).stem)[:40].strip("-") or "upload"
    kind = SOUND if sound else ""
    folder = config.data_folder() / "uploads" / f"{label}-{sha256[:12]}{kind}"
    if stored.is_there(folder / LEFT_OUT):
        belonging.give(folder, keeper.visitor, keeping.FILE)
        folder.touch()
        return folder
    if folder.is_dir():  # Its work was killed before the last file.
        temporary.remove(folder)
    disk.check(disk.DATA)
    archive.seek(0)
    unpacked = unpack_photos(archive, folder, keeping.limits_for(keeper), emit)
    belonging.give(folder, keeper.visitor, keeping.FILE)
    write_json(folder / LEFT_OUT, unpacked.left_out)
    write_json(folder / NAMES, {"renamed": unpacked.renamed, "alphabet": unpacked.alphabet})
    try:
        list_sound(folder) if sound else listing.open_folder(folder)
    except UnclearError:
        pass  # The page asks.
    except InputError:
        keeping.remove_upload(folder)
        raise
    keeping.make_room(keeper, {folder, *in_use})
    return folder


def left_out_of(folder: Path) -> dict[str, str]:
    """Give the files of an upload that are no photos, each with the reason."""
    try:
        return stored.read_json(folder / LEFT_OUT, dict[str, str])
    except InputError:  # It is told, and nothing hangs on it.
        return {}


def names_of(folder: Path) -> tuple[dict[str, str], str]:
    """Give the name in its ZIP of each file of an upload that got another, by its new one.

    Returns:
        These names, and the alphabet that all names were taken to be in; empty where none was
        guessed.
    """
    try:
        told = stored.read_json(folder / NAMES, Named)
    except InputError:  # It is told, and nothing hangs on it.
        return {}, ""
    return told["renamed"], told["alphabet"]


def _sha256_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _synthetic_size(folder: Path) -> tuple[int, int] | None:
    """Give count and seed of a synthetic data set's folder."""
    match = SYNTHETIC_NAME.fullmatch(folder.name)
    ours = folder.absolute().parent == config.data_folder().absolute()
    return (int(match[1]), int(match[2])) if match and match[1] and ours else None
