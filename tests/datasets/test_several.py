"""Several data sets as one: names, classes by meaning, refusals, and opened again."""

from pathlib import Path

import pytest

from crackcls import config
from crackcls.datasets import several
from crackcls.datasets.several import Source
from crackcls.errors import InputError
from crackcls.labelled import DataSet
from tests.datasets.layouts import BUILDINGS, EXAMPLES, write


def folder(top: Path, name: str, *files: str) -> str:
    for file in files:
        (top / name / file).parent.mkdir(parents=True, exist_ok=True)
        (top / name / file).write_bytes(b"")
    return str(top / name)


@pytest.fixture
def three(tmp_path) -> list[Source]:
    """Name two sets with their own names for the classes, and one of sound images."""
    return [
        Source(folder(tmp_path, "wall", "Cracked/1.jpg", "Cracked/2.jpg", "Non-cracked/3.jpg")),
        Source(folder(tmp_path, "train", "a/4.jpg", "b/5.jpg"), "bridge", crack=("a",), cap=1),
        Source(folder(tmp_path, "bricks", "6.jpg", "red/old/7.jpg"), sound=True, weight=0.5),
    ]


def test_several_sets_get_two_classes_and_keep_their_names(three, tmp_path):
    labelled = several.open_sources(three)
    assert labelled.name == "wall + bridge + bricks"
    assert labelled.classes == ("Negative", "Positive")
    assert dict(zip(labelled.files, labelled.labels, strict=True)) == {
        "wall/Cracked/1.jpg": 1,
        "wall/Cracked/2.jpg": 1,
        "wall/Non-cracked/3.jpg": 0,
        "bridge/a/4.jpg": 1,
        "bridge/b/5.jpg": 0,
        "bricks/6.jpg": 0,
        "bricks/red/old/7.jpg": 0,
    }
    assert labelled.path("bridge/a/4.jpg") == tmp_path / "train" / "a" / "4.jpg"
    assert labelled.path("bricks/red/old/7.jpg") == tmp_path / "bricks" / "red" / "old" / "7.jpg"
    assert labelled.sets[1] == DataSet("bridge", tmp_path / "train", ("a",), 1, 1.0)
    assert several.count(labelled) == 6


def test_one_folder_stays_as_it_is(tmp_path):
    place = folder(tmp_path, "wall", "Cracked/1.jpg", "Non-cracked/3.jpg")
    labelled = several.open_sources([Source(place)])
    assert (labelled.classes, labelled.sets) == (("Cracked", "Non-cracked"), ())
    assert labelled.files == ("Cracked/1.jpg", "Non-cracked/3.jpg")


def test_one_folder_of_which_more_is_said_is_mapped_too(tmp_path):
    place = folder(tmp_path, "wall", "a/1.jpg", "b/3.jpg")
    labelled = several.open_sources([Source(place, crack=("b",))])
    assert (labelled.classes, labelled.labels) == (("Negative", "Positive"), (0, 1))


def test_sets_are_described_without_their_place_and_opened_again(three, tmp_path):
    labelled = several.open_sources(three)
    described = several.describe(labelled)
    assert described[1] == {
        **{"name": "bridge", "sound": 1, "cracked": 1},
        **{"crack": ("a",), "cap": 1, "weight": 1.0, "layout": "", "group_by": ""},
    }
    assert str(tmp_path) not in str(described)
    assert several.reopen(described, labelled.places) == labelled
    with pytest.raises(InputError, match="the folder of 'bridge' is not known"):
        several.reopen(described, {"wall": tmp_path, "bricks": tmp_path})


def test_sets_of_earlier_versions_are_read_by_their_uppermost_folders(three):
    labelled = several.open_sources(three)
    described = [
        {key: value for key, value in one.items() if key not in ("layout", "group_by")}
        for one in several.describe(labelled)
    ]
    opened = several.reopen(described, labelled.places)
    assert (opened.files, opened.labels) == (labelled.files, labelled.labels)
    assert [one.layout for one in opened.sets] == ["plain"] * 3


def test_what_folders_say_stands_under_the_name_of_the_set(tmp_path):
    for number, example in enumerate(EXAMPLES[2:4]):
        write(tmp_path / f"split-{number}", example)
    write(tmp_path / "buildings", EXAMPLES[6])
    names = ("split-0", "split-1", "buildings")
    labelled = several.open_sources([Source(str(tmp_path / name)) for name in names])
    levels = labelled.levels
    assert {*levels.parts} == {"", "train", "validation", "test"}
    assert {*levels.groups} == {"", *(f"buildings/{name}" for name in BUILDINGS)}
    assert levels.said[0].startswith("split-0: The classes Cracked, Sound were found in the")
    at = labelled.files.index("buildings/Building B/Sound/0.jpg")
    assert (labelled.labels[at], levels.groups[at]) == (0, "buildings/Building B")
    assert several.reopen(several.describe(labelled), labelled.places) == labelled


def test_the_words_of_the_command_name_the_sets(three, tmp_path):
    assert several.words(three) == [
        *("--data", f"{tmp_path}/wall"),
        *("--data", f"bridge={tmp_path}/train", "--crack", "bridge=a", "--cap", "bridge=1"),
        *("--sound", f"{tmp_path}/bricks", "--weight", "bricks=0.5"),
    ]
    assert several.words([Source("metu")]) == ["--data", "metu"]
    one = Source("x", layout="inner", group_by="a=(.)")
    assert several.words([one]) == ["--data", "x", "--layout", "inner", "--group-by", "a=(.)"]
    both = several.words([one, three[0]])
    assert both[:6] == ["--data", "x", "--layout", "x=inner", "--group-by", "x=a=(.)"]


def test_a_synthetic_set_is_one_of_several(three):
    labelled = several.open_sources([Source("synthetic-40-1"), three[2]])
    assert labelled.places["synthetic-40-1"] == config.data_folder() / "synthetic-40-1"
    assert len(labelled.files) == 42


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"name": "wall"}, "two are called 'wall'"),
        ({"name": "a/b"}, "received 'a/b'"),
        ({"name": ".a"}, "received '.a'"),
        ({"name": "x"}, r"'x' \('a', 'b'\) do not tell\. .* --crack x=a"),
        ({"name": "x", "crack": ("c",)}, "received 'c'"),
        ({"name": "x", "crack": ("a", "b")}, "and not all"),
        ({"name": "x", "crack": ("a",), "cap": 0}, "cap of 'x' must be above 0, received 0"),
        ({"name": "x", "crack": ("a",), "weight": 0.0}, "weight of 'x' .* received 0"),
        ({"name": "x", "crack": ("a",), "weight": 101.0}, "at most 100, received 101"),
        ({"name": "x", "crack": ("a",), "sound": True}, "no folder of cracks"),
    ],
)
def test_what_breaks_a_rule_is_refused_with_a_way_on(three, more, said):
    with pytest.raises(InputError, match=said):
        several.open_sources([three[0], Source(three[1].data, **more)])


def test_sound_images_alone_are_refused(three):
    with pytest.raises(InputError, match="all sets here are sound"):
        several.open_sources([three[2]])
