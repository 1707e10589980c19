"""Data sets by name and by folder, uploads, and samples to look at."""

import io
import os
import zipfile
from pathlib import Path

import pytest

from crackcls import config
from crackcls.datasets import catalogue, contact_sheet, keeping
from crackcls.datasets.synthetic import pictures
from crackcls.errors import InputError
from tests.conftest import encoded, picture


def silent(kind: str, **fields) -> None:
    """Hear nothing."""


def zipped(files: dict[str, bytes]) -> io.BytesIO:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer


def photos(count: int = 2, first: int = 0) -> dict[str, bytes]:
    numbers = range(first, first + count)
    return {
        f"{name}/{i}.jpg": encoded(picture(i + 1000 * label))
        for label, name in enumerate(("sound", "cracked"))
        for i in numbers
    }


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("synthetic", "synthetic-4000-0"),
        ("synthetic-40-7", "synthetic-40-7"),
        ("metu", "metu"),
        ("sdnet2018", "sdnet2018"),
    ],
)
def test_a_named_data_set_lies_in_the_data_folder(source, name):
    assert catalogue.folder_of(source) == config.data_folder() / name


@pytest.mark.parametrize("source", ["./synthetic", "/data/metu", "synthetic-", "synthetic-4-x"])
def test_any_other_word_is_a_folder(source):
    assert catalogue.folder_of(source) == Path(source)


def test_synthetic_data_is_listed_before_it_is_made_and_read_alike_after():
    labelled = catalogue.open_data("synthetic-40-1")
    assert not labelled.folder.exists()
    before = catalogue.read(labelled, "Positive/00003.jpg")
    catalogue.ensure(labelled, silent)
    assert catalogue.open_data(labelled.folder).files == labelled.files
    assert (labelled.folder / "Positive/00003.jpg").read_bytes() == before
    assert catalogue.is_synthetic(labelled.folder)


def test_a_folder_elsewhere_is_not_synthetic_by_its_name(tmp_path):
    assert not catalogue.is_synthetic(tmp_path / "synthetic-40-1")
    assert not catalogue.is_synthetic(config.data_folder() / "metu")


def test_a_synthetic_data_set_out_of_range_is_refused():
    with pytest.raises(InputError, match="received 39"):
        catalogue.open_data("synthetic-39-0")


@pytest.mark.parametrize("name", ["metu", "sdnet2018"])
def test_a_published_set_that_is_not_there_is_refused_with_the_command_that_fetches_it(name):
    with pytest.raises(InputError, match=f"The {name.upper()} photos .* data fetch {name}`"):
        catalogue.open_data(name)


def test_an_upload_is_unpacked_once_for_the_same_bytes():
    archive = zipped({**photos(), "sound/note.txt": b"by hand"})
    folder = catalogue.add_upload(archive, "../My wall (1).zip", silent)
    assert folder.parent == config.data_folder() / "uploads"
    assert folder.name.startswith("My-wall-1-")
    assert catalogue.open_data(folder).classes == ("cracked", "sound")
    assert list(catalogue.left_out_of(folder)) == ["sound/note.txt"]
    stamp = (folder / "sound").stat().st_mtime_ns
    assert catalogue.add_upload(archive, "../My wall (1).zip", silent) == folder
    assert (folder / "sound").stat().st_mtime_ns == stamp
    keeping.remove_upload(folder)
    assert not folder.exists()


@pytest.mark.parametrize("content", [b"no zip", b""])
def test_nothing_is_kept_of_an_upload_that_is_refused(content):
    with pytest.raises(InputError):
        catalogue.add_upload(io.BytesIO(content), "a.zip", silent)
    assert not list((config.data_folder() / "uploads").iterdir())


def test_nothing_is_kept_of_an_upload_with_one_class():
    one = {name: content for name, content in photos().items() if name.startswith("sound")}
    with pytest.raises(InputError, match="all lie in one folder, sound"):
        catalogue.add_upload(zipped(one), "a.zip", silent)
    assert not list((config.data_folder() / "uploads").iterdir())


def test_the_oldest_upload_makes_room_unless_it_is_in_use():
    two = keeping.Keeper(uploads=2)
    folders = []
    for number in range(3):
        archive = zipped(photos(1, number))
        folders.append(catalogue.add_upload(archive, "a.zip", silent, folders[:1], keeper=two))
        os.utime(folders[-1], (number, number))
    assert [folder.exists() for folder in folders] == [True, True, True]
    newest = catalogue.add_upload(zipped(photos(1, 9)), "a.zip", silent, keeper=two)
    assert [folder.exists() for folder in (*folders, newest)] == [False, False, True, True]


def test_a_sample_is_of_each_class_and_another_draw_is_another_sample():
    labelled = pictures.listing(Path("x"), 200)
    first, second = (catalogue.sample(labelled, 6, draw) for draw in (0, 1))
    assert list(first) == ["Negative", "Positive"]
    assert all(file.startswith(name) for name, files in first.items() for file in files)
    assert first != second
    assert first == catalogue.sample(labelled, 6, 0)
    assert len(catalogue.sample(pictures.listing(Path("x"), 5), 6, 0)["Positive"]) == 2


def test_a_contact_sheet_shows_each_image_and_grey_for_a_broken_one(concrete, tmp_path):
    from PIL import Image

    folder = concrete(per_class=3)
    (folder / "Positive" / "000.jpg").write_bytes(b"broken")
    labelled = catalogue.open_data(folder)
    assert contact_sheet.write_sheet(labelled, 0, tmp_path / "sheet.png") == 6
    with Image.open(tmp_path / "sheet.png") as sheet:
        colours = sheet.getcolors(10**6)
    assert (contact_sheet.CELL**2, (128, 128, 128)) in colours


def test_a_contact_sheet_of_no_known_format_is_refused(concrete, tmp_path):
    with pytest.raises(InputError, match=r"received 'sheet\.xyz'"):
        contact_sheet.write_sheet(catalogue.open_data(concrete(2)), 0, tmp_path / "sheet.xyz")
    assert not (tmp_path / "sheet.xyz").exists()


@pytest.mark.parametrize("content", [None, b"no JSON", b'{"renamed": 3}', b"[]"])
def test_names_of_an_upload_that_are_lost_or_damaged_are_none(tmp_path, content):
    if content is not None:
        (tmp_path / ".names.json").write_bytes(content)
    assert catalogue.names_of(tmp_path) == ({}, "")


def test_names_of_an_upload_are_told(tmp_path):
    told = b'{"renamed": {"a/1_.jpg": "a/1:.jpg"}, "alphabet": "Greek (DOS)"}'
    (tmp_path / ".names.json").write_bytes(told)
    assert catalogue.names_of(tmp_path) == ({"a/1_.jpg": "a/1:.jpg"}, "Greek (DOS)")
