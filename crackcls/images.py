"""Photo bytes to upright RGB, with refusals before decoding."""

import io
import logging
import re
import warnings

import numpy as np
import pillow_heif
from PIL import ExifTags, Image, ImageFile, ImageOps

from crackcls import config
from crackcls.errors import InputError
from crackcls.formats import marks as file_marks
from crackcls.formats import tiff, tiff_bands
from crackcls.formats.colours import rounded, to_srgb
from crackcls.formats.kinds import kind_of
from crackcls.formats.marks import Kind
from crackcls.formats.tiff_parts import refusal

# Teaches Pillow to open what iPhones write.
pillow_heif.register_heif_opener(thumbnails=False)

# What is wrong with a photo is said once, by an InputError.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
logging.getLogger("PIL").setLevel(logging.CRITICAL)

# In JPEG data a byte 255 is followed by 0 or a restart mark, or begins a segment.
_JPEG_SEGMENT = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_END, _SCAN = b"\xff\xd9", b"\xff\xda"


def read_photo(data: bytes, number: int | None = None, at_least: int | None = None) -> Image.Image:
    """Decode a photo of any supported format into an upright RGB image.

    Args:
        data: The whole file. Its name and type are not asked for, its bytes decide.
        number: Which of its pictures, see `pictures.names_of`; None takes the one that other
            programs show, which for pages and frames is the first.
        at_least: Of a JPEG so many pixels of the short side do, which is decoded faster; None
            takes all of them.

    Returns:
        A Pillow image of mode RGB, turned as its EXIF orientation says, transparent
        parts on white. Its `info` is empty: no position, date or profile goes on from here.

    Raises:
        InputError: The file is empty, too large, no supported photo, or damaged.
    """
    kind = check(data)
    try:
        if kind is file_marks.TIFF:
            return _read_tiff(data, number or 0)
        image = open_header(data)
        if number is not None and kind is file_marks.HEIC:
            image.seek(number)
        if at_least:
            _check_pixels(image.size, image.format)
            image.draft("RGB", (at_least, at_least))
        return _read(image, data)
    except (InputError, MemoryError):
        raise
    except Exception as error:  # Pillow's decoders raise many kinds on damaged files.
        raise InputError(
            f"The photo must be complete, and this {kind.format} file is damaged"
            f"{_reason(error)}. Save or send it again."
        ) from error


def check(data: bytes) -> Kind:
    """Check that bytes are a photo of a size that is taken; nothing is decoded.

    Args:
        data: The whole file.

    Returns:
        What it is.

    Raises:
        InputError: It is empty, no photo or too large.
    """
    if not data:
        raise InputError("A photo must have content, and this file has 0 bytes. Choose another.")
    kind = kind_of(data)
    if kind is file_marks.TIFF and tiff.is_raw(io.BytesIO(data)):
        kind = file_marks.RAW
    if not kind.format:
        raise InputError(f"The file must be a photo, and this one is {kind.name}. {kind.way}")
    if len(data) > config.MAX_PHOTO_BYTES:
        raise InputError(
            f"A photo may have at most {config.MAX_PHOTO_BYTES:,} bytes (25 MB), and this file "
            f"has {len(data):,}. Save it smaller."
        )
    return kind


def open_header(data: bytes) -> ImageFile.ImageFile:
    """Open a photo of a format other than TIFF without decoding it: its size is known then.

    Raises:
        InputError: It is cut into too many parts, or its beginning is damaged.
    """
    if data[:2] == b"\xff\xd8":
        _check_jpeg(data)
    try:
        return Image.open(io.BytesIO(data), formats=config.PHOTO_FORMATS)
    except Image.DecompressionBombError as error:
        raise InputError(
            f"{_pixel_rule('', config.MAX_PHOTO_PIXELS)}, and this one has far more. Shrink it."
        ) from error
    except MemoryError:
        raise
    except Exception as error:  # Damaged headers raise more than OSError.
        raise _not_opened(kind_of(data)) from error


def size_of(data: bytes) -> tuple[int, int]:
    """Read width and height of a photo in pixels, before it is turned; nothing is decoded.

    Args:
        data: The whole file; of several pictures the first counts.

    Raises:
        InputError: It is no photo, or its beginning is damaged.
    """
    if check(data) is not file_marks.TIFF:
        return open_header(data).size
    try:
        return tiff.photos(tiff.pages(io.BytesIO(data)))[0].size
    except Exception as error:  # Damaged tables raise many kinds.
        raise _not_opened(file_marks.TIFF) from error


