"""Files of photos judged: those of one picture, and those of several."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from PIL import Image

from crackcls import config, images, parallel
from crackcls.addresses import File
from crackcls.datasets import pictures
from crackcls.errors import InputError
from crackcls.files import read_bytes
from crackcls.network.calibration import Calibration
from crackcls.network.classifier import Classifier
from crackcls.photos import judged
from crackcls.photos.verdict import Analysis, analyse

Result = TypeVar("Result")


def each_file(
    files: Sequence[File],
    classifier: Classifier,
    known: Calibration,
    use: Callable[[File, str, Image.Image, Analysis], Result],
    done: Callable[[File, list[tuple[str, Result | InputError]]], None] = lambda *_: None,
) -> Iterator[list[tuple[str, Result | InputError]]]:
    """Analyse photo files on all cores, a few at a time in memory.

    Args:
        files: The files.
        classifier: The model.
        known: The model's calibration.
        use: What to do with each picture, in the same thread: with its file, its part of it (see
            `pictures.names_of`), the photo and its analysis.
        done: Takes each file and what is yielded for it, at once and in the same thread.

    Yields:
        For each file, in order, each part of it and what `use` gave, or why it could not be read.
    """

    def work(file: File) -> list[tuple[str, Result | InputError]]:
        found = parts_of(file, classifier, known, use)
        done(file, found)
        return found

    return parallel.ordered_map(work, files)


def parts_of(
    file: File,
    classifier: Classifier,
    known: Calibration,
    use: Callable[[File, str, Image.Image, Analysis], Result],
) -> list[tuple[str, Result | InputError]]:
    """Analyse one photo file on one core; for arguments and result see `each_file`."""
    try:
        data = read_bytes(file, config.MAX_PHOTO_BYTES)
    except InputError as error:
        return [("", error)]

    def one(part: str, number: int | None) -> Result:
        upright = images.read_photo(data, number)
        return use(file, part, upright, analyse(upright, classifier, known, workers=1))

    return each_picture(data, config.MAX_PICTURES_OF_A_FILE, one)


def judge_file(
    name: str, content: bytes, classifier: Classifier, known: Calibration, most: int = 1
) -> list[tuple[str, judged.Judged | InputError]]:
    """Judge the pictures of a file on all cores.

    Args:
        name: The visitor's file name.
        content: The whole file.
        classifier: The model.
        known: The model's calibration.
        most: How many of its pictures are judged.

    Returns:
        Each part of the file, see `pictures.names_of`, and what the model saw, or why it could
        not be read.
    """

    def one(part: str, number: int | None) -> judged.Judged:
        return judged.judge_photo(name, content, classifier, known, number)

    return each_picture(content, most, one)


def each_picture(
    data: bytes, most: int, use: Callable[[str, int | None], Result]
) -> list[tuple[str, Result | InputError]]:
    """Do something with the pictures of a file, one after the other.

    Args:
        data: The whole file.
        most: How many of its pictures are taken.
        use: Takes the part of the file, see `pictures.names_of`, and its number, see
            `images.read_photo`; may raise InputError.

    Returns:
        Each part and what `use` gave or why it gave nothing; last, where there are more than are
        taken, a sentence that says so.
    """

    def tried(part: str, number: int | None) -> Result | InputError:
        try:
            return use(part, number)
        except InputError as error:
            return error

    try:
        parts = pictures.names_of(data)
    except InputError as error:
        return [("", error)]
    found = [(part, tried(part, i if part else None)) for i, part in enumerate(parts[:most])]
    left = pictures.too_many(parts, most)
    return [*found, ("", left)] if left else found
