"""Patterns for names of files: what they name, and what is refused in time."""

import pytest

from crackcls.datasets import patterns
from crackcls.errors import InputError

NAMES = ["Cracked/7001-115.jpg", "Sound/7001-2.jpg", "Sound/x.jpg"]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        (r"(\d+)-\d+", ["7001", "7001", ""]),
        (r"\d+", ["7001", "7001", ""]),
        (r"^([^/]+)/", ["Cracked", "Sound", "Sound"]),
        (r"(?:7001|(x))", ["", "", "x"]),
    ],
)
def test_the_first_group_names_what_belongs_together(pattern, found):
    assert patterns.named(pattern, NAMES) == found


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("(", "must be a regular expression, and it is none (missing"),
        ("[", "must be a regular expression"),
        ("*x", "must be a regular expression"),
        (r"(\d+)_", "it fits none of 3, such as 'Cracked/7001-115.jpg'"),
        ("", "it fits none of 3"),
        ("(" * 400 + ")" * 400, "must have at most 500 characters"),
    ],
)
def test_a_pattern_that_names_nothing_is_refused_by_a_sentence(pattern, said):
    with pytest.raises(InputError) as error:
        patterns.named(pattern, NAMES)
    assert said in str(error.value)


@pytest.mark.parametrize("pattern", [r"(a+)+$", r"(a|aa)+$", r"(.*)*(.*)*(.*)*b$"])
def test_a_pattern_that_takes_for_ever_is_ended(monkeypatch, pattern):
    monkeypatch.setattr(patterns, "SECONDS", 0.5)
    with pytest.raises(InputError, match=r"within 0\.5 seconds"):
        patterns.named(pattern, ["a" * 60 + "!.jpg"])
