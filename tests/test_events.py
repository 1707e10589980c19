"""The event log: one line an event, listeners, progress."""

import json

import pytest

from crackcls import events

PROGRESS_FIELDS = {"unit", "phase", "done", "total", "per_second", "seconds_left"}


def listener() -> tuple[list[tuple], events.Emit]:
    """Give a list and a function that puts each event into it."""
    heard = []
    return heard, lambda kind, **fields: heard.append((kind, fields))


def test_each_event_is_one_line_with_its_time_and_kind(tmp_path):
    emit = events.log_to(tmp_path / "events.jsonl")
    emit("start", data="größe\nひび割れ")
    emit("epoch", epoch=1, loss=0.25)
    lines = (tmp_path / "events.jsonl").read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    assert [type(event.pop("time")) for event in found] == [float, float]
    assert found == [
        {"kind": "start", "data": "größe\nひび割れ"},
        {"kind": "epoch", "epoch": 1, "loss": 0.25},
    ]


def test_an_event_is_in_the_log_before_the_next_one(tmp_path):
    path = tmp_path / "events.jsonl"
    emit = events.log_to(path)
    seen = []
    for number in range(3):
        emit("epoch", epoch=number)
        seen.append([event["epoch"] for event in events.read_log(path)])
    assert seen == [[0], [0, 1], [0, 1, 2]]


def test_all_listeners_hear_what_the_log_gets(tmp_path):
    first, hear_first = listener()
    second, hear_second = listener()
    emit = events.log_to(tmp_path / "events.jsonl", hear_first, hear_second)
    emit("start", images=3)
    emit("end", status="finished")
    assert first == second == [("start", {"images": 3}), ("end", {"status": "finished"})]


def test_a_log_goes_on_where_another_process_left_it(tmp_path):
    events.log_to(tmp_path / "events.jsonl")("start")
    events.log_to(tmp_path / "events.jsonl")("end")
    kinds = [event["kind"] for event in events.read_log(tmp_path / "events.jsonl")]
    assert kinds == ["start", "end"]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("", []),
        ('{"kind": "a"', []),
        ('{"kind": "a"}', []),
        ('{"kind": "a"}\n', ["a"]),
        ('{"kind": "a"}\n{"ki', ["a"]),
        ('{"kind": "a"}\n{"kind": "b"}\n', ["a", "b"]),
    ],
)
def test_a_last_line_that_is_not_finished_is_left_out(tmp_path, text: str, kinds: list[str]):
    (tmp_path / "events.jsonl").write_text(text)
    assert [event["kind"] for event in events.read_log(tmp_path / "events.jsonl")] == kinds


def test_a_log_that_is_not_there_has_no_events(tmp_path):
    assert events.read_log(tmp_path / "events.jsonl") == []


@pytest.mark.parametrize("count", [1, 2, 500])
def test_progress_passes_all_items_and_ends_with_all_done(count: int):
    heard, emit = listener()
    items = (f"item {number}" for number in range(count))
    passed = list(events.with_progress(emit, "reading images", items, count))
    assert passed == [f"item {number}" for number in range(count)]
    fields = {"phase": "reading images", "total": count, "unit": "images"}
    assert heard[0] == ("phase", fields)
    kind, last = heard[-1]
    assert (kind, set(last)) == ("progress", PROGRESS_FIELDS)
    assert (last["phase"], last["done"], last["total"]) == ("reading images", count, count)
    assert (last["seconds_left"], last["per_second"] > 0) == (0, True)


def test_no_items_make_a_phase_without_progress():
    heard, emit = listener()
    assert list(events.with_progress(emit, "reading images", [], 0)) == []
    assert heard == [("phase", {"phase": "reading images", "total": 0, "unit": "images"})]


def test_further_fields_travel_with_progress():
    heard, emit = listener()
    events.progress_of(emit, "training", 32)(32, epoch=2, loss=0.5)
    assert len(heard) == 1
    kind, fields = heard[0]
    assert (kind, set(fields)) == ("progress", PROGRESS_FIELDS | {"epoch", "loss"})
    assert (fields["epoch"], fields["loss"]) == (2, 0.5)
