"""Contact sheets: random images of each class in one picture."""

import io
from pathlib import Path

from PIL import Image

from crackcls import images
from crackcls.datasets import catalogue
from crackcls.errors import InputError
from crackcls.files import write_atomically
from crackcls.labelled import Labelled

PER_CLASS, ACROSS = 24, 8
CELL, GAP = 128, 4


def write_sheet(labelled: Labelled, draw: int, path: Path) -> int:
    """Write a picture of random images, a block of rows for each class.

    Args:
        labelled: The images.
        draw: Another number draws other images.
        path: A file whose ending names a format that Pillow writes.

    Returns:
        How many images it shows.

    Raises:
        InputError: The ending names no format.
    """
    drawn = catalogue.sample(labelled, PER_CLASS, draw)
    rows = [files[i : i + ACROSS] for files in drawn.values() for i in range(0, len(files), ACROSS)]
    step = CELL + GAP
    sheet = Image.new("RGB", (ACROSS * step + GAP, len(rows) * step + GAP), "white")
    for down, row in enumerate(rows):
        for across, file in enumerate(row):
            place = across * step + GAP, down * step + GAP
            sheet.paste(thumbnail(labelled, file, CELL), place)
    write_atomically(path, _encoded(sheet, path))
    return sum(map(len, rows))


def thumbnail(labelled: Labelled, file: str, side: int) -> Image.Image:
    """Shrink one image to a square; one that cannot be read is grey."""
    try:
        photo = images.read_photo(catalogue.read(labelled, file))
    except (InputError, OSError):
        return Image.new("RGB", (side, side), "grey")
    return Image.fromarray(images.to_square(photo, side))


def _encoded(sheet: Image.Image, path: Path) -> bytes:
    formats = Image.registered_extensions()
    if path.suffix.lower() not in formats:
        raise InputError(
            f"The file name must end like a picture's, such as '.jpg', received '{path.name}'."
        )
    buffer = io.BytesIO()
    sheet.save(buffer, formats[path.suffix.lower()], quality=80)
    return buffer.getvalue()
