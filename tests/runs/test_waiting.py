"""The line of trainings: in order, one at a time, bounded, kept in files."""

import json
import time

import psutil
import pytest

from crackcls import config
from crackcls.errors import InputError
from crackcls.runs import belonging, changes, folders, jobs, processes, waiting
from tests.damaging import DAMAGES
from tests.runs.making import SETTINGS, ended, log

ONE, OTHER = "1a" * 32, "2b" * 32
DEAD = {"pid": 2**30, "created": 5.0}


@pytest.fixture(autouse=True)
def launched(monkeypatch) -> list[list[str]]:
    """Start no process: take down what would be started, and let this one stand in for it."""
    words: list[list[str]] = []

    def launch(folder, command) -> None:
        words.append(command)
        processes.record(folder, psutil.Process())

    monkeypatch.setattr(jobs, "launch", launch)
    return words


def end(name: str) -> None:
    log(folders.folder_of(name), {"kind": "start"}, {"kind": "end", "status": "failed"})


def state_of(name: str) -> str:
    return folders.read_run(folders.folder_of(name)).state


def order() -> list[str]:
    return [place.name for place in waiting.line()]


def test_trainings_run_one_after_the_other_in_the_order_they_came(launched):
    for name in ("a", "b", "c"):
        waiting.join(name, ["--data", name], 60)
    assert order() == ["a", "b", "c"]
    waiting.advance()
    waiting.advance()
    assert launched == [["train", "--name", "a", "--data", "a"]]
    assert [state_of(name) for name in "abc"] == ["running", "waiting", "waiting"]
    end("a")
    waiting.advance()
    assert launched[1:] == [["train", "--name", "b", "--data", "b"]]
    assert order() == ["c"]


def test_each_is_told_how_many_come_before_and_how_long_that_takes(monkeypatch):
    begun = psutil.Process().create_time()  # This process stands in for the one that trains.
    monkeypatch.setattr(time, "time", lambda: begun + 2)
    for name, seconds in (("a", 100), ("b", 200), ("c", 300)):
        waiting.join(name, [], seconds)
    assert [(one.ahead, one.begins_in) for one in waiting.line()] == [(0, 0), (1, 100), (2, 300)]
    assert waiting.next_place() == (3, 600)
    waiting.advance()
    # One that has told nothing yet takes a minute, and is two seconds old.
    told = [(one.ahead, round(one.begins_in)) for one in waiting.line()]
    assert told == [(1, 58), (2, 258)]


def test_what_a_run_takes_is_known_by_its_settings():
    folder = ended("mine", "stopped")
    short = {**SETTINGS, "images": 1000, "epochs": 10, "fine_tune": "head", "image_size": 160}
    for more, seconds in (({}, 8.1), ({"fine_tune": "all"}, 92), ({"minutes": 1}, 8.1)):
        about = {**short, **more}
        (folder / "config.json").write_text(json.dumps(about))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("os.cpu_count", lambda: 2)
            assert waiting.expected(folders.read_run(folder)) == pytest.approx(seconds, rel=0.01)


def test_the_line_outlives_the_server_and_what_ran_then_ends_of_itself(launched):
    waiting.join("a", ["--data", "a"], 60)
    waiting.join("b", ["--data", "b"], 60)
    waiting.advance()
    # The server and the run are killed: nothing of them is left but files.
    (folders.folder_of("a") / processes.FILE).write_text(json.dumps(DEAD))
    assert state_of("a") == "interrupted"
    assert order() == ["b"]
    waiting.advance()
    assert [words[2] for words in launched] == ["a", "b"]


def test_a_server_killed_while_it_starts_a_run_starts_no_second_one(launched):
    waiting.join("a", ["--data", "a"], 60)
    about = (folders.folder_of("a") / folders.WAITING).read_bytes()
    waiting.advance()
    (folders.folder_of("a") / folders.WAITING).write_bytes(about)
    assert state_of("a") == "running"
    waiting.advance()
    assert len(launched) == 1
    changes.claim("a", SETTINGS)  # As the run's own process does.
    assert not (folders.folder_of("a") / folders.WAITING).exists()


