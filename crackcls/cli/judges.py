"""Who judges photos for a command: this machine, or the machines of a Ray cluster."""

import argparse
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from crackcls.addresses import File

if TYPE_CHECKING:
    from crackcls.photos.growing import MapOf, Parts

# Takes photos, and a function that takes what came of each at once; gives that in order.
Judge = Callable[[Sequence[File], Callable[[File, "Parts"], None]], Iterator["Parts"]]


def add_ray(command: argparse.ArgumentParser) -> None:
    """Add the option that names a Ray cluster."""
    ray_help = "judge on the machines of a Ray cluster: HOST:PORT, auto, or local for this one"
    command.add_argument("--ray", metavar="ADDRESS", help=ray_help)


def here(folder: Path, threshold: float, maps: Path | None, map_of: "MapOf | None") -> Judge:
    """Open a model on this machine; for the arguments see `lines.line_of`."""
    from crackcls.network import calibration
    from crackcls.network.classifier import load_model
    from crackcls.photos.files import each_file
    from crackcls.photos.lines import line_of

    classifier, known = load_model(folder), calibration.load(folder)
    line = line_of(threshold, maps, map_of)
    return lambda files, keep: each_file(files, classifier, known, line, keep)


def by_ray(
    address: str,
    folder: Path,
    threshold: float,
    maps: Path | None,
    places: Mapping[File, Path],
) -> Judge:
    """Send a model to the machines of a cluster.

    Args:
        address: Of the cluster, see `nodes.joined`.
        folder: Of the model.
        threshold: See `lines.line_of`.
        maps: See `lines.line_of`.
        places: The heat map of each photo, where there shall be one.
    """
    from crackcls.cluster import nodes, spread
    from crackcls.cluster.work import Work, content_of
    from crackcls.photos import lines

    nodes.check_installed()
    opened = functools.partial(lines.opened, threshold=threshold, maps=maps)
    content = content_of(folder, lines.MODEL_FILES)

    def judge(files: Sequence[File], keep: Callable[[File, "Parts"], None]) -> Iterator["Parts"]:
        work = Work(opened, content, lines.lost, folders_of(files), folder.name)
        items = [(file, places.get(file)) for file in files]
        return spread.each(items, work, address, lambda item, parts: keep(item[0], parts))

    return judge


def folders_of(files: Sequence[File]) -> tuple[Path, ...]:
    """Give the folders of this machine in which files lie."""
    above = {file.parent for file in files if isinstance(file, Path)}
    return tuple(folder.absolute() for folder in above if folder.is_dir())
