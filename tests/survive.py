"""Kill a training run at moments spread over its whole life, and resume it each time.

In full: `python -m tests.survive --moments 20 --phases`. The test suite takes fewer moments.
"""

import argparse
import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import psutil

from crackcls import config, events
from crackcls.runs import folders, jobs
from tests.conftest import encoded, picture

EPOCHS = 30
PHASES = (
    *("starting", "reading images", "running the backbone", "finding near copies"),
    *("building the network", "training", "calibrating", "exporting", "evaluating"),
)


def make_data(folder: Path, per_class: int = 120) -> Path:
    """Make labelled pictures."""
    for label, name in enumerate(("Negative", "Positive")):
        (folder / name).mkdir(parents=True)
        for i in range(per_class):
            content = encoded(picture(1000 * label + i, cracked=label > 0), quality=95)
            (folder / name / f"{i:03}.jpg").write_bytes(content)
    return folder


@contextmanager
def own_place(top: Path, prefix: Path | None) -> Iterator[None]:
    """Work in folders of our own; only the exported prefix is taken over, to save time."""
    before = {name: os.environ.get(name) for name in ("CRACKCLS_MODELS", "CRACKCLS_CACHE")}
    os.environ["CRACKCLS_MODELS"], os.environ["CRACKCLS_CACHE"] = f"{top}/models", f"{top}/cache"
    if prefix:
        (top / "cache").mkdir(parents=True)
        for file in (*prefix.glob("*.tflite"), *prefix.glob("*.sha256")):
            shutil.copy(file, top / "cache")
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def start(data: Path) -> Path:
    """Start the run that all moments are taken of."""
    jobs.start("run", ["--data", str(data), "--epochs", str(EPOCHS)])
    return config.models_folder() / "run"


def wait_until_ended(folder: Path, seconds: float = 300) -> folders.Run:
    """Wait until a run is no longer running."""
    deadline = time.monotonic() + seconds
    while (run := folders.read_run(folder)).state == "running":
        assert time.monotonic() < deadline, "the run did not end"
        time.sleep(0.05)
    return run


def result(folder: Path) -> dict[str, str]:
    """Give what an uninterrupted and a resumed run must have in common, bit for bit."""
    history = pd.read_csv(folder / "history.csv").drop(columns="seconds")
    files = {name: (folder / name).read_bytes() for name in ("split.csv", "predictions.csv")}
    files |= {"model.tflite": (folder / "model.tflite").read_bytes()}
    files |= {"history": history.to_csv().encode()}
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def check_nothing_half_written(folder: Path) -> None:
    """Read every file that a killed run has left under its own name."""
    for path in folder.glob("*.json"):
        json.loads(path.read_text())
    for path in folder.glob("*.csv"):
        assert path.read_bytes().endswith(b"\n"), path
    events.read_log(folder / "events.jsonl")
    if (folder / "model.json").exists():
        about = json.loads((folder / "model.json").read_text())
        stored = hashlib.sha256((folder / "model.tflite").read_bytes()).hexdigest()
        assert about["sha256"] == stored, "the model that is offered is not whole"


def wait_for_phase(folder: Path, name: str) -> None:
    """Wait until a run has begun a phase, or has ended."""
    while folders.read_run(folder).state == "running":
        log = events.read_log(folder / "events.jsonl")
        if name == "starting" or any(event.get("phase") == name for event in log):
            return
        time.sleep(0.005)


def kill_and_resume(data: Path, seconds: float, phase: str = "") -> tuple[str, dict[str, str]]:
    """Kill a run after some seconds, or in a phase, see it interrupted, resume it to its end.

    Returns:
        The phase that it was killed in, and its result. A run that was faster than expected is
        begun again and killed earlier.
    """
    folder = start(data)
    process = psutil.Process(json.loads((folder / "process.json").read_text())["pid"])
    wait_for_phase(folder, phase) if phase else time.sleep(seconds)
    process.kill()
    run = wait_until_ended(folder, 30)
    log = events.read_log(folder / "events.jsonl")
    reached = next((e["phase"] for e in reversed(log) if "phase" in e), "starting")
    if run.state == "finished":
        shutil.rmtree(folder)
        return kill_and_resume(data, 0.9 * seconds, phase)
    assert run.state == "interrupted", run.state
    check_nothing_half_written(folder)
    if run.config:
        jobs.resume("run")
    else:
        start(data)
    assert wait_until_ended(folder).state == "finished", folders.read_run(folder).message
    return reached, result(folder)


def survive(top: Path, moments: int, phases: Sequence[str] = ()) -> list[tuple[float, str, bool]]:
    """Kill and resume at moments spread over the length of an uninterrupted run, and in phases.

    Args:
        top: An empty folder to work in.
        moments: How many.
        phases: Each is killed as it begins.

    Returns:
        For each moment the second, the phase and whether the result was the same.
    """
    data = make_data(top / "concrete")
    with own_place(top / "warm", None):
        wait_until_ended(start(data))
    with own_place(top / "whole", top / "warm" / "cache"):
        began = time.monotonic()
        folder = start(data)
        assert wait_until_ended(folder).state == "finished"
        length, expected = time.monotonic() - began, result(folder)
    rows = []
    planned = [(length * (i + 0.5) / moments, "") for i in range(moments)]
    for i, (seconds, wanted) in enumerate([*planned, *((length, name) for name in phases)]):
        with own_place(top / f"moment-{i}", top / "warm" / "cache"):
            phase, found = kill_and_resume(data, seconds, wanted)
        rows.append((seconds, phase, found == expected))
        print(f"killed after {seconds:5.1f} s, {phase}: same {found == expected}", flush=True)
    return rows


if __name__ == "__main__":
    parser = argparse.ArgumentParser("python -m tests.survive", description=__doc__)
    parser.add_argument("--moments", type=int, default=20, help="how many kills (%(default)s)")
    parser.add_argument("--phases", action="store_true", help="kill once in each phase too")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = survive(Path(folder), chosen.moments, PHASES if chosen.phases else ())
    same = sum(row[2] for row in rows)
    print(f"{same} of {len(rows)} resumed to the uninterrupted result")
    sys.exit(same != len(rows))
