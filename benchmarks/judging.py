"""Judging photos: how long one takes and many take, and whether verdicts are as good as before.

    python -m benchmarks --only judging --before ../before

where `../before` is a worktree of an earlier commit (`git worktree add --detach ../before COMMIT`).
Times of both alternate, so that both see the same machine.
"""

import argparse
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks import concrete, photos, processes, walls
from benchmarks.figures import Table, number, percentile
from crackcls import config
from crackcls.errors import InputError
from crackcls.files import write_json
from crackcls.runs import folders

SIZES = {"12 megapixels": (4000, 3000), "2 megapixels": (1600, 1250)}
CALLS, ROUNDS = 5, 4
# Photos of the folder are links to so many drawn ones.
FOLDER, DRAWN = 500, 8
LARGE = 10
CHILD = Path(__file__).with_name("judge_as.py")
KINDS = photos.KINDS
Job = dict[str, str]


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Measure times, the folder, and what both checkouts say.

    Args:
        options: `before`, `data`, `shared_photos`.
    """
    checkouts = {"now": config.PROJECT} | ({"before": options.before} if options.before else {})
    with processes.place(with_model=True) as own:
        return {
            "times": _times(checkouts, own),
            "folder": _folder(own, options.folder_photos),
            "verdicts": _verdicts(checkouts, options.data.parent, own),
        }


def child(checkout: Path, own: Path, **asked: Any) -> Any:
    """Let a checkout judge, see `judge_as`.

    Raises:
        InputError: It is no checkout of this project.
    """
    if not (checkout / "crackcls" / "photos").is_dir():
        raise InputError(f"--before must be a checkout of crackcls, received '{checkout}'.")
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
    import time

    from crackcls import images
    from crackcls.network.classifier import load_model
    from crackcls.photos import looks, tiles

    model = load_model(folders.folder_of(config.DEFAULT_MODEL))
    upright = images.read_photo(Path(path).read_bytes())
    grids = tiles.grids(upright.size, tiles.sides(upright.size), model.image_size)
    cuts = [one for of_scale in tiles.cut(upright, grids) for one in of_scale]
    looks.run(cuts, model, None)
    begun, rounds = time.perf_counter(), 20
    for _ in range(rounds):
        looks.run(cuts, model, None)
    return {"tiles": len(cuts), "limit": rounds / (time.perf_counter() - begun)}


def _verdicts(checkouts: dict[str, Path], shared: Path, own: Path) -> dict[str, Any]:
    """Let each checkout say what it sees in each set."""
    sets = dict(_sets(shared, own))
    found = {}
    for which, checkout in checkouts.items():
        processes.say(f"judging: verdicts on {sum(map(len, sets.values())):,} photos, {which}")
        found[which] = child(checkout, own, verdicts=sets)
    return found


def _sets(shared: Path, own: Path) -> Iterator[tuple[str, list[Job]]]:
    """Give the photos of each set: those that are there, and drawn ones."""
    outside, study = shared / "outside", folders.folder_of(photos.STUDY)
    for patches in concrete.list_sets(shared):
        if patches.name.startswith("SDNET2018") and "cleaned" not in patches.name:
            yield f"{patches.name}, sound", _jobs(patches.sound)
            yield f"{patches.name}, cracked", _jobs(patches.cracked)
    paths = photos.test_paths(shared / "metu", study)
    for name, found in paths.items():
        yield f"METU test, {name}", _jobs(found)
    yield "outside, cracked", _jobs(sorted((outside / "cracked").iterdir()))
    labelled = sorted((outside / "uav75" / "train_img").iterdir())
    masks = [outside / "uav75" / "train_lab" / f"{path.stem}.png" for path in labelled]
    yield "outside, uav75", _jobs(labelled, masks)
    yield "no concrete", _jobs([*photos.other_pictures()])
    for count in (0, 1):
        drawn = (photos.mosaic(paths, count, seed) for seed in range(photos.MOSAICS))
        yield f"16 METU test patches, {count} cracked", _kept(own, f"mosaic-{count}", drawn)
    for name, kind in (("roots", walls.rooted), ("wet edges", walls.wet)):
        yield f"walls, {name}", _kept(own, name, map(kind, range(concrete.WALLS)))
    yield "walls, cracked", _cracked_walls(own)
    size = SIZES["12 megapixels"]
    sound = (walls.rooted(n).resize(size, Image.Resampling.BICUBIC) for n in range(50, 50 + LARGE))
    yield "walls of 12 megapixels, roots", _kept(own, "large-roots", sound)
    cracked = (draw(n, size) for n in range(50, 50 + LARGE))
    yield "walls of 12 megapixels, cracked", _kept(own, "large-cracked", cracked)


def _jobs(paths: Sequence[Path], masks: Sequence[Path] = ()) -> list[Job]:
    jobs = [{"path": str(path.resolve())} for path in paths]
    if not masks:
        return jobs
    pairs = zip(jobs, masks, strict=True)
    return [{**job, "mask": str(mask.resolve())} for job, mask in pairs]


def _kept(own: Path, name: str, drawn: Iterator[Image.Image]) -> list[Job]:
    paths = []
    for at, image in enumerate(drawn):
        paths.append(own / f"{name} {at}.png")
        image.save(paths[-1], compress_level=1)
    return _jobs(paths)


def _cracked_walls(own: Path) -> list[Job]:
    drawn = [walls.cracked(seed) for seed in range(concrete.WALLS)]
    photos_ = _kept(own, "cracked", (image for image, _ in drawn))
    masks = _kept(own, "mask", (Image.fromarray(mask.astype(np.uint8) * 255) for _, mask in drawn))
    return [{**job, "mask": mask["path"]} for job, mask in zip(photos_, masks, strict=True)]


def tables(found: dict[str, Any]) -> list[Table]:
    """Write the tables of what `measure` gave."""
    parts = [_times_table(found["times"]), _folder_table(found["folder"])]
    return [*parts, _kinds_table(found["verdicts"]), _figures_table(found["verdicts"])]


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


def _kinds_table(found: dict[str, Any]) -> Table:
    text = "How many photos got each verdict: cracked / doubtful / no crack found / unfamiliar."
    lines = []
    for name, now in found["now"].items():
        before = found.get("before", {}).get(name)
        moved = sum(a["kind"] != b["kind"] for a, b in zip(now, before or now, strict=True))
        told = [_kinds(before) if before else "-", _kinds(now), str(moved) if before else "-"]
        lines.append([name, f"{len(now):,}", *told])
    return "Verdicts", text, ("photos", "count", "before", "now", "other than before"), lines


def _kinds(told: Sequence[dict[str, Any]]) -> str:
    return " / ".join(str(sum(one["kind"] == kind for one in told)) for kind in KINDS)


def _figures_table(found: dict[str, Any]) -> Table:
    text = (
        "ROC AUC of photos by the lowest vote that the verdict needs; of areas of uav75 (a quarter "
        "and an eighth of the long side) by their mean heat; and the share of the heat within "
        "16 pixels of a crack by the share of the area."
    )
    lines = []
    for name, figure in _figures().items():
        values = {which: figure(said) for which, said in found.items()}
        before, now = values.get("before"), values["now"]
        more = f"{now - before:+.4f}" if before is not None else "-"
        lines.append([name, f"{before:.4f}" if before is not None else "-", f"{now:.4f}", more])
    return "Quality", text, ("figure", "before", "now", "more"), lines


def _figures() -> dict[str, Callable[[dict[str, Any]], float]]:
    pairs = {
        **{
            f"ROC AUC, SDNET2018 val, {name}": _pair(f"SDNET2018 {name}")
            for name in concrete.SURFACES
        },
        "ROC AUC, METU test": ("METU test, Negative", "METU test, Positive"),
        "ROC AUC, 16 METU test patches": (
            "16 METU test patches, 0 cracked",
            "16 METU test patches, 1 cracked",
        ),
        "ROC AUC, made-up walls, roots": ("walls, roots", "walls, cracked"),
        "ROC AUC, made-up walls, wet edges": ("walls, wet edges", "walls, cracked"),
        "ROC AUC, walls of 12 megapixels": (
            "walls of 12 megapixels, roots",
            "walls of 12 megapixels, cracked",
        ),
    }
    areas = {"a quarter": 0, "an eighth": 1}
    return {
        **{name: _area_of(*pair) for name, pair in pairs.items()},
        **{f"ROC AUC, uav75, heat of {name}": _heat_area(at) for name, at in areas.items()},
        **{
            f"heat at cracks, {name}": _heat_share(name)
            for name in ("outside, uav75", "walls, cracked")
        },
    }


def _pair(name: str) -> tuple[str, str]:
    return f"{name}, sound", f"{name}, cracked"


def _area_of(sound: str, cracked: str) -> Callable[[dict[str, Any]], float]:
    def figure(said: dict[str, Any]) -> float:
        scores = [np.array([one["score"] for one in said[name]]) for name in (sound, cracked)]
        return concrete.area(*scores)

    return figure


def _heat_area(at: int) -> Callable[[dict[str, Any]], float]:
    def figure(said: dict[str, Any]) -> float:
        areas = [pair for one in said["outside, uav75"] for pair in one["areas"][at]]
        pixels, heat = np.array(areas).T
        return concrete.area(heat[pixels == 0], heat[pixels > 0])

    return figure


def _heat_share(name: str) -> Callable[[dict[str, Any]], float]:
    def figure(said: dict[str, Any]) -> float:
        inside, area = np.array([one["share"] for one in said[name] if "share" in one]).T
        return float(inside.mean() / area.mean())

    return figure
