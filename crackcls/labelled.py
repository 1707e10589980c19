"""Labelled images in folders: one folder a class."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from crackcls import parallel, typed
from crackcls.errors import InputError
from crackcls.formats import photo_files
from crackcls.formats.kinds import is_litter

MOST_NAMED = 5
# Threads that hash smaller files wait longer for Python's lock than a second core spares.
SMALL_BYTES = 25_000
# So many files tell how large the files of a set are.
SIZES = 16


@dataclass(frozen=True)
class DataSet:
    """One of several sets of images that are trained on together.

    Attributes:
        name: What it is called, and the first part of its files' names.
        folder: Where its files lie.
        crack: Its class folders of cracks; none where all its images are sound.
        cap: At most so many of its images are taken, each class in its share; None takes all.
        weight: How often an epoch sees each of its training images.
        layout: How its folders are read, see `Levels`.
        group_by: The pattern that names the photograph of each file, see `Levels`.
    """

    name: str
    folder: Path
    crack: tuple[str, ...] = ()
    cap: int | None = None
    weight: float = 1.0
    layout: str = ""
    group_by: str = ""


@dataclass(frozen=True)
class Levels:
    """What folders, names and tables say of images beside their class.

    Attributes:
        layout: How a person said that the folders are read; empty where it was found out.
        group_by: The pattern that names the photograph of each file; empty for none.
        groups: The building, date or the like that each image is of, empty for none; no item at
            all where no such level is kept together.
        photographs: What the pattern names for each image, empty for none; no item without one.
        parts: The part of a given split that each image lies in, empty for none; no item at all
            where none is given.
        said: What was taken for what, in sentences.
        left_out: Each file that has no class, and the reason.
    """

    layout: str = ""
    group_by: str = ""
    groups: tuple[str, ...] = ()
    photographs: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Labelled:
    """A folder of labelled images, as listed, or several; no file has been opened.

    Attributes:
        folder: The folder that holds the class folders. Several sets have none, and this is
            their names joined by ` + `.
        classes: Class names in sorted order; a label is an index into them.
        files: Paths below the folder in sorted order, such as `Class/name`; of several sets as
            `SET/Class/name`, one set after another.
        labels: One index into `classes` for each file. A file's folder need not be its class.
        sets: The sets where there are several; empty for one folder.
        levels: What is known of the images beside their class.
        called: What the data is called; empty for its folder's name.
    """

    folder: Path
    classes: tuple[str, ...]
    files: tuple[str, ...]
    labels: tuple[int, ...]
    sets: tuple[DataSet, ...] = ()
    levels: Levels = Levels()
    called: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether the uppermost folders are the classes, and nothing else is known."""
        names = (self.classes[label] for label in self.labels)
        in_folders = all(map(str.startswith, self.files, (f"{name}/" for name in names)))
        return in_folders and self.levels == Levels()

    @property
    def name(self) -> str:
        """What the data is called: by default the folder's name, of several the names joined."""
        return self.called or self.folder.resolve().name

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
        folder: The folder. What is hidden or made by a system, and files that are no photos, are
            passed over, see `photo_files`.

    Returns:
        Classes and files in sorted order, the same on every machine.

    Raises:
        InputError: The folder is missing, has fewer than two classes or an empty one.
    """
    folder = existing(folder)
    names = sorted(_checked(folders_in(folder)))
    images = {name: images_in(folder / name) for name in names}
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
    folder = existing(folder)
    files = tuple(images_in(folder))
    if not files:
        raise InputError(
            f"A folder of images of one class must hold images, and '{folder}' holds none. "
            "Choose another folder."
        )
    return Labelled(folder, (label,), files, (0,) * len(files))


def existing(folder: Path | str) -> Path:
    """Give a folder as it was meant, see `typed.path`.

    Raises:
        InputError: It is not there.
    """
    folder = typed.path(folder)
    if not typed.is_folder(folder):
        kind = photo_files.kind_of_file(folder) if folder.is_file() else None
        more = f", which is {kind.name}. {kind.way}" if kind else ". Check the spelling."
        raise InputError(f"The data must be a folder that exists, received '{folder}'{more}")
    return folder


def folders_in(folder: Path) -> list[str]:
    """Give the names of the folders in a folder that are not hidden and not the system's own."""
    return [p.name for p in folder.iterdir() if p.is_dir() and not is_litter(p.name)]


def images_in(folder: Path) -> list[str]:
    """Give the images in a folder and below, as paths from there with `/`, in sorted order."""
    return _checked(photo_files.below(folder).photos)


def _checked(names: list[str]) -> list[str]:
    """Check that names are text.

    Raises:
        InputError: Some are not; it gives the first of them.
    """
    odd = [name for name in names if name.encode(errors="ignore").decode() != name]
    if odd:
        more = f" and {len(odd) - MOST_NAMED:,} more" if len(odd) > MOST_NAMED else ""
        said = f"{', '.join(map(ascii, odd[:MOST_NAMED]))}{more}"
        raise InputError(
            f"A file name must be in UTF-8, and {len(odd):,} of {len(names):,} are not: {said}. "
            "Rename the files."
        )
    return names


def _check_classes(folder: Path, images: dict[str, list[str]]) -> None:
    if len(images) < 2:
        found = ", ".join(f"'{name}'" for name in images) or "none"
        raise InputError(
            f"The data folder must hold at least two folders, one for each class, and "
            f"'{folder.name}' holds {len(images)} ({found}). Sort the images into class folders."
        )
    empty = [name for name, files in images.items() if not files]
    if empty:
        raise InputError(
            f"Every class folder must hold images, and '{empty[0]}' in '{folder.name}' holds none. "
            "Add images to it or remove it."
        )


def content_hashes(paths: Sequence[Path]) -> Iterator[str]:
    """Give the SHA-256 of each file's bytes, in hexadecimal and in order.

    A file that cannot be read gets the hash of nothing, so that decoding reports it.
    """
    workers = 1 if _usual_bytes(paths) < SMALL_BYTES else None
    # A thread for each file would cost more than its hash.
    chunks = (paths[start : start + 64] for start in range(0, len(paths), 64))
    for hashes in parallel.ordered_map(lambda chunk: [*map(_content_hash, chunk)], chunks, workers):
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
        raise InputError(
            f"The image '{path.name}' must lie in '{path.parent}', and it does not.",
            public=f"The image '{path.name}' must lie where the data is, and it does not.",
        )
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise InputError(
            f"The image '{path.name}' must be the one that the model was tested on, and the one in "
            f"'{path.parent}' has other content. Choose the folder with the original images.",
            public=f"The image '{path.name}' must be the one that the model was tested on, and the "
            "one that is there has other content. Choose the folder with the original images.",
        )
    return content


def _usual_bytes(paths: Sequence[Path]) -> float:
    """Give the median size of a few of the files; of none that can be read 0."""
    some = paths[:: -(-len(paths) // SIZES) or 1]
    sizes = [path.stat().st_size for path in some if path.is_file()]
    return median(sizes) if sizes else 0


def _content_hash(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return hashlib.sha256().hexdigest()
