"""Run folders made by hand."""

import hashlib
import json
from pathlib import Path

from crackcls.runs import changes

SETTINGS = {"data": "concrete", "epochs": 1}
CLASSES = ["Negative", "Positive"]


def log(folder: Path, *kinds: dict) -> None:
    lines = "".join(json.dumps({"time": 0, **kind}) + "\n" for kind in kinds)
    (folder / "events.jsonl").write_text(lines)


def put_model(folder: Path) -> None:
    """Put the files of a model into a folder, with nothing that a network could be made of."""
    content = b"a network"
    (folder / "model.tflite").write_bytes(content)
    about = {"classes": CLASSES, "image_size": 160, "sha256": hashlib.sha256(content).hexdigest()}
    (folder / "model.json").write_text(json.dumps(about))


def put_report(folder: Path) -> None:
    """Put the figures of a test of four images into a folder."""
    of_class = {"precision": 1.0, "recall": 1.0, "f1": 1.0, "images": 2}
    copies = {"test_images_with_copy_in_training": 0, "images_without_copies": 4}
    report = {
        **{"images": 4, "wrong": 0, "accuracy": 1.0, "accuracy_interval": [0.5, 1.0]},
        **{"classes": CLASSES, "per_class": dict.fromkeys(CLASSES, of_class), "roc_auc": 1.0},
        "confusion_matrix": [[2, 0], [0, 2]],
        "near_copies": {**copies, "accuracy_without_copies": 1.0},
    }
    (folder / "report.json").write_text(json.dumps(report))


def ended(name: str, status: str = "finished", model: bool = True) -> Path:
    """Make a run that has ended."""
    folder = changes.claim(name, SETTINGS)
    log(folder, {"kind": "start"}, {"kind": "end", "status": status})
    if model:
        put_model(folder)
    if model and status == "finished":
        put_report(folder)
    return folder


def killed(folder: Path, phase: str) -> None:
    """Make the folder of work beside training whose process was killed in a phase."""
    folder.mkdir(parents=True, exist_ok=True)
    log(folder, {"kind": "start"}, {"kind": "phase", "phase": phase, "total": 100})
    (folder / "process.json").write_text(json.dumps({"pid": 2**30, "created": 5.0}))
    (folder / "log.txt").write_text("judging images 40 of 100")
