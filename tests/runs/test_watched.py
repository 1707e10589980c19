"""Verdicts on a few validation pictures by epoch, from literal events."""

import pytest

from crackcls.runs import watched

ABOUT = {"kind": "watching", "files": ["Sound/1.jpg", "Crack/2.jpg"], "sha256": ["0a", "1b"]}
ABOUT |= {"actual": [1, 0]}


def told(epoch: int, *rows: list[float]) -> dict:
    return {"kind": "watched", "epoch": epoch, "probabilities": list(rows)}


FIRST, SECOND = told(1, [0.8, 0.2], [0.6, 0.4]), told(2, [0.3, 0.7], [0.1, 0.9])


def test_each_picture_has_its_verdict_after_each_epoch():
    found = watched.of_log([{"kind": "start"}, ABOUT, FIRST, {"kind": "epoch"}, SECOND])
    one, other = found.pictures
    assert (found.epochs, found.classes) == ([1, 2], 2)
    assert (one.file, one.sha256, one.actual) == ("Sound/1.jpg", "0a", 1)
    assert [one.said(epoch) for epoch in found.epochs] == [(0, 0.8), (1, 0.7)]
    assert [one.is_right(epoch) for epoch in found.epochs] == [False, True]
    assert [other.is_right(epoch) for epoch in found.epochs] == [True, False]


def test_an_epoch_that_ran_again_after_a_crash_counts_once():
    again = told(1, [0.1, 0.9], [0.9, 0.1])
    found = watched.of_log([ABOUT, FIRST, {"kind": "start"}, ABOUT, again, SECOND])
    assert found.epochs == [1, 2]
    assert found.pictures[0].said(1) == (1, 0.9)


@pytest.mark.parametrize(
    "log",
    [
        [],
        [ABOUT],
        [FIRST],
        [{**ABOUT, "actual": [1]}, FIRST],
        [{**ABOUT, "actual": [1, 2]}, FIRST],
        [ABOUT, told(1, [0.8, 0.2])],
        [ABOUT, told(1, [0.8, 0.2], [0.5, 0.3, 0.2])],
    ],
)
def test_what_does_not_fit_together_is_none(log):
    assert watched.of_log(log) is None


def test_an_epoch_that_does_not_fit_is_left_out():
    found = watched.of_log([ABOUT, FIRST, told(2, [0.3, 0.7]), told(3, [0.5, 0.3, 0.2], [1, 0, 0])])
    assert found.epochs == [1]
