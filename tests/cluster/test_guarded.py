"""A worker outlives what its items do to the process."""

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from crackcls.cluster.guarded import Guarded
from crackcls.cluster.work import Work
from crackcls.errors import InputError
from tests.cluster import works


def results(items: list[str], open_: Callable = works.opened) -> list[str]:
    guarded = Guarded(Work(open_, {"greeting": b"hello"}, works.lost, name="default"))
    try:
        return [*map(pickle.loads, guarded.results(items))]
    finally:
        guarded.close()


def test_each_item_gives_its_result_whatever_a_library_prints():
    assert results(["a", "b"]) == ["hello a default", "hello b default"]


def test_an_item_that_ends_the_process_costs_its_own_result_alone():
    first, second, third = results(["a", works.DEADLY, "b"])
    assert (first, third) == ("hello a default", "hello b default")
    assert "ended it 2 times (signal 11)" in second


def test_a_mistake_in_the_work_costs_the_item_too(capfd):
    assert "ended it 2 times (status 1)" in results([works.WRONG])[0]
    assert "KeyError" in capfd.readouterr().err


def test_an_item_gets_a_second_try(tmp_path: Path):
    item = f"{works.ONCE}{tmp_path / 'tried'}"
    assert results(["a", item]) == ["hello a default", f"hello {item} default"]


@pytest.mark.parametrize(
    ("open_", "said"), [(works.refused, "must be whole"), (works.broken, "did not (status 3)")]
)
def test_work_that_cannot_begin_costs_no_item_but_is_said(open_: Callable, said: str):
    with pytest.raises(InputError, match=said.replace("(", r"\(").replace(")", r"\)")):
        results(["a"], open_)
