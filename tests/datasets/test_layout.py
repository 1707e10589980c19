"""Layouts: what is recognised of folders, names and tables, what is asked and what is refused."""

import io
import re
import zipfile

import pytest

from crackcls import config
from crackcls.datasets import layout
from crackcls.errors import InputError
from tests.conftest import SHARED, needs_cases
from tests.datasets.layouts import EXAMPLES


def recognise(files, way: str = "", tables: dict[str, bytes] | None = None) -> layout.Layout:
    return layout.recognise(sorted(files), lambda: tables or {}, way)


def many(*folders: str, count: int = 4) -> list[str]:
    """Name so many photos that begin with each text."""
    return [f"{folder}{number}.jpg" for folder in folders for number in range(count)]


def each(pattern: str, upper, lower, count: int = 4) -> list[str]:
    return many(*(pattern.format(up=up, low=low) for up in upper for low in lower), count=count)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_each_layout_of_the_documentation_is_recognised(example):
    found = recognise(example.files, tables=example.tables)
    assert dict(zip(found.files, found.names, strict=True)) == {
        file: kind for file, (kind, _) in example.files.items()
    }
    groups = found.groups or [""] * len(found.files)
    assert dict(zip(found.files, groups, strict=True)) == {
        file: of for file, (_, of) in example.files.items()
    }
    assert dict(zip(found.files, found.parts, strict=bool(found.parts))) == example.parts
    assert found.left_out == ()
    assert bool(found.said or found.kept) == (example.name != "class folders")


def test_the_documentation_names_these_layouts():
    page = (config.PROJECT / "docs" / "data.md").read_text(encoding="utf-8")
    table = page.partition("| layout | such as |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| ([^|]+) \| `", table, re.MULTILINE)
    assert rows == [example.name for example in EXAMPLES]


CRACK = ("Cracked", "Sound")


@pytest.mark.parametrize(
    ("files", "classes", "groups", "parts", "said"),
    [
        (many("a/", "b/"), {"a", "b"}, set(), set(), ""),
        (many("Cracked/", "Sound/", "_Spalled/"), {*CRACK, "_Spalled"}, set(), set(), ""),
        (many("crack thin/", "crack wide/", "ok/"), {"crack thin", "crack wide", "ok"}, 0, 0, ""),
        (each("data/x/{up}/{low}", [""], ["Cracked/", "Sound/"]), {*CRACK}, 0, 0, "data, in the"),
        (
            each("{up}/{low}/", ("TRAIN", "Val", "TESTING"), CRACK),
            {*CRACK},
            set(),
            {"train", "validation", "test"},
            "below TRAIN, Val, TESTING",
        ),
        (
            each("{up}/{low}/", ("training_set", "dev set", "test-images"), ("pos", "neg")),
            {"pos", "neg"},
            set(),
            {"train", "validation", "test"},
            "for training",
        ),
        (
            each("set/{up}/images/{low}/", ("train", "eval"), ("a", "b")),
            {"a", "b"},
            set(),
            {"train", "validation"},
            "8 for training, 8 for validation",
        ),
        (
            each("{up}/{low}/", ("train", "val", "eval"), ("a", "b")),
            {"a", "b"},
            set(),
            {"train", "validation", "test"},
            "for the test",
        ),
        (
            many("train/crack/", "train/No Crack/", "test/no-crack/", "test/Crack/"),
            2,
            set(),
            {"train", "test"},
            "where they are called",
        ),
        (
            each("{up}/{low}/", ("2024-01-05", "2024-02-05", "2023-11-30"), CRACK),
            {*CRACK},
            {"2024-01-05", "2024-02-05", "2023-11-30"},
            set(),
            "stay together",
        ),
        (
            each("{up}/{low}/", ("Müller", "Sato", "O'Neill"), ("Riss", "OK")),
            {"Riss", "OK"},
            {"Müller", "Sato", "O'Neill"},
            set(),
            "below Müller, O'Neill, Sato",
        ),
        (
            each("{up}/{low}/", ("House 1", "House 2", "House 3"), ("a", "b")),
            {"a", "b"},
            {"House 1", "House 2", "House 3"},
            set(),
            "stay together",
        ),
        (
            each("{up}/{low}/", ("rust", "spall"), ("Bridge 1", "Bridge 2", "Bridge 3")),
            {"rust", "spall"},
            {"Bridge 1", "Bridge 2", "Bridge 3"},
            set(),
            "stay together",
        ),
        (
            each("{up}/{low}/", ("North", "South"), CRACK),
            {*CRACK},
            set(),
            set(),
            "too few in a class to keep each in one part of three",
        ),
        (
            each("{low}/{up}/", ("thin", "map", "wide"), ["Cracked"]) + many("Sound/old/"),
            {*CRACK},
            set(),
            set(),
            "(map, old, thin, wide) are taken as kinds",
        ),
        (
            each("{up}/{low}/", "ABC", ("1/Cracked", "1/Sound", "2/Cracked", "2/Sound")),
            {*CRACK},
            {"A", "B", "C"},
            set(),
            "below A, B, C, below 1, 2",
        ),
        (
            each("A/{low}/", [""], CRACK)
            + each("B/north/{low}/", [""], CRACK)
            + each("C/{low}/", [""], CRACK),
            {*CRACK},
            {"A", "B", "C"},
            set(),
            "below A, B, C, below north",
        ),
        (
            each("{up}/{low}_", ("Site 1", "Site 2", "Site 3"), ("crack", "sound")),
            {"crack", "sound"},
            {"Site 1", "Site 2", "Site 3"},
            set(),
            "told by the names",
        ),
        (
            each("{up}/{low}-", ("train", "test"), ("crack", "sound")),
            {"crack", "sound"},
            set(),
            {"train", "test"},
            "told by the names",
        ),
        (
            [
                f"{surface}/{kind}/{7001 + n}-{n}.jpg"
                for n in range(12)
                for surface, kind in (
                    ("Decks", "Cracked"),
                    ("Walls", "Sound"),
                    ("Decks", "Sound"),
                    ("Walls", "Cracked"),
                )
            ],
            {*CRACK},
            set(),
            set(),
            "Decks, Walls: taken together. Pieces of one photograph",
        ),
    ],
)
def test_what_lies_between_is_told_from_the_classes(files, classes, groups, parts, said):
    found = recognise(files)
    assert len(found.files) == len(files)
    expected = len({*found.names}) if isinstance(classes, int) else {*found.names}
    assert expected == classes
    assert {*found.groups} == (groups or set())
    assert {*found.parts} == (parts or set())
    sentences = " ".join((*found.said, found.kept))
    assert said in sentences
    assert bool(said) == bool(sentences)


