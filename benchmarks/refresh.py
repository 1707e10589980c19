"""Server time of one refresh of the Train page's live part: `python -m benchmarks.refresh`."""

import os
import statistics
import tempfile
import time
from pathlib import Path

from crackcls import events
from crackcls.files import write_json
from crackcls.runs import folders, history_charts, status

EPOCHS, BATCHES, REPEATS = 10, 875, 50


def make_run(folder: Path, epochs_done: float) -> Path:
    """Write the log of a run on 14,000 images with two progress events a second."""
    folder.mkdir(parents=True)
    write_json(folder / "config.json", {"epochs": EPOCHS, "data": "made"})
    emit = events.log_to(folder / "events.jsonl")
    emit("start")
    for done in range(0, 20_000, 150):
        emit("progress", phase="running the backbone", done=done, total=20_000, per_second=300.0)
    for epoch in range(1, EPOCHS + 1):
        for batch in range(25, BATCHES + 1, 25):
            if epoch - 1 + batch / BATCHES > epochs_done:
                return folder
            _emit_batch(emit, epoch, batch)
        figures = {"accuracy": 0.9, "loss": 0.3 / epoch}
        emit("epoch", epoch=epoch, **figures, **{f"val_{k}": v for k, v in figures.items()})
    return folder


def _emit_batch(emit: events.Emit, epoch: int, batch: int) -> None:
    done = ((epoch - 1) * BATCHES + batch) * 16
    counts = {"done": done, "total": EPOCHS * BATCHES * 16, "per_second": 9000.0}
    figures = {"accuracy": 0.9, "loss": 0.3, "seconds_left": 9.0}
    emit(
        "progress", phase="training", epoch=epoch, batch=batch, batches=BATCHES, **counts, **figures
    )


def refresh(folder: Path) -> None:
    """Do what one refresh does, without Streamlit's own part."""
    run = folders.read_run(folder)
    now = status.read_status(run)
    for metric in ("accuracy", "loss"):
        history_charts.history_chart(now.history, metric, EPOCHS, now.running)


def main() -> None:
    """Measure a refresh with a finished history beside it and one running epoch."""
    with tempfile.TemporaryDirectory() as top:
        os.environ["CRACKCLS_MODELS"] = top
        make_run(Path(top) / "finished", EPOCHS)
        running = make_run(Path(top) / "running", EPOCHS - 0.1)
        refresh(running)
        times = []
        for _ in range(REPEATS):
            start = time.perf_counter()
            refresh(running)
            times.append((time.perf_counter() - start) * 1000)
    worst = sorted(times)[int(0.95 * REPEATS)]
    print(f"one refresh: median {statistics.median(times):.1f} ms, 95th percentile {worst:.1f} ms")


if __name__ == "__main__":
    main()
