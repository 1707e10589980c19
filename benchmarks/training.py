"""Training: crackcls against the script in `baseline.py`, on the same images and parts."""

import argparse
import json
from pathlib import Path
from typing import Any

from benchmarks import pictures, processes
from benchmarks.figures import Table, extrapolate, megabytes, ratio, seconds, spread, summary

EPOCHS = 10
ROWS = {
    "baseline": (
        "plain Keras",
        "`benchmarks/baseline.py`: files are decoded and run through the whole network in each "
        "epoch; from process start to the saved model and the test figures.",
    ),
    "cold": (
        "crackcls, cold",
        "`python -m crackcls train` with an empty cache: decoding, near-copy search, frozen part, "
        "fit, calibration, export and test report, from process start to its end.",
    ),
    "warm": (
        "crackcls, warm",
        "The same command again: the outputs of the frozen part lie in the cache.",
    ),
    "float32": (
        "crackcls in float32, cold",
        "The cold run with `--precision float32`: the frozen part computes as plain Keras does.",
    ),
}


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Train in turns: cold, warm, in float32, plain Keras.

    Args:
        options: `data`, `full`, `images`, `repeats`, `baseline_epochs`, `baseline_repeats`.

    Returns:
        `images`, `asked` (epochs of the baseline) and for each row a list of runs, each with
        `seconds`, `peak` (bytes), `epochs`, `images` and `wrong` (of the test part).
    """
    rows: dict[str, list] = {name: [] for name in ROWS}
    with processes.place() as top:
        source, parts = top / "images", top / "parts"
        count = pictures.gather(options.data, source, None if options.full else options.images)
        for turn in range(max(options.repeats, options.baseline_repeats)):
            if turn < options.repeats:
                _add_product(rows, source, parts)
            if turn < options.baseline_repeats:
                processes.say(f"training: plain Keras, {options.baseline_epochs} epochs")
                rows["baseline"].append(_baseline(parts, options.baseline_epochs))
    return {"images": count["real"], "asked": options.baseline_epochs, "rows": rows}


def tables(found: dict[str, Any]) -> list[Table]:
    """Write the table of what `measure` gave."""
    times = {name: _times(name, found) for name in ROWS}
    slow = summary(times["baseline"])
    rows = []
    for name, (title, meaning) in ROWS.items():
        faster = spread(ratio(slow, summary(times[name])))
        rows.append(
            [
                title,
                seconds(times[name]) + (_mark(found) if name == "baseline" else ""),
                "1" if name == "baseline" else faster,
                megabytes([run["peak"] for run in found["rows"][name]]),
                _errors(found["rows"][name]),
                meaning,
            ]
        )
    heads = ("", "time", "times as fast", "peak memory", "test accuracy", "what it is")
    text = (
        f"{found['images']:,} images, {EPOCHS} epochs at most, batch 16, 160 px, early stopping "
        "with patience 5 in all rows. The parts are those of crackcls' grouped split. Median and "
        "spread of the runs; files lay in the system's disk cache."
    )
    return [("Training", text, heads, rows)]


def _add_product(rows: dict[str, list], source: Path, parts: Path) -> None:
    """Train in fresh folders; the first time, link the parts of the split."""
    with processes.place() as own:
        for name in ("cold", "warm"):
            processes.say(f"training: crackcls, {name}")
            rows[name].append(_product(own, source, name))
        if not parts.exists():
            pictures.by_part(own / "models" / "cold" / "split.csv", source, parts)
    with processes.place() as own:
        processes.say("training: crackcls, float32")
        rows["float32"].append(_product(own, source, "float32", "--precision", "float32"))


def _product(own: Path, source: Path, name: str, *more: str) -> dict[str, Any]:
    words = ["-m", "crackcls", "train", "--data", source, "--name", name, "--json", *more]
    done = processes.run(words, own)
    report = json.loads(done.pop("output"))
    history = (own / "models" / name / "history.csv").read_text().splitlines()
    return {
        **done,
        "epochs": len(history) - 1,
        "images": report["images"],
        "wrong": report["wrong"],
    }


def _baseline(parts: Path, epochs: int) -> dict[str, Any]:
    with processes.place() as own:
        words = ["--data", parts, "--out", own / "model.keras", "--epochs", epochs]
        done = processes.run(["-m", "benchmarks.baseline", *words], own)
    found = json.loads(done.pop("output").splitlines()[-1])
    return {**done, **found, "epoch_seconds": found["epochs"], "epochs": len(found["epochs"])}


def _times(name: str, found: dict[str, Any]) -> list[float]:
    """Give the seconds of each run; for the baseline as if it had run all epochs."""
    runs = found["rows"][name]
    if name != "baseline" or found["asked"] >= EPOCHS:
        return [run["seconds"] for run in runs]
    return [extrapolate(run["seconds"], run["epoch_seconds"], EPOCHS) for run in runs]


def _mark(found: dict[str, Any]) -> str:
    if found["asked"] >= EPOCHS:
        return ""
    return f", **extrapolated** from {found['asked']} of {EPOCHS} epochs"


def _errors(runs: list[dict[str, Any]]) -> str:
    """Write accuracy and errors of the last run, and after how many epochs."""
    last = runs[-1]
    share = 1 - last["wrong"] / last["images"]
    return (
        f"{share:.2%} ({last['wrong']} of {last['images']:,} wrong after {last['epochs']} epochs)"
    )
