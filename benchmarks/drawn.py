"""Cracks drawn on photographs of sound surfaces, as a set to train on.

    python -m benchmarks.drawn /tmp/drawn --shared ../shared

Writes `Cracked/` and `Sound/`, the surface before a crack was drawn on it, for
`train --data drawn=/tmp/drawn`.
"""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.concrete import pictures
from crackcls.datasets.synthetic import marks

SIDE, SEED = 227, 1


def main() -> None:
    """Write both folders."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("folder", type=Path)
    options.add_argument("--shared", type=Path, default=Path("../shared"))
    chosen = options.parse_args()
    for name in ("Cracked", "Sound"):
        (chosen.folder / name).mkdir(parents=True)
    for number, path in enumerate(pictures(chosen.shared / "surfaces" / "sound")):
        sound = Image.open(path).convert("RGB").resize((SIDE, SIDE), Image.Resampling.BICUBIC)
        name = f"{path.stem}.jpg"
        sound.save(chosen.folder / "Sound" / name, quality=90)
        with_crack(sound, number).save(chosen.folder / "Cracked" / name, quality=90)


def with_crack(photo: Image.Image, number: int) -> Image.Image:
    """Draw a crack on a photo; the number chooses which."""
    rng = np.random.Generator(np.random.SFC64([SEED, number]))
    surface = np.moveaxis(np.asarray(photo, np.float32) / 255, -1, 0)
    drawn = np.clip(marks.crack(rng, surface) * 255, 0, 255).astype(np.uint8)
    return Image.fromarray(np.moveaxis(drawn, 0, -1))


if __name__ == "__main__":
    main()
