"""Training of the whole network: steady steps of crackcls against Keras's own `fit`."""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import pictures, processes
from benchmarks.figures import Table, megabytes, ratio, seconds, spread, summary
from crackcls import images
from crackcls.config import TrainConfig
from crackcls.labelled import list_images

IMAGES, BATCH, SIDE = 320, 32, 160
# Epochs that are timed, after the first.
EPOCHS = 2
ROWS = {
    "plain": (
        "plain Keras",
        "`model.fit` on pixels in memory, of the size of the network and unchanged; the layers "
        "that crackcls trains.",
    ),
    "ours": (
        "crackcls",
        "The fit of `crackcls train --fine-tune all`: stored pixels, changed anew for each step, "
        "its checkpoint and its progress left out.",
    ),
}


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Train by both in turns, each in a process of its own.

    Args:
        options: `data` and `repeats`.

    Returns:
        For each row a list of runs with `rates` (images/s of each epoch but the first), `first`
        (seconds until the first epoch is done, TensorFlow's start left out) and `peak` (bytes).
    """
    rows: dict[str, list] = {name: [] for name in ROWS}
    with processes.place() as top:
        pictures.gather(options.data, top / "images", IMAGES)
        for _ in range(options.repeats):
            for name, runs in rows.items():
                processes.say(f"whole: {name}")
                with processes.place() as own:
                    done = processes.call(f"whole:{name}", own, folder=str(top / "images"))
                runs.append({**done["value"], "peak": done["peak"]})
    return rows


def tables(found: dict[str, Any]) -> list[Table]:
    """Write the table of what `measure` gave."""
    speeds = {
        name: summary([rate for run in found[name] for rate in run["rates"]]) for name in ROWS
    }
    rows = [
        [
            title,
            spread(speeds[name], "images/s"),
            "1" if name == "plain" else spread(ratio(speeds[name], speeds["plain"])),
            seconds([run["first"] for run in found[name]]),
            megabytes([run["peak"] for run in found[name]]),
            meaning,
        ]
        for name, (title, meaning) in ROWS.items()
    ]
    text = (
        f"All layers but batch norm, {IMAGES} images, batch {BATCH}, 160 px, float32, Adam. Speed: "
        "of whole epochs after the first. First epoch: with building and tracing."
    )
    heads = ("", "speed", "times as fast", "first epoch", "peak memory", "what it is")
    return [("Training of the whole network", text, heads, rows)]


def plain(folder: str) -> dict[str, Any]:
    """Train by Keras's own `fit`."""
    from crackcls.network.build import build, cut, import_keras

    keras = import_keras()
    pixels, labels = _pixels(folder, SIDE)

    def prepare() -> Callable[[], Any]:
        network = build(2, SIDE)
        cut(network, "all")
        adam = keras.optimizers.Adam(_settings().learning_rate)
        network.compile(adam, "sparse_categorical_crossentropy", metrics=["accuracy"])
        images = pixels.astype("float32")
        return lambda: network.fit(images, labels, batch_size=BATCH, verbose=0)

    return _timed(prepare)


def ours(folder: str) -> dict[str, Any]:
    """Train by the product's own fit."""
    from crackcls.training import steps

    settings = _settings()
    steps.use_cores()
    from crackcls.network.build import build, cut
    from crackcls.network.prefix import PIXELS_TIMES
    from crackcls.training import fit, whole

    pixels, labels = _pixels(folder, SIDE * PIXELS_TIMES[0] // PIXELS_TIMES[1])

    def prepare() -> Callable[[], Any]:
        part = fit.Part(pixels, np.arange(len(labels)), labels)
        model = whole.compiled(cut(build(2, SIDE), "all")[1], part, settings)
        blocks = fit.Blocks(part, BATCH, settings.seed)
        return lambda: model.fit(blocks, shuffle=False, verbose=0)

    return _timed(prepare)


def _settings() -> TrainConfig:
    # With int8, a GPU would compute in other numbers than plain Keras does.
    return TrainConfig(
        epochs=1 + EPOCHS,
        batch_size=BATCH,
        fine_tune="all",
        image_size=SIDE,
        learning_rate=3e-4,
        precision="float32",
    )


def _pixels(folder: str, side: int) -> tuple[np.ndarray, np.ndarray]:
    """Decode all images to squares, uint8, and give their classes."""
    labelled = list_images(Path(folder))
    photos = (images.read_photo(labelled.path(file).read_bytes()) for file in labelled.files)
    return np.stack([images.to_square(one, side) for one in photos]), np.array(labelled.labels)


def _timed(prepare: Callable[[], Callable[[], Any]]) -> dict[str, Any]:
    """Time epochs, the first one with what prepares them."""
    times = [time.perf_counter()]
    epoch = prepare()
    for _ in range(1 + EPOCHS):
        epoch()
        times.append(time.perf_counter())
    first, *others = (float(took) for took in np.diff(times))
    return {"first": first, "rates": [IMAGES / took for took in others]}
