"""Files through a decoder and a model: order, broken files, batches and look-ahead."""

import random
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from crackcls.errors import InputError
from crackcls.network import pipeline
from crackcls.network.classifier import Classifier
from tests.conftest import encoded


def numbered(folder: Path, count: int) -> list[Path]:
    """Make files that hold their number."""
    paths = [folder / f"{number}.jpg" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_text(str(number))
    return paths


def decode(content: bytes) -> pipeline.Row:
    """Take the number in a file for its pixels; refuse numbers that end in 7."""
    if content.endswith(b"7"):
        raise InputError(f"The number may not end in 7, received {int(content)}.")
    number = int(content)
    return {"pixels": np.full((2, 2, 3), number, np.uint8), "number": np.array(number)}


def double(batch: np.ndarray) -> dict[str, np.ndarray]:
    return {"doubled": batch[:, 0, 0, 0].astype(int) * 2}


@pytest.mark.parametrize("workers", [None, 1, 4])
def test_rows_come_in_the_order_of_the_files(tmp_path, workers: int | None):
    waits = random.Random(1)

    def slow(content: bytes) -> pipeline.Row:
        time.sleep(waits.uniform(0, 0.005))
        return decode(content)

    rows = list(pipeline.stream(numbered(tmp_path, 50), slow, double, workers))
    assert len(rows) == 50
    for number, row in enumerate(rows):
        if number % 10 == 7:
            assert isinstance(row, InputError)
            assert str(row) == f"The number may not end in 7, received {number}."
        else:
            values = {name: int(value) for name, value in row.items()}
            assert values == {"number": number, "doubled": 2 * number}


def test_a_file_that_cannot_be_opened_is_said_in_its_place(tmp_path):
    paths = numbered(tmp_path, 3)
    paths[1:2] = [tmp_path / "missing.jpg", tmp_path]
    rows = list(pipeline.stream(paths, decode, double))
    kinds = [isinstance(row, InputError) for row in rows]
    assert kinds == [False, True, True, False]
    assert str(rows[1]).startswith("The file must be readable, and it is not (No such file")
    assert str(rows[2]).startswith("The file must be readable, and it is not (")
    assert int(rows[3]["doubled"]) == 4


@pytest.mark.parametrize(
    ("count", "sizes"), [(0, []), (1, [1]), (4, [4]), (7, [3, 4]), (18, [1, 3, 4, 4, 4])]
)
def test_the_model_gets_at_most_four_images_a_call(tmp_path, count: int, sizes: list[int]):
    calls = []

    def run(batch: np.ndarray) -> dict[str, np.ndarray]:
        calls.append(len(batch))
        return double(batch)

    rows = list(pipeline.stream(numbered(tmp_path, count), decode, run))
    assert len(rows) == count
    assert sorted(calls) == sizes


def test_a_batch_of_broken_files_does_not_reach_the_model(tmp_path):
    calls = []
    paths = [tmp_path / f"missing {number}.jpg" for number in range(8)]
    rows = list(pipeline.stream(paths, decode, calls.append))
    assert [type(row) for row in rows] == [InputError] * 8
    assert calls == []


def test_memory_is_bounded_when_the_reader_is_slow(tmp_path):
    decoded, lock = [], threading.Lock()

    def count(content: bytes) -> pipeline.Row:
        with lock:
            decoded.append(content)
        return {"pixels": np.zeros((2, 2, 3), np.uint8)}

    rows = pipeline.stream(numbered(tmp_path, 400), count, double, workers=2)
    next(rows)
    rows.close()  # Waits for what is under way.
    assert 1 <= len(decoded) <= 40


def test_an_error_of_the_program_itself_is_not_taken_for_a_broken_file(tmp_path):
    def run(batch: np.ndarray) -> dict[str, np.ndarray]:
        raise RuntimeError("no memory")

    with pytest.raises(RuntimeError, match="no memory"):
        list(pipeline.stream(numbered(tmp_path, 3), decode, run))


def test_photos_are_classified_as_whole_squares(tmp_path):
    shapes = []

    def run(batch: np.ndarray) -> dict[str, np.ndarray]:
        shapes.append((batch.shape[1:], batch.dtype))
        return {"left and right": batch[:, 50, [0, -1], 0]}

    image = Image.new("RGB", (300, 60), "white")
    image.paste((0, 0, 0), (0, 0, 150, 60))
    (tmp_path / "wide.png").write_bytes(encoded(image, "PNG"))
    (tmp_path / "broken.jpg").write_bytes(b"no photo")
    paths = [tmp_path / "wide.png", tmp_path / "broken.jpg"]
    wide, broken = pipeline.classify(paths, Classifier("made", ("a", "b"), "b", 96, run, run))
    assert shapes == [((96, 96, 3), np.uint8)]
    assert list(wide) == ["left and right"]
    assert wide["left and right"].tolist() == [0, 255]
    assert isinstance(broken, InputError)
