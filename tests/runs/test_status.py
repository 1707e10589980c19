"""Where a run stands, from literal event logs."""

import json
from pathlib import Path

import pytest

from crackcls import config
from crackcls.runs import status
from crackcls.runs.folders import Run

PHASE = {"kind": "phase", "phase": "reading images", "total": 20_000}
START = {"kind": "start", "images": 20_000}
END = {"kind": "end", "status": "finished", "seconds": 84.25}


def progress(done: int, total: int = 20_000, rate: float = 510.4, left: float = 29.6, **fields):
    numbers = {"done": done, "total": total, "per_second": rate, "seconds_left": left}
    return {"kind": "progress", "phase": "running the backbone", **numbers, **fields}


def epoch(number: int, loss: float) -> dict:
    right = {"accuracy": 0.5, "val_accuracy": 0.75}
    return {"kind": "epoch", "epoch": number, "loss": loss, "val_loss": loss / 2, **right}


def status_of(folder: Path, *events: dict) -> status.Status:
    lines = [json.dumps({"time": 1.5, **event}) + "\n" for event in events]
    (folder / "events.jsonl").write_text("".join(lines))
    return status.read_status(Run(folder, "running", "", 0.0, {}, None))


@pytest.mark.parametrize(
    ("events", "phase", "share", "detail"),
    [
        ([], "starting", 0, "…"),
        ([START], "starting", 0, "…"),
        ([START, PHASE], "reading images", 0, "…"),
        (
            [PHASE, progress(5_000)],
            "running the backbone",
            0.25,
            "5,000 of 20,000 images, 510 images/s, 30 s left",
        ),
        (
            [progress(1_600, 16_000, 2000.0, 3725.0, epoch=2)],
            "running the backbone",
            0.1,
            "epoch 2, 1,600 of 16,000 images, 2,000 images/s, 62 min 5 s left",
        ),
        (
            [progress(20_000, left=0.0), END],
            "running the backbone",
            1,
            "20,000 of 20,000 images, 510 images/s, 0 s left",
        ),
        ([progress(20_000), PHASE], "reading images", 0, "…"),
        ([{"kind": "phase", "phase": "exporting", "total": 0}], "exporting", 0, "…"),
    ],
)
def test_the_last_phase_tells_where_a_run_stands(tmp_path, events, phase, share, detail):
    now = status_of(tmp_path, *events)
    assert (now.phase, now.share, now.detail) == (phase, share, detail)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 s"), (59.4, "59 s"), (59.6, "1 min 0 s"), (61, "1 min 1 s"), (3600, "60 min 0 s")],
)
def test_the_time_left_is_in_minutes_and_seconds(tmp_path, seconds: float, words: str):
    assert status_of(tmp_path, progress(1, left=seconds)).detail.endswith(f", {words} left")


def test_more_done_than_announced_is_no_more_than_all(tmp_path):
    assert status_of(tmp_path, progress(20_016)).share == 1


def test_a_run_that_has_not_begun_to_log_is_starting(tmp_path):
    now = status.read_status(Run(tmp_path, "running", "", 0.0, {}, None))
    assert (now.phase, now.share, now.detail, now.seconds) == ("starting", 0, "…", 0)
    assert (len(now.history), len(now.left_out)) == (0, 0)


@pytest.mark.parametrize(("events", "seconds"), [([START], 0), ([START, END], 84.25)])
def test_the_end_tells_how_long_a_run_took(tmp_path, events, seconds):
    assert status_of(tmp_path, *events).seconds == seconds


AT_0, AT_40 = (
    {"time": 1000.0, "kind": "start"},
    {"time": 1040.5, "kind": "phase", "phase": "training"},
)
LATER = [{"time": 90_000.0, "kind": "launched"}, {"time": 90_003.0, "kind": "start"}]


