"""The command line's part about photos: `predict`."""

import argparse
import csv
import glob
import io
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from crackcls import config, photo_files, typed
from crackcls.cli import evaluate
from crackcls.cli.data import AddCommand, Subcommands
from crackcls.errors import InputError
from crackcls.file_marks import Kind
from crackcls.files import write_atomically, writing
from crackcls.names import shown

if TYPE_CHECKING:
    from PIL import Image

    from crackcls.photos.verdict import Analysis

# Long side of a heat map in pixels.
HEAT_MAP_PIXELS = 1600
# A line of the CSV file, see `verdict.row_of`.
Line = dict[str, str | float | int]


def add(subcommands: Subcommands, add_command: AddCommand) -> None:
    """Add the command to the parser; for `add_command` see `data.add`."""
    command = add_command(subcommands, "predict", run_predict, "Judge photos with a model.")
    add = command.add_argument
    add("paths", nargs="+", type=typed.path, metavar="PATH", help="photo or folder")
    evaluate.add_model(command)
    csv_help = "write file, verdict, probability, familiarity, tiles, cracked_tiles"
    add("--csv", type=typed.path, metavar="OUT", help=csv_help)
    maps_help = "write each photo with its heat map as PNG"
    add("--heatmaps", type=typed.path, metavar="DIR", help=maps_help)
    at_help = "vote from which a tile counts as cracked (%(default)s)"
    share = evaluate.share
    add("--threshold", type=share, metavar="T", default=config.THRESHOLD, help=at_help)


def run_predict(chosen: argparse.Namespace) -> int:
    """Judge photos; see `predict --help`."""
    from crackcls.cli import terminal

    paths = [*expanded(chosen.paths)]
    files, passed_over = files_of(paths)
    for said in photo_files.lines(passed_over):
        terminal.say(said, sys.stderr)
    if chosen.csv and not chosen.csv.parent.is_dir():
        raise InputError(f"The CSV file must lie in a folder that exists, received '{chosen.csv}'.")
    if not files:
        named = ", ".join(f"'{path}'" for path in paths)
        raise InputError(f"There must be a photo to judge, and {named} holds none. Name another.")
    photos, failed = [], dict[str, str]()
    judged = _with_bar(_judged(chosen, paths, files), files)
    with _csv(chosen.csv) if chosen.csv else nullcontext() as write:
        for name, line in _by_name(files, judged):
            if isinstance(line, InputError):
                failed[name] = f"{failed[name]} {line}" if name in failed else str(line)
                terminal.say(f"{shown(name)}: {shown(line)}", sys.stderr)
                continue
            if write:
                write(line)
            if chosen.json:
                photos.append(line)
            else:
                terminal.say(_in_words(line), sys.stdout)
    if chosen.json:
        left = {name: f"{kind.name}. {kind.way}" for name, kind in passed_over.items()}
        told = {"photos": photos, "failed": failed, "passed_over": left}
        terminal.print_result(True, told, "")
    return int(bool(failed))


def expanded(paths: Sequence[Path]) -> Iterator[Path]:
    """Give paths, and in place of a pattern such as `*.jpg` the files that it stands for.

    The shells of Windows hand patterns on as they are typed.
    """
    for path in paths:
        found = [] if path.exists() else sorted(glob.glob(str(path)))  # noqa: PTH207 (as typed)
        yield from map(Path, found) if found else [path]


def files_of(paths: Sequence[Path]) -> tuple[list[Path], dict[str, Kind]]:
    """Give files as they are and the photos below folders, and what else lies there."""
    files: list[Path] = []
    passed_over: dict[str, Kind] = {}
    for path in paths:
        if not path.is_dir():
            files.append(path)
            continue
        found = photo_files.below(path)
        files += [path / name for name in found.photos]
        passed_over |= {str(path / name): kind for name, kind in found.passed_over.items()}
    return files, passed_over


def _by_name(
    files: Sequence[Path], judged: Iterable[list[tuple[str, Line | InputError]]]
) -> Iterator[tuple[str, Line | InputError]]:
    """Give the name of each picture, and what came of it."""
    for file, parts in zip(files, judged, strict=True):
        yield from ((photo_files.called(file, part), line) for part, line in parts)


def _judged(
    chosen: argparse.Namespace, paths: Sequence[Path], files: Sequence[Path]
) -> Iterator[list[tuple[str, Line | InputError]]]:
    from crackcls.cli import terminal
    from crackcls.evaluation import aim
    from crackcls.network import calibration
    from crackcls.network.classifier import check_model, load_model
    from crackcls.photos.files import each_file
    from crackcls.photos.verdict import decide, row_of
    from crackcls.runs import folders

    folder = folders.folder_of(chosen.model)
    check_model(folder)
    if caution := aim.caution(folders.read_run(folder)):
        terminal.say(shown(caution), sys.stderr)
    classifier, known = load_model(folder), calibration.load(folder)
    places = heat_map_places(files, paths, chosen.heatmaps) if chosen.heatmaps else {}

    def line(file: Path, part: str, upright: "Image.Image", analysis: "Analysis") -> Line:
        if places:
            place = places[file]
            of_part = place.with_stem(photo_files.called(place.stem, part))
            _save_heat_map(upright, analysis, of_part)
        return row_of(photo_files.called(file, part), decide(analysis, chosen.threshold))

    return each_file(files, classifier, known, line)


def heat_map_places(files: Sequence[Path], paths: Sequence[Path], folder: Path) -> dict[Path, Path]:
    """Give each photo the file of its heat map, none of them twice.

    Args:
        files: The photos.
        paths: What the caller named: photos, or folders that hold them.
        folder: Where the heat maps go, in folders like those of the photos.
    """
    places, taken = {}, set()
    for file in files:
        above = next((path for path in paths if path.is_dir() and path in file.parents), None)
        inside = folder / (file.relative_to(above) if above else file.name)
        number, place = 1, inside.with_name(f"{inside.name}.png")
        while str(place).casefold() in taken:
            number += 1
            place = inside.with_name(f"{inside.name}-{number}.png")
        taken.add(str(place).casefold())
        places[file] = place
    return places


def _save_heat_map(upright: "Image.Image", analysis: "Analysis", place: Path) -> None:
    from crackcls.network import heatmap

    small = upright.copy()
    small.thumbnail((HEAT_MAP_PIXELS, HEAT_MAP_PIXELS))
    buffer = io.BytesIO()
    heatmap.overlay(small, analysis.heat, above=0).save(buffer, "PNG")
    place.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(place, buffer.getvalue())


@contextmanager
def _csv(path: Path) -> Iterator[Callable[[Line], object]]:
    """Give a function that adds a line to a CSV file, which appears when all is written."""
    from crackcls.photos.verdict import COLUMNS

    with writing(path) as file:
        text = io.TextIOWrapper(file, "utf-8", newline="", write_through=True)
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(COLUMNS)
        yield lambda line: rows.writerow(line.values())
        text.detach()


def _in_words(line: Line) -> str:
    from crackcls.interval import percent

    tiles = f"{line['cracked_tiles']} of {line['tiles']} tiles"
    vote, familiar = percent(float(line["probability"])), f"{line['familiarity']:.0%}"
    name, verdict = shown(line["file"]), shown(line["verdict"])
    return f"{name}: {verdict} ({tiles}, vote {vote}, familiarity {familiar})"


def _with_bar(
    judged: Iterator[list[tuple[str, Line | InputError]]], files: Sequence[Path]
) -> Iterable[list[tuple[str, Line | InputError]]]:
    from tqdm import tqdm

    return tqdm(judged, "predicting", len(files), unit=" photos", disable=None)
