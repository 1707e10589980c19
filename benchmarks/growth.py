"""How time and memory grow: training by images, prediction by photos."""

import argparse
from pathlib import Path
from typing import Any

from benchmarks import pictures, processes
from benchmarks.figures import Table, line, megabytes, number, seconds, summary

COUNTS = (1_000, 4_000, 16_000)
FULL_COUNT = 40_000
PHOTOS = (1, 10, 100)


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Train on more and more images, and judge more and more photos.

    Args:
        options: `data`, `full`, `repeats`, and `most`, which leaves out larger counts.

    Returns:
        `training`: for each count `real` and `synthetic` images and runs with `seconds` and
        `peak` (bytes); `prediction`: runs by number of photos.
    """
    training = []
    for count in counts(options):
        with processes.place() as top:
            made = pictures.gather(options.data, top / "images", count)
            runs = [_train(top / "images", count) for _ in range(options.repeats)]
        training.append({"images": count, **made, "runs": runs})
    return {"training": training, "prediction": _predict(options)}


def counts(options: argparse.Namespace) -> list[int]:
    """Give the numbers of images to train on."""
    chosen = [*COUNTS, *([FULL_COUNT] if options.full else [])]
    return [count for count in chosen if count <= (options.most or FULL_COUNT)]


def tables(found: dict[str, Any]) -> list[Table]:
    """Write the tables of what `measure` gave."""
    return [_training_table(found["training"]), _prediction_table(found["prediction"])]


def _train(images: Path, count: int) -> dict[str, Any]:
    processes.say(f"growth: training on {count:,} images")
    with processes.place() as own:
        words = ["-m", "crackcls", "train", "--data", images, "--name", "grown", "--json"]
        return _figures(processes.run(words, own))


def _predict(options: argparse.Namespace) -> list[dict[str, Any]]:
    rows = []
    with processes.place(with_model=True) as own:
        for count in PHOTOS:
            processes.say(f"growth: judging {count} photos")
            folder = own / f"photos-{count}"
            pictures.gather(options.data, folder, 2 * count)
            words = ["-m", "crackcls", "predict", folder / "Positive", "--json"]
            runs = [_figures(processes.run(words, own)) for _ in range(options.repeats)]
            rows.append({"photos": count, "runs": runs})
    return rows


def _figures(done: dict[str, Any]) -> dict[str, float]:
    return {"seconds": done["seconds"], "peak": done["peak"]}


def _training_table(rows: list[dict[str, Any]]) -> Table:
    times = {row["images"]: [run["seconds"] for run in row["runs"]] for row in rows}
    lines = []
    for row in rows:
        each = 1000 * summary(times[row["images"]])["median"] / row["images"]
        peak = megabytes([run["peak"] for run in row["runs"]])
        lines.append([_images(row), seconds(times[row["images"]]), f"{number(each)} ms", peak])
    text = (
        "`python -m crackcls train` with an empty cache, from process start to its end, on METU's "
        f"images and, where it says so, synthetic ones. {_fit(times)}"
    )
    return "Growth of training", text, ("images", "time", "time an image", "peak memory"), lines


def _images(row: dict[str, Any]) -> str:
    text = f"{row['images']:,}"
    if row["synthetic"]:
        text += f" ({row['real']:,} METU, {row['synthetic']:,} synthetic)"
    return text


def _fit(times: dict[int, list[float]]) -> str:
    """Say how far time follows a line, and how much it grew against the images."""
    if len(times) < 2:
        return ""
    medians = {count: summary(values)["median"] for count, values in times.items()}
    start, slope = line(list(medians.items()))
    off = max(abs(start + slope * n - took) / took for n, took in medians.items())
    low, high = min(medians), max(medians)
    return (
        f"A line fits the medians: {number(start)} s and {number(1000 * slope)} ms an image, at "
        f"most {off:.0%} off. {number(high / low)} times the images take "
        f"{number(medians[high] / medians[low])} times the time."
    )


def _prediction_table(rows: list[dict[str, Any]]) -> Table:
    lines = [
        [
            f"{row['photos']}",
            seconds([run["seconds"] for run in row["runs"]]),
            megabytes([run["peak"] for run in row["runs"]]),
        ]
        for row in rows
    ]
    text = "`python -m crackcls predict` on a folder of METU's patches, from process start to end."
    return "Growth of prediction", text, ("photos", "time", "peak memory"), lines