def test_one_that_was_stopped_waits_to_go_on_and_keeps_its_model(launched):
    folder = ended("mine", "stopped")
    belonging.give(folder, ONE)
    (folder / processes.FILE).write_text(json.dumps(DEAD))
    waiting.join("a", [], 60)
    waiting.join_again("mine")
    assert (state_of("mine"), order()) == ("waiting", ["a", "mine"])
    with pytest.raises(InputError, match="'mine' waits for its turn"):
        waiting.join_again("mine")
    waiting.leave("mine")
    assert (state_of("mine"), folders.read_run(folder).has_model) == ("stopped", True)
    waiting.join_again("mine")
    waiting.leave("a")
    waiting.advance()
    assert launched == [["train", "--resume", "mine"]]
    assert (state_of("mine"), belonging.of(folder)) == ("running", ONE)


def test_who_leaves_the_line_leaves_nothing():
    waiting.join("a", [], 60, ONE)
    waiting.leave("a")
    assert not folders.folder_of("a").exists()
    waiting.leave("a")
    assert order() == []


def test_the_owner_lets_one_begin_next():
    for name in ("a", "b", "c", "d"):
        waiting.join(name, [], 60)
    waiting.put_first("c")
    waiting.put_first("d")
    waiting.put_first("nobody")
    assert order() == ["d", "c", "a", "b"]
    waiting.join("e", [], 60)
    assert order()[-1] == "e"


def test_one_of_a_visitors_waits_or_runs_at_a_time():
    waiting.join("a", [], 60, ONE, 6)
    for turn in range(2):
        with pytest.raises(InputError, match=r"One training of yours .* and 'a' does"):
            waiting.join("b", [], 60, ONE, 6)
        waiting.join(f"other-{turn}", [], 60, f"{turn}c" * 32)
        waiting.advance()
    end("a")
    waiting.join("b", [], 60, ONE, 6)


def test_a_visitor_begins_so_many_an_hour_whatever_was_deleted(monkeypatch):
    for number in range(2):
        waiting.join("a", [], 60, ONE, 2)
        waiting.advance()
        end("a")
        if number:
            changes.delete("a")
    with pytest.raises(InputError, match=r"At most 2 trainings of yours .* again in 60 minutes"):
        waiting.join("b", [], 60, ONE, 2)
    waiting.join("theirs", [], 60, OTHER, 2)
    waiting.leave("theirs")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3601)
    waiting.join("b", [], 60, ONE, 2)


@pytest.mark.parametrize("damage", DAMAGES)
def test_where_it_is_not_known_who_has_begun_nobody_is_refused(damage):
    waiting.join("a", [], 60, ONE, 1)
    waiting.advance()
    end("a")
    DAMAGES[damage](config.models_folder() / waiting.STARTS)
    waiting.join("b", [], 60, ONE, 1)


def test_a_full_line_takes_nobody(monkeypatch):
    monkeypatch.setattr(waiting, "MOST", 2)
    for name in ("a", "b"):
        waiting.join(name, [], 60)
    with pytest.raises(InputError, match="At most 2 trainings wait at once, and 2 do"):
        waiting.join("c", [], 60)
    assert not folders.folder_of("c").exists()


def test_a_name_that_waits_is_taken_and_neither_renamed_nor_deleted():
    waiting.join("a", [], 60)
    for refused in (
        lambda: waiting.join("a", [], 60),
        lambda: changes.rename("a", "b"),
        lambda: changes.delete("a"),
    ):
        with pytest.raises(InputError, match=r"'a' is (waiting|running, waiting or not there)"):
            refused()


@pytest.mark.parametrize("damage", [one for one in DAMAGES if one != "missing"])
def test_a_run_whose_turn_is_damaged_is_told_and_keeps_nobody_waiting(damage, launched):
    for name in ("a", "b"):
        waiting.join(name, [], 60)
    DAMAGES[damage](folders.folder_of("a") / folders.WAITING)
    run = folders.read_run(folders.folder_of("a"))
    assert run.state_in_words == "damaged"
    assert "a/waiting.json' must be whole" in run.damage[folders.WAITING]
    waiting.advance()
    assert [words[2] for words in launched] == ["b"]
    changes.delete("a")


def test_nothing_starts_while_a_training_of_the_command_line_runs(launched):
    changes.claim("by-hand", SETTINGS)
    waiting.join("a", [], 60)
    waiting.advance()
    assert (launched, waiting.line()[0].ahead) == ([], 1)
