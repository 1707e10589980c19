"""Rows of long work: kept one by one, read again, refused where they are of other work."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from crackcls import config, kept
from crackcls.errors import InputError

ABOUT = {"model": "default", "threshold": 0.5, "scales": (1, 2)}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Keep two rows."""
    path = kept.beside(tmp_path / "out.csv")
    with kept.keeping(path, ABOUT) as keep:
        keep("a\udcff.jpg", {"probability": 0.1 + 0.2})
        keep("b\n.jpg", ["ひび", None])
    return path


ROWS = {"a\udcff.jpg": {"probability": 0.1 + 0.2}, "b\n.jpg": ["ひび", None]}


def test_rows_are_read_as_they_were(path: Path):
    assert path.name == "out.csv.part"
    assert kept.read(path, ABOUT) == ROWS
    assert kept.read(path.with_name("other"), ABOUT) == {}


def test_a_row_is_in_the_file_once_it_is_kept(tmp_path: Path):
    path = tmp_path / "rows"
    with pytest.raises(KeyboardInterrupt), kept.keeping(path, ABOUT) as keep:
        keep("a", 1)
        assert kept.read(path, ABOUT) == {"a": 1}
        raise KeyboardInterrupt
    assert kept.read(path, ABOUT) == {"a": 1}


def test_the_same_work_adds_to_the_rows_even_after_one_that_was_cut_off(path: Path):
    path.write_bytes(path.read_bytes()[:-7])
    assert list(kept.read(path, ABOUT)) == ["a\udcff.jpg"]
    with kept.keeping(path, ABOUT) as keep:
        keep("c", 3)
    assert kept.read(path, ABOUT) == {"a\udcff.jpg": ROWS["a\udcff.jpg"], "c": 3}


@pytest.mark.parametrize(
    "damage", [b"", b"\x00\xff\n", b"null\n", b"[1, 2]\n[[], 1]\n", b'["a", 1]\n', b"[" * 100_000]
)
def test_a_file_that_is_no_list_of_rows_is_begun_anew(tmp_path: Path, damage: bytes):
    path = tmp_path / "rows"
    path.write_bytes(damage)
    assert kept.read(path, ABOUT) == {}
    with kept.keeping(path, ABOUT) as keep:
        keep("a", 1)
    assert kept.read(path, ABOUT) == {"a": 1}


def test_lines_that_are_damaged_are_passed_over(path: Path):
    head, one, other = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(head + b"\x00\x00\n[1]\n" + one + b'["a"]\n["x", 1, 2]\n{}\n' + other)
    assert kept.read(path, ABOUT) == ROWS


def test_rows_of_other_work_are_refused_with_what_differs(path: Path):
    with pytest.raises(InputError, match=r"threshold 0\.5, now 0\.25") as refusal:
        kept.read(path, {**ABOUT, "threshold": 0.25})
    assert "model" not in str(refusal.value)
    assert kept.read(path, ABOUT) == ROWS


def test_pieces_that_were_done_are_not_done_again():
    asked: list[str] = []

    def work(key: str) -> dict[str, float]:
        asked.append(key)
        if len(asked) == 3:
            raise KeyboardInterrupt
        return {key: 1 / 3}

    with pytest.raises(KeyboardInterrupt):
        [*kept.each(ABOUT, ["a", "b", "c"], work)]
    assert [*kept.each({**ABOUT, "model": "metu"}, ["a"], work)] == [{"a": 1 / 3}]
    assert [*kept.each(ABOUT, ["a", "b", "c"], work)] == [{"a": 1 / 3}, {"b": 1 / 3}, {"c": 1 / 3}]
    assert asked == ["a", "b", "c", "a", "c"]
    assert not [*(config.cache_folder() / kept.FOLDER).iterdir()]


def test_rows_come_from_any_thread(tmp_path: Path):
    with kept.keeping(tmp_path / "rows", ABOUT) as keep, ThreadPoolExecutor(8) as pool:
        [*pool.map(keep, map(str, range(400)), range(400))]
    lines = (tmp_path / "rows").read_text().splitlines()
    assert sorted(map(json.loads, lines[1:]), key=lambda row: row[1]) == [
        [str(i), i] for i in range(400)
    ]
