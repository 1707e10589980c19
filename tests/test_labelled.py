"""Labelled folders: what is listed, what is refused, and hashes of content."""

import hashlib
import os
import sys
from pathlib import Path

import pytest

from crackcls.errors import InputError
from crackcls.labelled import (
    content_hashes,
    list_below,
    list_images,
    locate,
    read_verified,
    set_of,
)
from tests.conftest import folder_with

NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_files_and_labels_come_in_sorted_order(tmp_path):
    folder = folder_with(tmp_path, "sound/2.jpg", "crack/b.png", "sound/10.jpg", "crack/a.jpg")
    labelled = list_images(str(folder))
    assert labelled.folder == folder
    assert labelled.classes == ("crack", "sound")
    assert labelled.files == ("crack/a.jpg", "crack/b.png", "sound/10.jpg", "sound/2.jpg")
    assert labelled.labels == (0, 0, 1, 1)
    assert labelled.path("sound/2.jpg") == folder / "sound" / "2.jpg"


@pytest.mark.parametrize(
    "name",
    [
        "UPPER.JPG",
        "Mixed.Tiff",
        "with spaces and, comma.jpg",
        "größe.webp",
        "ひび割れ.jpeg",
        "2019/may/nested.bmp",
        "two.dots.avif",
    ],
)
def test_a_photo_is_listed(tmp_path, name: str):
    folder = folder_with(tmp_path, f"crack/{name}", "sound/1.jpg")
    assert list_images(folder).files == (f"crack/{name}", "sound/1.jpg")


@pytest.mark.parametrize(
    "name",
    [
        "crack/.hidden.jpg",
        "crack/._1.jpg",
        "crack/.jpg",
        "crack/notes.txt",
        "crack/Thumbs.db",
        "crack/jpg",
        "crack/folder.jpg/",
        "crack/.thumbnails/1.jpg",
        ".git/1.jpg",
        "loose.jpg",
    ],
)
def test_hidden_and_other_entries_are_passed_over(tmp_path, name: str):
    folder = folder_with(tmp_path, name, "crack/1.jpg", "sound/1.jpg")
    labelled = list_images(folder)
    assert labelled.classes == ("crack", "sound")
    assert labelled.files == ("crack/1.jpg", "sound/1.jpg")


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([], ["at least two folders", "my concrete", "holds 0 (none)"]),
        (["1.jpg"], ["at least two folders", "my concrete", "holds 0 (none)"]),
        (["crack/1.jpg"], ["at least two folders", "my concrete", "holds 1 ('crack')"]),
        (["crack/1.jpg", "sound/"], ["must hold images", "'sound'", "my concrete"]),
        (["crack/1.jpg", "sound/1.txt"], ["must hold images", "'sound'", "my concrete"]),
    ],
    ids=["nothing", "loose files", "one class", "empty class", "class of other files"],
)
def test_a_folder_without_two_filled_classes_is_refused_and_named(tmp_path, files, words):
    with pytest.raises(InputError) as error:
        list_images(folder_with(tmp_path, *files))
    assert [word for word in words if word not in str(error.value)] == []


@pytest.mark.parametrize("name", ["nowhere", "file.jpg"])
def test_what_is_no_folder_is_refused_and_named(tmp_path, name: str):
    (tmp_path / "file.jpg").write_bytes(b"abc")
    with pytest.raises(InputError, match=f"must be a folder that exists, received '.*{name}'"):
        list_images(tmp_path / name)


def test_a_zip_in_place_of_a_folder_is_named_with_the_way_on(tmp_path):
    (tmp_path / "wall.zip").write_bytes(b"PK\3\4" + bytes(60))
    with pytest.raises(InputError, match=r"which is a ZIP archive\. Unpack it"):
        list_images(tmp_path / "wall.zip")


def test_all_images_below_a_folder_are_of_one_class(tmp_path):
    folder = folder_with(tmp_path, "2.jpg", "wood/old/1.png", ".git/3.jpg", "notes.txt")
    labelled = list_below(folder, "sound")
    assert (labelled.classes, labelled.labels) == (("sound",), (0, 0))
    assert labelled.files == ("2.jpg", "wood/old/1.png")
    assert labelled.path("wood/old/1.png") == folder / "wood" / "old" / "1.png"


@pytest.mark.parametrize(
    ("files", "said"), [([], "must hold images"), (["1.txt"], "must hold images")]
)
def test_a_folder_without_images_is_refused(tmp_path, files, said):
    with pytest.raises(InputError, match=said):
        list_below(folder_with(tmp_path, *files), "sound")
    with pytest.raises(InputError, match="must be a folder that exists"):
        list_below(tmp_path / "nowhere", "sound")


@pytest.mark.parametrize(
    ("places", "file", "path"),
    [
        ({"": "data"}, "crack/1.jpg", "data/crack/1.jpg"),
        ({"wall": "a", "bricks": "b/c"}, "wall/crack/1.jpg", "a/crack/1.jpg"),
        ({"wall": "a", "bricks": "b/c"}, "bricks/1.jpg", "b/c/1.jpg"),
    ],
)
def test_a_file_is_found_in_the_folder_of_its_set(places, file, path):
    assert locate({name: Path(place) for name, place in places.items()}, file) == Path(path)
    assert set_of(file) == file.split("/")[0]


def test_hashes_come_in_order_and_of_nothing_where_a_file_cannot_be_read(tmp_path):
    (tmp_path / "abc").write_bytes(b"abc")
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    names = ["abc", "missing", "folder", "empty", "abc"]
    hashes = list(content_hashes([tmp_path / name for name in names]))
    assert hashes == [ABC, NOTHING, NOTHING, NOTHING, ABC]


@pytest.mark.parametrize("size", [1, 20_000])  # By one thread, and by one for each core.
def test_hashes_of_many_files_come_in_order(size, tmp_path):
    paths = [tmp_path / str(number) for number in range(300)]
    for path in paths:
        path.write_text(path.name * size)
    expected = [hashlib.sha256((path.name * size).encode()).hexdigest() for path in paths]
    assert list(content_hashes(paths)) == expected


def test_a_verified_file_is_read(tmp_path):
    (tmp_path / "1.jpg").write_bytes(b"abc")
    assert read_verified(tmp_path / "1.jpg", ABC) == b"abc"


@pytest.mark.parametrize(
    ("name", "words"), [("2.jpg", "'2.jpg' must lie in"), ("1.jpg", "'1.jpg' .* has other content")]
)
def test_a_missing_or_altered_file_is_refused_and_named(tmp_path, name: str, words: str):
    (tmp_path / "1.jpg").write_bytes(b"abd")
    with pytest.raises(InputError, match=words):
        read_verified(tmp_path / name, ABC)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems keep such names out")
def test_a_name_that_is_not_utf_8_is_refused(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.jpg").touch()
    for number in range(7):
        (tmp_path / "a" / os.fsdecode(b"gr\xf6\xdfe %d.jpg" % number)).touch()
    with pytest.raises(InputError) as refused:
        list_images(tmp_path)
    told = ", ".join(rf"'gr\udcf6\udcdfe {number}.jpg'" for number in range(5))
    assert str(refused.value) == (
        f"A file name must be in UTF-8, and 7 of 8 are not: {told} and 2 more. Rename the files."
    )
