"""Ray: what it costs beside the same command without it, on the same cores."""

import argparse
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks import machine, processes
from benchmarks.figures import Table, line, megabytes, number, seconds

SIZE, FEW, MANY, DRAWN = (1632, 1224), 30, 720, 15
MISSING = 'Ray is not installed, `pip install "crackcls[ray]"`'
WAYS = {"without": (), "with Ray": ("--ray", "local")}
ITEMS = (1_000, 31_000)


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Judge few and many made-up photos with and without Ray, and spread items that do nothing.

    Args:
        options: `repeats`.

    Returns:
        `photos`: for each way and number of photos, runs with `seconds` and `peak` (bytes of the
        command itself); `items`: for each number of items the same of `spread.each`. None where Ray
        is not installed.
    """
    if not machine.has("ray"):
        return {"photos": None, "items": None}
    with processes.place(with_model=True) as own:
        folders = {count: draw(own / f"photos-{count}", count) for count in (FEW, MANY)}
        rows: dict[str, Any] = {name: {str(count): [] for count in folders} for name in WAYS}
        for number_ in range(options.repeats):
            for count, folder in folders.items():
                made = {name: _predict(own, folder, name, number_) for name in WAYS}
                tables_ = {content for content, _ in made.values()}
                assert len(tables_) == 1, "the tables differ"
                for name, (_, run) in made.items():
                    rows[name][str(count)].append(run)
        items = {str(count): _spread(own, count) for count in ITEMS}
    return {"photos": rows, "items": items, "cores": os.cpu_count()}


def tables(found: dict[str, Any]) -> list[Table]:
    """Write the tables of what `measure` gave."""
    if found["photos"] is None:
        return [("predict with Ray", MISSING, ("",), [])]
    return [_photos_table(found["photos"], found["cores"]), _items_table(found["items"])]


def draw(folder: Path, count: int) -> Path:
    """Make photos of two megapixels, every other with a dark line; some stand there often."""
    folder.mkdir()
    for at in range(count):
        path = folder / f"{at:05}.jpg"
        if at < DRAWN:
            _picture(at).save(path, quality=90)
        else:
            os.link(folder / f"{at % DRAWN:05}.jpg", path)
    return folder


def spread_nothing(count: int) -> int:
    """Spread items whose work is nothing; be a child that is measured."""
    from crackcls.cluster import spread
    from crackcls.cluster.work import Work

    items = [f"/photos/walls of the year/DJI_{at:08}.JPG" for at in range(count)]
    return sum(1 for _ in spread.each(items, Work(nothing, {}), "local", batch=spread.MOST))


def nothing(folder: Path) -> Callable[[Sequence[str]], Sequence[dict[str, Any]]]:
    """Open work that gives for each item a row as long as a photo's."""
    row = {"verdict": "no crack found", "probability": 0.5, "tiles": 200, "caution": ""}
    return lambda items: [{"file": item, **row} for item in items]


def _picture(seed: int) -> Image.Image:
    rng, (width, height) = np.random.default_rng(seed), SIZE
    coarse = Image.fromarray(rng.integers(90, 190, (height // 40, width // 40, 3), np.uint8))
    smooth = np.asarray(coarse.resize(SIZE, Image.Resampling.BICUBIC)).astype(np.int16)
    image = smooth + rng.integers(-12, 13, (height, width, 1), np.int16)
    if seed % 2:
        at = np.clip(width // 2 + np.cumsum(rng.integers(-2, 3, height)), 3, width - 4)
        for row, column in enumerate(at):
            image[row, column - 2 : column + 3] = 25
    return Image.fromarray(image.clip(0, 255).astype(np.uint8))


def _predict(own: Path, folder: Path, name: str, run: int) -> tuple[bytes, dict[str, Any]]:
    processes.say(f"cluster: {folder.name}, {name}, run {run + 1}")
    out = own / "verdicts.csv"
    words = ["-m", "crackcls", "predict", folder, "--csv", out, *WAYS[name]]
    done = processes.run(words, own)
    return out.read_bytes(), {key: done[key] for key in ("seconds", "peak")}


def _spread(own: Path, count: int) -> dict[str, Any]:
    processes.say(f"cluster: {count:,} items that do nothing")
    done = processes.call("cluster:spread_nothing", own, count=count)
    assert done["value"] == count
    return {key: done[key] for key in ("seconds", "peak")}


def _photos_table(rows: dict[str, Any], cores: int) -> Table:
    fits = {name: _fit(runs) for name, runs in rows.items()}
    own = fits["without"]
    text = (
        f"Made-up photos of 2 megapixels, {cores} cores; each pair of tables was the same. A line "
        f"through {FEW} and {MANY} photos tells the start and the time of one more photo."
    )
    heads = ("", *(f"{n} photos" for n in (FEW, MANY)), "start", "a photo", "photos/s a core")
    lines = [
        [
            name,
            *(seconds([run["seconds"] for run in runs[str(n)]]) for n in (FEW, MANY)),
            f"{number(start)} s",
            f"{number(1000 * each)} ms ({each / own[1] - 1:+.1%})",
            number(1 / each / cores),
        ]
        for (name, runs), (start, each) in zip(rows.items(), fits.values(), strict=True)
    ]
    whole = _total(rows["with Ray"], MANY) / _total(rows["without"], MANY) - 1
    return "predict with Ray", f"{text} {MANY} photos took {whole:+.1%} in all.", heads, lines


def _items_table(items: dict[str, Any]) -> Table:
    few, many = (items[str(count)] for count in ITEMS)
    more = ITEMS[1] - ITEMS[0]
    rate = more / (many["seconds"] - few["seconds"])
    text = (
        "What the command takes that hands out names and takes in rows, where the work is nothing: "
        "so many photos a second it can keep up with, workers on the same cores, and the memory "
        "that it needs for each further name."
    )
    row = [number(rate), megabytes([few["peak"]]), megabytes([many["peak"]])]
    row.append(f"{number((many['peak'] - few['peak']) / more)} bytes")
    heads = ("items/s", *(f"peak, {count:,} items" for count in ITEMS), "a further item")
    return "The command that spreads", text, heads, [row]


def _fit(runs: dict[str, Any]) -> tuple[float, float]:
    return line([(count, _total(runs, count)) for count in (FEW, MANY)])


def _total(runs: dict[str, Any], count: int) -> float:
    return sorted(run["seconds"] for run in runs[str(count)])[len(runs[str(count)]) // 2]
