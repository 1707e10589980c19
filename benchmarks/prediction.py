"""Prediction: the shipped model in several runtimes, by patch, by 64 and by photo."""

import argparse
import shutil
from pathlib import Path
from typing import Any

from benchmarks import machine, processes
from benchmarks.figures import Table, megabytes, number, percentile
from crackcls.labelled import list_images

PATCHES = 64
CALLS_A_REPEAT = 40
TOLERANCE = 1e-3
OURS, EXACT = "crackcls", "crackcls_float32"
TITLES = {
    "keras_predict": "Keras, `model.predict`",
    "keras_traced": "Keras, traced by `tf.function`",
    "onnx_runtime": "ONNX Runtime",
    "openvino": "OpenVINO",
    EXACT: "crackcls in float32",
    OURS: "crackcls",
}
NEEDS = {"onnx_runtime": ("onnxruntime", "tf2onnx"), "openvino": ("openvino",)}
WHAT = {
    "one array": ("One patch, decoded before", "The model alone, a batch of one."),
    "one file": ("One patch, from the file", "Decoding and shrinking, then the model."),
    "all arrays": (
        f"{PATCHES} patches, decoded before",
        "One call for all; crackcls calls by four on all cores.",
    ),
    "all files": (
        f"{PATCHES} patches, from the files",
        "All cores decode, then one call; crackcls decodes and predicts side by side.",
    ),
    "photo": (
        "Photo of 12 megapixels as one patch",
        "Decoding, shrinking to 160 x 160, then the model once.",
    ),
}


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Measure each contender that is installed in processes of its own.

    Args:
        options: `data`, `repeats`.

    Returns:
        For each contender `load` (seconds), `times` (milliseconds by what was predicted),
        `peak` and `peak_photo` (bytes), `difference` (from float32's, of a probability); None where
        it is not installed. And `whole photo`: what the product does.
    """
    calls = options.repeats * CALLS_A_REPEAT
    with processes.place(with_model=True) as own:
        _prepare(own, options.data)
        rows = {
            name: _contender(name, own, calls) if machine.has(*NEEDS.get(name, ())) else None
            for name in TITLES
        }
        processes.say("prediction: the product's judgement of a photo")
        job = {"folder": str(own), "calls": max(3, calls // 20)}
        whole = processes.call("contenders:measure_ours_photo", own, **job)
    _compare(rows)
    times = whole["value"]["times"]
    return {"contenders": rows, "whole photo": {"times": times, "peak": whole["peak"]}}


def tables(found: dict[str, Any]) -> list[Table]:
    """Write the tables of what `measure` gave."""
    rows = found["contenders"]
    parts = [_latency(what, rows) for what in WHAT]
    return [*parts, _whole_photo(found["whole photo"]), _costs(rows)]


def _prepare(own: Path, source: Path) -> None:
    """Put the patches, the photo and the converted models into the folder."""
    processes.say("prediction: preparing")
    labelled = list_images(source)
    (own / "patches").mkdir()
    for number_ in range(PATCHES):
        file = labelled.files[number_ * len(labelled.files) // PATCHES]
        shutil.copy(labelled.path(file), own / "patches" / f"{number_:02}.jpg")
    folder = str(own)
    processes.call("contenders:save_arrays", own, folder=folder)
    processes.call("pictures:make_photo", own, path=str(own / "photo.jpg"))
    processes.call("contenders:convert_float32", own, folder=folder)
    for name, convert in (("onnx_runtime", "convert_onnx"), ("openvino", "convert_openvino")):
        if machine.has(*NEEDS[name]):
            processes.call(f"contenders:{convert}", own, folder=folder)


def _contender(name: str, own: Path, calls: int) -> dict[str, Any]:
    processes.say(f"prediction: {TITLES[name]}")
    job = {"name": name, "folder": str(own)}
    patches = processes.call("contenders:measure", own, **job, calls=calls)
    photo = processes.call("contenders:measure_photo", own, **job, calls=max(3, calls // 10))
    value = patches["value"]
    value["times"]["photo"] = photo["value"]["times"]
    return {**value, "peak": patches["peak"], "peak_photo": photo["peak"]}


def _compare(rows: dict[str, Any]) -> None:
    """Put in place of the probabilities how far they lie from float32's; stop where too far.

    What int8 makes of them is told and not held to the tolerance.
    """
    own = rows[EXACT]["probabilities"]
    for name, row in rows.items():
        if row is None:
            continue
        # Of two classes, the second tells all.
        pairs = zip(row.pop("probabilities"), own, strict=True)
        row["difference"] = max(abs(theirs[1] - ours[1]) for theirs, ours in pairs)
        near = row["difference"] < TOLERANCE or name == OURS
        assert near, f"{name} differs by {row['difference']}"


def _latency(what: str, rows: dict[str, Any]) -> Table:
    title, text = WHAT[what]
    own = percentile(rows[OURS]["times"][what], 0.5)
    lines = []
    for name, row in rows.items():
        if row is None:
            lines.append([TITLES[name], machine.MISSING, "", ""])
            continue
        half, most = (percentile(row["times"][what], share) for share in (0.5, 0.95))
        lines.append([TITLES[name], f"{number(half)} ms", f"{number(most)} ms", number(half / own)])
    return title, text, ("", "p50", "p95", "p50 in that of crackcls"), lines


def _whole_photo(found: dict[str, Any]) -> Table:
    half, most = (percentile(found["times"], share) for share in (0.5, 0.95))
    text = "All tiles at all scales and the heat map, from the file to the verdict."
    row = ["crackcls", f"{number(half)} ms", f"{number(most)} ms", megabytes([found["peak"]])]
    heads = ("", "p50", "p95", "peak memory")
    return "Photo of 12 megapixels, the product's judgement", text, heads, [row]


def _costs(rows: dict[str, Any]) -> Table:
    text = (
        "From the start of the process to the first probability, imports and model included; the "
        f"most memory of a process that judges patches ({PATCHES} at most at once), and of one "
        "that judges the photo as one patch; the largest difference of a probability from that of "
        "crackcls in float32."
    )
    lines = [
        [TITLES[name], machine.MISSING, "", "", ""]
        if row is None
        else [
            TITLES[name],
            f"{number(row['load'])} s",
            megabytes([row["peak"]]),
            megabytes([row["peak_photo"]]),
            f"{row['difference']:.0e}",
        ]
        for name, row in rows.items()
    ]
    heads = ("", "start", "peak memory, patches", "peak memory, photo", "difference")
    return "Start and memory", text, heads, lines
