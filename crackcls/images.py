"""Photo bytes to upright RGB, with refusals before decoding."""

import io
import logging
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np
import pillow_heif
from PIL import ExifTags, Image, ImageCms, ImageFile, ImageOps, TiffImagePlugin

from crackcls import config
from crackcls.errors import InputError

# Teaches Pillow to open what iPhones write.
pillow_heif.register_heif_opener(thumbnails=False)

# What is wrong with a photo is said once, by an InputError.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
logging.getLogger("PIL").setLevel(logging.CRITICAL)

# The colour space of an ICC profile, and the modes of images that it may describe.
_PROFILED = {
    "RGB": ("RGB", "RGBA", "RGBa", "P", "PA", "YCbCr"),
    "GRAY": ("1", "L", "LA", "La", "I", "F", "I;16", "I;16L", "I;16B", "I;16N"),
    "CMYK": ("CMYK",),
}
# In JPEG data a byte 255 is followed by 0 or a restart mark, or begins a segment.
_JPEG_SEGMENT = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_END, _SCAN = b"\xff\xd9", b"\xff\xda"
# Sides in pixels of the pieces that are worked on where a copy of the photo is too much.
_PIECE = 4096, 1024


def read_photo(data: bytes) -> Image.Image:
    """Decode a photo of any supported format into an upright RGB image.

    Args:
        data: The whole file. Its name and type are not asked for, its bytes decide.

    Returns:
        A Pillow image of mode RGB, turned as its EXIF orientation says, transparent
        parts on white, the first frame where there are several. Its `info` is empty:
        no position, date or profile goes on from here.

    Raises:
        InputError: The file is empty, too large, no supported photo, or damaged.
    """
    _check_bytes(data)
    image = _open(data)
    _check_pixels(image)
    try:
        return _turned(_to_srgb(_decoded(image, data)), image)
    except InputError:
        raise
    except Exception as error:  # Pillow's decoders raise many kinds on damaged files.
        raise InputError(
            f"The photo must be complete, and this {image.format} file is damaged"
            f"{_reason(error)}. Save or send it again."
        ) from error


def open_header(file: Path | IO[bytes]) -> ImageFile.ImageFile:
    """Open a photo without decoding it: its format and size are known then.

    Raises:
        Exception: Of many kinds, where the bytes are no photo.
    """
    content = file.read_bytes() if isinstance(file, Path) else file.read()
    if content[:2] == b"\xff\xd8":
        _check_jpeg(content)
    if content[:2] in (b"II", b"MM"):
        _check_tiff(content)
    return Image.open(io.BytesIO(content), formats=config.PHOTO_FORMATS)


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


def _check_bytes(data: bytes) -> None:
    if not data:
        raise InputError("A photo must have content, and this file has 0 bytes. Choose another.")
    if len(data) > config.MAX_PHOTO_BYTES:
        raise InputError(
            f"A photo may have at most {config.MAX_PHOTO_BYTES:,} bytes (25 MB), and this file "
            f"has {len(data):,}. Save it smaller."
        )


def _open(data: bytes) -> ImageFile.ImageFile:
    try:
        return open_header(io.BytesIO(data))
    except InputError:
        raise
    except Image.DecompressionBombError as error:
        raise InputError(
            f"{_pixel_rule('', config.MAX_PHOTO_PIXELS)}, and this one has far more. Shrink it."
        ) from error
    except Exception as error:  # As above: damaged headers raise more than OSError.
        raise InputError(
            "The file must be a photo (JPEG, HEIC, PNG, WebP, TIFF, BMP, GIF, AVIF or JPEG 2000), "
            f"and these {len(data):,} bytes are none of them. Save it as JPEG."
        ) from error


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


def _check_tiff(content: bytes) -> None:
    tags = TiffImagePlugin.ImageFileDirectory_v2(content[: 16 if content[2] == 43 else 8])
    file = io.BytesIO(content)
    file.seek(tags.next)
    tags.load(file)
    lists = (TiffImagePlugin.STRIPOFFSETS, TiffImagePlugin.TILEOFFSETS)
    parts = max(len(tags.get(tag, ())) for tag in lists)
    tile = tags.get(TiffImagePlugin.TILEWIDTH, 0) * tags.get(TiffImagePlugin.TILELENGTH, 0)
    if parts > config.MAX_TIFF_PARTS or tile > config.MAX_PHOTO_PIXELS:
        raise InputError(
            f"A TIFF photo may have at most {config.MAX_TIFF_PARTS:,} parts of at most "
            f"{config.MAX_PHOTO_PIXELS:,} pixels, and this one has {parts:,} parts of "
            f"{tile:,}. Save it as JPEG."
        )


def _check_pixels(image: Image.Image) -> None:
    width, height = image.size
    own = config.MAX_PIXELS_OF_FORMAT.get(image.format or "")
    if width * height > (own or config.MAX_PHOTO_PIXELS):
        rule = _pixel_rule(f"{image.format} " if own else "", own or config.MAX_PHOTO_PIXELS)
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
    _check_pixels(image)
    return image


