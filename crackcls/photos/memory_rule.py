"""What is said of a photo that takes more memory than this server has for one."""

import io
from collections.abc import Mapping

from PIL import Image

from crackcls import config
from crackcls.errors import InputError
from crackcls.formats import sizes

# These decoders call a file damaged where they get no memory. Bytes that one takes for a pixel.
HIDING = {"WEBP": 24, "JPEG2000": 24, "HEIF": 10, "AVIF": 10}
# A photo of one colour takes so many to be decoded and judged, in any format; no photo takes less.
LEAST = 7
# Decoding and judging a JPEG together.
BYTES_A_PIXEL = 25


def refusal(content: bytes, most: int) -> InputError:
    """Say how large a photo is, and how large one may be.

    Args:
        content: The whole file.
        most: Bytes of memory that one photo may take.
    """
    known = header(content)
    which = f"this {known[0]} of {known[1] / 1e6:,.0f} megapixels" if known else "this one"
    return InputError(
        f"A photo must fit into the {most / 1e6:,.0f} MB of memory that this server has for one, "
        f"and {which} does not. Save it as JPEG with at most "
        f"{max(1, most // (BYTES_A_PIXEL * 10**6))} megapixels."
    )


def is_too_large(content: bytes, most: int) -> bool:
    """Tell of a photo that is not decoded yet whether it takes more memory than there is.

    Args:
        content: The whole file.
        most: Bytes of memory that it may take.
    """
    return _takes_more(content, most, {}, LEAST)


def hides_it(content: bytes, most: int) -> bool:
    """Tell whether a photo that could not be decoded would have taken too much memory.

    Args:
        content: The whole file.
        most: Bytes of memory that it might take.
    """
    return _takes_more(content, most, HIDING, 0)


def _takes_more(content: bytes, most: int, of_kind: Mapping[str, int], of_others: int) -> bool:
    """Compare what a photo takes by its pixels; one with too many of them has a rule of its own."""
    known = header(content)
    if known is None:
        return False
    kind, pixels = known
    allowed = config.MAX_PIXELS_OF_FORMAT.get(kind, config.MAX_PHOTO_PIXELS)
    return pixels <= allowed and pixels * of_kind.get(kind, of_others) > most


def header(content: bytes) -> tuple[str, int] | None:
    """Read the format of a photo and its number of pixels, without decoding it."""
    if size := sizes.of_webp(content):
        return "WEBP", size[0] * size[1]
    try:
        image = Image.open(io.BytesIO(content), formats=config.PHOTO_FORMATS)
    except Exception:  # Of many kinds; whoever decodes it says what is wrong.
        return None
    return str(image.format), image.width * image.height
