"""What one checkout of crackcls says of photos, and how long it takes: started by `judging`.

    PYTHONSAFEPATH=1 PYTHONPATH=CHECKOUT python benchmarks/judge_as.py JOBS ANSWERS

It takes of crackcls only what has been there for long, so that it runs on earlier commits.
"""

import crackcls  # noqa: F401, I001 - Before NumPy, as in the program: it may set NumPy's threads.

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from crackcls import images
from crackcls.network import calibration
from crackcls.network.classifier import load_model
from crackcls.photos.verdict import Analysis, analyse, decide
from crackcls.runs import folders

# As in `photos`: heat counts as right up to so many pixels from a crack, on photos with so many
# pixels of cracks or more.
NEAR, ENOUGH = 16, 400
# Areas of a photo of which heat tells whether there is a crack: half as far apart as wide.
AREAS = 4, 8


def main(jobs: Path, answers: Path) -> None:
    """Do what the file of jobs says, and write the answers.

    Args:
        jobs: JSON: `model`, and `times` or `verdicts`, see `time_photos` and `say`.
        answers: Where to.
    """
    asked = json.loads(jobs.read_text("utf-8"))
    folder = folders.folder_of(asked["model"])
    model = load_model(folder), calibration.load(folder)
    if "times" in asked:
        told: Any = time_photos(asked["times"], asked["calls"], model)
    else:
        told = {
            name: [say(one, model) for one in asked["verdicts"][name]] for name in asked["verdicts"]
        }
    answers.write_text(json.dumps(told), "utf-8")


def time_photos(paths: dict[str, str], calls: int, model: Any) -> dict[str, Any]:
    """Give the seconds of each call for each photo, from the file to the verdict and the heat."""
    return {name: [*_times(Path(path), calls, model)] for name, path in paths.items()}


def _times(path: Path, calls: int, model: Any) -> Iterator[float]:
    for call in range(-1, calls):
        begun = time.perf_counter()
        decide(analyse(images.read_photo(path.read_bytes()), *model))
        if call >= 0:  # The first one opens sessions.
            yield time.perf_counter() - begun


def say(one: dict[str, str], model: Any) -> dict[str, Any]:
    """Judge a photo.

    Args:
        one: `path`, and `mask` where it is known which pixels show a crack.
        model: The model and its calibration.

    Returns:
        `kind`, `score` (the lowest vote that the verdict needs), `alone` (the highest probability
        of a tile), and with a mask `share` (heat near cracks, area near cracks) where there are
        pixels enough, and `areas`: for each size of area pairs of crack pixels and mean heat.
    """
    analysis = analyse(images.read_photo(Path(one["path"]).read_bytes()), *model)
    verdict = decide(analysis)
    told: dict[str, Any] = {"kind": verdict.kind, "score": verdict.probability}
    told["alone"] = float(analysis.probabilities[:, analysis.label].max())
    return told | (_of_mask(analysis, Path(one["mask"])) if "mask" in one else {})


def _of_mask(analysis: Analysis, path: Path) -> dict[str, Any]:
    from scipy.ndimage import distance_transform_edt

    mask = np.asarray(Image.open(path).convert("L")) == 255
    heat = np.asarray(
        Image.fromarray(analysis.heat).resize(mask.shape[::-1], Image.Resampling.BILINEAR)
    )
    told: dict[str, Any] = {"areas": [[*_areas(mask, heat, count)] for count in AREAS]}
    if mask.sum() >= ENOUGH:
        near = distance_transform_edt(~mask) <= NEAR
        told["share"] = [float(heat[near].sum() / heat.sum()), float(near.mean())]
    return told


def _areas(mask: np.ndarray, heat: np.ndarray, count: int) -> Iterator[tuple[int, float]]:
    side = max(mask.shape) // count
    for top in range(0, mask.shape[0] - side + 1, side // 2):
        for left in range(0, mask.shape[1] - side + 1, side // 2):
            area = slice(top, top + side), slice(left, left + side)
            yield int(mask[area].sum()), float(heat[area].mean())


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
