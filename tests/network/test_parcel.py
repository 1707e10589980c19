"""A model packed into a ZIP: what is in it, what is not, and what is refused."""

import io
import json
import shutil
import zipfile
from pathlib import Path

import pytest

from crackcls import config
from crackcls.errors import InputError
from crackcls.files import write_json
from crackcls.network import calibration, parcel
from crackcls.runs import folders
from crackcls.runs.folders import Run

WHOLE = {
    *("judge.py", "model.tflite", "model.keras", "model.json", "calibration.json"),
    *("familiarity.npz", "report.json", "DATA.txt", "CARD.md", "everyday_credits.txt"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Put the shipped model where models are, with what tells of photos and of the machine."""
    shipped = config.PROJECT / "models" / config.DEFAULT_MODEL
    folder = shutil.copytree(shipped, tmp_path / "models" / "wall")
    write_json(folder / "local.json", {"data": "/home/ann/photos of my house"})
    write_json(folder / "visitor.json", {"visitor": "0" * 64, "shared": True})
    (folder / "log.txt").write_text("/home/ann/photos of my house/door.jpg\n")
    (folder / "wrong_labels.csv").write_text("file\nhouse/door.jpg\n")
    return folder


def packed(run: Run | None = None) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(parcel.pack(run or folders.open_run("wall")))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_it_holds_the_model_and_names_neither_photos_nor_the_machine(folder):
    content = packed()
    assert {*content} == WHOLE
    about = json.loads(content["model.json"])
    assert (about["classes"], about["positive"]) == (["Negative", "Positive"], "Positive")
    for name in ("model.tflite", "model.keras", "CARD.md"):
        assert content[name] == (folder / name).read_bytes()
    assert json.loads(content["report.json"])["images"] == 1214
    assert not [name for name, held in content.items() if b"/home/ann" in held]
    assert not [name for name, held in content.items() if str(folder.parent).encode() in held]


def test_what_is_not_there_is_left_out_and_an_older_calibration_is_made_whole(folder):
    for name in ("model.keras", "CARD.md", "everyday_credits.txt", "report.json"):
        (folder / name).unlink()
    content = packed()
    assert {*content} == {*WHOLE} - {"model.keras", "CARD.md", "everyday_credits.txt"} - {
        "report.json"
    }
    rates = json.loads(content["calibration.json"])["false_alarm_rates"]
    assert [*rates.values()] == [*calibration.load(folder).false_alarm_rates]
    for name in ("model.json", "calibration.json", "familiarity.npz"):
        (folder / name).write_bytes(content[name])
    (folder / "predictions.csv").unlink()
    assert packed()["calibration.json"] == content["calibration.json"]


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda at: (at / "model.json").unlink(), "must have been trained to the end"),
        (lambda at: (at / "calibration.json").write_text("{"), "'wall/calibration.json'"),
        (lambda at: (at / "model.tflite").write_bytes(b"other"), "'wall/model.tflite'"),
        (lambda at: (at / "model.keras").write_bytes(b""), "'wall/model.keras'"),
    ],
)
def test_a_damaged_model_is_refused(folder, damage, sentence):
    run = folders.open_run("wall")
    damage(folder)
    with pytest.raises(InputError, match=sentence):
        parcel.check(run)
    with pytest.raises(InputError, match=sentence):
        parcel.pack(run)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"data": "metu"}, ["10.17632/5y9wdsg2zt.2", "CC BY 4.0"]),
        ({"data": "synthetic-4000-0", "synthetic": True}, ["Made-up pictures"]),
        ({"data": "our walls"}, ["our walls\nWhose these photos are"]),
        (
            {"data": "a + b", "sets": [{"name": "sdnet2018"}, {"name": "our walls"}]},
            ["10.15142/T3TD19", "our walls\nWhose these photos are"],
        ),
    ],
)
def test_it_says_whose_the_data_is_as_far_as_that_is_known(settings, said):
    text = parcel.credits_of(settings)
    assert not [words for words in said if words not in text]
    assert "Keras Applications, Apache-2.0" in text
    assert ("not known here" in text) == ("our walls" in str(settings))
