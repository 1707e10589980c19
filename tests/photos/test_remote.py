"""Photos judged by a process that may die."""

import io
import os
import signal
from pathlib import Path

import pytest
from PIL import Image

from crackcls import config
from crackcls.errors import InputError
from crackcls.network import calibration
from crackcls.network.classifier import load_model
from crackcls.photos import examples, files, frames, remote
from crackcls.photos.frames import File
from crackcls.photos.judged import Judged
from crackcls.photos.remote import Worker

FOLDER = config.shipped_folder() / config.DEFAULT_MODEL


@pytest.fixture
def worker():
    found = Worker()
    yield found
    found.close()


def ask(worker: Worker, content: bytes):
    return worker.judge(File("wall.jpg", content), FOLDER, "one")


def example() -> bytes:
    return examples.picture(next(iter(examples.EXAMPLES)))


def test_a_worker_sees_what_the_same_process_would_see(worker):
    seen = ask(worker, example())
    model = load_model(FOLDER), calibration.load(FOLDER)
    assert frames.pack(seen) == frames.pack(files.judge_file("wall.jpg", example(), *model))
    ((part, one),) = seen
    assert (part, one.name) == ("", "wall.jpg") and isinstance(one.analysis.needed, tuple)


def test_a_worker_makes_small_pictures_between_verdicts(worker):
    assert Image.open(io.BytesIO(worker.thumbnail(example()))).size == (320, 240)
    number = started(worker)
    assert worker.thumbnail(b"none") == worker.thumbnail(example()[:300]) == b""
    assert is_judged(ask(worker, example())) and started(worker) == number


def test_a_file_that_is_no_photo_costs_a_sentence_and_not_the_process(worker):
    number = started(worker)
    ((_, error),) = ask(worker, b"none")
    assert isinstance(error, InputError) and "must be a photo" in str(error)
    assert is_judged(ask(worker, example()))
    assert started(worker) == number


def test_a_process_that_dies_costs_one_photo_a_sentence(worker):
    number = started(worker)
    os.kill(number, signal.SIGSTOP)  # So that it cannot answer before it is ended.
    worker._seconds = 0.3
    with pytest.raises(InputError, match="memory and the time"):
        ask(worker, example())
    worker._seconds = 60
    assert is_judged(ask(worker, example()))
    assert started(worker) != number


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux tells the memory")
def test_a_photo_that_takes_more_memory_than_one_may_is_refused():
    small = Worker(most=140_000_000)
    try:
        for kind in ("PNG", "WEBP"):
            ((_, error),) = ask(small, bomb(kind))
            assert "fit into the 140 MB of memory that this server has for one" in str(error)
            assert f"this {kind} of 49 megapixels does not" in str(error)
        assert is_judged(ask(small, thumbnail()))
    finally:
        small.close()


@pytest.mark.parametrize(
    ("limit", "held", "most", "room"),
    [
        (64e9, 1e9, 1.6e9, 1.6e9),
        (1e9, 0.27e9, 0.55e9, 0.55e9),
        (1e9, 0.40e9, 0.55e9, 0.42e9),  # Five hundred visitors are here.
        (1e9, 0.70e9, 0.55e9, 0.3e9),
        (1e9, 0.27e9, 0.14e9, 0.14e9),
    ],
)
def test_what_visitors_hold_is_not_there_for_a_photo(monkeypatch, limit, held, most, room):
    monkeypatch.setattr(remote.memory, "limit", lambda: int(limit))
    monkeypatch.setattr(remote.memory, "used", lambda: int(held))
    assert remote.room_for(int(most)) == int(room)


def bomb(kind: str) -> bytes:
    """Make a small file that decodes to 147 million bytes."""
    buffer = io.BytesIO()
    Image.new("RGB", (7000, 7000)).save(buffer, kind)
    assert buffer.tell() < 200_000
    return buffer.getvalue()


def thumbnail() -> bytes:
    buffer = io.BytesIO()
    Image.open(io.BytesIO(example())).convert("RGB").resize((227, 227)).save(buffer, "JPEG")
    return buffer.getvalue()


def is_judged(seen) -> bool:
    return [type(one) for _, one in seen] == [Judged]


def started(worker: Worker) -> int:
    worker.start()
    return worker._child.pid
