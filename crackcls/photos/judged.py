"""Photos of a visitor: judged in memory, shown, listed."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from crackcls import images, parallel
from crackcls.interval import percent
from crackcls.network import heatmap
from crackcls.network.calibration import Calibration
from crackcls.network.classifier import Classifier
from crackcls.photos import outline
from crackcls.photos.verdict import (
    DOUBTFUL,
    FOUND,
    NOT_FOUND,
    UNFAMILIAR,
    Analysis,
    Verdict,
    analyse,
)

# Long side of the picture that is kept of a photo.
PREVIEW_PIXELS = 1024
# Fifty previews of at most so many bytes are 25 MB; a photo of nothing but noise needs the
# lower qualities.
PREVIEW_BYTES, PREVIEW_QUALITIES = 500_000, (85, 70, 50, 25)
# A photo of 2.5 times this long side or more is shrunk by blocks first: of 12 megapixels that takes
# a third of the time and moves one pixel in a thousand by more than 7 of 255, which is half of what
# JPEG itself does.
REDUCING_GAP = 1.25
CLOSEUP_PIXELS, CLOSEUP_QUALITY = 480, 80
# A tile shown by itself is at least so many pixels wide.
TILE_PIXELS = 96
# Tiles that share more of the smaller one than this show the same place.
SAME_PLACE = 0.5
# A small photo is enlarged to this long side, and no caption is narrower.
ANNOTATED_PIXELS = 640
# On a phone 390 pixels wide a caption's letters are then 13 pixels high.
LETTERS_IN_A_LINE = 30
# The light line round what voted is one pixel wide for so many pixels of the long side.
PIXELS_FOR_A_PIXEL = 350
PAPER, INK = (255, 255, 255), (26, 26, 26)
NO_VERDICT, NOT_AN_INSPECTION = "unfamiliar: no verdict", "Not an inspection."
KINDS = DOUBTFUL, UNFAMILIAR, FOUND, NOT_FOUND


@dataclass(frozen=True)
class Judged:
    """One photo of a visitor, after a model saw it.

    Attributes:
        name: The visitor's file name. It is shown, and never used as a path.
        preview: The upright photo as JPEG without metadata, its long side at most
            `PREVIEW_PIXELS`.
        analysis: What the model saw, at the photo's own size.
        closeup: The tile with the strongest vote as JPEG without metadata, cut from the photo's
            own pixels, its long side at most `CLOSEUP_PIXELS`; empty for a photo of one tile.
    """

    name: str
    preview: bytes
    analysis: Analysis
    closeup: bytes = b""


def judge_photo(
    name: str,
    content: bytes,
    classifier: Classifier,
    known: Calibration,
    number: int | None = None,
) -> Judged:
    """Judge a photo on all cores, and keep a small picture of it.

    Args:
        name: The visitor's file name.
        content: The whole file.
        classifier: The model.
        known: The model's calibration.
        number: Which of the file's pictures, see `images.read_photo`.

    Raises:
        InputError: The file is empty, too large, no supported photo, or damaged.
    """
    upright = images.read_photo(content, number)
    preview, analysis = parallel.both(
        lambda: _preview(upright), lambda: analyse(upright, classifier, known)
    )
    return Judged(name, preview, analysis, _closeup(upright, analysis))


def picture(judged: Judged) -> Image.Image:
    """Decode the preview: mode RGB, the long side at most `PREVIEW_PIXELS`, no metadata."""
    return bare(Image.open(io.BytesIO(judged.preview)))


def bare(image: Image.Image) -> Image.Image:
    """Copy the pixels of an RGB image, and nothing that Pillow would write beside them."""
    copy = Image.new("RGB", image.size)
    copy.paste(image)
    return copy


def heat_picture(judged: Judged, opacity: float) -> Image.Image:
    """Lay heat over the preview where the class is seen.

    Args:
        judged: A judged photo.
        opacity: Of the colour where the heat is 1, 0 to 1.
    """
    return heatmap.overlay(picture(judged), judged.analysis.heat, opacity, above=0)


def outlined(
    judged: Judged, verdict: Verdict, opacity: float, pixels: int = ANNOTATED_PIXELS
) -> Image.Image:
    """Draw the heat and an outline of the places whose tiles voted.

    Args:
        judged: A judged photo.
        verdict: What `verdict.decide` says of it.
        opacity: Of the colour where the heat is 1, 0 to 1.
        pixels: Long side of the picture.
    """
    return with_outline(_resized(heat_picture(judged, opacity), pixels), judged, verdict)


def with_outline(image: Image.Image, judged: Judged, verdict: Verdict) -> Image.Image:
    """Draw an outline of the places whose tiles voted.

    Args:
        image: The photo in any size, mode RGB.
        judged: The same photo, judged.
        verdict: What `verdict.decide` says of it.
    """
    # Tiles that vote at the threshold or above are the strongest so many.
    voted = _by_vote(judged.analysis)[: verdict.found_tiles]
    boxes = [_box(image, judged.analysis, tile) for tile in voted]
    return outline.draw_round(image, boxes, round(max(image.size) / PIXELS_FOR_A_PIXEL) or 1)


def annotated(judged: Judged, verdict: Verdict, opacity: float) -> Image.Image:
    """Draw the heat, the outlines of the tiles that voted, and a caption below.

    Args:
        judged: A judged photo.
        verdict: What `verdict.decide` says of it.
        opacity: Of the colour where the heat is 1, 0 to 1.

    Returns:
        An image of mode RGB without metadata, at least `ANNOTATED_PIXELS` wide.
    """
    pixels = max(*picture(judged).size, ANNOTATED_PIXELS)
    image = outlined(judged, verdict, opacity, pixels)
    strip = _caption(max(image.width, ANNOTATED_PIXELS), judged.analysis, verdict)
    page = Image.new("RGB", (strip.width, image.height + strip.height), PAPER)
    page.paste(image, ((page.width - image.width) // 2, 0))
    page.paste(strip, (0, image.height))
    return page


def strongest_tiles(judged: Judged, most: int = 8) -> list[tuple[Image.Image, float, float]]:
    """Cut out the tiles with the strongest votes, one for each place.

    Args:
        judged: A judged photo.
        most: How many.

    Returns:
        For each tile, the strongest vote first: its picture, cut from the preview and at least
        `TILE_PIXELS` wide, its vote and its familiarity, 0 to 1. Of tiles that share more than
        half of the smaller one, only the strongest.
    """
    analysis, whole = judged.analysis, picture(judged)
    chosen = _apart(analysis.places, _by_vote(analysis), most)
    cuts = [_wide(whole.crop(_box(whole, analysis, tile))) for tile in chosen]
    votes, familiarity = analysis.votes[chosen].tolist(), analysis.familiarity[chosen].tolist()
    return list(zip(cuts, votes, familiarity, strict=True))


def doubtful_first(verdicts: Sequence[Verdict]) -> list[int]:
    """Order photos by how much they need a person's eye.

    Args:
        verdicts: What was said of each photo.

    Returns:
        Indices: doubtful ones, unfamiliar ones, those found, those not found; within a kind the
        highest probability first, which for doubtful and not found is nearest to the threshold.
    """
    keys = [(KINDS.index(verdict.kind), -verdict.probability) for verdict in verdicts]
    return sorted(range(len(keys)), key=keys.__getitem__)


def _preview(upright: Image.Image) -> bytes:
    small = bare(_resized(upright, min(PREVIEW_PIXELS, max(upright.size))))
    for quality in PREVIEW_QUALITIES:
        buffer = io.BytesIO()
        small.save(buffer, "JPEG", quality=quality)
        if buffer.tell() <= PREVIEW_BYTES:
            break
    return buffer.getvalue()


def _closeup(upright: Image.Image, analysis: Analysis) -> bytes:
    if len(analysis.places) == 1:
        return b""
    tile = upright.crop(_box(upright, analysis, _by_vote(analysis)[0]))
    small = bare(_resized(tile, min(CLOSEUP_PIXELS, max(tile.size))))
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=CLOSEUP_QUALITY)
    return buffer.getvalue()


def _resized(image: Image.Image, pixels: int) -> Image.Image:
    """Bring the long side of an image to so many pixels."""
    times = pixels / max(image.size)
    width, height = (max(1, round(n * times)) for n in image.size)
    return image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=REDUCING_GAP)


def _wide(tile: Image.Image) -> Image.Image:
    times = max(1, TILE_PIXELS / tile.width)
    return _resized(tile, round(max(tile.size) * times))


def _by_vote(analysis: Analysis) -> np.ndarray:
    return np.argsort(-analysis.votes, kind="stable")


def _box(image: Image.Image, analysis: Analysis, tile: int) -> tuple[int, int, int, int]:
    """Give left, top, right and bottom of a tile in a picture of the photo of another size."""
    left, top, wide, high = analysis.places[tile]
    width, height = np.array(image.size) / analysis.size
    x, y = min(round(left * width), image.width - 1), min(round(top * height), image.height - 1)
    right, bottom = round((left + wide) * width), round((top + high) * height)
    return x, y, min(max(right, x + 1), image.width), min(max(bottom, y + 1), image.height)


def _caption(width: int, analysis: Analysis, verdict: Verdict) -> Image.Image:
    size = width // LETTERS_IN_A_LINE
    large = round(1.4 * size)
    fonts = {points: ImageFont.load_default(points) for points in (large, size)}
    lines = [(_words(verdict, analysis), large), *((line, size) for line in _figures(verdict))]
    strip = Image.new("RGB", (width, round(7.2 * size)), PAPER)
    draw, down = ImageDraw.Draw(strip), size // 2
    for text, points in lines:
        font = fonts[points]
        draw.text((size // 2, down), _fitting(text, font, width - size), INK, font)
        down += round(1.4 * points)
    return strip


def _words(verdict: Verdict, analysis: Analysis) -> str:
    """Give the verdict, with a class's number where the font has no letters for its name."""
    if verdict.kind == UNFAMILIAR:
        return NO_VERDICT
    if verdict.words.isascii() and verdict.words.isprintable():
        return verdict.words
    return f"class {analysis.classes.index(verdict.words) + 1} of {len(analysis.classes)}"


