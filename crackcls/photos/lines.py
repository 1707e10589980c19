"""The lines of a table that the pictures of a photo file give, and their heat maps."""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from PIL import Image

from crackcls.addresses import File
from crackcls.errors import InputError
from crackcls.files import write_atomically
from crackcls.formats import photo_files
from crackcls.network import calibration, heatmap
from crackcls.network.classifier import load_model
from crackcls.photos import files
from crackcls.photos.growing import Line, MapOf, Parts
from crackcls.photos.verdict import PICTURE, Analysis, decide, row_of

# Long side of a heat map in pixels.
HEAT_MAP_PIXELS = 1600
# The files of a model that judging takes.
MODEL_FILES = ("model.json", "model.tflite", "pieces.npz", *calibration.FILES)

# A photo and the file of its heat map, where there shall be one.
Item = tuple[File, Path | None]


def line_of(
    threshold: float, maps: Path | None, map_of: MapOf | None
) -> Callable[[File, str, Image.Image, Analysis], Line]:
    """Give a function that makes the line of a picture, and its heat map; see `files.each_file`.

    Args:
        threshold: The lowest vote that counts, above 0 to 1.
        maps: The folder of the heat maps.
        map_of: Gives the heat map of a file and a part of it; None makes none.
    """

    def line(file: File, part: str, upright: Image.Image, analysis: Analysis) -> Line:
        row = row_of(photo_files.called(file, part), decide(analysis, threshold))
        if map_of and maps:
            place = map_of(file, part)
            _save_heat_map(upright, analysis, place)
            row[PICTURE] = place.relative_to(maps).as_posix()
        return row

    return line


def maps_at(places: Mapping[File, Path]) -> MapOf:
    """Give the heat map of each part of each photo, by the place of the photo's own."""

    def map_of(file: File, part: str) -> Path:
        return places[file].with_stem(photo_files.called(places[file].stem, part))

    return map_of


def opened(
    folder: Path, threshold: float, maps: Path | None
) -> Callable[[Sequence[Item]], Iterator[Parts]]:
    """Open a model, and give a function that judges photo files one after another.

    Args:
        folder: Of the model; `MODEL_FILES` are enough.
        threshold: See `line_of`.
        maps: See `line_of`.
    """
    classifier, known = load_model(folder), calibration.load(folder)

    def parts(item: Item) -> Parts:
        file, place = item
        map_of = maps_at({file: place}) if place else None
        return files.parts_of(file, classifier, known, line_of(threshold, maps, map_of))

    return lambda items: map(parts, items)


def lost(reason: InputError) -> Parts:
    """Give what stands for a file that could not be judged."""
    return [("", reason)]


def _save_heat_map(upright: Image.Image, analysis: Analysis, place: Path) -> None:
    small = upright.copy()
    small.thumbnail((HEAT_MAP_PIXELS, HEAT_MAP_PIXELS))
    buffer = io.BytesIO()
    heatmap.overlay(small, analysis.heat, above=0).save(buffer, "PNG")
    place.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(place, buffer.getvalue())