@pytest.mark.parametrize(
    ("files", "ways", "said"),
    [
        (each("{up}/{low}/", "ABC", "xy"), {"outer", "inner"}, "may be A, B, C or, inside of"),
        (each("{up}/{low}/", ("Cracked", "Sound"), ("good", "bad")), {"outer", "inner"}, "may be"),
        (many("Building A/", "Building B/"), {"outer"}, "look like places or dates"),
        (many("2024-01-05/", "2024-02-05/"), {"outer"}, "look like places or dates"),
        (many("7001/", "7002/", "7003/"), {"outer"}, "look like places or dates"),
        (many("100MEDIA/DJI_", "101MEDIA/DJI_"), {"outer"}, "look like places or dates"),
        (many("spalling_", "rust_"), {"names"}, "names begin with rust, spalling"),
        (many("Haus 1/rust", "Haus 2/spall"), {"outer", "names"}, "and the photos' names begin"),
    ],
)
def test_what_may_be_read_in_two_ways_is_asked(files, ways, said):
    with pytest.raises(layout.UnclearError, match=re.escape(said)) as error:
        recognise(files)
    assert {*error.value.choices} == ways
    assert all(f"--layout {way} for " in error.value.advice for way in ways)
    assert "--layout" not in str(error.value)
    for way in ways:
        assert len({*recognise(files, way).names}) >= 2


def test_a_person_says_which_level_is_the_classes():
    files = each("train/{up}/{low}/", "ABC", "xy") + each("test/{up}/{low}/", "ABC", "xy")
    outer, inner = recognise(files, "outer"), recognise(files, "inner")
    assert ({*outer.names}, {*inner.names}) == ({*"ABC"}, {*"xy"})
    assert ({*outer.groups}, {*inner.groups}) == (set(), {*"ABC"})
    assert {*outer.parts} == {*inner.parts} == {"train", "test"}
    names = recognise(many("IMG_a", "DSC_b"), "names")
    assert {*names.names} == {"IMG_a", "DSC_b"}


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (["0.jpg", "1.jpg", "2.jpg"], ["these 3: they lie in no folder, called 0.jpg, 1.jpg"]),
        (many("IMG_", "DSC_"), ["nothing tells the class of these 8", "labels.csv"]),
        (many("crack/"), ["all lie in one folder, crack", "two classes or more"]),
        (many("x/crack/"), ["all lie in one folder, x/crack"]),
        (many("train/", "test/"), ["train, test, which are parts of a split"]),
        (many("images/", "masks/"), ["all lie in one folder, images", "these 4"]),
        (many("Class 1-!-"), ["are all of one ('Class 1', told by the names of the files)"]),
        ([], ["of these 0"]),
    ],
)
def test_what_tells_no_two_classes_is_refused_with_what_was_found(files, said):
    with pytest.raises(InputError) as error:
        recognise(files)
    assert not isinstance(error.value, layout.UnclearError)
    assert [words for words in said if words not in str(error.value)] == []


