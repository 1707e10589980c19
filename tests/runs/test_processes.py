"""Which process works on a folder: known by more than its number, whatever the clock says."""

import json
import subprocess
import sys
import time

import psutil
import pytest

from crackcls.runs import changes, folders, processes
from tests.runs.making import SETTINGS


def test_a_finished_child_that_nobody_reaped_is_not_running():
    folder = changes.claim("mine", SETTINGS)
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    processes.record(folder, psutil.Process(child.pid))
    while psutil.Process(child.pid).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)
    assert folders.read_run(folder).state == "interrupted"
    child.wait()


def test_another_process_with_the_same_number_is_not_taken_for_the_run():
    folder = changes.claim("mine", SETTINGS)
    record = {"pid": psutil.Process().pid, "created": psutil.Process().create_time() - 60}
    (folder / "process.json").write_text(json.dumps(record))
    assert folders.read_run(folder).state == "interrupted"


@pytest.mark.parametrize(
    ("change", "lives"),
    [
        ({"created": 3600.0}, True),
        ({"created": -3600.0}, True),
        ({"ticks": 1}, False),
        ({"boot": "another"}, False),
    ],
    ids=["a clock set back", "a clock set on", "a later process", "another start of the machine"],
)
def test_a_clock_that_jumps_ends_no_run_and_a_reused_number_does(change, lives):
    folder = changes.claim("mine", SETTINGS)
    about = processes.recorded(folder)
    if "ticks" not in about:
        pytest.skip("only Linux reckons the start of a process from a clock that can be set")
    new = {name: about[name] + value if name != "boot" else value for name, value in change.items()}
    (folder / processes.FILE).write_text(json.dumps({**about, **new}))
    assert (folders.read_run(folder).state == "running") == lives


def test_a_record_of_an_earlier_version_is_known_by_the_time_of_its_process():
    folder = changes.claim("mine", SETTINGS)
    about = processes.recorded(folder)
    for later, lives in ((0.5, True), (60, False)):
        old = {"pid": about["pid"], "created": about["created"] + later}
        (folder / processes.FILE).write_text(json.dumps(old))
        assert (folders.read_run(folder).state == "running") == lives
