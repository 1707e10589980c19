"""Photographs told by names, and joined with the groups of near copies."""

import re

import numpy as np
import pytest

from crackcls.datasets import groups

PIECES = [f"Cracked/decks_{7001 + number // 4}-{number}.jpg" for number in range(60)]


@pytest.mark.parametrize(
    ("file", "photograph"),
    [
        ("Cracked/decks_7001-115.jpg", "decks_7001"),
        ("Non-cracked/pavements_001-12.jpg", "pavements_001"),
        ("walls_7139-9.JPG", "walls_7139"),
        ("D/CD/7001-115.jpg", "7001"),
        ("Cracked/decks_7001.jpg", ""),
        ("Cracked/IMG-20240101-1.jpg", ""),
        ("Positive/00001.jpg", ""),
        ("Positive/10000_1.jpg", ""),
    ],
)
def test_the_photograph_of_sdnet2018_stands_before_the_dash(file: str, photograph: str):
    assert groups.photographs([file], groups.SDNET2018_RULE) == [photograph]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [(r"^\w+?/(\w+)_", ["a", "b", ""]), (r"[ab](?=_)", ["a", "b", ""])],
)
def test_another_rule_names_the_photograph_by_its_group_or_by_all(rule: str, expected: list[str]):
    files = ["x/a_1.jpg", "x/b_2.jpg", "x/3.jpg"]
    assert groups.photographs(files, re.compile(rule)) == expected


@pytest.mark.parametrize(
    ("name", "files", "is_known"),
    [
        ("sdnet2018", ["Cracked/1.jpg"], True),
        ("SDNET2018", PIECES, True),
        ("train", PIECES, True),
        ("train", [*PIECES, "Cracked/other.jpg"], True),
        ("train", [*PIECES, *(f"Cracked/{number}.jpg" for number in range(10))], False),
        ("mine", [f"Cracked/2024-{number:03}.jpg" for number in range(60)], False),
        ("metu", ["Positive/00001.jpg", "Positive/10000_1.jpg"], False),
    ],
)
def test_a_set_is_known_by_its_name_or_by_nearly_all_names(name, files, is_known):
    assert (groups.rule_for(name, files) is not None) == is_known


def test_groups_are_joined_by_photographs_and_keep_copies_together():
    copies = np.array([0, 0, 1, 2, 3, 4])
    of = ["a", "", "a", "b", "b", ""]
    joined = groups.join(copies, of)
    assert joined[0] == joined[1] == joined[2]
    assert joined[3] == joined[4]
    assert len({joined[0], joined[3], joined[5]}) == 3


def test_without_photographs_the_groups_stay_as_they_are():
    copies = np.array([5, 5, 1])
    assert groups.join(copies, ["", "", ""]) is copies
