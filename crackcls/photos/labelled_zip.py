"""Photos as a person has labelled them, in a ZIP that Train and Evaluate take."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from PIL import ExifTags, Image

from crackcls.formats.bare_jpeg import bare
from crackcls.names import file_stem
from crackcls.photos.shelf import Photo

JPEG = b"\xff\xd8"


def labelled(photos: Sequence[Photo], labels: Mapping[str, str]) -> list[Photo]:
    """Give the photos that a person is sure of and whose files are still there, in order.

    Args:
        photos: Photos.
        labels: The class by the hash of a content; empty where the person is not sure.
    """
    return [*{p.sha256: p for p in photos if p.content and labels.get(p.sha256)}.values()]


def zip_of(photos: Sequence[Photo], labels: Mapping[str, str]) -> bytes:
    """Pack the labelled photos, a folder for each class.

    Args:
        photos: Photos.
        labels: As in `labelled`.

    Returns:
        A ZIP archive. JPEG files lose what a camera wrote beside the pixels, such as the place;
        other files are as they came.
    """
    buffer = io.BytesIO()
    taken: set[str] = set()
    with zipfile.ZipFile(buffer, "w") as archive:
        for one in labelled(photos, labels):
            folder = file_stem(labels[one.sha256]) or "class"
            path = _free(folder, file_stem(one.name) or "photo", taken)
            taken.add(path.casefold())
            # A ZipInfo of its own has no time, and files of 1980 tell nothing.
            archive.writestr(zipfile.ZipInfo(path), _without_place(one.content))
    return buffer.getvalue()


def _free(folder: str, name: str, taken: set[str]) -> str:
    """Give a path that is not taken: a number tells apart what would be the same."""
    stem, suffix = PurePosixPath(name).stem, PurePosixPath(name).suffix
    path, number = f"{folder}/{name}", 1
    while path.casefold() in taken:
        number += 1
        path = f"{folder}/{stem}-{number}{suffix}"
    return path


def _without_place(content: bytes) -> bytes:
    return bare(content, _orientation(content)) if content.startswith(JPEG) else content


def _orientation(content: bytes) -> int | None:
    try:
        exif = Image.open(io.BytesIO(content), formats=["JPEG"]).getexif()
        return exif.get(ExifTags.Base.Orientation)
    except Exception:  # Broken EXIF data spoil no photo.
        return None
