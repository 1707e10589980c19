"""Few large groups spread over parts."""

import hashlib

import numpy as np

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
