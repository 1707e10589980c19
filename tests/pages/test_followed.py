"""The Train page while a run runs and once it has ended, on runs made by hand."""

import hashlib
import json

import psutil
import pytest
from streamlit.testing.v1 import AppTest

from crackcls import config
from crackcls.access import visitors
from crackcls.access.modes import CLASS
from crackcls.runs import belonging, changes, folders, jobs, processes
from tests.conftest import encoded, picture
from tests.pages.driving import named, open_page, text_of
from tests.runs.making import SETTINGS, ended, log, put_model, put_report

START, TRAINING = {"kind": "start"}, {"kind": "phase", "phase": "training", "total": 300}
EPOCH = {"kind": "epoch", "epoch": 1, "accuracy": 0.5, "loss": 0.7, "val_accuracy": 0.625}
EPOCH |= {"val_loss": 0.6}
FORM = "Train another model"


def running(name: str = "walls"):
    """Make a run that this process works on."""
    folder = changes.claim(name, {**SETTINGS, "epochs": 3, "classes": ["Negative", "Positive"]})
    log(folder, START, TRAINING, EPOCH)
    return folder


def end(folder, status: str = "finished", seconds: float = 65.0) -> None:
    with (folder / "events.jsonl").open("a") as file:
        file.write(json.dumps({"time": 9, "kind": "end", "status": status, "seconds": seconds}))
        file.write("\n")
    put_model(folder)
    if status == "finished":
        put_report(folder)


def order_of(page: AppTest, *kinds: str) -> list[str]:
    """Give the kinds of elements in the order in which they stand, the first of each."""
    seen = [node.type for node in page.main]
    return sorted((kind for kind in kinds if kind in seen), key=seen.index)


def ways(page: AppTest) -> dict[str, str]:
    found = [node.proto for node in page.main if node.type == "page_link"]
    return {one.label: f"{one.page}?{one.query_string}" for one in found}


def test_what_runs_stands_first_and_the_form_is_folded():
    running()
    page = open_page("1_Train")
    assert FORM in {one.label for one in page.expander}
    assert order_of(page, "radio", "vega_lite_chart", "title") == [
        *("title", "vega_lite_chart", "radio"),
    ]
    assert "**walls**, " in text_of(page)
    assert not any(box.label == "Run" for box in page.selectbox)


def test_without_a_run_the_form_stands_first_and_the_last_run_below():
    ended("old")
    page = open_page("1_Train")
    assert FORM not in {one.label for one in page.expander}
    assert order_of(page, "radio", "success") == ["radio", "success"]
    assert [one.value for one in page.header] == ["Last run", "All runs"]


def test_stop_says_at_once_that_it_stops_and_then_how_it_ended():
    folder = running()
    page = open_page("1_Train")
    named(page.button, "Stop training").click().run()
    assert not page.exception
    stopping = page.button(key="stop-run-walls")
    assert (stopping.label, stopping.disabled) == ("Stopping …", True)
    assert jobs.is_stopping(folder)
    end(folder, "stopped")
    page.run()
    assert "'walls' was stopped after 1 of 3 epochs. The best weights so far" in text_of(page)
    assert not any(one.label in ("Stopping …", "Stop training") for one in page.button)


def test_a_run_that_was_followed_stays_on_top_when_it_ends_and_offers_three_ways():
    folder = running()
    ended("older")
    page = open_page("1_Train")
    end(folder)
    page.run()
    assert not page.exception
    assert "'walls' has finished in 1 min 5 s." in text_of(page)
    assert order_of(page, "success", "radio") == ["success", "radio"]
    assert ways(page) == {
        "Try it on a photo": "Predict?model=walls",
        "See its mistakes": "Evaluate?model=walls",
    }
    named(page.button, "Use it on Home").click().run()
    assert folders.in_use() == "walls"
    assert page.button(key="use-walls").disabled


def test_a_stopped_run_has_no_mistakes_to_show_and_can_be_resumed():
    end(running(), "stopped")
    page = open_page("1_Train")
    assert ways(page).keys() == {"Try it on a photo"}
    assert named(page.button, "Resume")


def test_the_time_is_that_of_the_whole_run():
    folder = running()
    end(folder, "stopped", 65.0)
    with (folder / "events.jsonl").open("a") as file:
        file.write('{"time": 90000, "kind": "launched"}\n{"time": 90003, "kind": "start"}\n')
    end(folder, seconds=10.0)
    page = open_page("1_Train")
    assert "has finished in 1 min 15 s." in text_of(page)
    assert list(page.dataframe[-1].value["time"]) == ["1 min 15 s"]


