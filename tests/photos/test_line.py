"""Who comes next in the line, and what is said of the others."""

import threading

import pytest

from crackcls.errors import InputError
from crackcls.photos.line import Line, Ticket


class Held:
    """Work that waits until it is let go, and keeps the order in which it was begun."""

    def __init__(self):
        self.go, self.begun = threading.Event(), []

    def of(self, name: str):
        def work() -> str:
            self.go.wait(10)
            self.begun.append(name)
            return name

        return work


@pytest.fixture
def held():
    return Held()


def begin(line: Line[str], held: Held) -> Ticket[str]:
    """Let the one server be busy, so that all others wait."""
    busy = line.join("busy", 1.0, held.of("busy"))
    while line.standing(busy).ahead or busy not in line._served:
        pass
    return busy


@pytest.mark.parametrize(
    ("joined", "served"),
    [
        ("a1 a2 a3", "a1 a2 a3"),
        ("a1 b1 c1", "a1 b1 c1"),
        ("a1 a2 a3 b1", "a1 b1 a2 a3"),
        ("a1 a2 a3 b1 b2 c1", "a1 b1 c1 a2 b2 a3"),
        ("b1 a1 a2 b2", "b1 a1 b2 a2"),
    ],
)
def test_each_visitor_has_one_photo_in_turn(held, joined, served):
    line: Line[str] = Line()
    begin(line, held)
    tickets = {name: line.join(name[0], 1.0, held.of(name)) for name in joined.split()}
    order = served.split()
    ahead = [line.standing(tickets[name]).ahead for name in order]
    others = [sum(one[0] != name[0] for one in order[:at]) for at, name in enumerate(order)]
    assert ahead == [1 + count for count in others]  # The busy one is ahead of all.
    held.go.set()
    assert all(ticket.done.wait(10) for ticket in tickets.values())
    assert held.begun == ["busy", *served.split()]
    assert all(ticket.result == name for name, ticket in tickets.items())


def test_who_leaves_is_not_served(held):
    line: Line[str] = Line()
    begin(line, held)
    gone, stays = (line.join(name, 1.0, held.of(name)) for name in "ab")
    line.leave(gone)
    line.leave(gone)
    held.go.set()
    assert stays.done.wait(10)
    assert held.begun == ["busy", "b"] and not gone.done.is_set()


def test_the_time_is_by_megapixels_and_learned(held):
    line: Line[str] = Line()
    begin(line, held)
    large, small = line.join("a", 40.0, held.of("a")), line.join("b", 1.0, held.of("b"))
    assert line.standing(large).seconds == pytest.approx(0.1 * (2 + 41))
    assert line.standing(small).seconds == pytest.approx(0.1 * (2 + 41 + 2))
    held.go.set()
    assert small.done.wait(10)
    another = line.join("c", 10.0, held.of("c"))
    assert another.done.wait(10)
    assert line.standing(another).seconds < 0.1 * 11


class Clock:
    """A clock that work moves on."""

    def __init__(self, monkeypatch):
        self.now = 0.0
        monkeypatch.setattr("crackcls.photos.line.time.monotonic", lambda: self.now)

    def work(self, seconds: float, result: str = "seen"):
        def work() -> str:
            self.now += seconds
            return result

        return work


def judge(line: Line[str], work) -> Ticket[str]:
    ticket = line.join("a", 12.0, work)
    assert ticket.done.wait(10)
    return ticket


def test_the_time_is_what_photos_have_taken_lately_here(monkeypatch):
    clock = Clock(monkeypatch)
    line: Line[str] = Line()
    told = []
    for seconds in (2.6, *[5.2] * 12, *[1.3] * 12):
        told.append(round(line.standing(judge(line, clock.work(seconds))).seconds, 2))
        clock.now += 1000.0  # While nobody comes nothing is learned.
    assert (told[0], told[12], told[24]) == (1.95, 5.2, 1.3)


def test_what_is_refused_at_once_tells_nothing_of_the_time(monkeypatch):
    clock = Clock(monkeypatch)
    line: Line[str] = Line(is_judged=lambda result: result != "junk")

    def fails() -> str:
        raise InputError("no photo")

    for work in (clock.work(0.0, "junk"), fails, clock.work(0.0, "junk")):
        last = judge(line, work)
    assert line.standing(last).seconds == pytest.approx(1.3)


def test_too_much_is_refused_with_a_time(held):
    line: Line[str] = Line(most=100.0)
    begin(line, held)
    line.join("a", 80.0, held.of("a"))
    with pytest.raises(InputError, match=r"At most 100 megapixels .* 80 do. Try again in 8 sec"):
        line.join("b", 30.0, held.of("b"))
    assert line.join("c", 20.0, held.of("c")).megapixels == 20.0


def test_one_photo_larger_than_all_that_may_wait_is_served_alone(held):
    line: Line[str] = Line(most=1.0)
    held.go.set()
    assert line.join("a", 80.0, held.of("a")).done.wait(10)


def test_an_error_is_the_result_and_the_line_goes_on():
    line: Line[str] = Line()

    def fails() -> str:
        raise InputError("no photo")

    failed, after = line.join("a", 1.0, fails), line.join("a", 1.0, lambda: "seen")
    assert failed.done.wait(10) and after.done.wait(10)
    assert isinstance(failed.result, InputError) and after.result == "seen"
