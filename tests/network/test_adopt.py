"""A model of elsewhere: added, or refused with a sentence and nothing left."""

import hashlib
import io
import json
import struct
import zipfile

import numpy as np
import pytest

from crackcls import config
from crackcls.errors import InputError
from crackcls.network import adopt, parcel, trial
from crackcls.network.classifier import load_model
from crackcls.runs import folders

SHIPPED = config.PROJECT / "models" / "metu"


@pytest.fixture(scope="module")
def packed() -> dict[str, bytes]:
    """Give the files of the ZIP of a shipped model, by name."""
    content = parcel.pack(folders.read_run(SHIPPED))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files: dict[str, bytes]) -> io.BytesIO:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer


def told(content: bytes, **fields: object) -> bytes:
    """Change fields of JSON."""
    return json.dumps({**json.loads(content), **fields}).encode()


def test_a_model_that_was_taken_away_judges_here_as_there(packed):
    left = adopt.add(zipped(packed), "elsewhere")
    assert left == ["DATA.txt", "judge.py", "model.keras", "report.json"]
    run = folders.open_run("elsewhere")
    assert (run.state, run.report, dict(run.damage)) == ("added", None, {})
    assert run.message == adopt.MESSAGE
    assert run.config["data"] == "metu"
    assert "elsewhere" in {one.name for one in folders.list_models()}
    folders.use("elsewhere")
    image = np.random.default_rng(3).integers(0, 256, (1, 160, 160, 3), np.uint8)
    here, there = (load_model(folder).run(image) for folder in (run.folder, SHIPPED))
    np.testing.assert_array_equal(here["probabilities"], there["probabilities"])
    assert {path.name for path in run.folder.iterdir()} == {
        *("model.json", "model.tflite", "calibration.json", "familiarity.npz", "CARD.md"),
        *("config.json", "events.jsonl"),
    }
    with pytest.raises(InputError, match="must be new, and 'elsewhere' is added"):
        adopt.add(zipped(packed), "elsewhere")


def test_a_zip_of_before_does_not_name_its_data(packed):
    about = {k: v for k, v in json.loads(packed["model.json"]).items() if k != "data"}
    adopt.add(zipped({**packed, "model.json": json.dumps(about).encode()}), "old")
    assert folders.open_run("old").config["data"] == adopt.UNKNOWN


def with_custom_operator(content: bytes) -> bytes:
    """Call an operator of a network CUSTOM, and say so in the hash too."""
    at = struct.unpack_from("<I", content)[0]
    table = at - struct.unpack_from("<i", content, at)[0]
    vector = at + struct.unpack_from("<H", content, table + 6)[0]
    start = vector + struct.unpack_from("<I", content, vector)[0] + 4
    operator = start + struct.unpack_from("<I", content, start)[0]
    fields = operator - struct.unpack_from("<i", content, operator)[0]
    place = operator + struct.unpack_from("<H", content, fields + 4)[0]
    return content[:place] + bytes([32]) + content[place + 1 :]


def refused(packed: dict[str, bytes], **changes: bytes) -> dict[str, bytes]:
    """Change files, and let `model.json` have the hash of the network that is there."""
    files = {**packed, **{name.replace("_", "."): content for name, content in changes.items()}}
    sha256 = hashlib.sha256(files["model.tflite"]).hexdigest()
    return {**files, "model.json": told(files["model.json"], sha256=sha256)}


def npz(**arrays: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


FLIPPED = lambda content: content[:-9] + bytes([content[-9] ^ 255]) + content[-8:]  # noqa: E731
HOSTILE = {
    "no ZIP": (lambda p: None, "must be whole"),
    "photos": (lambda p: {"Positive/1.jpg": b"x", "Negative/1.jpg": b"x"}, "this one lacks"),
    "no calibration": (
        lambda p: {name: p[name] for name in p if name != "calibration.json"},
        "this one lacks calibration.json",
    ),
    "a path outside": (lambda p: {**p, "../../model.json": b"{}"}, "must stay inside"),
    "another hash": (
        lambda p: {**p, "model.tflite": FLIPPED(p["model.tflite"])},
        "its SHA-256 is another",
    ),
    "no network": (lambda p: refused(p, model_tflite=b"no network" * 100), "no LiteRT file"),
    "half a network": (lambda p: refused(p, model_tflite=p["model.tflite"][:90_000]), "nowhere"),
    "another size": (
        lambda p: {**p, "model.json": told(p["model.json"], image_size=224)},
        "does not fit 'model.json'",
    ),
    "three classes": (
        lambda p: {**p, "model.json": told(p["model.json"], classes=["a", "b", "c"], positive="a")},
        "does not fit 'model.json'",
    ),
    "JSON that is none": (lambda p: {**p, "model.json": b"{"}, "it is no JSON"),
    "JSON that is deep": (lambda p: {**p, "model.json": b"[" * 10**5}, "nested too deeply"),
    "an operator of nobody": (
        lambda p: refused(p, model_tflite=with_custom_operator(p["model.tflite"])),
        "not LiteRT's own",
    ),
    "too much of a card": (
        lambda p: {**p, "CARD.md": b"x y" * 340_000},
        "may have 1,000,000|at most 50 times",
    ),
    "a bomb": (lambda p: {**p, "x": bytes(60_000_000)}, "at most 50 times its size"),
    "features of another length": (
        lambda p: {
            **p,
            "familiarity.npz": npz(mean=np.zeros(9), components=np.zeros((2, 9))),
        },
        "does not judge a picture",
    ),
    "arrays that are objects": (
        lambda p: {**p, "familiarity.npz": npz(mean=np.array([{}]), components=np.eye(2))},
        "does not judge a picture",
    ),
    "arrays that are a bomb": (
        lambda p: {**p, "familiarity.npz": bomb()},
        "does not judge a picture",
    ),
}


def bomb() -> bytes:
    """Give an array that says to have 3 GB."""
    buffer, array = io.BytesIO(), io.BytesIO()
    head = {"descr": "<f4", "fortran_order": False, "shape": (750_000_000,)}
    np.lib.format.write_array_header_1_0(array, head)
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mean.npy", array.getvalue() + bytes(1000))
        archive.writestr("components.npy", b"")
    return buffer.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_model_is_refused_and_nothing_is_left(packed, kind):
    make, why = HOSTILE[kind]
    files = make(packed)
    archive = io.BytesIO(b"this is no ZIP") if files is None else zipped(files)
    with pytest.raises(InputError, match=why):
        adopt.add(archive, "hostile")
    models = config.models_folder()
    assert not models.exists() or not [*models.glob("*hostile*")]


@pytest.mark.slow
def test_a_process_that_dies_of_a_network_is_told_as_damage(tmp_path, monkeypatch):
    monkeypatch.setattr(trial.sys, "executable", "/bin/false")
    with pytest.raises(InputError, match="it does not judge a picture"):
        trial.check(tmp_path)


@pytest.mark.parametrize("name", ["metu", "a b", ""])
def test_a_name_that_is_taken_or_unsafe_is_refused_first(packed, name):
    (config.models_folder() / "metu").mkdir(parents=True)
    (config.models_folder() / "metu" / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="model name must be"):
        adopt.add(io.BytesIO(b""), name)
