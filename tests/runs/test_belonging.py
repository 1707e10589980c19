"""Whose a run is: written down, kept by the run's own process, never guessed."""

import pytest

from crackcls.runs import belonging, changes
from tests.damaging import DAMAGES
from tests.runs.making import SETTINGS, ended

VISITOR = "ab" * 32


def test_a_run_is_whose_its_file_says_and_else_the_owners():
    folder = ended("mine")
    assert belonging.of(folder) == ""
    belonging.give(folder, VISITOR)
    assert belonging.of(folder) == VISITOR
    changes.rename("mine", "renamed")
    assert belonging.of(folder.with_name("renamed")) == VISITOR


def test_the_owners_run_gets_no_file():
    folder = ended("mine")
    belonging.give(folder, "")
    assert not (folder / belonging.FILE).exists()


def test_the_process_of_a_run_keeps_whose_it_is_and_a_new_run_forgets_it():
    folder = changes.clear("mine")
    belonging.give(folder, VISITOR)
    changes.claim("mine", SETTINGS)
    assert belonging.of(folder) == VISITOR
    (folder / "config.json").unlink()
    (folder / "process.json").unlink()
    assert belonging.of(changes.clear("mine")) == ""


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_damaged_is_nobody_elses(damage):
    folder = ended("mine")
    belonging.give(folder, VISITOR)
    DAMAGES[damage](folder / belonging.FILE)
    assert belonging.of(folder) == ""
