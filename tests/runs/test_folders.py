"""Run folders: names, states, the lock, starting in a child process."""

import json
import subprocess
import sys
import time

import psutil
import pytest

from crackcls import config
from crackcls.errors import InputError
from crackcls.runs import folders

SETTINGS = {"data": "concrete", "epochs": 1}


def log(folder, *kinds: dict) -> None:
    lines = "".join(json.dumps({"time": 0, **kind}) + "\n" for kind in kinds)
    (folder / "events.jsonl").write_text(lines)


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


def test_a_claimed_folder_belongs_to_a_running_run():
    folder = folders.claim("mine", SETTINGS)
    run = folders.read_run(folder)
    assert (run.name, run.state, run.config, run.has_model) == ("mine", "running", SETTINGS, False)
    with pytest.raises(InputError, match="'mine' is running"):
        folders.claim("mine", SETTINGS)


def test_the_name_of_a_model_is_taken_and_the_model_stays():
    folder = folders.claim("mine", SETTINGS)
    log(folder, {"kind": "end", "status": "finished"})
    (folder / "model.json").write_text("{}")
    with pytest.raises(InputError, match="'mine' is finished"):
        folders.claim("mine", SETTINGS)
    assert (folder / "model.json").exists()


def test_the_name_of_a_failed_run_is_free_again():
    folder = folders.claim("mine", SETTINGS)
    log(folder, {"kind": "end", "status": "failed", "message": "no images"})
    assert folders.read_run(folder).message == "no images"
    again = folders.claim("mine", {"data": "other"})
    assert folders.read_run(again).config == {"data": "other"}
    assert not (again / "events.jsonl").exists()


def test_a_run_whose_process_is_gone_is_interrupted_with_its_last_words():
    folder = folders.claim("mine", SETTINGS)
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    folders.record_process(folder, psutil.Process(child.pid))
    child.wait()
    said = "loading\nout of memory\nINFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n\n"
    (folder / "log.txt").write_text(said)
    run = folders.read_run(folder)
    assert (run.state, run.message) == ("interrupted", "out of memory")


def test_a_finished_child_that_nobody_reaped_is_not_running():
    folder = folders.claim("mine", SETTINGS)
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    folders.record_process(folder, psutil.Process(child.pid))
    while psutil.Process(child.pid).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)
    assert folders.read_run(folder).state == "interrupted"
    child.wait()


def test_another_process_with_the_same_number_is_not_taken_for_the_run():
    folder = folders.claim("mine", SETTINGS)
    record = {"pid": psutil.Process().pid, "created": psutil.Process().create_time() - 60}
    (folder / "process.json").write_text(json.dumps(record))
    assert folders.read_run(folder).state == "interrupted"


def test_models_are_listed_when_whole_and_the_shipped_one_comes_first():
    for name in ("later", "default", "half"):
        folder = folders.claim(name, SETTINGS)
        if name != "half":
            (folder / "model.json").write_text("{}")
    assert [run.name for run in folders.list_models()] == ["default", "later"]
    assert {run.name for run in folders.list_runs()} == {"default", "later", "half"}


def test_a_free_name_counts_on(tmp_path):
    data = tmp_path / "my photos (new)"
    data.mkdir()
    assert folders.free_name(data) == "my-photos-new-1"
    (config.models_folder() / "my-photos-new-1").mkdir(parents=True)
    assert folders.free_name(data) == "my-photos-new-2"


def test_files_that_are_no_run_are_left_alone():
    folder = config.models_folder() / "mine"
    folder.mkdir(parents=True)
    (folder / "holiday.jpg").touch()
    with pytest.raises(InputError, match="holds other files"):
        folders.claim("mine", SETTINGS)
    assert (folder / "holiday.jpg").exists()


def ended(name: str, status: str = "finished", model: bool = True):
    """Make a run that has ended."""
    folder = folders.claim(name, SETTINGS)
    log(folder, {"kind": "start"}, {"kind": "end", "status": status})
    if model:
        (folder / "model.json").write_text("{}")
    return folder


@pytest.mark.parametrize("status", ["stopped", "finished"])
def test_a_run_that_can_be_resumed_or_used_keeps_its_name(status):
    ended("mine", status, model=False)
    with pytest.raises(InputError, match=f"'mine' is {status}"):
        folders.claim("mine", SETTINGS)


def test_a_run_is_renamed_and_deleted():
    folder = ended("old")
    folders.rename("old", "new")
    assert not folder.exists()
    assert [run.name for run in folders.list_runs()] == ["new"]
    folders.delete("new")
    assert folders.list_runs() == []
    assert not list(config.models_folder().glob("*"))


def test_a_run_is_not_renamed_to_a_taken_or_unsafe_name():
    ended("old")
    ended("taken")
    for new, said in (("taken", "'taken' is finished"), ("../up", "received '../up'")):
        with pytest.raises(InputError, match=said):
            folders.rename("old", new)
    assert {run.name for run in folders.list_runs()} == {"old", "taken"}


def test_neither_a_running_run_nor_the_shipped_model_is_deleted():
    folders.claim("busy", SETTINGS)
    ended("default")
    ended("metu")
    cases = ("default", "a shipped model"), ("metu", "a shipped model"), ("no", "not there")
    for name, said in (("busy", "running"), *cases):
        with pytest.raises(InputError, match=said):
            folders.delete(name)
    assert {run.name for run in folders.list_runs()} == {"busy", "default", "metu"}


def test_the_model_in_use_is_chosen_and_falls_back_when_deleted():
    ended("default")
    ended("mine")
    assert folders.in_use() == "default"
    folders.use("mine")
    assert folders.in_use() == "mine"
    assert [run.name for run in folders.list_models()] == ["mine", "default"]
    folders.delete("mine")
    assert folders.in_use() == "default"
    with pytest.raises(InputError, match="'mine' has not been"):
        folders.use("mine")


def test_a_resumed_run_is_not_taken_for_ended():
    folder = ended("mine", "stopped", model=False)
    with (folder / "events.jsonl").open("a") as file:
        file.write('{"time": 1, "kind": "launched"}\n')
    assert folders.read_run(folder).state == "running"


def test_a_run_that_its_launcher_wrote_down_never_looks_ended_while_it_is_claimed(monkeypatch):
    folder = folders.clear("new")
    folders.record_process(folder, psutil.Process())
    seen = []
    write = folders.write_json

    def look(path, value):
        seen.append(folders.read_run(folder).state)
        write(path, value)
        seen.append(folders.read_run(folder).state)

    monkeypatch.setattr(folders, "write_json", look)
    folders.claim("new", {"data": "x"})
    assert seen == ["running"] * 4
