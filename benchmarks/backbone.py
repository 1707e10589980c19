"""The frozen network's speed, alone and in the running pipeline, against the cores' ceiling."""

import argparse
import time
from pathlib import Path
from typing import Any

from benchmarks import pictures, processes
from benchmarks.figures import Table, number, spread, summary
from crackcls import config

BATCHES = (1, 2, 4, 8, 16, 32)
MATRICES = (1024, 2048, 4096)
IMAGES_AT_160 = 512
PRODUCTS_A_REPEAT = 5


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Measure the matrix product, the network by size and batch, and the pipeline.

    Args:
        options: `data`, `full`, `images`, `repeats`.

    Returns:
        `gflops` by matrix side, `flops` an image by input size, `grids` of images/s by
        precision, input size and batch, and `pipeline`: `images` and images/s of each run.
    """
    with processes.place() as own:
        # Before and after: the best of both is the ceiling, whatever else ran meanwhile.
        before = _matrices(own, options.repeats)
        flops, grids = {}, {precision: {} for precision in config.PRECISIONS}
        for precision in config.PRECISIONS:
            for size in config.IMAGE_SIZES:
                processes.say(f"backbone: {precision}, {size} px")
                where = {"path": str(own / f"{precision}-{size}.tflite"), "size": size}
                made = processes.call("backbone:export", own, **where, precision=precision)
                flops[str(size)] = made["value"]
                run = {**where, "repeats": options.repeats}
                speeds = processes.call("backbone:lite_speed", own, **run)
                grids[precision][str(size)] = speeds["value"]
        after = _matrices(own, options.repeats)
    return {
        "gflops": {side: before[side] + after[side] for side in before},
        "flops": flops,
        "grids": grids,
        "pipeline": _pipeline(options),
    }


def tables(found: dict[str, Any]) -> list[Table]:
    """Write the tables of what `measure` gave."""
    gflops = max(max(values) for values in found["gflops"].values())
    ceiling = {size: 1e9 * gflops / count for size, count in found["flops"].items()}
    return [
        _ceiling_table(found, gflops, ceiling),
        *(_grid_table(grid, precision, ceiling) for precision, grid in found["grids"].items()),
        _pipeline_table(found, ceiling["160"]),
    ]


def matrix_speed(repeats: int) -> dict[str, list[float]]:
    """Multiply large float32 matrices on all cores; give GFLOP/s by side, one for each repeat."""
    import numpy as np

    rng = np.random.default_rng(0)
    speeds: dict[str, list[float]] = {}
    for side in MATRICES:
        left, right = (rng.random((side, side), np.float32) for _ in range(2))
        left @ right
        for _ in range(repeats):
            start = time.perf_counter()
            left @ right
            took = time.perf_counter() - start
            speeds.setdefault(str(side), []).append(2 * side**3 / took / 1e9)
    return speeds


def export(path: str, size: int, precision: str) -> int:
    """Export the frozen part for an input size; give its floating-point operations an image."""
    from crackcls.network import prefix
    from crackcls.network.build import build

    network = build(2, size)
    prefix.make_template(network, precision, Path(path))
    return flops(network)


def flops(network) -> int:
    """Count the operations of convolutions for one image, two for a multiply-accumulate.

    Args:
        network: A Keras model of one graph. Normalisation, activations and sums are left out;
            LiteRT folds the first into the convolutions, the others are a few in a hundred.
    """
    total = 0
    for layer in network.layers:
        if "Conv2D" not in type(layer).__name__:
            continue
        # Both kinds keep kernels of height x width x input channels x (output or 1).
        height, width, inputs, last = layer.kernel.shape
        _, rows, columns, _ = layer.output.shape
        total += 2 * height * width * inputs * last * rows * columns
    return total


def lite_speed(path: str, size: int, repeats: int) -> dict[str, list[float]]:
    """Run the frozen part on images in memory; give images/s by batch, one for each repeat.

    As in the product, each core has a thread with a session of one thread.
    """
    import numpy as np

    from crackcls import parallel
    from crackcls.network import classifier

    run = classifier.sessions(Path(path).read_bytes(), threads=1)
    count = int(IMAGES_AT_160 * (160 / size) ** 2) // 32 * 32
    images = np.random.default_rng(0).integers(0, 256, (32, size, size, 3), np.uint8)
    speeds: dict[str, list[float]] = {}
    for batch in BATCHES:
        batches = [images[:batch]] * (count // batch)
        for _ in parallel.ordered_map(run, batches[: max(1, 64 // batch)]):
            pass
        for _ in range(repeats):
            start = time.perf_counter()
            for _ in parallel.ordered_map(run, batches):
                pass
            took = time.perf_counter() - start
            speeds.setdefault(str(batch), []).append(len(batches) * batch / took)
    return speeds


def pipeline_speed(folder: str) -> float:
    """Take a folder of images into an empty cache; give images/s, the opening left out."""
    from crackcls.labelled import content_hashes, list_images
    from crackcls.network import cache, prefix
    from crackcls.network.build import build

    settings = config.TrainConfig()
    frozen = prefix.open_prefix(settings, 2, lambda: build(2, settings.image_size))
    labelled = list_images(folder)
    shas = list(content_hashes([*map(labelled.path, labelled.files)]))
    start = time.perf_counter()
    broken = prefix.run_prefix(
        labelled.files, labelled.path, shas, frozen, lambda kind, **fields: None
    )
    took = time.perf_counter() - start
    assert not broken and len(cache.index(frozen.store)) == len(set(shas))
    return len(set(shas)) / took


def _matrices(own: Path, repeats: int) -> dict[str, list[float]]:
    processes.say("backbone: matrix products")
    return processes.call("backbone:matrix_speed", own, repeats=PRODUCTS_A_REPEAT * repeats)[
        "value"
    ]


def _pipeline(options: argparse.Namespace) -> dict[str, Any]:
    speeds = []
    with processes.place() as top:
        folder = top / "images"
        count = pictures.gather(options.data, folder, None if options.full else options.images)
        for _ in range(options.repeats):
            processes.say("backbone: the running pipeline")
            with processes.place() as own:
                done = processes.call("backbone:pipeline_speed", own, folder=str(folder))
            speeds.append(done["value"])
    return {"images": count["real"], "speeds": speeds}


def _ceiling_table(found, gflops: float, ceiling: dict[str, float]) -> Table:
    sides = ", ".join(f"{number(max(v))} at {side}" for side, v in found["gflops"].items())
    text = (
        f"A product of large float32 matrices (NumPy, all cores) reaches {number(gflops)} GFLOP/s, "
        f"the best of all repeats ({sides} rows). An image costs two operations for each "
        "multiply-accumulate of a convolution, counted from the Keras model. Their quotient is "
        "the ceiling."
    )
    rows = [
        [f"{size} px", f"{count / 1e9:.3f} GFLOP", f"{number(ceiling[size])} images/s"]
        for size, count in found["flops"].items()
    ]
    return "Ceiling of the frozen network", text, ("input", "cost of an image", "ceiling"), rows


def _grid_table(grid, precision: str, ceiling: dict[str, float]) -> Table:
    text = (
        f"Images/s of the frozen part in LiteRT in {precision}, images in memory, a session of one "
        "thread for each core: median, spread, and the median's share of the float32 ceiling. A "
        "row is an input size, a column a batch. crackcls takes batches of "
        f"{config.BATCH_ON_A_CORE}."
    )
    rows = [
        [f"{size} px", *(_speed(values, ceiling[size]) for values in row.values())]
        for size, row in grid.items()
    ]
    return f"Frozen network alone, {precision}", text, ("", *(f"batch {b}" for b in BATCHES)), rows


def _speed(speeds: list[float], ceiling: float) -> str:
    found = summary(speeds)
    return f"{spread(found)}, {found['median'] / ceiling:.0%}"


def _pipeline_table(found, ceiling: float) -> Table:
    speeds = summary(found["pipeline"]["speeds"])
    alone = summary(found["grids"]["int8"]["160"][str(config.BATCH_ON_A_CORE)])
    meaning = "Reading, decoding, fingerprint, frozen part and writing to an empty cache."
    shares = f"{speeds['median'] / ceiling:.0%}", f"{speeds['median'] / alone['median']:.0%}"
    row = ["`prefix.run_prefix`, 160 px", spread(speeds, "images/s"), *shares, meaning]
    heads = ("", "speed", "of the ceiling", "of the network alone", "what it is")
    return "Running pipeline", f"{found['pipeline']['images']:,} images.", heads, [row]
