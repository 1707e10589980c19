"""What was trained is what is judged: whole photos of made-up concrete, as a phone takes them.

    python -m benchmarks.whole_photos --others 200

A model is trained on 60 photos of 1,200 x 900 pixels with the defaults of `train`, others are
judged by `evaluate` and by `predict`, and the two are set side by side.
"""

import argparse
import io
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from crackcls import config
from crackcls.datasets.synthetic import marks, pictures, surface

CLASSES = "Sound", "Cracked"
# The labels of the synthetic patches, which tell how often there are marks like cracks.
LABELS = dict(zip(CLASSES, pictures.CLASSES, strict=True))
CALLED = {"cracked": "cracked", "no crack found": "sound"}
SIDE, TIMES = 300, 4


def main() -> None:
    """Draw, train, judge and print how many are right and on how many both say the same."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--train", type=int, default=60, help="photos to train on")
    options.add_argument("--others", type=int, default=200, help="photos to judge")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as place:
        top = Path(place)
        make(top / "train", 1, chosen.train // 2)
        make(top / "others", 2, chosen.others // 2)
        crackcls(top, "train", "--data", str(top / "train"), "--name", "whole")
        told = judged(top, top / "others")
        print(in_words(told))


def photo(seed: int, number: int, name: str) -> Image.Image:
    """Draw a photo, three quarters as high as wide.

    Drawn at a quarter and enlarged it takes a fraction of the time, and looks like one out of
    focus.
    """
    rng = np.random.Generator(np.random.SFC64([seed, number, CLASSES.index(name)]))
    scene = surface.concrete(rng, SIDE)
    if rng.random() < pictures.LOOK_ALIKE_CHANCE[LABELS[name]]:
        scene = marks.LOOK_ALIKES[rng.integers(len(marks.LOOK_ALIKES))](rng, scene)
    if name == "Cracked":
        scene = marks.crack(rng, scene)
    whole, edge, high = Image.fromarray(surface.photograph(rng, scene)), SIDE // 8, 3 * SIDE // 4
    size = SIDE * TIMES, high * TIMES
    return whole.crop((0, edge, SIDE, edge + high)).resize(size, Image.Resampling.BICUBIC)


def make(folder: Path, seed: int, per_class: int) -> Path:
    """Write photos of both classes, in a folder each."""
    for name in CLASSES:
        (folder / name).mkdir(parents=True)
    jobs = [
        (folder / name / f"{number:03}.jpg", seed, number, name)
        for name in CLASSES
        for number in range(per_class)
    ]
    with ProcessPoolExecutor(2) as processes:
        list(processes.map(_write, *zip(*jobs, strict=True)))
    return folder


def judged(top: Path, others: Path) -> pd.DataFrame:
    """Judge photos by both commands.

    Returns:
        The columns of `evaluate --csv` and of `predict --csv`, those of the latter that both have
        with ` of predict` behind them; one row a photo.
    """
    tables = {name: top / f"{name}.csv" for name in ("evaluate", "predict")}
    model = "--model", "whole", "--csv"
    crackcls(top, "evaluate", *model, str(tables["evaluate"]), "--data", str(others))
    crackcls(top, "predict", *model, str(tables["predict"]), str(others))
    one, other = (pd.read_csv(path) for path in tables.values())
    other["file"] = [Path(file).relative_to(others).as_posix() for file in other["file"]]
    return one.merge(other, on="file", suffixes=("", " of predict"), validate="1:1")


def in_words(told: pd.DataFrame) -> str:
    """Say how many are right, and on how many both commands say the same."""
    called = told["verdict of predict"].map(CALLED)
    right = int((told["actual"] == told["predicted"]).sum())
    same = int((told["verdict"] == told["verdict of predict"]).sum())
    fits = int((called.isna() | (called == told["predicted"])).sum())
    return (
        f"{right} of {len(told)} right; the same verdict {same}; no other class {fits}; "
        f"without a verdict {int(called.isna().sum())}"
    )


def crackcls(top: Path, *words: str) -> str:
    """Run a command on folders of their own, and give what it says on standard error."""
    where = {f"CRACKCLS_{name.upper()}": str(top / name) for name in ("models", "cache", "data")}
    command, environment = [sys.executable, "-m", "crackcls", *words], {**os.environ, **where}
    done = subprocess.run(
        command, cwd=config.PROJECT, env=environment, check=True, capture_output=True, text=True
    )
    return done.stderr


def _write(path: Path, *words: int | str) -> None:
    buffer = io.BytesIO()
    photo(*words).save(buffer, "JPEG", quality=88)
    path.write_bytes(buffer.getvalue())


if __name__ == "__main__":
    main()