def _decode_ppm(image: Image.Image, data: bytes, offset: int, most: int) -> Image.Image:
    """Decode PPM and PGM whose white is neither 255 nor 65,535.

    Pillow does this in Python, which takes 15 s for 25 MB.
    """
    shape = (image.height, image.width, 3) if image.mode == "RGB" else (image.height, image.width)
    samples = np.frombuffer(data, ">u2" if most > 255 else "u1", int(np.prod(shape)), offset)
    shades = np.arange(65536 if most > 255 else 256) * (255 / most)
    return Image.fromarray(_rounded(shades)[samples].reshape(shape))


def _to_srgb(image: Image.Image) -> Image.Image:
    """Bring a photo's colours, such as a phone's Display P3, to sRGB by its own profile.

    Args:
        image: The decoded photo, of any mode.

    Returns:
        A new image of mode RGB.
    """
    profile = _profile(image)
    photo = _to_rgb(image)
    if profile is None:
        return photo
    target = ImageCms.createProfile("sRGB")
    try:
        if profile.profile.xcolor_space.strip() == "RGB":
            # In place: a second image of 80 megapixels would take 320 MB more.
            ImageCms.profileToProfile(photo, profile, target, inPlace=True)
            return photo
        source = image if image.mode == "CMYK" else photo.getchannel(0)
        return ImageCms.profileToProfile(source, profile, target, outputMode="RGB") or photo
    except ImageCms.PyCMSError:  # As below.
        return photo


def _profile(image: Image.Image) -> ImageCms.ImageCmsProfile | None:
    """Give the photo's ICC profile where there is one that fits and is not sRGB itself."""
    content = image.info.get("icc_profile")
    if not content:
        return None
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(content))
        fits = image.mode in _PROFILED.get(profile.profile.xcolor_space.strip(), ())
        return profile if fits and "sRGB" not in ImageCms.getProfileDescription(profile) else None
    except Exception:  # A broken profile spoils no photo.
        return None


def _to_rgb(image: Image.Image) -> Image.Image:
    """Give a new image of mode RGB without the decoder that the opened one holds."""
    if image.mode.startswith("I") or image.mode == "F":
        return _to_8_bit(image).convert("RGB")
    if image.has_transparency_data:
        return _on_white(image)
    return image.convert("RGB")


def _turned(photo: Image.Image, image: Image.Image) -> Image.Image:
    """Turn a photo as the EXIF data of its file says, and keep nothing of those data."""
    photo.info = {}
    try:
        orientation = image.getexif().get(ExifTags.Base.Orientation)
    except Exception:  # Broken EXIF data spoil no photo.
        return photo
    if orientation in range(2, 9):
        photo.getexif()[ExifTags.Base.Orientation] = orientation
        ImageOps.exif_transpose(photo, in_place=True)
    return photo


def _to_8_bit(image: Image.Image) -> Image.Image:
    """Scale deep grey to 0-255; Pillow's own conversion would clip at 255."""
    scale = 255 / _full_scale(image)
    transparent = image.info.get("transparency")
    grey = Image.new("L", image.size)
    for box in _pieces(image.size):
        values = np.asarray(image.crop(box))
        with np.errstate(all="ignore"):  # A float picture may hold what is no number.
            shades = _rounded(values * scale)
        if isinstance(transparent, int):
            shades[values == transparent] = 255
        grey.paste(Image.fromarray(shades), box[:2])
    return grey


def _full_scale(image: Image.Image) -> float:
    """Give the value of white: by the format where it says so, else by the pixels."""
    if image.mode.startswith("I;16"):
        bits = getattr(image, "tag_v2", {}).get(TiffImagePlugin.BITSPERSAMPLE)
        return 4095.0 if bits == (12,) else 65535.0
    if image.mode == "I" and image.format == "PPM":
        return 65535.0
    pieces = (np.asarray(image.crop(box)) for box in _pieces(image.size))
    most = max(float(piece[np.isfinite(piece)].max(initial=0)) for piece in pieces)
    if image.mode == "F":
        return max(most, 1.0)
    return 255.0 if most <= 255 else max(most, 65535.0)


def _rounded(values: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(np.nan_to_num(values)), 0, 255).astype(np.uint8)


def _on_white(image: Image.Image) -> Image.Image:
    photo = Image.new("RGB", image.size, "white")
    for box in _pieces(image.size):
        piece = image.crop(box).convert("RGBA")
        white = Image.new("RGBA", piece.size, "white")
        photo.paste(Image.alpha_composite(white, piece).convert("RGB"), box[:2])
    return photo


def _pieces(size: tuple[int, int]) -> Iterator[tuple[int, int, int, int]]:
    """Cut a picture into boxes: left, top, right, bottom."""
    width, height = size
    for top in range(0, height, _PIECE[1]):
        for left in range(0, width, _PIECE[0]):
            yield left, top, min(left + _PIECE[0], width), min(top + _PIECE[1], height)