@pytest.mark.parametrize(
    ("events", "seconds"),
    [
        ([AT_0, {**END, "time": 1084.25}], 84.25),
        # Stopped after 30 s and resumed the next day; what lies between is no work.
        ([AT_0, {**END, "time": 1030.0, "seconds": 30.0}, *LATER, END], 114.25),
        ([AT_0, {**END, "time": 1030.0, "seconds": 30.0}, LATER[1], END], 114.25),
        # Killed: it worked to its last event.
        ([AT_0, AT_40, *LATER, END], 124.75),
        # It works now: so far.
        ([AT_0, AT_40], 40.5),
        ([AT_0, AT_40, *LATER, {**AT_40, "time": 90_010.0}], 47.5),
        ([AT_0, AT_40, LATER[0]], 40.5),
        # A clock that was set back, and times that are none.
        ([AT_0, {**AT_40, "time": 900.0}], 0),
        ([{**AT_0, "time": "noon"}, {**AT_40, "time": None}, {**AT_40, "time": -5}], 0),
    ],
)
def test_the_time_is_that_of_all_processes_of_a_run(tmp_path, events, seconds):
    assert status_of(tmp_path, *events).seconds == seconds


def test_no_heading_that_a_person_reads_is_the_name_of_a_variable(tmp_path):
    history = status.in_words(status_of(tmp_path, epoch(1, 0.5)).history)
    assert [*history] == [
        *("epoch", "accuracy", "loss", "validation accuracy", "validation loss"),
    ]
    assert not [name for name in status.in_words(status.runs_table()) if "_" in name]


def test_epochs_become_rows_of_the_history(tmp_path):
    now = status_of(tmp_path, START, epoch(1, 0.5), progress(100), epoch(2, 0.25))
    assert now.history.to_dict("list") == {
        "epoch": [1, 2],
        "accuracy": [0.5, 0.5],
        "loss": [0.5, 0.25],
        "val_accuracy": [0.75, 0.75],
        "val_loss": [0.25, 0.125],
    }


def test_files_left_out_are_listed_with_their_reasons(tmp_path):
    files = {"sound/größe.jpg": "0 bytes", "crack/ひび割れ.jpg": "cut off"}
    events = [{"kind": "left out", "file": f, "reason": r} for f, r in files.items()]
    now = status_of(tmp_path, START, *events)
    assert now.left_out.to_dict("list") == {"file": list(files), "reason": list(files.values())}


def test_an_event_that_is_half_written_waits_for_the_next_look(tmp_path):
    status_of(tmp_path, PHASE)
    with (tmp_path / "events.jsonl").open("a") as file:
        file.write('{"time": 2, "kind": "progress", "done"')
    now = status.read_status(Run(tmp_path, "running", "", 0.0, {}, None))
    assert (now.phase, now.share) == ("reading images", 0)


def test_a_run_whose_loss_diverged_is_tabulated_without_a_best_epoch():
    folder = config.models_folder() / "wild"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text('{"data": "concrete"}')
    row = json.dumps({**epoch(1, 0.5), "val_loss": float("nan")})
    (folder / "events.jsonl").write_text(f"{row}\n")
    (found,) = status.runs_table().to_dict("records")
    assert (found["name"], found["epochs"], found["val_accuracy"]) == ("wild", "1", "-")


def test_the_running_epoch_holds_the_batches_since_the_last_start(tmp_path):
    batch = {"kind": "progress", "phase": "training", "done": 1, "total": 9, "per_second": 1.0}
    batch |= {"seconds_left": 1.0, "epoch": 2, "batches": 4, "accuracy": 0.9}
    log = [
        {"time": 0, "kind": "start"},
        {"time": 1, **batch, "batch": 3, "loss": 0.5},
        {"time": 2, "kind": "start"},
        {"time": 3, **batch, "batch": 1, "loss": 0.7},
    ]
    (tmp_path / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in log))
    now = status.read_status(Run(tmp_path, "running", "", 0.0, {}, None))
    assert now.running.to_dict("records") == [{"epoch": 1.25, "accuracy": 0.9, "loss": 0.7}]
