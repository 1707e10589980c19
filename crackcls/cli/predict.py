"""The command line's part about photos: `predict`."""

import argparse
import glob
import hashlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crackcls import __version__, config, disk, typed
from crackcls.addresses import Address, File, inside, is_folder
from crackcls.cli import evaluate, judges
from crackcls.cli.data import AddCommand, Subcommands
from crackcls.errors import InputError
from crackcls.formats import photo_files
from crackcls.formats.marks import Kind
from crackcls.names import shortened, shown

if TYPE_CHECKING:
    from crackcls.photos.growing import Line, MapOf, Parts

# Options on which no verdict hangs, and the files of a model on which all do.
PLACES = ("run", "paths", "csv", "heatmaps", "json", "ray")
DECIDING_FILES = ("model.json", "calibration.json")


def add(subcommands: Subcommands, add_command: AddCommand) -> None:
    """Add the command to the parser; for `add_command` see `data.add`."""
    command = add_command(subcommands, "predict", run_predict, "Judge photos with a model.")
    add = command.add_argument
    add("paths", nargs="+", type=typed.place, metavar="PATH", help="photo or folder")
    evaluate.add_model(command)
    csv_help = "write file, verdict, probability and what it rests on, to CSV or .xlsx"
    add("--csv", type=typed.path, metavar="OUT", help=csv_help)
    maps_help = "write each photo with its heat map as PNG"
    add("--heatmaps", type=typed.path, metavar="DIR", help=maps_help)
    at_help = "vote from which a tile counts as cracked (%(default)s)"
    share = evaluate.share
    add("--threshold", type=share, metavar="T", default=config.THRESHOLD, help=at_help)
    judges.add_ray(command)


def run_predict(chosen: argparse.Namespace) -> int:
    """Judge photos; see `predict --help`."""
    from crackcls.cli import terminal
    from crackcls.network import how
    from crackcls.runs import folders

    paths = [*expanded(chosen.paths)]
    files, passed_over = files_of(paths)
    for one in photo_files.lines(passed_over):
        terminal.say(one, sys.stderr)
    if not files:
        named = ", ".join(f"'{path}'" for path in paths)
        raise InputError(f"There must be a photo to judge, and {named} holds none. Name another.")
    if chosen.csv:
        disk.check_file(chosen.csv)
    if chosen.heatmaps:
        disk.check_folder(chosen.heatmaps)
    failed: dict[str, str] = {}
    try:
        photos = [line for line in _lines(chosen, paths, files, failed) if chosen.json]
    except KeyboardInterrupt:
        if chosen.csv:
            told = f"what is judged is kept beside {shown(chosen.csv)}; the same command goes on"
            terminal.say(told, sys.stderr)
        raise
    if chosen.json:
        left = photo_files.reasons(passed_over)
        said = how.of_model(folders.folder_of(chosen.model))
        told_all = {"judged": said, "photos": photos, "failed": failed, "passed_over": left}
        terminal.print_result(True, told_all, "")
    return int(bool(failed))


def _lines(
    chosen: argparse.Namespace,
    paths: Sequence[File],
    files: Sequence[File],
    failed: dict[str, str],
) -> "Iterator[Line]":
    """Judge photos, write and print each line; pictures that cannot be read go to `failed`."""
    from crackcls.cli import terminal
    from crackcls.photos import growing, lines

    places = heat_map_places(files, paths, chosen.heatmaps) if chosen.heatmaps else {}
    for folder in filter(Path.is_dir, places.values()):
        disk.check_file(folder)
    map_of = lines.maps_at(places) if places else None
    judge = _judge(chosen, places, map_of)
    with growing.open_table(chosen.csv, _about(chosen), files, map_of) as table:
        if table.known:
            count = f"{len(table.known):,} of {len(files):,}"
            terminal.say(f"going on: {count} photos have been judged", sys.stderr)
        waiting = [file for file in files if file not in table.known]
        judged = _with_bar(judge(waiting, table.keep), len(waiting), len(files))
        for file in files:
            for part, line in table.known[file] if file in table.known else next(judged):
                name = photo_files.called(file, part)
                if isinstance(line, InputError):
                    failed[name] = f"{failed[name]} {line}" if name in failed else str(line)
                    terminal.say(f"{shown(name)}: {shown(line)}", sys.stderr)
                    continue
                table.write(line)
                if not chosen.json:
                    terminal.say(_in_words(line), sys.stdout)
                yield line
        next(judged, None)  # Ends the bar.


