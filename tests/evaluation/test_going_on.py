"""Scores of an evaluation that broke off: taken again, and the same to the last bit."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from crackcls import config, kept
from crackcls.errors import InputError
from crackcls.evaluation import going_on
from crackcls.labelled import content_hashes
from crackcls.network import pipeline
from crackcls.network.classifier import load_model
from tests.conftest import encoded, picture

ABOUT = {"model": "f7" * 32}


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    """Write ten images, two of them copies of each other and one that is none."""
    paths = [tmp_path / f"{i}.jpg" for i in range(10)]
    for i, path in enumerate(paths):
        path.write_bytes(b"no photo" if i == 6 else encoded(picture(i % 9, 64, i % 9 % 2 > 0)))
    return paths


def judged(paths: list[Path], stop: int | None = None) -> tuple[list, list[str]]:
    """Judge images until so many rows were taken; give the rows, and which had to be judged."""
    asked: list[str] = []

    def judge(todo):
        asked.extend(path.name for path in todo)
        return pipeline.classify(todo, load_model(config.PROJECT / "models" / "metu"))

    rows = going_on.rows(paths, [*content_hashes(paths)], ABOUT, judge)
    return [*itertools.islice(rows, stop)], asked


@pytest.mark.parametrize("stop", [1, 3, 7])
def test_an_evaluation_goes_on_and_gives_the_same(paths, stop):
    whole, asked = judged(paths)
    assert asked == [path.name for path in paths]
    judged(paths, stop)
    rows, asked = judged(paths)
    assert asked == [f"{i}.jpg" for i in range(9) if i >= stop or i == 6], "9 is a copy of 0"
    for one, other in zip(rows, whole, strict=True):
        if isinstance(other, InputError):
            assert str(one) == str(other)
        else:
            assert one["probabilities"].dtype == np.float32
            assert (one["probabilities"] == other["probabilities"]).all()


def test_nothing_is_left_of_an_evaluation_that_came_to_its_end(paths):
    judged(paths, 3)
    assert len([*(config.cache_folder() / kept.FOLDER).glob("*")]) == 1
    assert len(judged(paths)[0]) == 10
    assert not [*(config.cache_folder() / kept.FOLDER).glob("*")]


def test_where_nothing_can_be_kept_all_is_judged(paths):
    config.cache_folder().parent.mkdir(parents=True, exist_ok=True)
    config.cache_folder().write_text("a file, no folder")
    assert len(judged(paths)[0]) == 10
