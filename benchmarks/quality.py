"""Whether verdicts on photos are as good as those of an earlier commit.

    python -m benchmarks --only quality --before ../before

It needs the photos beside the project (`--data ../shared/metu` and what lies beside it), and judges
each by both checkouts: patches, which are one tile, photos from outside, and drawn ones.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks import concrete, judging, photos, processes, walls
from benchmarks.figures import Table
from crackcls.runs import folders

# Drawn photos of 12 megapixels of a kind.
LARGE = 10
SIZE = judging.SIZES["12 megapixels"]
Job = dict[str, str]


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Let each checkout say what it sees in each set.

    Args:
        options: `before`, None or a checkout, and `data`.

    Returns:
        For each checkout what `judge_as.say` gave of each photo, set by set.
    """
    with processes.place(with_model=True) as own:
        processes.say("quality: drawing photos")
        sets = dict(_sets(options.data.parent, own))
        found = {}
        for which, checkout in judging.checkouts(options.before).items():
            processes.say(f"quality: {sum(map(len, sets.values())):,} photos, {which}")
            found[which] = judging.child(checkout, own, verdicts=sets)
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
    sound = (walls.rooted(n).resize(SIZE, Image.Resampling.BICUBIC) for n in range(50, 50 + LARGE))
    yield "walls of 12 megapixels, roots", _kept(own, "large-roots", sound)
    cracked = (judging.draw(n, SIZE) for n in range(50, 50 + LARGE))
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
    return [_kinds_table(found), _figures_table(found)]


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
    return " / ".join(str(sum(one["kind"] == kind for one in told)) for kind in photos.KINDS)


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
