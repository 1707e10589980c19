"""Photo bytes to upright RGB, with refusals before decoding."""

import io
from pathlib import Path
from typing import IO

import numpy as np
import pillow_heif
from PIL import Image, ImageCms, ImageOps

from crackcls import config
from crackcls.errors import InputError

# Teaches Pillow to open what iPhones write.
pillow_heif.register_heif_opener(thumbnails=False)

_PIXEL_RULE = f"A photo may have at most {config.MAX_PHOTO_PIXELS:,} pixels (80 megapixels)"


def read_photo(data: bytes) -> Image.Image:
    """Decode a photo of any supported format into an upright RGB image.

    Args:
        data: The whole file. Its name and type are not asked for, its bytes decide.

    Returns:
        A Pillow image of mode RGB, turned as its EXIF orientation says, transparent
        parts on white, the first frame where there are several.

    Raises:
        InputError: The file is empty, too large, no supported photo, or damaged.
    """
    _check_bytes(data)
    image = _open(data)
    _check_pixels(image)
    try:
        upright = ImageOps.exif_transpose(image)
        return _to_srgb(_to_rgb(upright), upright)
    except Exception as error:  # Pillow's decoders raise many kinds on damaged files.
        raise InputError(
            f"The photo must be complete, and this {image.format} file is damaged "
            f"({error}). Save or send it again."
        ) from error


def open_header(file: Path | IO[bytes]) -> Image.Image:
    """Open a photo without decoding it: its format and size are known then.

    Raises:
        Exception: Of many kinds, where the bytes are no photo.
    """
    return Image.open(file, formats=config.PHOTO_FORMATS)


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


def _open(data: bytes) -> Image.Image:
    try:
        return open_header(io.BytesIO(data))
    except Image.DecompressionBombError as error:
        raise InputError(f"{_PIXEL_RULE}, and this one has far more. Shrink it.") from error
    except Exception as error:  # As above: damaged headers raise more than OSError.
        raise InputError(
            "The file must be a photo (JPEG, HEIC, PNG, WebP, TIFF, BMP, GIF, AVIF or JPEG 2000), "
            f"and these {len(data):,} bytes are none of them. Save it as JPEG."
        ) from error


def _check_pixels(image: Image.Image) -> None:
    width, height = image.size
    if width * height > config.MAX_PHOTO_PIXELS:
        raise InputError(
            f"{_PIXEL_RULE}, and this one has {width} x {height} pixels, "
            f"which are {width * height:,}. Shrink it."
        )


def _to_rgb(image: Image.Image) -> Image.Image:
    image.load()
    if image.mode.startswith("I") or image.mode == "F":
        image = _to_8_bit(image)
    if image.has_transparency_data:
        return _on_white(image.convert("RGBA"))
    return image if image.mode == "RGB" else image.convert("RGB")


def _to_srgb(image: Image.Image, source: Image.Image) -> Image.Image:
    """Bring colours from the photo's own profile, such as a phone's Display P3, to sRGB.

    Args:
        image: The photo in mode RGB.
        source: The photo as it was stored, which holds the profile.
    """
    profile = source.info.get("icc_profile")
    if not profile or source.mode not in ("RGB", "RGBA"):
        return image
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(own):
            return image
        return ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB")) or image
    except (ImageCms.PyCMSError, OSError, TypeError):  # A broken profile spoils no photo.
        return image


def _to_8_bit(image: Image.Image) -> Image.Image:
    """Scale deep grey to 0-255; Pillow's own conversion would clip at 255."""
    grey = np.asarray(image).astype(np.float64)
    is_16_bit = image.mode.startswith("I;16") or grey.max(initial=0) > 255
    full_scale = 65535.0 if is_16_bit else 255.0
    return Image.fromarray(np.clip(grey * (255 / full_scale), 0, 255).astype(np.uint8))


def _on_white(image: Image.Image) -> Image.Image:
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")
