"""Run folders: names, states, lists, the model in use."""

import subprocess
import sys

import psutil
import pytest

from crackcls import config
from crackcls.errors import InputError
from crackcls.runs import changes, folders, processes
from tests.runs.making import SETTINGS, ended, put_model


@pytest.mark.parametrize("name", ["a", "A-1_b", "9lives", "x" * 64])
def test_safe_names_pass(name: str):
    folders.check_name(name)


@pytest.mark.parametrize(
    "name",
    ["", "x" * 65, "../up", "a/b", "a\\b", ".hidden", "-flag", "a b", "riß", "con", "LPT1", "a\n"],
)
def test_unsafe_names_are_refused_and_said(name: str):
    with pytest.raises(InputError) as error:
        folders.check_name(name)
    assert f"received '{name}'" in str(error.value)


def test_a_run_whose_process_is_gone_is_interrupted_with_its_last_words():
    folder = changes.claim("mine", SETTINGS)
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    processes.record(folder, psutil.Process(child.pid))
    child.wait()
    said = "loading\nout of memory\nINFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n\n"
    (folder / "log.txt").write_text(said)
    run = folders.read_run(folder)
    assert (run.state, run.message) == ("interrupted", "out of memory")


def test_models_are_listed_when_whole_and_the_shipped_one_comes_first():
    for name in ("later", "default", "half"):
        folder = changes.claim(name, SETTINGS)
        if name != "half":
            put_model(folder)
    assert [run.name for run in folders.list_models()] == ["default", "later"]
    assert {run.name for run in folders.list_runs()} == {"default", "later", "half"}


def test_a_free_name_counts_on(tmp_path):
    data = tmp_path / "my photos (new)"
    data.mkdir()
    assert folders.free_name(data) == "my-photos-new-1"
    (config.models_folder() / "my-photos-new-1").mkdir(parents=True)
    assert folders.free_name(data) == "my-photos-new-2"


def test_the_model_in_use_is_chosen_and_falls_back_when_deleted():
    ended("default")
    ended("mine")
    assert folders.in_use() == "default"
    folders.use("mine")
    assert folders.in_use() == "mine"
    assert [run.name for run in folders.list_models()] == ["mine", "default"]
    changes.delete("mine")
    assert folders.in_use() == "default"
    with pytest.raises(InputError, match="'mine' has not been"):
        folders.use("mine")


def test_a_resumed_run_is_not_taken_for_ended():
    folder = ended("mine", "stopped", model=False)
    with (folder / "events.jsonl").open("a") as file:
        file.write('{"time": 1, "kind": "launched"}\n')
    assert folders.read_run(folder).state == "running"
