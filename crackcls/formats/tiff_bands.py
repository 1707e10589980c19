"""Pictures of TIFF pages that Pillow reads in part or not at all: more bands, other depths."""

import numpy as np
from PIL import Image

from crackcls.formats import tiff
from crackcls.formats.colours import rounded, white_of
from crackcls.formats.tiff import Page
from crackcls.formats.tiff_parts import FLOAT, METHODS, SIGNED, UNSIGNED, Layout, layout_of, numbers

WHITE_IS_ZERO, BLACK_IS_ZERO, RGB = 0, 1, 2
# What a further band is: how opaque a pixel is, its colours multiplied by that or not.
PREMULTIPLIED, OPAQUE = 1, 2


def is_needed(page: Page) -> bool:
    """Tell whether Pillow would read a page in part, in fewer bits or not at all."""
    colours = page.number(tiff.PHOTOMETRIC, BLACK_IS_ZERO)
    if colours not in (WHITE_IS_ZERO, BLACK_IS_ZERO, RGB):
        return False
    if page.number(tiff.COMPRESSION, 1) not in METHODS:
        return False
    bits, extra = {*page.numbers(tiff.BITS, (1,))}, page.numbers(tiff.EXTRA)
    plain = 3 if colours == RGB else 1
    more = page.number(tiff.SAMPLES, 1) - plain
    is_known = more == 0 or (more == 1 and extra in ((0,), (PREMULTIPLIED,), (OPAQUE,)))
    is_shallow = bits == {8} or (plain == 1 and more == 0 and bits <= {1, 2, 4})
    kind = page.number(tiff.FORMAT, UNSIGNED)
    # Pillow opens no large files whose bytes stand the other way round.
    if page.is_large or not is_known:
        return True
    is_float = kind == FLOAT and bits == {32} and plain == 1 and more == 0 and page.order == "<"
    return not is_float and not (is_shallow and kind == UNSIGNED)


def read(content: bytes, page: Page) -> Image.Image:
    """Decode a page: its first three bands or its grey, from black to the white that it has.

    Args:
        content: The whole file.
        page: The page, its size and parts checked.

    Returns:
        An image of mode RGB or L, what is transparent on white.

    Raises:
        InputError: The pixels are of no kind that is read here, or too many at once.
        Exception: Of many kinds, where they are damaged.
    """
    layout = layout_of(content, page)
    colours = 3 if layout.bands >= 3 else 1
    clear = _clear(layout, colours)
    bands = [*range(colours), *([clear[0]] if clear else [])]
    whites = _whites(content, layout, bands, colours)
    picture = Image.new("RGB" if colours == 3 else "L", page.size)
    for top, values in numbers(content, layout, bands):
        with np.errstate(all="ignore"):  # A float may be no number.
            shades = rounded(values[..., :colours] * (255 / whites[0]))
            if page.number(tiff.PHOTOMETRIC, BLACK_IS_ZERO) == WHITE_IS_ZERO:
                shades = 255 - shades
            if clear and whites[1]:
                shades = _on_white(shades, values[..., colours:] / whites[1], clear[1])
        picture.paste(Image.fromarray(shades.squeeze(2) if colours == 1 else shades), (0, top))
    return picture


def _clear(layout: Layout, colours: int) -> tuple[int, int] | None:
    """Give the band that says how opaque a pixel is, and how, where there is one."""
    extra = layout.page.numbers(tiff.EXTRA)
    kinds = zip(range(layout.bands - len(extra), layout.bands), extra, strict=True)
    told = [(band, kind) for band, kind in kinds if kind in (PREMULTIPLIED, OPAQUE)]
    return next((one for one in told if one[0] >= colours), None)


def _whites(content: bytes, layout: Layout, bands: list[int], colours: int) -> tuple[float, float]:
    """Give the values of white and of an opaque pixel, 0 where none is opaque."""
    if layout.bits < 15 and len(bands) == colours:
        return white_of(0, layout.bits), 0.0
    most, opaque, nothing = 0.0, 0.0, _no_data(layout)
    for _, values in numbers(content, layout, bands):
        seen = values[..., :colours]
        real = np.isfinite(seen) & (seen != nothing)
        most = max(most, float(seen.max(initial=0, where=real)))
        opaque = max(opaque, float(values[..., colours:].max(initial=0)))
    if layout.kind == FLOAT:
        return max(most, 1.0), opaque
    stated = max(layout.page.numbers(tiff.MOST_SAMPLE)[:colours], default=0)
    bits = layout.bits - (layout.kind == SIGNED)
    return white_of(most, bits, stated), opaque


def _no_data(layout: Layout) -> float:
    """Give the value that stands for no data, as maps have it, or no number."""
    told = layout.page.tags.get(tiff.NO_DATA)
    try:
        return float(bytes(told or b"nan").strip(b"\0 "))
    except ValueError:
        return float("nan")


def _on_white(shades: np.ndarray, opaque: np.ndarray, kind: int) -> np.ndarray:
    share = np.clip(np.nan_to_num(opaque.astype(np.float32)), 0, 1)
    return rounded(shades * (share if kind == OPAQUE else 1) + 255 * (1 - share))
