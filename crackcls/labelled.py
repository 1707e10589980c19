"""Labelled images in folders: one folder a class."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crackcls import parallel, photo_files, typed
from crackcls.errors import InputError
from crackcls.file_kinds import is_litter


@dataclass(frozen=True)
class DataSet:
    """One of several sets of images that are trained on together.

    Attributes:
        name: What it is called, and the first part of its files' names.
        folder: Where its files lie.
        crack: Its class folders of cracks; none where all its images are sound.
        cap: At most so many of its images are taken, each class in its share; None takes all.
        weight: How often an epoch sees each of its training images.
    """

    name: str
    folder: Path
    crack: tuple[str, ...] = ()
    cap: int | None = None
    weight: float = 1.0


@dataclass(frozen=True)
class Labelled:
    """A folder of labelled images, as listed, or several; no file has been opened.

    Attributes:
        folder: The folder that holds the class folders. Several sets have none, and this is
            their names joined by ` + `.
        classes: Class names in sorted order; a label is an index into them.
        files: Names as `Class/name`, sorted by class and then by name; of several sets as
            `SET/Class/name`, one set after another.
        labels: One index into `classes` for each file.
        sets: The sets where there are several; empty for one folder.
    """

    folder: Path
    classes: tuple[str, ...]
    files: tuple[str, ...]
    labels: tuple[int, ...]
    sets: tuple[DataSet, ...] = ()

    @property
    def name(self) -> str:
        """What the data is called: the folder's name, or the names of several joined."""
        return self.folder.resolve().name

    @property
    def places(self) -> dict[str, Path]:
        """The folder of each set by its name; of one folder, that folder by the name ``."""
        return {one.name: one.folder for one in self.sets} or {"": self.folder}

    def path(self, file: str) -> Path:
        """Give the path of a file."""
        return locate(self.places, file)


def locate(places: Mapping[str, Path], file: str) -> Path:
    """Give the path of a file, see `Labelled.places` and `Labelled.files`."""
    if "" in places:
        return places[""] / file
    return places[set_of(file)] / file.partition("/")[2]


def set_of(file: str) -> str:
    """Give the name of the set in a name `SET/Class/name`."""
    return file.partition("/")[0]


def list_images(folder: Path | str) -> Labelled:
    """List the images of a folder that holds one folder a class.

    Args:
        folder: The folder. What is hidden or made by a system, class folders whose name starts
            with `_` and files that are no photos are passed over, see `photo_files`.

    Returns:
        Classes and files in sorted order, the same on every machine.

    Raises:
        InputError: The folder is missing, has fewer than two classes or an empty one.
    """
    folder = _existing(folder)
    names = sorted(
        _checked(p.name)
        for p in folder.iterdir()
        if p.is_dir() and not is_litter(p.name) and p.name[0] != "_"
    )
    images = {name: _images_in(folder / name) for name in names}
    _check_classes(folder, images)
    pairs = [(f"{name}/{file}", label) for label, name in enumerate(names) for file in images[name]]
    files, labels = zip(*pairs, strict=True)
    return Labelled(folder, tuple(names), files, labels)


def list_below(folder: Path | str, label: str) -> Labelled:
    """List all images below a folder, whatever the folders inside are called, as one class.

    Args:
        folder: The folder.
        label: The name of the class.

    Returns:
        One class; the files' names are paths below the folder.

    Raises:
        InputError: The folder is missing or holds no image.
    """
    folder = _existing(folder)
    files = tuple(_images_in(folder))
    if not files:
        raise InputError(
            f"A folder of images of one class must hold images, and '{folder}' holds none. "
            "Choose another folder."
        )
    return Labelled(folder, (label,), files, (0,) * len(files))


def _existing(folder: Path | str) -> Path:
    folder = typed.path(folder)
    if not typed.is_folder(folder):
        raise InputError(
            f"The data must be a folder that exists, received '{folder}'. Check the spelling."
        )
    return folder


def _images_in(folder: Path) -> list[str]:
    return [_checked(name) for name in photo_files.below(folder).photos]


def _checked(file: str) -> str:
    if file.encode(errors="ignore").decode() != file:
        raise InputError(f"A file name must be in UTF-8, and {file!a} is not. Rename the file.")
    return file


def _check_classes(folder: Path, images: dict[str, list[str]]) -> None:
    if len(images) < 2:
        found = ", ".join(f"'{name}'" for name in images) or "none"
        raise InputError(
            f"The data folder must hold at least two folders, one for each class, and "
            f"'{folder}' holds {len(images)} ({found}). Sort the images into class folders."
        )
    empty = [name for name, files in images.items() if not files]
    if empty:
        raise InputError(
            f"Every class folder must hold images, and '{empty[0]}' in '{folder}' holds none. "
            "Add images to it or remove it."
        )


def content_hashes(paths: Sequence[Path]) -> Iterator[str]:
    """Give the SHA-256 of each file's bytes, in hexadecimal and in order.

    A file that cannot be read gets the hash of nothing, so that decoding reports it.
    """
    # A thread for each file would cost more than its hash.
    chunks = (paths[start : start + 64] for start in range(0, len(paths), 64))
    for hashes in parallel.ordered_map(lambda chunk: [*map(_content_hash, chunk)], chunks):
        yield from hashes


def read_verified(path: Path, sha256: str) -> bytes:
    """Read a file and check that it is the one that a model was tested on.

    Args:
        path: The file.
        sha256: The SHA-256 that its bytes must have, in hexadecimal.

    Raises:
        InputError: The file is missing or another one.
    """
    if not path.is_file():
        raise InputError(f"The image '{path.name}' must lie in '{path.parent}', and it does not.")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise InputError(
            f"The image '{path.name}' must be the one that the model was tested on, and the one in "
            f"'{path.parent}' has other content. Choose the folder with the original images."
        )
    return content


def _content_hash(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return hashlib.sha256().hexdigest()