def to_square(image: Image.Image, size: int) -> np.ndarray:
    """Shrink or enlarge an image to the square that the model takes.

    Args:
        image: Pillow image of mode RGB, any width and height.
        size: Side of the square in pixels.

    Returns:
        Array of shape `(size, size, 3)`, uint8, RGB in 0-255. The whole image is kept;
        one that is not square is squeezed.
    """
    resized = image.resize((size, size), Image.Resampling.BILINEAR, reducing_gap=3.0)
    return np.asarray(resized)


def _read_tiff(data: bytes, number: int) -> Image.Image:
    found = tiff.photos(tiff.pages(io.BytesIO(data)))
    if number >= len(found):
        raise _not_opened(file_marks.TIFF)
    page = found[number]
    tiff.check(page)
    _check_pixels(page.size, "TIFF")
    if tiff_bands.is_needed(page):
        image = tiff_bands.read(data, page)
        image.info["icc_profile"] = page.tags.get(tiff.PROFILE)
        return _turned(to_srgb(image), page.number(tiff.ORIENTATION, 1))
    alone = tiff.alone(data, page)
    try:
        opened = open_header(alone)
    except InputError as error:
        raise refusal(page) if page.is_whole else error from error
    return _read(opened, alone)


def _read(image: ImageFile.ImageFile, data: bytes) -> Image.Image:
    _check_pixels(image.size, image.format)
    photo = to_srgb(_decoded(image, data))
    try:
        return _turned(photo, image.getexif().get(ExifTags.Base.Orientation))
    except Exception:  # Broken EXIF data spoil no photo.
        return _turned(photo, None)


def _not_opened(kind: Kind) -> InputError:
    return InputError(
        f"A photo must be one that can be opened, and this {kind.format} file is damaged at its "
        "beginning, or of a rare sort. Save it as JPEG."
    )


def _check_jpeg(content: bytes) -> None:
    at, segments, scans = 2, 0, 0
    while (found := _JPEG_SEGMENT.search(content, at)) and found[0] != _END:
        at = found.end() + int.from_bytes(content[found.end() : found.end() + 2])
        segments, scans = segments + 1, scans + (found[0] == _SCAN)
        if segments > config.MAX_JPEG_SEGMENTS or scans > config.MAX_JPEG_SCANS:
            raise InputError(
                f"A JPEG photo may have at most {config.MAX_JPEG_SEGMENTS:,} segments and "
                f"{config.MAX_JPEG_SCANS} scans, and this one has more. Save it as JPEG anew."
            )


def _check_pixels(size: tuple[int, int], format_: str | None) -> None:
    width, height = size
    own = config.MAX_PIXELS_OF_FORMAT.get(format_ or "")
    if width * height > (own or config.MAX_PHOTO_PIXELS):
        rule = _pixel_rule(f"{format_} " if own else "", own or config.MAX_PHOTO_PIXELS)
        raise InputError(
            f"{rule}, and this one has {width} x {height} pixels, "
            f"which are {width * height:,}. Shrink it."
        )


def _pixel_rule(kind: str, most: int) -> str:
    return f"A {kind}photo may have at most {most:,} pixels ({most // 10**6} megapixels)"


def _reason(error: Exception) -> str:
    """Give what a decoder says in brackets and on one line, or nothing if it quotes bytes."""
    words = " ".join(str(error).split()).rstrip(".")[:150]
    return f" ({words})" if words and not re.search(r"\\|b['\"]", words) else ""


def _decoded(image: ImageFile.ImageFile, data: bytes) -> Image.Image:
    """Decode a photo whose header was checked; its decoder may find another size."""
    match image.tile:
        case [("ppm", _, offset, (_, most))] if image.format == "PPM":
            return _decode_ppm(image, data, offset, most)
    image.load()
    _check_pixels(image.size, image.format)
    return image


def _decode_ppm(image: Image.Image, data: bytes, offset: int, most: int) -> Image.Image:
    """Decode PPM and PGM whose white is neither 255 nor 65,535.

    Pillow does this in Python, which takes 15 s for 25 MB.
    """
    shape = (image.height, image.width, 3) if image.mode == "RGB" else (image.height, image.width)
    samples = np.frombuffer(data, ">u2" if most > 255 else "u1", int(np.prod(shape)), offset)
    shades = np.arange(65536 if most > 255 else 256) * (255 / most)
    return Image.fromarray(rounded(shades)[samples].reshape(shape))


def _turned(photo: Image.Image, orientation: int | None) -> Image.Image:
    """Turn a photo as EXIF data say, and keep nothing of those data."""
    photo.info = {}
    if orientation in range(2, 9):
        photo.getexif()[ExifTags.Base.Orientation] = orientation
        ImageOps.exif_transpose(photo, in_place=True)
    return photo
