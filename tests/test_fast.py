"""The fast tests: `python -m pytest -m fast`. See tests/conftest.py."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from crackcls import config
from tests.conftest import HEAVY, is_fast_run

TESTS = Path(__file__).parent


@pytest.mark.parametrize("name", HEAVY)
def test_a_fast_run_can_import_nothing_heavy(name: str, pytestconfig: pytest.Config):
    if not is_fast_run(pytestconfig):
        pytest.skip("this run is not a fast one")
    with pytest.raises(ImportError):
        importlib.import_module(name)
    child = subprocess.run([sys.executable, "-c", f"import {name}"], capture_output=True, text=True)
    assert "no fast test may import this" in child.stderr


@pytest.mark.slow
def test_most_tests_are_fast_and_each_room_has_some():
    command = [sys.executable, "-m", "pytest", "-m", "fast", "--collect-only", "-q", "tests"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=config.PROJECT)
    tests = [line for line in done.stdout.splitlines() if "::" in line]
    assert len(tests) > 1200, done.stdout + done.stderr
    rooms = {(config.PROJECT / test.partition("::")[0]).parent for test in tests}
    assert rooms == {path.parent for path in TESTS.rglob("test_*.py")}
