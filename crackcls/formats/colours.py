"""Decoded pictures of any mode to 8-bit RGB in sRGB."""

import io
from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageCms

# The colour space of an ICC profile, and the modes of images that it may describe.
_PROFILED = {
    "RGB": ("RGB", "RGBA", "RGBa", "P", "PA", "YCbCr"),
    "GRAY": ("1", "L", "LA", "La", "I", "F", "I;16", "I;16L", "I;16B", "I;16N"),
    "CMYK": ("CMYK",),
}
# Sides in pixels of the pieces that are worked on where a copy of the photo is too much.
_PIECE = 4096, 1024


def to_srgb(image: Image.Image) -> Image.Image:
    """Bring a photo's colours, such as a phone's Display P3, to sRGB by its own profile.

    Args:
        image: The decoded photo, of any mode. It is of no use afterwards: one of mode RGB gives its
            pixels away, since a copy of 80 megapixels would take 320 MB more.

    Returns:
        A plain image of mode RGB, without the decoder that the opened one holds.
    """
    profile = _profile(image)
    photo = _to_rgb(image)
    if profile is None:
        return photo
    target = ImageCms.createProfile("sRGB")
    try:
        if profile.profile.xcolor_space.strip() == "RGB":
            # In place, for the same reason.
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
    """Give an image of mode RGB without the decoder that the opened one holds."""
    if image.mode.startswith("I") or image.mode == "F":
        return _to_8_bit(image).convert("RGB")
    if image.has_transparency_data:
        return _on_white(image)
    # What Pillow's own methods make their results of; none of them makes one without a copy.
    return image._new(image.im) if image.mode == "RGB" else image.convert("RGB")


def _to_8_bit(image: Image.Image) -> Image.Image:
    """Scale deep grey to 0-255; Pillow's own conversion would clip at 255."""
    scale = 255 / _full_scale(image)
    transparent = image.info.get("transparency")
    grey = Image.new("L", image.size)
    for box in _pieces(image.size):
        values = np.asarray(image.crop(box))
        with np.errstate(all="ignore"):  # A float picture may hold what is no number.
            shades = rounded(values * scale)
        if isinstance(transparent, int):
            shades[values == transparent] = 255
        grey.paste(Image.fromarray(shades), box[:2])
    return grey


def _full_scale(image: Image.Image) -> float:
    """Give the value of white: by the format, and of floats by the pixels."""
    if image.mode != "F":
        return 65535.0
    values = (np.asarray(image.crop(box)) for box in _pieces(image.size))
    return max(1.0, *(float(piece[np.isfinite(piece)].max(initial=0)) for piece in values))


def white_of(most: float, bits: int, stated: int = 0) -> float:
    """Give the value of white in a picture of whole numbers, above 0.

    Args:
        most: The largest value that is there.
        bits: The depth that the file declares. Cameras put 9 to 15 bits into 16.
        stated: The largest value that the file says it has; 0 where it says none.
    """
    if bits < 15:
        return 2.0**bits - 1
    if most <= stated < 2**bits - 1:
        return float(stated or 1)
    depth = max(8, int(most).bit_length())
    return most if depth > 16 else 2.0**depth - 1


def rounded(values: np.ndarray) -> np.ndarray:
    """Bring numbers to 0-255, uint8; what is no number becomes 0."""
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
