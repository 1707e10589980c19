"""The command `export`: a model as a ZIP."""

import json
import zipfile

import pytest

from crackcls import config
from crackcls.__main__ import main


@pytest.fixture(autouse=True)
def shipped(monkeypatch):
    """Use the shipped models."""
    monkeypatch.setenv("CRACKCLS_MODELS", str(config.PROJECT / "models"))


def test_a_model_is_written_as_a_zip(capsys, tmp_path):
    out = tmp_path / "model.zip"
    out.write_bytes(b"older")
    assert main(["export", "metu", "--out", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"file": str(out)}
    with zipfile.ZipFile(out) as archive:
        assert {"judge.py", "model.tflite", "model.json", "DATA.txt"} <= {*archive.namelist()}
    assert [path.name for path in tmp_path.glob("*.zip*")] == ["model.zip"]


@pytest.mark.parametrize(
    ("name", "out", "sentence"),
    [
        ("gone", "model.zip", "there is none named 'gone'"),
        ("../models", "model.zip", "A model name must be"),
        ("metu", "", "a folder is where the file must be"),
        ("metu", "no folder/model.zip", "the folder that it must lie in is not there"),
    ],
)
def test_what_cannot_be_written_is_refused_before(capsys, tmp_path, name, out, sentence):
    assert main(["export", name, "--out", str(tmp_path / out)]) == 2
    assert sentence in capsys.readouterr().err
    assert not list(tmp_path.rglob("*.zip"))
