"""Few large groups spread over parts."""

import hashlib

import numpy as np
import pytest

from crackcls.datasets import even

KEYS = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(100)]
WANTED = np.array([[70, 140], [24, 48], [6, 12]])


def counts(needs: np.ndarray, part: np.ndarray) -> list[list[int]]:
    return [needs[part == number].sum(axis=0).tolist() for number in range(3)]


def test_equal_groups_reach_the_wanted_counts():
    needs = np.tile([1, 2], (100, 1))
    assert counts(needs, even.spread(needs, WANTED, KEYS)) == WANTED.tolist()


def test_groups_of_one_class_each_reach_the_wanted_counts():
    needs = np.array([[2, 0], [0, 4]] * 50)
    assert counts(needs, even.spread(needs, WANTED, KEYS)) == WANTED.tolist()


def test_another_key_gives_another_spread():
    needs = np.tile([1, 2], (100, 1))
    first, again = (even.spread(needs, WANTED, KEYS) for _ in range(2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, even.spread(needs, WANTED, KEYS[::-1]))


def test_one_group_goes_to_the_largest_part():
    assert even.spread(np.array([[100, 200]]), WANTED, KEYS[:1]).tolist() == [0]


def filled(part: str, units: list[int], labels: str) -> str:
    """Fill parts that are written as digits, the classes as letters."""
    numbers = np.array([ord(letter) - ord("a") for letter in labels])
    found = even.fill(np.array([*map(int, part)]), 3, np.array(units), numbers, np.array(KEYS))
    return "".join(map(str, found))


@pytest.mark.parametrize(
    ("part", "units", "labels", "counted"),
    [
        ("000012", [0, 1, 2, 3, 4, 5], "aaaaaa", {"a": [4, 1, 1]}),  # Nothing is missing.
        ("00000012", [0, 1, 2, 3, 4, 5, 6, 7], "bbbaaaaa", {"b": [1, 1, 1], "a": [3, 1, 1]}),
        ("0000000012", [0, 0, 0, 1, 2, 3, 4, 5, 6, 7], "bbbbbaaaaa", {"b": [3, 1, 1]}),
        ("00000012", [0, 0, 1, 2, 3, 4, 5, 6], "bbbaaaaa", {"b": [2, 0, 1]}),  # Two units of three.
        ("000000012", [0, 0, 1, 1, 2, 2, 3, 4, 5], "abababaaa", {"b": [1, 1, 1]}),  # Mixed units.
        ("012012", [0, 1, 2, 0, 1, 2], "aaabbb", {"a": [1, 1, 1], "b": [1, 1, 1]}),
    ],
)
def test_a_part_without_a_class_gets_some_where_there_is_enough(part, units, labels, counted):
    found = filled(part, units, labels)
    for label, wanted in counted.items():
        mine = [one for one, of in zip(found, labels, strict=True) if of == label]
        assert sorted(mine.count(number) for number in "012") == sorted(wanted)
        assert mine.count("0") > 0
    assert len({*zip(units, found, strict=True)}) == len({*units}), "a unit stays in one part"


def test_which_of_equal_units_moves_follows_from_the_keys():
    units, labels = [*range(20)], np.array([1] * 10 + [0] * 10)
    part = np.array([0] * 10 + [0, 1, 2] * 3 + [0])
    moved = even.fill(part, 3, np.array(units), labels, np.array(KEYS))[:10]
    turned = even.fill(part, 3, np.array(units), labels, np.array(KEYS)[::-1])[:10]
    assert sorted(moved) == sorted(turned) == [0] * 8 + [1, 2]
    assert not np.array_equal(moved, turned)
