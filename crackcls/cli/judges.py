"""Who judges photos for a command: this machine, or the machines of a Ray cluster."""

import argparse
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from crackcls.addresses import Address, File
from crackcls.errors import InputError

if TYPE_CHECKING:
    from crackcls.evaluation import store
    from crackcls.network.pipeline import Row
    from crackcls.network.prefix import Prefix, RowsOf
    from crackcls.photos.growing import MapOf, Parts

# Rows of the frozen part come so many at once: a core makes hundreds a second.
BATCH_BYTES, MOST_IN_A_BATCH = 1_000_000, 256

# So many folders are looked for on each machine, before it works.
MOST_FOLDERS = 16

# Takes photos, and a function that takes what came of each at once; gives that in order.
Judge = Callable[[Sequence[File], Callable[[File, "Parts"], None]], Iterator["Parts"]]


def add_ray(command: argparse.ArgumentParser, what: str = "judge") -> None:
    """Add the option that names a Ray cluster."""
    ray_help = f"{what} on the machines of a Ray cluster: HOST:PORT, auto, or local for this one"
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


def rows_by_ray(address: str, source: Address | None = None) -> "store.Judge":
    """Give a function that judges the images of an evaluation by the machines of a cluster.

    Args:
        address: Of the cluster.
        source: The folder in an object store that the images were fetched from, where they were:
            each machine reads them there.
    """
    from crackcls.cluster import nodes, spread
    from crackcls.cluster.work import Work, content_of
    from crackcls.photos import lines, rows

    nodes.check_installed()

    def judge(paths: Sequence[Path], folder: Path) -> Iterator["Row | InputError"]:
        content = content_of(folder, lines.MODEL_FILES)
        items = [*map(_in_store(source), paths)] if source else paths
        work = Work(rows.opened, content, roots=folders_of(items), name=folder.name)
        return spread.each(items, work, address)

    return judge


def _in_store(source: Address) -> Callable[[Path], Address]:
    """Give a function that tells where in the store a file lies that was fetched from it."""
    from crackcls.datasets import stores

    here, above = stores.folder_of(source), source.url.rstrip("/")
    return lambda path: Address(f"{above}/{path.relative_to(here).as_posix()}")


def prefix_by_ray(address: str) -> "RowsOf":
    """Give a function that runs the frozen part of a network on the machines of a cluster."""
    from crackcls.cluster import nodes, spread
    from crackcls.cluster.work import Work, content_of
    from crackcls.network import prefix_sent

    nodes.check_installed()

    def rows_of(paths: Sequence[Path], frozen: "Prefix") -> Iterator["Row | InputError"]:
        sent, network = prefix_sent.unopened(frozen), frozen.network
        content = content_of(network.parent, [network.name]) if network else {}
        opened = functools.partial(prefix_sent.opened, prefix=sent)
        work = Work(opened, content, roots=folders_of(paths))
        batch = max(BATCH_BYTES // frozen.store.row_bytes // frozen.size, 1) * frozen.size
        return spread.each(paths, work, address, batch=min(batch, MOST_IN_A_BATCH))

    return rows_of


def folders_of(files: Sequence[File]) -> tuple[Path, ...]:
    """Give folders of this machine in which files lie: of many some, from the first to the last."""
    above = {file.parent.absolute() for file in files if isinstance(file, Path)}
    there = sorted(filter(Path.is_dir, above))
    return tuple(there[:: -(-len(there) // MOST_FOLDERS) or 1])