def _fitting(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int) -> str:
    """Cut a text that is too wide."""
    fits = [n for n in range(len(text)) if font.getlength(f"{text[:n]}…") <= width]
    return text if font.getlength(text) <= width else f"{text[: max(fits, default=0)]}…"


def _figures(verdict: Verdict) -> tuple[str, ...]:
    return (
        f"found in {verdict.found_tiles:,} of {verdict.tiles:,} tiles",
        f"probability {percent(verdict.probability)}, familiarity {verdict.familiarity:.0%}",
        NOT_AN_INSPECTION,
    )


def _apart(places: np.ndarray, order: np.ndarray, most: int) -> list[int]:
    """Take tiles in order, and leave out those that show a place once more."""
    taken: list[int] = []
    for tile in order:
        if all(_shared(places[tile], places[other]) <= SAME_PLACE for other in taken):
            taken.append(tile)
        if len(taken) >= most:
            break
    return taken[:most]


def _shared(one: np.ndarray, other: np.ndarray) -> float:
    """Give the share of the smaller of two tiles that the other covers."""
    first, end = np.maximum(one[:2], other[:2]), np.minimum(_end(one), _end(other))
    return float(np.prod(np.maximum(end - first, 0)) / min(np.prod(one[2:]), np.prod(other[2:])))


def _end(place: np.ndarray) -> np.ndarray:
    return place[:2] + place[2:]
