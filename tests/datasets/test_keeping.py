"""What a visitor may keep on the disk, how long, and that nobody takes another's."""

import os
import shutil

import pytest

from crackcls import config
from crackcls.datasets import catalogue, keeping
from crackcls.datasets.keeping import Keeper
from crackcls.errors import InputError
from crackcls.runs import belonging, folders, nicknames
from tests.datasets.test_catalogue import photos, silent, zipped
from tests.runs.making import ended

NOW, HOUR = 1_900_000_000.0, 3600
ONE, OTHER = Keeper("1a" * 32, 2), Keeper("2b" * 32, 2)


def upload(keeper: Keeper = keeping.OWNER, first: int = 0, **more):
    return catalogue.add_upload(zipped(photos(1, first)), "wall.zip", silent, keeper=keeper, **more)


def set_age(folder, hours: float, *names: str) -> None:
    for path in (*(folder / name for name in names), folder):
        os.utime(path, (NOW - hours * HOUR, NOW - hours * HOUR))


def test_the_same_zip_from_two_people_is_two_uploads():
    mine, theirs, owners = upload(ONE), upload(OTHER), upload()
    assert len({mine, theirs, owners}) == 3
    assert upload(ONE) == mine
    assert [keeping.uploads_of(one.visitor) for one in (ONE, OTHER)] == [[mine], [theirs]]
    assert keeping.uploads_of("") == [owners]
    assert catalogue.open_data(mine).files == catalogue.open_data(theirs).files
    keeping.remove_upload(mine)
    assert not mine.exists()
    assert theirs.exists()
    assert owners.exists()


def test_a_zip_cannot_bring_the_file_that_says_whose_it_is():
    content = {**photos(1), keeping.FILE: b'{"visitor": "%s"}' % (OTHER.visitor.encode())}
    folder = catalogue.add_upload(zipped(content), "wall.zip", silent)
    assert keeping.uploads_of(OTHER.visitor) == []
    assert keeping.uploads_of("") == [folder]


def test_only_the_own_oldest_upload_makes_room():
    theirs, owners = upload(OTHER), upload()
    mine = []
    for number in range(3):
        mine.append(upload(ONE, number))
        os.utime(mine[-1], (number, number))
    upload(ONE, 3)
    assert [folder.exists() for folder in mine] == [False, False, True]
    assert theirs.exists()
    assert owners.exists()


def test_only_uploads_are_removed(tmp_path):
    keeping.remove_upload(tmp_path)
    assert tmp_path.exists()


def test_an_upload_of_a_visitor_is_deleted_a_day_after_it_was_used_last():
    old, fresh, used, owners = upload(ONE), upload(ONE, 1), upload(OTHER), upload()
    run = ended("mine")
    (run / "events.jsonl").unlink()  # It has not ended.
    (run / "local.json").write_text(f'{{"data": "{used}"}}')
    for folder, hours in ((old, 24.1), (fresh, 23.9), (used, 99), (owners, 9999)):
        set_age(folder, hours)
    keeping.clear_expired(NOW)
    assert [one.exists() for one in (old, fresh, used, owners)] == [False, True, True, True]


def test_a_run_of_a_visitor_is_deleted_two_weeks_after_it_ended():
    names = ("old", "fresh", "owners", "used", "damaged")
    runs = {name: ended(name) for name in names}
    for name in names:
        belonging.give(runs[name], "" if name == "owners" else ONE.visitor)
    (runs["damaged"] / belonging.FILE).write_text("{")
    folders.use("used")
    for name, days in zip(names, (14.1, 13.9, 999, 999, 999), strict=True):
        files = [] if name == "owners" else [belonging.FILE]
        set_age(runs[name], days * 24, *files)
    keeping.clear_expired(NOW)
    assert [run.exists() for run in runs.values()] == [False, True, True, True, False]


def test_a_nickname_is_forgotten_after_a_month_and_with_the_class():
    for visitor in (ONE.visitor, OTHER.visitor):
        nicknames.give(visitor, "Otter")
    old, fresh = (nicknames.file_of(one.visitor) for one in (ONE, OTHER))
    for file, days in ((old, 30.1), (fresh, 29.9)):
        os.utime(file, (NOW - days * 24 * 3600,) * 2)
    keeping.clear_expired(NOW)
    assert [nicknames.of(one.visitor) for one in (ONE, OTHER)] == ["", "Otter"]
    keeping.clear_visitors()
    assert nicknames.of(OTHER.visitor) == ""


def test_a_run_that_runs_is_not_deleted():
    run = ended("mine")
    belonging.give(run, ONE.visitor)
    (run / "events.jsonl").unlink()
    set_age(run, 9999, belonging.FILE)
    keeping.clear_expired(NOW)
    assert run.exists()


def test_who_keeps_too_much_is_refused_and_nobody_else():
    upload(ONE)
    (ended("mine") / "model.keras").write_bytes(bytes(1_100_000))
    belonging.give(config.models_folder() / "mine", ONE.visitor)
    full = Keeper(ONE.visitor, 2, megabytes=1)
    for refused in (lambda: upload(full, 1), lambda: keeping.check_room(full)):
        with pytest.raises(InputError, match="may take 1 MB, and it takes 1 MB"):
            refused()
    keeping.check_room(Keeper(OTHER.visitor, 2, megabytes=1))
    upload(Keeper(OTHER.visitor, 2, megabytes=1), 1)


def test_an_upload_that_would_unpack_to_more_than_may_be_kept_is_refused():
    size = sum(map(len, photos(1).values()))
    (ended("mine") / "model.keras").write_bytes(bytes(1_000_000 - size - 2000))
    belonging.give(config.models_folder() / "mine", ONE.visitor)
    with pytest.raises(InputError, match="An archive may unpack to at most"):
        catalogue.add_upload(
            zipped(photos(9)), "wall.zip", silent, keeper=Keeper(ONE.visitor, 2, 1)
        )


def test_a_full_disk_is_told_before_work_begins(monkeypatch):
    config.models_folder().mkdir(parents=True)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: shutil._ntuple_diskusage(0, 0, 250e6))
    for refused in (upload, lambda: keeping.check_room(keeping.OWNER)):
        with pytest.raises(InputError, match="must keep 300 MB free, and it has 250 MB"):
            refused()