@pytest.mark.parametrize("name", ["2_Evaluate", "3_Predict"])
@pytest.mark.parametrize(("asked", "opened"), [("older", "older"), ("../x", "default")])
def test_the_address_names_the_model_that_a_page_opens_with(monkeypatch, name, asked, opened):
    for run in ("older", "default"):
        ended(run)
    page = AppTest.from_file(str(config.PROJECT / "app.py"), default_timeout=30)
    page.query_params["model"] = asked
    page.switch_page(f"pages/{name}.py").run()
    assert named(page.selectbox, "Model").value == opened


@pytest.mark.parametrize("state", ["running", "finished"])
def test_no_name_of_a_variable_and_no_path_is_shown(state, tmp_path):
    folder = running()
    if state == "finished":
        end(folder)
    page = open_page("1_Train")
    heads = {head for table in page.dataframe for head in table.value}
    assert not [head for head in heads if "_" in head]
    assert "val_" not in text_of(page)
    assert str(tmp_path) not in text_of(page)


def test_what_a_killed_process_said_last_is_told_to_the_owner_alone(monkeypatch):
    folder = running()
    (folder / "log.txt").write_text("no room in /srv/models\n")
    processes.record(folder, psutil.Process())
    about = json.loads((folder / "process.json").read_text())
    (folder / "process.json").write_text(json.dumps({**about, "ticks": 1, "created": 1.0}))
    said = text_of(open_page("1_Train"))
    assert "'walls' was interrupted while training." in said
    assert "/srv/models" in said
    monkeypatch.setenv("CRACKCLS_MODE", CLASS)
    monkeypatch.setattr(visitors, "new", lambda: "0a" * 16)
    belonging.give(folder, visitors.called("0a" * 16))
    said = text_of(open_page("1_Train"))
    assert "'walls' was interrupted while training." in said
    assert "/srv/models" not in said


def watched_run(tmp_path, epochs: int = 2):
    """Make a run with two validation pictures, each called otherwise after each epoch."""
    folder, data = running(), tmp_path / "photos"
    files = ["Negative/1.jpg", "Positive/2.jpg"]
    contents = [encoded(picture(number, cracked=number > 0)) for number in range(2)]
    for file, content in zip(files, contents, strict=True):
        (data / file).parent.mkdir(parents=True)
        (data / file).write_bytes(content)
    (folder / "local.json").write_text(json.dumps({"data": str(data)}))
    shas = [hashlib.sha256(content).hexdigest() for content in contents]
    about = {"kind": "watching", "files": files, "sha256": shas, "actual": [0, 1]}
    told = [
        {"kind": "watched", "epoch": number, "probabilities": [[share, 1 - share], [0.25, 0.75]]}
        for number, share in enumerate((0.1, 0.875)[:epochs], 1)
    ]
    log(folder, START, TRAINING, about, *told)
    return folder


def test_verdicts_on_validation_pictures_change_by_epoch(tmp_path):
    folder = watched_run(tmp_path)
    page = open_page("1_Train")
    assert "after epoch 2: 2 right" in text_of(page)
    assert "✗✓" in text_of(page)
    assert [one for one in text_of(page).splitlines() if one.startswith(":green")] == [
        ":green[✓] 88%",
        ":green[✓] 75%",
    ]
    assert not page.select_slider
    end(folder)
    page = open_page("1_Train")
    named(page.select_slider, "After epoch").set_value(1).run()
    assert not page.exception
    assert "after epoch 1: 1 right" in text_of(page)
    assert ":red[✗] cracked 90%" in text_of(page)


def test_a_picture_that_is_gone_is_said_and_the_others_stay(tmp_path):
    watched_run(tmp_path, epochs=1)
    (tmp_path / "photos" / "Negative" / "1.jpg").write_bytes(b"another")
    page = open_page("1_Train")
    assert text_of(page).count("The picture is gone.") == 1
    assert ":green[✓] 75%" in text_of(page)


@pytest.mark.parametrize("shared", [True, False])
def test_nobody_else_sees_the_pictures_of_a_student(tmp_path, monkeypatch, shared):
    monkeypatch.setenv("CRACKCLS_MODE", CLASS)
    folder = watched_run(tmp_path)
    belonging.give(folder, visitors.called("0a" * 16))
    belonging.share(folder, shared)
    end(folder)
    monkeypatch.setattr(visitors, "new", lambda: "1b" * 16)
    page = open_page("1_Train")
    assert ("'walls' has finished" in text_of(page)) == shared
    assert "after epoch" not in text_of(page)
    monkeypatch.setattr(visitors, "new", lambda: "0a" * 16)
    assert "after epoch 2: 2 right" in text_of(open_page("1_Train"))