def expanded(paths: Sequence[File]) -> Iterator[File]:
    """Give paths, and in place of a pattern such as `*.jpg` the files that it stands for.

    The shells of Windows hand patterns on as they are typed.
    """
    for path in paths:
        if isinstance(path, Address) or path.exists():
            yield path
            continue
        found = sorted(glob.glob(str(path)))  # noqa: PTH207 (as typed)
        yield from map(Path, found) if found else [path]


def files_of(paths: Sequence[File]) -> tuple[list[File], dict[str, Kind]]:
    """Give files as they are and the photos below folders, and what else lies there."""
    files: list[File] = []
    passed_over: dict[str, Kind] = {}
    for path in paths:
        if not is_folder(path):
            files.append(path)
        elif isinstance(path, Address):
            photos, others = photo_files.below_address(path)
            files += photos
            passed_over |= others
        else:
            found = photo_files.below(path)
            files += [path / name for name in found.photos]
            passed_over |= {str(path / name): kind for name, kind in found.passed_over.items()}
    return files, passed_over


def _about(chosen: argparse.Namespace) -> dict[str, Any]:
    """Give what the verdicts hang on: the model's files, all options but the places."""
    from crackcls.runs import folders

    options = {name: value for name, value in vars(chosen).items() if name not in PLACES}
    folder = folders.folder_of(chosen.model)
    content = b"".join((folder / name).read_bytes() for name in DECIDING_FILES)
    return {"crackcls": __version__, **options, "sha256": hashlib.sha256(content).hexdigest()}


def _judge(
    chosen: argparse.Namespace, places: Mapping[File, Path], map_of: "MapOf | None"
) -> judges.Judge:
    """Say what is known of the model, and give a function that judges photos with it."""
    from crackcls.cli import terminal
    from crackcls.evaluation import aim
    from crackcls.network import how
    from crackcls.network.classifier import check_model
    from crackcls.runs import folders

    folder = folders.folder_of(chosen.model)
    check_model(folder)
    if caution := aim.caution(folders.read_run(folder)):
        terminal.say(shown(caution), sys.stderr)
    terminal.say(how.of_model(folder), sys.stderr)
    if chosen.ray:
        return judges.by_ray(chosen.ray, folder, chosen.threshold, chosen.heatmaps, places)
    return judges.here(folder, chosen.threshold, chosen.heatmaps, map_of)


def heat_map_places(files: Sequence[File], paths: Sequence[File], folder: Path) -> dict[File, Path]:
    """Give each photo the file of its heat map, none of them twice.

    Args:
        files: The photos.
        paths: What the caller named: photos, or folders that hold them.
        folder: Where the heat maps go, in folders like those of the photos.
    """
    known = {*files}
    above = [path for path in paths if path not in known]
    places: dict[File, Path] = {}
    taken: set[str] = set()
    for file in files:
        below = next(filter(None, (inside(file, path) for path in above)), file.name)
        whole = folder / below
        number, place = 1, whole.with_name(f"{shortened(whole.name)}.png")
        while str(place).casefold() in taken:
            number += 1
            place = whole.with_name(f"{shortened(whole.name)}-{number}.png")
        taken.add(str(place).casefold())
        places[file] = place
    return places


def _in_words(line: "Line") -> str:
    from crackcls.interval import percent

    tiles = f"{line['cracked_tiles']} of {line['tiles']} tiles"
    if line["tiles"] == 1:
        tiles = "judged whole"
    vote, familiar = percent(float(line["probability"])), f"{line['familiarity']:.0%}"
    name, verdict = shown(line["file"]), shown(line["verdict"])
    said = f"{name}: {verdict} ({tiles}, vote {vote}, familiarity {familiar})"
    return f"{said}. {line['caution']}" if line["caution"] else said


def _with_bar(judged: "Iterator[Parts]", waiting: int, total: int) -> "Iterator[Parts]":
    from tqdm import tqdm

    options = {"initial": total - waiting, "unit": " photos", "disable": None}
    return iter(tqdm(judged, "predicting", total, **options))
