"""Logged work: stopped when asked in every phase, or when its time is over, by one event."""

import threading
import time

import pytest

from crackcls import config, events
from crackcls.runs import changes, processes, status, work
from crackcls.runs.folders import read_run
from tests.runs.making import SETTINGS


def silent(kind: str, **fields) -> None:
    pass


@pytest.fixture
def folder():
    return changes.claim("mine", SETTINGS)


def run(folder, *told: tuple[str, dict], ask_at: str = "") -> list[str]:
    """Do work that tells these events, is asked to stop at a phase, and keeps what it can."""
    done = []

    def do(emit: events.Emit) -> str:
        try:
            for kind, fields in told:
                if fields.get("phase") == ask_at:
                    work.ask_to_stop(folder)
                emit(kind, **fields)
                done.append(fields.get("phase", kind))
        except events.Stopped:
            emit("phase", phase="exporting", total=0)
            emit("progress", phase="reading images", done=1, total=2)
            done.append("kept")
            raise
        return "all"

    assert work.run_logged(folder, silent, {}, do) in ("all", None)
    return done


PHASES = (
    *("making synthetic photos", "reading images", "running the backbone", "finding near copies"),
    *("building the network", "training", "evaluating", "downloading", "unpacking", "checking"),
)


@pytest.mark.parametrize("phase", PHASES)
def test_work_stops_as_a_phase_begins_and_keeps_what_it_has(folder, phase):
    assert run(folder, ("phase", {"phase": phase, "total": 9}), ask_at=phase) == ["kept"]
    assert read_run(folder).state == "stopped"
    assert not (folder / work.STOP).exists()


def test_work_stops_within_a_phase(folder):
    told = [("phase", {"phase": "a", "total": 9}), ("progress", {"phase": "a", "done": 1})]
    work.ask_to_stop(folder)
    (folder / work.STOP).rename(folder / "later")

    def do(emit):
        emit("phase", phase="a", total=9)
        (folder / "later").rename(folder / work.STOP)
        emit("progress", phase="a", done=1, total=9)
        told.append("went on")

    assert work.run_logged(folder, silent, {}, do) is None
    assert "went on" not in told


def test_a_model_that_is_being_made_is_made_before_work_stops(folder):
    phases = [("phase", {"phase": name, "total": 0}) for name in work.PHASES_THAT_END]
    told = [*phases, ("note", {}), ("phase", {"phase": "evaluating", "total": 0})]
    assert run(folder, *told, ask_at="exporting") == [*work.PHASES_THAT_END, "note", "kept"]


def test_a_stop_that_was_asked_before_work_listens_is_not_lost(folder):
    work.ask_to_stop(folder)
    assert status.read_status(read_run(folder)).stopping
    assert run(folder, ("phase", {"phase": "reading images", "total": 9})) == []
    assert read_run(folder).state == "stopped"


@pytest.mark.parametrize(("named", "heard"), [("1", False), ("no number", False), ("", True)])
def test_a_stop_is_for_the_process_that_it_names(folder, named, heard):
    (folder / work.STOP).write_text(named)
    assert status.read_status(read_run(folder)).stopping == heard
    assert run(folder, ("phase", {"phase": "a", "total": 9})) == ([] if heard else ["a"])


def test_a_stop_outlives_the_claim_of_its_folder():
    folder = changes.clear("new")
    processes.record(folder, processes.psutil.Process())
    work.ask_to_stop(folder)
    changes.claim("new", SETTINGS)
    assert work.is_asked_to_stop(config.models_folder() / "new")


def test_who_waits_for_long_work_hears_a_stop_meanwhile(folder):
    began, release = time.monotonic(), threading.Event()
    threading.Timer(0.3, work.ask_to_stop, [folder]).start()
    assert work.run_logged(folder, silent, {}, lambda emit: work.aside(release.wait, emit)) is None
    release.set()
    assert time.monotonic() - began < 2 + work.SECONDS_BETWEEN_LOOKS


def test_what_long_work_gave_or_raised_comes_through():
    assert work.aside(lambda: 5, silent) == 5
    with pytest.raises(ZeroDivisionError):
        work.aside(lambda: 1 // 0, silent)


OVER = "It may take 2 minutes, and these are over."


def worked(folder, monkeypatch, minutes: int | None, took: float, phase: str = "training"):
    """Do work whose second step comes so many seconds after its start; give its end."""
    clock = [1000.0]
    monkeypatch.setattr(work.time, "monotonic", lambda: clock[0])

    def steps(emit: events.Emit) -> str:
        emit("phase", phase=phase, total=2)
        emit("progress", phase=phase, done=1, total=2)
        clock[0] += took
        emit("progress", phase=phase, done=2, total=2)
        return "done"

    result = work.run_logged(folder, lambda kind, **fields: None, {}, steps, minutes=minutes)
    return result, events.last_end(folder / work.LOG)[0]


@pytest.mark.parametrize(
    ("minutes", "took", "phase", "status"),
    [
        (2, 119.0, "training", "finished"),
        (2, 121.0, "training", "stopped"),
        (2, 121.0, "running the backbone", "stopped"),
        (2, 121.0, "evaluating", "finished"),
        (None, 1e6, "training", "finished"),
    ],
)
def test_work_is_stopped_when_its_time_is_over(tmp_path, monkeypatch, minutes, took, phase, status):
    result, end = worked(tmp_path, monkeypatch, minutes, took, phase)
    assert (result, end["status"]) == ("done" if status == "finished" else None, status)
    assert end.get("message") == (OVER if status == "stopped" else None)


def test_work_that_a_person_stops_says_no_reason(tmp_path):
    def steps(emit: events.Emit) -> None:
        (tmp_path / work.STOP).touch()
        emit("progress", phase="training", done=1, total=2)

    assert work.run_logged(tmp_path, lambda kind, **fields: None, {}, steps) is None
    end = events.last_end(tmp_path / work.LOG)[0]
    assert (end["status"], "message" in end) == ("stopped", False)
