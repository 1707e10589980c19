"""Training of the whole network: steady steps of crackcls against Keras's own `fit`."""

import argparse
import time
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
EPOCHS = 4
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
        For each row a list of runs with `rates` (images/s of the steps of each epoch but the first,
        from the end of its first step to that of its last), `first`
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
        "of the steps of an epoch after the first. First epoch: with building and tracing."
    )
    heads = ("", "speed", "times as fast", "first epoch", "peak memory", "what it is")
    return [("Training of the whole network", text, heads, rows)]


def plain(folder: str) -> dict[str, Any]:
    """Train by Keras's own `fit`."""
    from crackcls.network.build import build, cut, import_keras

    keras = import_keras()
    pixels, labels = _pixels(folder, SIDE)
    begun = time.perf_counter()
    network = build(2, SIDE)
    cut(network, "all")
    adam = keras.optimizers.Adam(_settings().learning_rate)
    network.compile(adam, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return _timed(begun, network, pixels.astype("float32"), labels, batch_size=BATCH)


def ours(folder: str) -> dict[str, Any]:
    """Train by the product's own fit."""
    from crackcls.training import steps

    settings = _settings()
    steps.use_cores()
    from crackcls.network.build import build, cut
    from crackcls.network.prefix import PIXELS_TIMES
    from crackcls.training import blocks, fit, whole

    pixels, labels = _pixels(folder, SIDE * PIXELS_TIMES[0] // PIXELS_TIMES[1])
    begun = time.perf_counter()
    part = fit.Part(pixels, np.arange(len(labels)), labels)
    model = whole.compiled(cut(build(2, SIDE), "all")[1], part, settings)
    return _timed(begun, model, blocks.stream(part, BATCH, settings.seed))


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


def _timed(begun: float, model: Any, *words: Any, **more: Any) -> dict[str, Any]:
    """Fit, and time the first epoch and the steps of each other one.

    What begins and ends an epoch is left out: Keras's own may wait for seconds for a thread of
    tf.data to wake, which says nothing of longer epochs.
    """
    import keras

    ends: list[list[float]] = []

    class Clock(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            ends.append([])

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            ends[-1].append(time.perf_counter())

    model.fit(*words, epochs=1 + EPOCHS, shuffle=False, verbose=0, callbacks=[Clock()], **more)
    first, *others = ends
    rates = [BATCH * (len(epoch) - 1) / (epoch[-1] - epoch[0]) for epoch in others]
    return {"first": first[-1] - begun, "rates": rates}
