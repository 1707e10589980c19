"""Hidden folders of work: gone in the end, and cleared where their process was killed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from crackcls import config, temporary

HOLD = """
import sys, time
from pathlib import Path
from crackcls import temporary
with temporary.folder_beside(Path(sys.argv[1])) as work:
    (work / "half").write_text("made")
    print(work, flush=True)
    time.sleep(60)
"""


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_is_renamed_stays_and_nothing_else(tmp_path):
    target = tmp_path / "new" / "set"
    with temporary.folder_beside(target) as work:
        assert (work.parent, work.name[:5]) == (target.parent, ".set.")
        (work / "files").mkdir()
        (work / "left").touch()
        (work / "files").rename(target)
    assert names_in(tmp_path / "new") == ["set"]


def test_work_that_fails_leaves_nothing(tmp_path):
    with pytest.raises(KeyError), temporary.folder_beside(tmp_path / "set") as work:
        (work / "file").touch()
        raise KeyError
    assert names_in(tmp_path) == []


def test_what_is_in_use_stays_and_what_a_killed_process_left_is_cleared(tmp_path):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path / "set"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=config.PROJECT,
    )
    work = Path(holder.stdout.readline().strip())
    temporary.clear(tmp_path)
    assert (work / "half").read_text() == "made"
    holder.kill()
    holder.communicate()
    assert work.is_dir()
    temporary.clear(tmp_path)
    assert names_in(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "hours", "stays"),
    [
        (".report.json.0123456789abcdef.tmp", 25, False),
        (".report.json.0123456789abcdef.tmp", 1, True),
        (".set.0123456789abcdef.part", 0, False),
        (".hidden.tmp", 25, True),
        (".mine.part", 25, True),
        ("report.json.0123456789abcdef.tmp", 25, True),
    ],
)
def test_only_what_work_makes_is_cleared(tmp_path, name, hours, stays):
    path = tmp_path / name
    path.write_text("content")
    then = path.stat().st_mtime - hours * 3600
    os.utime(path, (then, then))
    temporary.clear(tmp_path)
    assert path.exists() == stays


def test_a_folder_that_is_not_there_or_no_folder_is_no_fault(tmp_path):
    (tmp_path / "file").touch()
    for folder in (tmp_path / "nowhere", tmp_path / "file"):
        temporary.clear(folder)


def test_a_removed_folder_is_gone_at_once(tmp_path):
    (tmp_path / "old" / "inside").mkdir(parents=True)
    temporary.remove(tmp_path / "old")
    assert names_in(tmp_path) == []
