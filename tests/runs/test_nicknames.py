"""Nicknames: kept by visitor, bounded, any text, and none where a file is damaged."""

import pytest

from crackcls.errors import InputError
from crackcls.runs import nicknames
from tests.damaging import DAMAGES

ONE, OTHER = "1a" * 32, "2b" * 32


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Otter", "Otter"),
        ("  two \n words\t", "two words"),
        ("x" * 30, "x" * 30),
        ("Żółw 🐢", "Żółw 🐢"),
        ("a\x00b", "a\x00b"),
        ("../../etc", "../../etc"),
        ("\ud800", "<U+D800>"),
        (" \n ", ""),
    ],
)
def test_a_nickname_is_kept_for_its_visitor_alone(typed, kept):
    nicknames.give(ONE, typed)
    assert (nicknames.of(ONE), nicknames.of(OTHER), nicknames.of("")) == (kept, "", "")


def test_a_nickname_is_changed_and_taken_away():
    for text in ("Otter", "Mole", ""):
        nicknames.give(ONE, text)
        assert nicknames.of(ONE) == text
    nicknames.give(ONE, "")
    assert not nicknames.file_of(ONE).exists()


@pytest.mark.parametrize("typed", ["x" * 31, "\ud800" * 4])
def test_one_that_is_too_long_is_refused_and_the_last_stays(typed):
    nicknames.give(ONE, "Otter")
    with pytest.raises(InputError, match=r"at most 30 characters, received 3[126]"):
        nicknames.give(ONE, typed)
    assert nicknames.of(ONE) == "Otter"


def test_of_too_many_one_may_still_be_changed(monkeypatch):
    monkeypatch.setattr(nicknames, "MOST", 1)
    nicknames.give(ONE, "Otter")
    with pytest.raises(InputError, match="At most 1 nicknames are kept here"):
        nicknames.give(OTHER, "Mole")
    nicknames.give(ONE, "Mole")
    assert nicknames.of(ONE) == "Mole"


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_damaged_is_none(damage):
    nicknames.give(ONE, "Otter")
    DAMAGES[damage](nicknames.file_of(ONE))
    assert nicknames.of(ONE) == ""


def test_all_are_forgotten_at_once():
    for visitor in (ONE, OTHER):
        nicknames.give(visitor, "Otter")
    nicknames.clear()
    assert nicknames.of(ONE) == nicknames.of(OTHER) == ""
