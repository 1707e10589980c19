"""A model to take away: one ZIP with the network, its figures and a script that judges by it."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crackcls import stored
from crackcls.classes.names import looked_for
from crackcls.datasets.published.sets import SETS
from crackcls.files import json_bytes
from crackcls.network import calibration, classifier, pieces
from crackcls.runs.folders import Run, model_of

JUDGE = Path(__file__).with_name("judge.py")
CARD, CREDITS = "CARD.md", "*_credits.txt"
KEPT = "classes", "image_size", "precision", "sha256", "trained_on", "pieces"
MOST_TEXT = 2**20
NETWORK = """\
The network is MobileNetV2 (M. Sandler et al., CVPR 2018), and its training began from the
ImageNet weights of Keras Applications, Apache-2.0. judge.py is part of crackcls, Apache-2.0.
"""
HEAD = "The data of the training. A set is known by its name alone.\n"
MADE_UP = "Made-up pictures, drawn by crackcls. Nobody else has rights in them.\n"
UNKNOWN = """\
Whose these photos are and what their licence allows is not known here. See CARD.md where there is
one, or ask whoever took or published them, before you pass the model on.
"""


def check(run: Run) -> None:
    """Check that a model can be packed.

    Args:
        run: A run that has left a model.

    Raises:
        InputError: The model is damaged, or cannot judge photos.
    """
    for _ in _files(run):
        pass


def state_of(run: Run) -> tuple[tuple[str, int, int, int], ...]:
    """Give what differs once a file of a model is another.

    Args:
        run: A run.

    Returns:
        For each file of the folder its name, its bytes, and in nanoseconds when it was written
        and when the system last changed what it knows of it.
    """
    about = [(path.name, path.stat()) for path in sorted(run.folder.iterdir()) if path.is_file()]
    return tuple((name, one.st_size, one.st_mtime_ns, one.st_ctime_ns) for name, one in about)


def pack(run: Run) -> bytes:
    """Pack a model into a ZIP.

    Nothing in it names a photo of the training, a visitor or a folder of this machine.

    Args:
        run: A run that has left a model.

    Returns:
        A ZIP archive: `model.tflite`, `model.keras` where it is there, `model.json` (classes,
        the one that is looked for, size, what the data is called), `calibration.json`,
        `familiarity.npz`, `pieces.npz` where photos are seen in pieces, `report.json` and the
        card where they are there, `DATA.txt` (whose the data is), `judge.py`.

    Raises:
        InputError: The model is damaged, or cannot judge photos.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in _files(run):
            # A ZipInfo of its own has no time, and files of 1980 tell nothing.
            about = zipfile.ZipInfo(name)
            about.compress_type, about.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(about, content)
    return buffer.getvalue()


def credits_of(settings: dict[str, Any]) -> str:
    """Say whose the data of a model is, as far as it is known.

    Args:
        settings: From the run's `config.json`.
    """
    names = [one["name"] for one in settings.get("sets", [])] or [settings.get("data", "")]
    parts = [f"{name}\n{_credit(name, settings)}" for name in names]
    return "\n".join([NETWORK, HEAD, *parts])


def _files(run: Run) -> Iterator[tuple[str, bytes]]:
    classifier.check_model(run.folder)
    folder, about = run.folder, model_of(run.folder)
    yield "judge.py", JUDGE.read_bytes()
    yield "model.tflite", classifier.checked(folder / "model.tflite", about["sha256"])
    if stored.is_there(folder / "model.keras"):
        yield "model.keras", stored.read_bytes(folder / "model.keras", classifier.MOST_BYTES)
    positive = looked_for(about["classes"], about.get("positive"))
    kept = {name: about[name] for name in KEPT if name in about}
    data = {name: run.config[name] for name in ("data", "synthetic") if name in run.config}
    yield "model.json", json_bytes({**kept, "positive": positive, **data})
    known = calibration.load(folder)
    yield from calibration.contents(known, about["classes"]).items()
    if about.get("pieces"):
        pieces.load(folder, len(about["classes"]))
        yield pieces.FILE, stored.read_bytes(folder / pieces.FILE, stored.MOST_ARRAYS)
    if run.report:
        yield "report.json", json_bytes(run.report)
    yield "DATA.txt", credits_of(run.config).encode()
    for path in sorted([*folder.glob(CARD), *folder.glob(CREDITS)]):
        yield path.name, stored.read_bytes(path, MOST_TEXT)


def _credit(name: str, settings: dict[str, Any]) -> str:
    if name in SETS:
        return SETS[name].attribution
    is_made_up = settings.get("synthetic") or name.partition("-")[0] == "synthetic"
    return MADE_UP if is_made_up else UNKNOWN
