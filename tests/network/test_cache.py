"""The store of rows: what is written is read back, after crashes and from two sides too."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from crackcls import config
from crackcls.errors import InputError
from crackcls.network import cache
from tests import damaging

SHAPE = (2, 3)
ROW_BYTES = 12
KEY_BYTES = 74


def key(number: int) -> str:
    return f"{number:064x}"


def rows(*numbers: int) -> np.ndarray:
    """Make rows that tell their number."""
    return np.stack([np.full(SHAPE, number, np.float32) for number in numbers])


def store_in(folder: Path) -> cache.Store:
    return cache.Store(folder / "rows of 160 px", SHAPE, "float16")


def read_numbers(store: cache.Store, *numbers: int) -> list[int]:
    """Read rows by key and give the numbers they tell."""
    values, where = cache.read(store, [key(number) for number in numbers])
    chosen = np.asarray(values[where], int)
    assert (chosen == chosen[:, :1, :1]).all()
    return chosen[:, 0, 0].tolist()


def sizes(store: cache.Store) -> tuple[int, int]:
    return tuple((store.folder / name).stat().st_size for name in ("rows.bin", "index.txt"))


def test_an_empty_store_has_no_keys_and_no_rows(tmp_path):
    store = store_in(tmp_path)
    values, where = cache.read(store, [])
    assert cache.index(store) == {}
    assert (values.shape, len(where)) == ((0, 2, 3), 0)


def test_rows_are_read_back_by_key_in_the_order_asked_for(tmp_path):
    store = store_in(tmp_path)
    cache.append(store, [key(7), key(8)], rows(7, 8))
    cache.append(store, [key(9)], rows(9))
    assert cache.index(store) == {key(7): 0, key(8): 1, key(9): 2}
    assert read_numbers(store, 9, 7, 9, 8) == [9, 7, 9, 8]
    assert (store.row_bytes, sizes(store)) == (ROW_BYTES, (3 * ROW_BYTES, 3 * KEY_BYTES))


def test_rows_are_kept_in_the_type_of_the_store_and_read_only(tmp_path):
    store = store_in(tmp_path)
    fractions = np.array([[[0.1, 1 / 3, 2.0], [-1.5, 0.0, 65504.0]]])
    cache.append(store, [key(1)], fractions)
    values, _ = cache.read(store, [key(1)])
    assert values.dtype == np.float16
    assert np.array_equal(values, fractions.astype(np.float16))
    with pytest.raises(ValueError, match="read-only"):
        values[0] = 0


def test_rows_read_before_stay_when_others_are_added(tmp_path):
    store = store_in(tmp_path)
    cache.append(store, [key(1)], rows(1))
    values, _ = cache.read(store, [key(1)])
    cache.append(store, [key(2)], rows(2))
    assert np.array_equal(values, rows(1))


@pytest.mark.parametrize(
    ("row_tail", "key_tail"),
    [
        (b"\xff" * 5, b""),
        (b"\xff" * ROW_BYTES, b""),
        (b"\xff" * (3 * ROW_BYTES + 5), b"0" * 30),
        (b"\xff" * ROW_BYTES, b"f" * 73),
    ],
    ids=["half a row", "a row without key", "half a key", "a key without its line end"],
)
def test_what_a_killed_process_left_is_cut_off(tmp_path, row_tail: bytes, key_tail: bytes):
    store = store_in(tmp_path)
    cache.append(store, [key(1), key(2)], rows(1, 2))
    for name, tail in (("rows.bin", row_tail), ("index.txt", key_tail)):
        with (store.folder / name).open("ab") as file:
            file.write(tail)
    assert cache.index(store) == {key(1): 0, key(2): 1}
    assert read_numbers(store, 2, 1) == [2, 1]
    cache.append(store, [key(3), key(4)], rows(3, 4))
    assert cache.index(store) == {key(number): number - 1 for number in (1, 2, 3, 4)}
    assert read_numbers(store, 1, 2, 3, 4) == [1, 2, 3, 4]
    assert sizes(store) == (4 * ROW_BYTES, 4 * KEY_BYTES)


def test_threads_that_write_at_once_lose_nothing(tmp_path):
    store = store_in(tmp_path)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: cache.append(store, [key(number)], rows(number)), range(60)))
    assert len(cache.index(store)) == 60
    assert read_numbers(store, *range(60)) == list(range(60))


@pytest.mark.slow
def test_processes_that_write_at_once_lose_nothing(tmp_path):
    code = (
        "import sys\nfrom pathlib import Path\nfrom tests.network import test_cache as t\n"
        "store = t.store_in(Path(sys.argv[1]))\n"
        "for number in range(int(sys.argv[2]), 80, 2):\n"
        "    t.cache.append(store, [t.key(number)], t.rows(number))\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", code, tmp_path, first], cwd=config.PROJECT)
        for first in ("0", "1")
    ]
    assert [writer.wait() for writer in writers] == [0, 0]
    store = store_in(tmp_path)
    assert len(cache.index(store)) == 80
    assert read_numbers(store, *range(80)) == list(range(80))


def damaged_rows(store: cache.Store) -> None:
    with (store.folder / "rows.bin").open("r+b") as file:
        file.seek(ROW_BYTES + 3)
        file.write(b"\x55")


def shorter_rows(store: cache.Store) -> None:
    with (store.folder / "rows.bin").open("r+b") as file:
        file.truncate(ROW_BYTES)


def damaged_index(store: cache.Store) -> None:
    with (store.folder / "index.txt").open("r+b") as file:
        file.seek(KEY_BYTES)
        file.write(bytes(range(200, 200 + 40)))


def shorter_index(store: cache.Store) -> None:
    with (store.folder / "index.txt").open("r+b") as file:
        file.truncate(KEY_BYTES)


def whole_file(name: str, damage: damaging.Damage):
    return lambda store: damage(store.folder / name)


ALL_GONE = (
    *("random bytes", "empty", "missing", "a folder", "a link to nowhere"),
    *("another shape", "UTF-16"),
)


@pytest.mark.parametrize(
    ("damage", "left"),
    [
        *((one, [1]) for one in (damaged_rows, shorter_rows, damaged_index, shorter_index)),
        *((whole_file("index.txt", damaging.DAMAGES[name]), []) for name in ALL_GONE),
        *((whole_file("rows.bin", damaging.DAMAGES[name]), []) for name in ALL_GONE),
    ],
)
def test_damaged_rows_are_none_and_are_made_anew(tmp_path, damage, left):
    store, keys = store_in(tmp_path), [key(1), key(2)]
    cache.append(store, keys, rows(1, 2))
    assert cache.whole(store, [*keys, key(3)]) == {*keys}
    damage(store)
    assert cache.whole(store, keys) == {key(number) for number in left}
    gone = [number for number in (1, 2) if number not in left]
    cache.append(store, [key(number) for number in gone], rows(*gone))
    assert cache.whole(store, keys) == {*keys}
    assert read_numbers(store, 1, 2) == [1, 2]


def test_a_file_in_place_of_the_store_is_no_store(tmp_path):
    store = store_in(tmp_path)
    store.folder.write_text("a file")
    assert cache.whole(store, [key(1)]) == set()
    cache.append(store, [key(1)], rows(1))
    assert read_numbers(store, 1) == [1]


def test_rows_that_somebody_took_away_are_told(tmp_path):
    store = store_in(tmp_path)
    cache.append(store, [key(1)], rows(1))
    with pytest.raises(InputError, match="something is gone from it"):
        cache.read(store, [key(2)])
