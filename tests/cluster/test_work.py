"""What a machine must have before it works."""

from dataclasses import replace
from pathlib import Path

import pytest

from crackcls import __version__
from crackcls.cluster.work import Work, content_of, opened
from crackcls.errors import InputError
from tests.cluster import works

WORK = Work(works.opened, {"greeting": b"hello"}, works.lost)


def test_files_that_are_there_are_sent(tmp_path: Path):
    (tmp_path / "model.json").write_bytes(b"{}")
    assert content_of(tmp_path, ["model.json", "pieces.npz"]) == {"model.json": b"{}"}


def test_sent_files_lie_in_a_folder_as_long_as_the_work_is_open(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with opened(WORK) as do:
        assert [*do(["a"])] == ["hello a files"]
        assert [*tmp_path.iterdir()]
    assert not [*tmp_path.iterdir()]


def test_relative_paths_go_from_where_the_command_was_given(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(Path(__file__).parent)
    with opened(replace(WORK, at=tmp_path)):
        assert Path.cwd() == tmp_path


def test_another_version_is_refused():
    with (
        pytest.raises(InputError, match=f"must have crackcls 9.9, .*has {__version__}"),
        opened(replace(WORK, version="9.9")),
    ):
        pass


def test_a_machine_that_does_not_see_the_photos_is_refused(tmp_path: Path):
    missing = tmp_path / "photos"
    with (
        pytest.raises(InputError, match=f"must see '{missing}'.*s3://"),
        opened(replace(WORK, roots=(tmp_path, missing))),
    ):
        pass
