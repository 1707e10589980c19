"""So many pages are made at a time, and a page that waits lets others go first."""

import gc
import threading

import pytest

from crackcls.widgets import turns


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(turns, "_free", threading.BoundedSemaphore(1))
    monkeypatch.setattr(turns, "_mine", threading.local())
    monkeypatch.setattr(turns, "_made", threading.Event())
    monkeypatch.setattr(turns, "SECONDS", 10.0)


def begin(body) -> tuple[threading.Thread, threading.Event]:
    """Make a page in a thread; give it, and what is set when the page is being made."""
    begun = threading.Event()

    def page() -> None:
        with turns.one():
            begun.set()
            body()

    thread = threading.Thread(target=page)
    thread.start()
    return thread, begun


def test_one_page_waits_for_the_other():
    first_may_end = threading.Event()
    first, begun = begin(lambda: first_may_end.wait(10))
    assert begun.wait(10)
    second, second_begun = begin(lambda: None)
    assert not second_begun.wait(0.1)
    first_may_end.set()
    assert second_begun.wait(10)
    first.join(10)
    second.join(10)


def test_a_page_that_waits_lets_another_be_made_and_goes_on_after_it():
    judged, went_on = threading.Event(), threading.Event()

    def waits() -> None:
        with turns.aside():
            judged.wait(10)
        went_on.set()

    first, begun = begin(waits)
    assert begun.wait(10)
    second, second_begun = begin(lambda: went_on.wait(0.1) or judged.set())
    assert second_begun.wait(10)
    second.join(10)
    assert went_on.wait(10)
    first.join(10)


@pytest.mark.parametrize("where", ["in the page", "where it waits"])
def test_a_page_that_ends_by_an_exception_gives_its_turn_back(where):
    for _ in range(3):
        with pytest.raises(ValueError), turns.one():
            if where == "in the page":
                raise ValueError
            with turns.aside():
                raise ValueError
    assert begin(lambda: None)[1].wait(10)


def test_who_waits_long_is_made_beside_the_others(monkeypatch):
    monkeypatch.setattr(turns, "SECONDS", 0.05)
    may_end = threading.Event()
    first, begun = begin(lambda: may_end.wait(10))
    assert begun.wait(10)
    assert begin(lambda: None)[1].wait(10)
    may_end.set()
    first.join(10)
    assert begin(lambda: None)[1].wait(10)


def test_without_a_turn_nothing_is_given_back():
    with turns.aside():
        pass
    assert begin(lambda: None)[1].wait(10)


def test_garbage_is_collected_once_for_all_pages_and_not_without_one(monkeypatch):
    collected: list[int] = []
    monkeypatch.setattr(gc, "collect", lambda: collected.append(1))
    monkeypatch.setattr(gc, "freeze", lambda: None)
    turns.collect_garbage()
    assert collected == []
    for _ in range(3):
        with turns.one():
            pass
    turns.collect_garbage()
    turns.collect_garbage()
    assert collected == [1]


def test_what_stands_with_the_first_page_is_not_looked_through_again(monkeypatch):
    calls: list[str] = []
    monkeypatch.setattr(gc, "collect", lambda: calls.append("collect"))
    monkeypatch.setattr(gc, "freeze", lambda: calls.append("freeze"))
    monkeypatch.setattr(gc, "get_freeze_count", lambda: calls.count("freeze"))
    for _ in range(2):
        with turns.one():
            pass
        turns.collect_garbage()
    assert calls == ["collect", "freeze", "collect"]
