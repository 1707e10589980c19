"""A folder as labelled images: what is read, what is refused, what is said."""

import pytest

from crackcls import config
from crackcls.datasets import layout, listing
from crackcls.errors import InputError
from crackcls.labelled import list_images
from tests.conftest import folder_with
from tests.datasets.layouts import EXAMPLES, write


def test_class_folders_are_listed_as_ever(tmp_path):
    files = ["a-b/1.jpg", "a/2.jpg", "a/x-y/3.jpg", "a/x/4.jpg", "b/B.PNG", ".git/5.jpg", "b/c.txt"]
    folder = folder_with(tmp_path, *files, name="my walls")
    plain, found = list_images(folder), listing.open_folder(folder)
    assert (found.files, found.classes, found.labels) == (plain.files, plain.classes, plain.labels)


def test_a_table_in_the_folder_is_read_and_its_file_names_are_kept(tmp_path):
    example = EXAMPLES[-1]
    found = listing.open_folder(write(tmp_path / "walls", example))
    assert found.classes == ("Cracked", "Sound")
    assert {*found.files} == {*example.files}
    assert found.path(found.files[0]).is_file()
    assert not found.is_plain


def test_equal_names_of_two_cameras_stay_two_images(tmp_path):
    cameras = [f"{kind}/{one}/DSC_1.jpg" for kind in ("crack", "ok") for one in ("left", "right")]
    found = listing.open_folder(folder_with(tmp_path, *cameras, name="my walls"))
    assert found.files == tuple(sorted(cameras))
    assert "left, right: too few in a class" in found.levels.said[0]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([], "must hold photos, and 'my walls' holds none"),
        (["crack/1.txt"], "must hold photos, and 'my walls' holds none"),
        (["crack/1.jpg", "sound/"], "must hold images, and 'sound' in 'my walls' holds none"),
        (["crack/1.jpg", "sound/1.NEF"], "must hold images, and 'sound' in 'my walls' holds none"),
        (["a/1.jpg", "b/1.jpg", "c/"], "must hold images, and 'c' in 'my walls' holds none"),
        (["1.jpg", "2.jpg", "old/"], "these 2: they lie in no folder"),
        (
            ["images/train/1.jpg", "images/val/2.jpg", "labels/train/1.txt", "labels/val/2.txt"],
            "they lie below images / train, val, which are parts of a split and hold no class",
        ),
    ],
)
def test_a_folder_without_two_filled_classes_is_refused_without_its_path(tmp_path, files, said):
    with pytest.raises(InputError) as error:
        listing.open_folder(folder_with(tmp_path, *files, name="my walls"))
    assert said in str(error.value)
    assert str(tmp_path) not in str(error.value)


def test_a_folder_of_other_files_is_named_as_no_class(tmp_path):
    files = ["crack/1.jpg", "ok/1.jpg", "docs/plan.pdf", "labels/1.txt"]
    found = listing.open_folder(folder_with(tmp_path, *files, name="my walls"))
    assert found.classes == ("crack", "ok")
    assert found.levels.said == ("No photos, and so no class: docs, labels.",)


def test_a_pattern_takes_the_place_of_what_was_found(tmp_path):
    names = [
        f"House {house}/{kind}/{n}-1.jpg"
        for house in "ABC"
        for kind in ("crack", "ok")
        for n in range(7001, 7004)
    ]
    folder = folder_with(tmp_path, *names, "House A/ok/plan.jpg", name="my walls")
    found = listing.open_folder(folder)
    assert ({*found.levels.groups}, found.levels.photographs) == ({f"House {h}" for h in "ABC"}, ())
    named = listing.open_folder(folder, group_by=r"(\d+)-\d+\.").levels
    assert ({*named.photographs}, named.groups) == ({"7001", "7002", "7003", ""}, ())
    assert "gives 3 groups" in named.said[-1] and "1 that it does not fit" in named.said[-1]
    assert not [words for words in named.said if "House A, House B" in words and "stay" in words]
    plain = listing.open_folder(folder, "plain", r"(\d+)-\d+\.")
    assert plain.classes == ("House A", "House B", "House C")
    assert plain.levels.layout == "plain"


def test_what_a_person_says_is_kept_and_what_is_not_said_is_asked(tmp_path):
    files = [f"{up}/{low}/{n}.jpg" for up in "ABC" for low in "xy" for n in range(2)]
    folder = folder_with(tmp_path, *files, name="my walls")
    with pytest.raises(layout.UnclearError):
        listing.open_folder(folder)
    assert listing.open_folder(folder, "inner").levels.layout == "inner"
    assert listing.open_folder(folder, "inner").classes == ("x", "y")


def test_tables_are_read_by_their_ending_and_within_limits(tmp_path, monkeypatch):
    monkeypatch.setattr(config, "MAX_TABLE_BYTES", 5)
    monkeypatch.setattr(listing, "MOST_TABLES", 3)
    for name, size in {"b.txt": 1, "a/c.CSV": 5, "d.csv": 6, "e.tsv": 2, ".f.csv": 1}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x" * size)
    (tmp_path / "gone.csv").symlink_to(tmp_path / "nowhere")
    assert listing.read_tables(tmp_path) == {"a/c.CSV": b"xxxxx", "e.tsv": b"xx", "b.txt": b"x"}
