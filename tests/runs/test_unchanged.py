import os
from pathlib import Path

import pytest

from crackcls.runs import unchanged


@pytest.fixture
def reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Give a function that reads a folder's files, and the list of what it has read."""
    monkeypatch.setattr(unchanged, "SECONDS_TO_SETTLE", -60)
    read: list[list[str]] = []

    @unchanged.remembered(lambda found: "passing" in found)
    def names(folder: Path) -> list[str]:
        read.append(sorted(path.read_text() for path in folder.iterdir()))
        return read[-1]

    (tmp_path / "one").mkdir()
    (tmp_path / "one/a").write_text("first")
    return names, read, tmp_path / "one"


def written_twice(folder: Path) -> None:
    (folder / "a").write_text("another")


def replaced(folder: Path) -> None:
    """Put another file of the same size and time there."""
    about = (folder / "a").stat()
    (folder / "new").write_text("later")
    os.utime(folder / "new", ns=(about.st_atime_ns, about.st_mtime_ns))
    (folder / "new").replace(folder / "a")


def one_more(folder: Path) -> None:
    (folder / "b").write_text("second")


def one_less(folder: Path) -> None:
    (folder / "a").unlink()


def test_a_folder_is_read_once_as_long_as_nothing_changes(reading):
    names, read, folder = reading
    assert [names(folder) for _ in range(3)] == [["first"]] * 3
    assert len(read) == 1


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (written_twice, ["another"]),
        (replaced, ["later"]),
        (one_more, ["first", "second"]),
        (one_less, []),
    ],
)
def test_a_change_is_seen(reading, change, found):
    names, _, folder = reading
    names(folder)
    change(folder)
    assert names(folder) == found


def test_what_hangs_on_more_than_the_files_is_read_anew(reading):
    names, read, folder = reading
    (folder / "a").write_text("passing")
    names(folder), names(folder)
    assert len(read) == 2


def test_a_file_of_just_now_is_not_trusted_and_one_of_before_is(tmp_path):
    (tmp_path / "a").write_text("first")
    os.utime(tmp_path / "a", (2**33, 2**33))
    assert unchanged.signature(tmp_path) is None


def test_a_folder_that_cannot_be_looked_into_has_no_signature(tmp_path, monkeypatch):
    monkeypatch.setattr(unchanged, "SECONDS_TO_SETTLE", -60)
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone")
    assert unchanged.signature(tmp_path) is None
    assert unchanged.signature(tmp_path / "gone") is None


def test_no_more_folders_are_kept_than_a_number(reading, monkeypatch):
    names, read, folder = reading
    monkeypatch.setattr(unchanged, "MOST", 1)
    other = folder.parent / "two"
    other.mkdir()
    names(folder), names(other), names(folder)
    assert len(read) == 3
