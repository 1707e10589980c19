"""What killed work has left is cleared at the next start; what is finished, or lives, stays."""

import subprocess
import sys

import psutil
import pytest

from crackcls import config
from crackcls.runs import changes, leftovers, processes, work
from tests.runs.making import SETTINGS

LEFT = (work.RESERVE, work.STOP, ".new")


@pytest.fixture
def dead() -> psutil.Process:
    """Give a process that has ended and was not reaped."""
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    process = psutil.Process(child.pid)
    while process.status() != psutil.STATUS_ZOMBIE:
        pass
    yield process
    child.wait()


def fill(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name in LEFT[:2]:
        (folder / name).write_bytes(b"x")
    (folder / LEFT[2]).mkdir()
    (folder / LEFT[2] / "model.keras").touch()
    (folder / "checkpoint.npz").touch()


def places():
    return (
        config.models_folder() / "mine",
        config.models_folder() / "mine" / "evaluations" / "job",
        config.data_folder() / "fetch" / "metu",
    )


def test_the_half_written_files_of_dead_work_go_and_its_finished_ones_stay(dead):
    changes.claim("mine", SETTINGS)
    for folder in places():
        fill(folder)
        processes.record(folder, dead)
    leftovers.clear()
    for folder in places():
        assert not [name for name in LEFT if (folder / name).exists()]
        assert (folder / "checkpoint.npz").exists()
    assert (places()[0] / "config.json").exists()


def test_the_files_of_living_work_stay():
    changes.claim("mine", SETTINGS)
    for folder in places():
        fill(folder)
        processes.record(folder, psutil.Process())
    leftovers.clear()
    for folder in places():
        assert [name for name in LEFT if (folder / name).exists()] == [*LEFT]


def test_hidden_folders_of_work_go_wherever_it_is_done():
    uploads = config.data_folder() / "uploads"
    left = [
        folder / ".set.0123456789abcdef.part"
        for folder in (config.models_folder(), config.data_folder(), uploads, config.cache_folder())
    ]
    for folder in left:
        (folder / "inside").mkdir(parents=True)
    leftovers.clear()
    assert not [folder for folder in left if folder.exists()]


def test_there_need_be_nothing():
    leftovers.clear()
