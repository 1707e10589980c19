"""A full disk: the run ends with a sentence, other models stay, and it can go on."""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from crackcls import config
from crackcls.runs import folders
from tests import disks
from tests.conftest import Trained, crackcls, surroundings

FULL = "and that disk is full."
# For a terminal and for a page.
SAID = (
    "The models must be written to '{}', " + FULL + " Free some space there, or let "
    "CRACKCLS_MODELS name another folder."
)
MESSAGE = f"The models must be written to a folder of the server, {FULL} Tell whoever runs it."


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 400 MB, or skip where that is not allowed."""
    with disks.disk(tmp_path / "disk", "size=400m") as disk:
        yield disk


def begun(place: Trained, *words: object) -> subprocess.Popen:
    """Start a command: whoever finds a full disk before the work does not begin it."""
    command = [sys.executable, "-m", "crackcls", *map(str, words)]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command, stdout=pipe, stderr=pipe, text=True, cwd=config.PROJECT, env=surroundings(place)
    )


@pytest.mark.parametrize(
    "room_kb", [200, 4_000, 12_000], ids=["log", "model.keras", "model.tflite"]
)
def test_a_full_disk_ends_a_run_with_a_sentence_and_room_lets_it_go_on(
    trained: Trained, small_disk: Path, room_kb: int
):
    models = small_disk / "models"
    shutil.copytree(trained.models / "first", models / "first")
    before = {path.name: path.read_bytes() for path in (models / "first").iterdir()}
    place = Trained(models, trained.cache, trained.data)
    filler = small_disk / "filler"
    words = ("train", "--data", trained.data, "--name", "second", "--epochs", "2")
    child = begun(place, *words)
    while not (models / "second" / "events.jsonl").exists():
        assert child.poll() is None
        time.sleep(0.01)
    free = shutil.disk_usage(small_disk).free
    filler.write_bytes(bytes(free - room_kb * 1000))
    said = child.communicate()[1]
    assert child.returncode == 2, said
    assert SAID.format(models) in said
    run = folders.read_run(models / "second")
    assert (run.state, run.message, run.has_model) == ("failed", MESSAGE, False)
    after = {path.name: path.read_bytes() for path in (models / "first").iterdir()}
    assert before == after
    filler.unlink()
    crackcls(place, "train", "--resume", "second")
    assert folders.read_run(models / "second").state == "finished"
    for file in ("split.csv", "predictions.csv"):
        whole = (trained.models / "first" / file).read_bytes()
        assert (models / "second" / file).read_bytes() == whole
