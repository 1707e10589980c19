"""Names of runs: claimed, given anew, freed."""

import psutil
import pytest

from crackcls import config
from crackcls.errors import InputError
from crackcls.runs import changes, folders, processes
from tests.runs.making import SETTINGS, ended, log


def test_a_claimed_folder_belongs_to_a_running_run():
    folder = changes.claim("mine", SETTINGS)
    run = folders.read_run(folder)
    assert (run.name, run.state, run.config, run.has_model) == ("mine", "running", SETTINGS, False)
    with pytest.raises(InputError, match="'mine' is running"):
        changes.claim("mine", SETTINGS)


def test_the_name_of_a_model_is_taken_and_the_model_stays():
    folder = ended("mine")
    with pytest.raises(InputError, match="'mine' is finished"):
        changes.claim("mine", SETTINGS)
    assert (folder / "model.json").exists()


def test_the_name_of_a_failed_run_is_free_again():
    folder = changes.claim("mine", SETTINGS)
    log(folder, {"kind": "end", "status": "failed", "message": "no images"})
    assert folders.read_run(folder).message == "no images"
    again = changes.claim("mine", {"data": "other"})
    assert folders.read_run(again).config == {"data": "other"}
    assert not (again / "events.jsonl").exists()


def test_files_that_are_no_run_are_left_alone():
    folder = config.models_folder() / "mine"
    folder.mkdir(parents=True)
    (folder / "holiday.jpg").touch()
    with pytest.raises(InputError, match="holds other files"):
        changes.claim("mine", SETTINGS)
    assert (folder / "holiday.jpg").exists()


@pytest.mark.parametrize(("status", "word"), [("stopped", "stopped"), ("finished", "damaged")])
def test_a_run_that_can_be_resumed_or_used_keeps_its_name(status, word):
    ended("mine", status, model=False)
    with pytest.raises(InputError, match=f"'mine' is {word}"):
        changes.claim("mine", SETTINGS)


def test_a_run_is_renamed_and_deleted():
    folder = ended("old")
    changes.rename("old", "new")
    assert not folder.exists()
    assert [run.name for run in folders.list_runs()] == ["new"]
    changes.delete("new")
    assert folders.list_runs() == []
    assert not list(config.models_folder().glob("*"))


def test_a_run_is_not_renamed_to_a_taken_or_unsafe_name():
    ended("old")
    ended("taken")
    for new, said in (("taken", "'taken' is finished"), ("../up", "received '../up'")):
        with pytest.raises(InputError, match=said):
            changes.rename("old", new)
    assert {run.name for run in folders.list_runs()} == {"old", "taken"}


def test_neither_a_running_run_nor_the_shipped_model_is_deleted():
    changes.claim("busy", SETTINGS)
    ended("default")
    ended("metu")
    cases = ("default", "a shipped model"), ("metu", "a shipped model"), ("no", "not there")
    for name, said in (("busy", "running"), *cases):
        with pytest.raises(InputError, match=said):
            changes.delete(name)
    assert {run.name for run in folders.list_runs()} == {"busy", "default", "metu"}


def test_a_run_that_its_launcher_wrote_down_never_looks_ended_while_it_is_claimed(monkeypatch):
    folder = changes.clear("new")
    processes.record(folder, psutil.Process())
    seen = []
    write = changes.write_json

    def look(path, value):
        seen.append(folders.read_run(folder).state)
        write(path, value)
        seen.append(folders.read_run(folder).state)

    for module in (changes, processes):
        monkeypatch.setattr(module, "write_json", look)
    changes.claim("new", {"data": "x"})
    assert seen == ["running"] * 4
