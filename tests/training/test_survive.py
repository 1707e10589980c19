"""A run that is killed goes on to the result that it would have had."""

import os

import pytest

from tests import survive

pytestmark = pytest.mark.slow

IS_FULL = os.environ.get("CRACKCLS_FULL") == "1"
MOMENTS, PHASES = (20, survive.PHASES) if IS_FULL else (3, ())


def test_killed_runs_are_interrupted_and_resumed_to_the_same_result(tmp_path):
    rows = survive.survive(tmp_path, MOMENTS, PHASES)
    assert [same for _, _, same in rows] == [True] * (MOMENTS + len(PHASES))
    assert len({phase for _, phase, _ in rows}) > 1, "the moments lie in one phase"
