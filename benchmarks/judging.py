"""Judging photos: how long one takes and a folder of them, beside an earlier commit.

    python -m benchmarks --only judging --before ../before

where `../before` is a worktree of an earlier commit (`git worktree add --detach ../before COMMIT`).
Both take turns, so that both see the same machine.
"""

import argparse
import json
import os
import shutil
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks import processes, walls
from benchmarks.figures import Table, number, percentile
from crackcls import config
from crackcls.errors import InputError
from crackcls.files import write_json
from crackcls.runs import folders

SIZES = {"12 megapixels": (4000, 3000), "2 megapixels": (1600, 1250)}
CALLS, ROUNDS = 5, 4
# Photos of the folder are links to so many drawn ones.
FOLDER, DRAWN = 500, 8
# Calls that tell the network's limit.
ALONE = 20
CHILD = Path(__file__).with_name("judge_as.py")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Measure times of one photo and of a folder.

    Args:
        options: `before`, None or a checkout, and `folder_photos`.
    """
    with processes.place(with_model=True) as own:
        found = {"times": _times(checkouts(options.before), own)}
        return {**found, "folder": _folder(own, options.folder_photos)}


def checkouts(before: Path | None) -> dict[str, Path]:
    """Give the checkouts that are compared, by `before` and `now`.

    Raises:
        InputError: One is no checkout of this project.
    """
    if before and not (before / "crackcls" / "photos").is_dir():
        raise InputError(f"--before must be a checkout of crackcls, received '{before}'.")
    return ({"before": before} if before else {}) | {"now": config.PROJECT}


def child(checkout: Path, own: Path, **asked: Any) -> Any:
    """Let a checkout judge, see `judge_as`."""
    jobs, answers = own / "jobs.json", own / "answers.json"
    write_json(jobs, {"model": config.DEFAULT_MODEL, **asked})
    how = {"PYTHONPATH": str(checkout.resolve()), "PYTHONSAFEPATH": "1"}
    processes.run([CHILD, jobs, answers], own, how)
    return json.loads(answers.read_text("utf-8"))


def _times(checkouts: dict[str, Path], own: Path) -> dict[str, dict[str, list[float]]]:
    """Give the seconds of each call, by size and checkout."""
    paths = {name: str(own / f"{width}.jpg") for name, (width, _) in SIZES.items()}
    for name, size in SIZES.items():
        draw(0, size).save(paths[name], quality=90)
    found: dict[str, dict[str, list[float]]] = {name: {} for name in SIZES}
    for turn in range(ROUNDS):
        for which, checkout in checkouts.items():
            processes.say(f"judging: times, {which}, round {turn + 1} of {ROUNDS}")
            told = child(checkout, own, times=paths, calls=CALLS)
            for name, seconds in told.items():
                found[name].setdefault(which, []).extend(seconds)
    return found


def draw(seed: int, size: tuple[int, int]) -> Image.Image:
    """Draw a cracked wall, enlarged to a size and with the noise of a camera."""
    large = np.asarray(walls.cracked(seed)[0].resize(size, Image.Resampling.BICUBIC), np.int16)
    noise = np.random.default_rng(seed).integers(-8, 9, large.shape, np.int16)
    return Image.fromarray(np.clip(large + noise, 0, 255).astype(np.uint8))


def _folder(own: Path, count: int) -> dict[str, Any]:
    """Judge a folder of photos of 12 megapixels by the command, and give the network's limit."""
    processes.say(f"judging: a folder of {count} photos")
    folder, drawn = own / "photos", [own / f"drawn-{i}.jpg" for i in range(DRAWN)]
    folder.mkdir()
    for number_, path in enumerate(drawn):
        draw(number_, SIZES["12 megapixels"]).save(path, quality=90)
    for at in range(count):
        os.link(drawn[at % DRAWN], folder / f"{at:04}.jpg")
    done = processes.run(["-m", "crackcls", "predict", folder, "--csv", own / "table.csv"], own)
    limit = processes.call("judging:network_alone", own, path=str(drawn[0]))["value"]
    shutil.rmtree(folder)
    return {"photos": count, "seconds": done["seconds"], "peak": done["peak"], **limit}


def network_alone(path: str) -> dict[str, float]:
    """Run the network on the tiles of a photo, which lie in memory, on all cores.

    Returns:
        `tiles` of a photo, and `limit`, photos a second.
    """
    from crackcls import images
    from crackcls.network.classifier import load_model
    from crackcls.photos import looks, tiles

    model = load_model(folders.folder_of(config.DEFAULT_MODEL))
    upright = images.read_photo(Path(path).read_bytes())
    grids = tiles.grids(upright.size, tiles.sides(upright.size), model.image_size)
    cuts = [one for of_scale in tiles.cut(upright, grids) for one in of_scale]
    looks.run(cuts, model, None)
    begun = time.perf_counter()
    for _ in range(ALONE):
        looks.run(cuts, model, None)
    return {"tiles": len(cuts), "limit": ALONE / (time.perf_counter() - begun)}


def tables(found: dict[str, Any]) -> list[Table]:
    """Write the tables of what `measure` gave."""
    return [_times_table(found["times"]), _folder_table(found["folder"])]


def _times_table(found: dict[str, dict[str, list[float]]]) -> Table:
    text = (
        "From the file to the verdict and its heat, on all cores; the checkouts took turns, "
        f"{CALLS} calls each time. Share: p50 of now by that of before."
    )
    lines = []
    for name, of in found.items():
        halves = {which: percentile(times, 0.5) for which, times in of.items()}
        before = halves.get("before")
        last = percentile(of["now"], 0.95)
        lines.append(
            [
                name,
                f"{number(before)} s" if before else "-",
                f"{number(halves['now'])} s",
                f"{number(last)} s",
                f"{halves['now'] / before:.2f}" if before else "-",
            ]
        )
    return "One photo", text, ("photo", "p50 before", "p50 now", "p95 now", "share"), lines


def _folder_table(found: dict[str, Any]) -> Table:
    rate = found["photos"] / found["seconds"]
    text = (
        f"`python -m crackcls predict` on a folder of photos of 12 megapixels, from process start "
        f"to the whole table; {DRAWN} drawn photos, linked. The network's own limit: all tiles of "
        "a photo, in memory, on all cores."
    )
    row = [
        f"{found['photos']:,}",
        f"{number(found['seconds'])} s",
        f"{rate:.2f}",
        f"{found['limit']:.2f} photos/s of {found['tiles']} tiles",
        f"{rate / found['limit']:.0%}",
        f"{found['peak'] / 1e6:,.0f} MB",
    ]
    heads = ("photos", "time", "photos/s", "the network alone", "of that", "peak memory")
    return "A folder of photos", text, heads, [row]
