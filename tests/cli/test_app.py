"""The command `app`: what Streamlit is started with, and what is refused."""

import os
import sys

import pytest

from crackcls import config
from crackcls.__main__ import main
from crackcls.cli import app


@pytest.fixture
def started(monkeypatch) -> list[list[str]]:
    """Hear what Streamlit is started with, in place of starting it."""
    heard: list[list[str]] = []
    monkeypatch.setattr(app.runpy, "run_module", lambda *_, **__: heard.append(sys.argv))
    monkeypatch.setattr(app.os, "chdir", lambda folder: None)
    monkeypatch.setattr(sys, "argv", sys.argv)
    monkeypatch.setattr(os, "environ", {**os.environ})
    for name in ("CRACKCLS_MODE", "CRACKCLS_HOSTED", "CRACKCLS_PASSWORD"):
        os.environ.pop(name, None)
    return heard


@pytest.mark.parametrize(
    ("words", "variables", "address", "mode"),
    [
        ([], {}, "localhost", None),
        (["--mode", "own"], {}, "localhost", "own"),
        (["--mode", "class"], {}, "0.0.0.0", "class"),
        (["--mode", "demo"], {}, "0.0.0.0", "demo"),
        ([], {"CRACKCLS_MODE": "class"}, "0.0.0.0", "class"),
        ([], {"CRACKCLS_HOSTED": "true"}, "0.0.0.0", None),
        (["--mode", "own"], {"CRACKCLS_MODE": "demo"}, "localhost", "own"),
        (["--mode", "demo", "--address", "127.0.0.1"], {}, "127.0.0.1", "demo"),
        (["--address", "192.168.1.7"], {}, "192.168.1.7", None),
    ],
)
def test_the_mode_says_where_the_server_listens(started, words, variables, address, mode):
    os.environ.update(variables)
    assert main(["app", "--port", "9000", *words]) == 0
    options = ["--server.port", "9000", "--server.address", address]
    assert started == [["streamlit", "run", "app.py", *options]]
    assert os.environ.get("CRACKCLS_MODE") == mode


def test_a_folder_of_models_of_ones_own_gets_the_shipped_ones_beside(started):
    models = config.models_folder()
    (models / "mine").mkdir(parents=True)
    assert main(["app"]) == 0
    assert main(["app"]) == 0
    found = {path.name for path in models.iterdir() if path.name[0] != "."}
    assert found == {*config.SHIPPED_MODELS, "mine"}
    for name in config.SHIPPED_MODELS:
        for file in ("model.json", "model.tflite", "report.json"):
            kept, came = models / name / file, config.shipped_folder() / name / file
            assert kept.read_bytes() == came.read_bytes()


def test_ones_own_model_of_a_shipped_name_is_kept_under_another(started):
    own = config.models_folder() / "default"
    own.mkdir(parents=True)
    (own / "notes.txt").write_text("mine")
    assert main(["app"]) == 0
    kept = next(path for path in own.parent.glob("default-*"))
    assert (kept / "notes.txt").read_text() == "mine"
    assert (own / "model.tflite").exists()


def test_a_folder_of_models_that_cannot_be_written_is_served_as_it_is(started, capsys):
    config.models_folder().write_text("no folder")
    assert main(["app"]) == 0
    assert "crackcls: " in capsys.readouterr().err
    assert started


def test_without_a_browser_streamlit_is_headless(started):
    assert main(["app", "--no-browser"]) == 0
    assert started[0][-2:] == ["--server.headless", "true"]


@pytest.mark.parametrize(
    ("words", "variables", "sentence"),
    [
        (["--mode", "public"], {}, "must be own, class or demo, received 'public'"),
        (["--mode", ""], {}, "must be own, class or demo, received ''"),
        ([], {"CRACKCLS_MODE": "home"}, "must be own, class or demo, received 'home'"),
        ([], {"CRACKCLS_PASSWORD": "brick"}, "at least 8 characters, received 5"),
    ],
)
def test_what_the_server_cannot_be_is_refused_before_it_starts(
    started, capsys, words, variables, sentence
):
    os.environ.update(variables)
    assert main(["app", *words]) == 2
    assert sentence in capsys.readouterr().err
    assert not started
