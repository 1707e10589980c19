"""The frozen part opened elsewhere gives the rows of the one that was sent."""

import pickle
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from crackcls.config import TrainConfig
from crackcls.errors import InputError
from crackcls.network import prefix
from crackcls.network.pieces import Pieces
from crackcls.network.prefix_sent import opened, unopened
from tests.conftest import encoded, picture


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"{number}.png" for number in range(6)]
    for number, path in enumerate(paths):
        path.write_bytes(encoded(picture(number, 500, cracked=number > 2), "PNG"))
    paths[2].write_text("no photo")
    return paths


@pytest.mark.parametrize(
    ("settings", "cut_into"),
    [
        (TrainConfig(), None),
        (TrainConfig(), Pieces(3, 2)),
        (TrainConfig(fine_tune="all"), None),
    ],
)
def test_a_prefix_that_was_sent_gives_the_same_rows(settings, cut_into, files, tmp_path):
    here = prefix.open_prefix(settings, 2, lambda: None, cut_into)
    sent = pickle.loads(pickle.dumps(unopened(here)))
    there = tmp_path / "there"
    there.mkdir()
    if here.network:
        shutil.copy(here.network, there)
    rows, same = [*prefix.rows_here(files, here)], [*opened(there, sent)(files)]
    assert str(same.pop(2)) == str(rows.pop(2))
    assert len(rows) == 5
    for row, other in zip(rows, same, strict=True):
        assert row.keys() == other.keys() == {"cut", "fingerprint"}
        assert all(np.array_equal(row[name], other[name]) for name in row)


def test_a_prefix_that_keras_runs_stays_on_its_machine():
    by_keras = replace(prefix.open_prefix(TrainConfig(), 2, lambda: None), network=None)
    with pytest.raises(InputError, match="Take int8, or train without --ray"):
        unopened(by_keras)
