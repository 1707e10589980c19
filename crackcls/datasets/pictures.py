"""The pictures of a file that holds more than one: pages, bursts, frames."""

import io

from crackcls import images
from crackcls.errors import InputError
from crackcls.formats import marks as file_marks
from crackcls.formats import tiff

# So far into a JPEG there can be a word of further pictures.
_JPEG_HEAD = 2**18
FIRST_FRAME, FIRST_PICTURE = "first frame of several", "first picture of several"


def names_of(data: bytes) -> tuple[str, ...]:
    """Name the pictures of a file that are judged.

    Args:
        data: The whole file.

    Returns:
        One name for each picture that `images.read_photo` takes by its number: of a photo an
        empty one, of a scan `page 2 of 3`, of a burst `picture 2 of 3`. Frames of an animation
        show the same, and only the first is named; previews are not named at all.

    Raises:
        InputError: The file is no photo, or cannot be opened.
    """
    kind = images.check(data)
    if kind is file_marks.TIFF:
        return _numbered("page", len(tiff.photos(tiff.pages(io.BytesIO(data)))))
    if kind is file_marks.JPEG and b"MPF\0" not in data[:_JPEG_HEAD]:
        return ("",)
    image = images.open_header(data)
    if kind is file_marks.HEIC:
        return _numbered("picture", getattr(image, "n_frames", 1))
    if not getattr(image, "is_animated", False):
        return ("",)
    if kind is not file_marks.JPEG:
        return (FIRST_FRAME,)
    # Of a camera with two lenses both pictures have one size. Previews are smaller.
    first = image.size
    image.seek(1)
    return (FIRST_PICTURE if image.size == first else "",)


def too_many(names: tuple[str, ...], most: int) -> InputError | None:
    """Give what to say where a file has more pictures than are judged."""
    if len(names) <= most:
        return None
    return InputError(
        f"Of one file at most {most:,} pictures are judged, and this one has {len(names):,}: the "
        "first ones were taken. Save the others as files of their own."
    )


def _numbered(word: str, count: int) -> tuple[str, ...]:
    if count < 2:
        return ("",)
    return tuple(f"{word} {number} of {count}" for number in range(1, count + 1))