@pytest.mark.parametrize("way", ["outer", "inner", "names", "table"])
def test_what_a_person_says_must_be_there(way):
    with pytest.raises(InputError, match="must have photos of two classes or more"):
        recognise(many("", count=3), way)


@pytest.mark.parametrize(
    ("files", "left_out"),
    [
        ([*many("Cracked/", "Sound/"), "preview.jpg"], {"preview.jpg": layout.NO_FOLDER}),
        (
            each("train/{low}/", [""], CRACK) + many("test/", count=2),
            dict.fromkeys(many("test/", count=2), layout.NO_FOLDER),
        ),
        ([*many("crack_", "sound_", count=9), "map.jpg"], {"map.jpg": layout.NO_NAME}),
        (
            [*each("{low}/images/", [""], CRACK), "Cracked/masks/1.png"],
            {"Cracked/masks/1.png": layout.A_MASK},
        ),
    ],
)
def test_a_photo_without_a_class_is_left_out_and_named(files, left_out):
    found = recognise(files)
    assert dict(found.left_out) == left_out
    assert {*found.files} == {*files} - {*left_out}
    assert len({*found.names}) == 2


def test_a_table_gives_split_and_building_too():
    rows = [
        f"{n}.jpg,{'crack' if n % 2 else 'ok'},{'train' if n < 8 else 'test'},B{n // 2}"
        for n in range(12)
    ]
    table = "\n".join(["photo,label,split,building", *rows]).encode()
    found = recognise(many("pictures/", count=12), tables={"t.csv": table})
    at = found.files.index("pictures/9.jpg")
    assert (found.names[at], found.parts[at], found.groups[at]) == ("crack", "test", "B4")
    assert "told by t.csv (columns 'photo' and 'label')" in found.said[0]


def test_folders_that_tell_go_before_a_table():
    table = b"file,label\n0.jpg,x\n1.jpg,y\n2.jpg,x\n3.jpg,y"
    assert {*recognise(many("Cracked/", "Sound/"), tables={"t.csv": table}).names} == {*CRACK}
    said = recognise(many("a/", count=4), "table", {"a/t.csv": table})
    assert {*said.names} == {"x", "y"}


def test_a_table_leaves_out_what_it_does_not_name_or_names_twice():
    table = b"file,label\n0.jpg,x\n1.jpg,y\n2.jpg,x\n2.jpg,y\n4.jpg,\ngone.jpg,x"
    found = recognise(many("", count=5), tables={"t.csv": table})
    assert dict(found.left_out) == {
        "2.jpg": layout.NO_CLASS,
        "3.jpg": layout.NO_ROW,
        "4.jpg": layout.NO_ROW,
    }
    assert "1 of its rows name no photo that is here" in found.said[0]


CASES = {
    "roboflow": ({"Cracked": 4, "Sound": 4}, 8),
    "sdnet_layout": ({"Cracked": 3, "Sound": 3}, 0),
    "underscore": ({"Cracked": 3, "Sound": 3, "_Spalled": 2}, 0),
}


def names_in(case: str) -> list[str]:
    with zipfile.ZipFile(io.BytesIO((SHARED / "cases" / f"{case}.zip").read_bytes())) as archive:
        return [name for name in archive.namelist() if name.endswith(".jpg")]


@needs_cases
@pytest.mark.parametrize("case", CASES)
def test_a_case_is_recognised(case):
    found, (counts, parts) = recognise(names_in(case)), CASES[case]
    assert {name: found.names.count(name) for name in found.names} == counts
    assert len(found.parts) == parts


@needs_cases
def test_a_case_without_classes_is_refused_with_ways_on():
    with pytest.raises(InputError, match=r"Put the photos of each class into a folder .* a table"):
        recognise(names_in("flat"))
    with pytest.raises(InputError, match="'Class 1', told by the names"):
        recognise(names_in("tm"))
