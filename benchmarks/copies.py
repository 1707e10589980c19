"""Time and memory of the near-copy search: `python -m benchmarks.copies --data DIR`."""

import argparse
import os
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from crackcls import images
from crackcls.datasets import copies
from crackcls.labelled import list_images

STEPS = ("reading", "decoding", "making up", "fingerprinting")


def variant(photo: Image.Image, number: int) -> Image.Image:
    """Make a mirrored or turned, shifted and noisy version of a photo, another for each number."""
    rng = np.random.default_rng(number)
    turned = photo.transpose(list(Image.Transpose)[number % 7])
    pixels = np.roll(np.asarray(turned), int(rng.integers(1, 3)), axis=1)
    noise = rng.integers(0, 4, pixels.shape, np.uint8)
    return Image.fromarray(np.minimum(pixels, 252) + noise)


def measure(path: Path, number: int) -> tuple[np.ndarray, list[float]]:
    """Fingerprint a file, or for a number above 0 a variant, and time each step in seconds."""
    times = [time.perf_counter()]
    content = path.read_bytes()
    times.append(time.perf_counter())
    photo = images.read_photo(content)
    times.append(time.perf_counter())
    photo = variant(photo, number) if number else photo
    times.append(time.perf_counter())
    row = copies.fingerprint(photo)
    times.append(time.perf_counter())
    return row, list(np.diff(times))


def fingerprint_all(paths: list[Path], count: int) -> np.ndarray:
    """Fingerprint as many images as asked for, made-up ones where the files do not suffice."""
    start = time.perf_counter()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        todo = range(count)
        done = pool.map(lambda i: measure(paths[i % len(paths)], i // len(paths)), todo)
        rows, seconds = zip(*done, strict=True)
    for step, total in zip(STEPS, np.sum(seconds, axis=0), strict=True):
        print(f"  {step}: {total:.1f} s, summed over the threads")
    report("read, decoded and fingerprinted", start)
    return np.stack(rows)


def search(name: str, prints: np.ndarray) -> None:
    """Search and print the time, the copies and the peak memory so far."""
    start = time.perf_counter()
    found = copies.find_copies(prints)
    groups = int(copies.groups(found).max()) + 1
    pairs = copies.pair_count(found)
    report(f"search among {name}: {pairs:,} near pairs, {groups:,} groups", start)


def report(what: str, start: float) -> None:
    """Print the seconds since the start and the most memory that the process has held."""
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e9
    print(f"{what}: {time.perf_counter() - start:.1f} s, peak {peak:.2f} GB", flush=True)


def random_bits(count: int, share: float) -> np.ndarray:
    """Make fingerprints in which few bits are set, each with the same chance."""
    rng = np.random.default_rng(0)
    rows = [rng.random(2048, dtype=np.float32) < share for _ in range(count)]
    return np.stack([np.packbits(row) for row in rows])


def main() -> None:
    """Measure the images of a folder, then two sets on which bands spare nothing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True, help="folder with one folder for each class")
    parser.add_argument("--images", type=int, default=40_000)
    chosen = parser.parse_args()
    labelled = list_images(chosen.data)
    paths = [labelled.path(file) for file in labelled.files][: chosen.images]
    made = chosen.images - len(paths)
    print(f"{chosen.images:,} images: {len(paths):,} real, {made:,} made up from them")
    start = time.perf_counter()
    search("these images", fingerprint_all(paths, chosen.images))
    report("in all", start)
    sets: dict[str, Callable[[], np.ndarray]] = {
        "sparse codes": lambda: random_bits(chosen.images, 0.06),
        "frames of one camera": lambda: ~random_bits(chosen.images, 0.02),
        "noisier frames": lambda: ~random_bits(chosen.images, 0.04),
    }
    for name, make in sets.items():
        search(f"{chosen.images:,} {name}", make())


if __name__ == "__main__":
    main()
