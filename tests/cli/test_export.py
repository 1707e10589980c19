"""The command `export`: a model as a ZIP, or as a page."""

import json
import zipfile

import pytest

from crackcls import config
from crackcls.__main__ import main
from crackcls.photos import examples
from crackcls.web import export, runtime


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


@pytest.fixture
def without_runtime(monkeypatch):
    """Leave the runtime and the drawings out of the page."""
    parts = {name: {"script": b"", "wasm": b""} for name in runtime.VARIANTS}
    monkeypatch.setattr(runtime, "read", lambda archive: parts)
    monkeypatch.setattr(examples, "picture", lambda name: b"")


@pytest.mark.parametrize(("words", "model"), [((), "default"), (("--model", "metu"), "metu")])
def test_a_page_is_written_as_a_folder(capsys, tmp_path, without_runtime, words, model):
    site = tmp_path / "new" / "site"
    assert main(["export", "web", str(site), *words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"folder": str(site)}
    assert json.loads((site / export.MARK).read_text())["model"] == model
    assert [path.name for path in site.parent.iterdir()] == ["site"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["web"], "neither a file nor a folder was named"),
        (["metu"], "Add --out FILE for a ZIP"),
        (["metu", "site"], "received a folder and 'metu'"),
        (["web", "site", "--out", "model.zip"], "received a folder and 'web and --out'"),
        (["web", "site", "--model", "gone"], "there is none named 'gone'"),
        (["web", "full"], "holds 'mine.txt', which no earlier export wrote"),
        (["web", "full/mine.txt"], "needs a folder of its own"),
        (["web", "site", "--runtime", "gone.tgz"], "The file must be readable"),
        (["web", "site", "--runtime", "full/mine.txt"], "has another SHA-512"),
    ],
)
def test_what_no_page_can_be_made_of_is_refused(capsys, tmp_path, monkeypatch, words, sentence):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    assert main(["export", *words]) == 2
    assert sentence in capsys.readouterr().err
    assert [path.name for path in tmp_path.rglob("*") if "full" not in str(path)] == []
