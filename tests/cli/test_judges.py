"""What is sent to other machines with the work."""

from pathlib import Path

import pytest

from crackcls.addresses import Address
from crackcls.cli import judges


@pytest.mark.parametrize(("folders", "sent"), [(0, 0), (1, 1), (16, 16), (17, 9), (300, 16)])
def test_of_many_folders_some_are_looked_for(folders: int, sent: int, tmp_path: Path):
    made = [tmp_path / f"{number:03}" for number in range(folders)]
    for folder in made:
        folder.mkdir()
    files = [folder / name for folder in made for name in ("a.jpg", "b.jpg")]
    found = judges.folders_of([*files, Address("s3://walls/a.jpg"), tmp_path / "gone" / "a.jpg"])
    assert len(found) == sent
    assert set(found) <= {*made}
    assert not made or made[0] in found


def test_a_relative_path_is_looked_for_from_where_the_command_was_given(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert judges.folders_of([Path("a.jpg")]) == (tmp_path,)
