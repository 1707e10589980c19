"""Logged work: ended in time, and with one event."""

import pytest

from crackcls import events
from crackcls.runs import work

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
    return result, events.last_end(folder / work.LOG)


@pytest.mark.parametrize(
    ("minutes", "took", "phase", "status"),
    [
        (2, 119.0, "training", "finished"),
        (2, 121.0, "training", "stopped"),
        (2, 121.0, "running the backbone", "stopped"),
        (2, 121.0, "testing", "finished"),
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
    end = events.last_end(tmp_path / work.LOG)
    assert (end["status"], "message" in end) == ("stopped", False)
