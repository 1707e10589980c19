"""What is told of a folder before training: broken files, copies, wrong labels, few images."""

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from crackcls import images
from crackcls.datasets import copies, inspection, split
from crackcls.labelled import Labelled, list_images
from tests.conftest import METU, encoded, needs_metu, picture


def put(top: Path, files: dict[str, bytes]) -> Labelled:
    """Write files named `Class/name` and list them."""
    for name, content in files.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_bytes(content)
    return list_images(top)


def photo(seed: int, size: int = 120, **options) -> bytes:
    return encoded(picture(seed, size), **{"quality": 95, **options})


def mirrored(seed: int) -> bytes:
    return encoded(picture(seed, 120).transpose(Image.Transpose.FLIP_LEFT_RIGHT), quality=90)


def ignore(kind: str, **fields) -> None:
    """Hear an event and do nothing."""


def many(name: str, count: int, start: int = 0) -> dict[str, bytes]:
    return {f"{name}/{i:03}.jpg": photo(start + i) for i in range(count)}


def exact_copies(found: inspection.Inspection) -> list[tuple[str, ...]]:
    """Give the files that have the same bytes, one tuple for each content."""
    return several(found.images, "sha256")


def near_copies(found: inspection.Inspection) -> list[tuple[str, ...]]:
    """Give the files that are linked by near copies, one tuple for each group."""
    several_contents = found.images.groupby("group")["sha256"].transform("nunique") > 1
    return several(found.images[several_contents], "group")


def conflicts(found: inspection.Inspection) -> list[tuple[str, ...]]:
    """Give the files that show the same picture and lie in two classes or more."""
    several_classes = found.images.groupby("picture")["class"].transform("nunique") > 1
    return several(found.images[several_classes], "picture")


def several(table: pd.DataFrame, key: str) -> list[tuple[str, ...]]:
    """Give the files of each value that stands several times, by first file."""
    grouped = table.groupby(key, sort=False)["file"]
    return [tuple(files) for _, files in grouped if len(files) > 1]


@pytest.fixture
def found(tmp_path: Path) -> inspection.Inspection:
    """Inspect a folder that has one of each fault."""
    return inspection.inspect(put(tmp_path / "data", EACH_FAULT), ignore)


EACH_FAULT = {
    **many("sound", 22),
    "sound/again.jpg": photo(3),
    "sound/nested/again.jpg": photo(3),
    "sound/mirrored.jpg": mirrored(5),
    "sound/small.png": encoded(picture(50, 95), "PNG"),
    "sound/just large enough.png": encoded(picture(51, 96), "PNG"),
    "sound/wide.png": encoded(picture(52, 200).resize((300, 96)), "PNG"),
    "sound/größe.jpg": b"",
    **many("Riß", 3, start=100),
    "Riß/wrong.jpg": photo(7),
    "Riß/wrong and saved again.png": encoded(images.read_photo(photo(8)), "PNG"),
    "Riß/ひび割れ.jpg": mirrored(9),
    "Riß/cut off.jpg": photo(60)[:-900],
    "Riß/text.jpg": b"this is no photo",
    **many("dust", 2, start=200),
}


def test_each_image_is_listed_with_its_size_and_hash(found):
    table = found.images.set_index("file")
    assert found.classes == ("Riß", "dust", "sound")
    assert len(table) == 36
    assert table["class"].value_counts().to_dict() == {"sound": 28, "Riß": 6, "dust": 2}
    assert table.loc["sound/wide.png", ["width", "height"]].tolist() == [300, 96]
    assert table.loc["Riß/wrong.jpg", "sha256"] == hashlib.sha256(photo(7)).hexdigest()


def test_broken_files_are_listed_with_the_reason(found):
    assert found.broken["file"].tolist() == ["Riß/cut off.jpg", "Riß/text.jpg", "sound/größe.jpg"]
    assert found.broken["class"].tolist() == ["Riß", "Riß", "sound"]
    damaged, text, empty = found.broken["reason"]
    assert "this JPEG file is damaged" in damaged
    assert "this one is a text" in text
    assert "this file has 0 bytes" in empty


def test_classes_are_counted_and_measured(found):
    table = inspection.class_table(found)
    assert table.columns.tolist() == [
        *("class", "images", "different pictures", "broken"),
        *("smallest side", "median short side", "largest side"),
    ]
    assert table.to_numpy().tolist() == [
        ["Riß", 6, 6, 2, 120, 120, 120],
        ["dust", 2, 2, 0, 120, 120, 120],
        ["sound", 28, 25, 1, 95, 120, 300],
    ]
    assert inspection.guess_accuracy(found) == 28 / 36


def test_exact_copies_have_the_same_bytes(found):
    assert exact_copies(found) == [
        ("Riß/wrong.jpg", "sound/007.jpg"),
        ("sound/003.jpg", "sound/again.jpg", "sound/nested/again.jpg"),
    ]


def test_near_copies_look_alike_and_have_other_bytes(found):
    assert near_copies(found) == [
        ("Riß/wrong and saved again.png", "sound/008.jpg"),
        ("Riß/ひび割れ.jpg", "sound/009.jpg"),
        ("sound/005.jpg", "sound/mirrored.jpg"),
    ]
    assert found.near_pairs == 2


def test_the_same_picture_in_two_classes_is_a_conflict_and_a_mirrored_one_is_not(found):
    assert conflicts(found) == [
        ("Riß/wrong and saved again.png", "sound/008.jpg"),
        ("Riß/wrong.jpg", "sound/007.jpg"),
    ]


def test_examples_in_two_classes_come_first(found):
    assert found.examples.columns.tolist() == inspection.EXAMPLE_COLUMNS
    crossed = found.examples["in two classes"]
    assert crossed.tolist() == [True, True, True, False]
    rows = found.examples[["one", "other", "what they are"]].to_numpy().tolist()
    assert sorted([*sorted(row[:2]), row[2]] for row in rows[:3]) == [
        ["Riß/wrong and saved again.png", "sound/008.jpg", "near copies"],
        ["Riß/wrong.jpg", "sound/007.jpg", "same bytes"],
        ["Riß/ひび割れ.jpg", "sound/009.jpg", "near copies"],
    ]
    assert sorted(rows[3]) == ["near copies", "sound/005.jpg", "sound/mirrored.jpg"]


def test_the_findings_name_each_fault(found):
    table = inspection.findings(found)
    assert table.columns.tolist() == ["what was found", "count", "what will be done"]
    assert table["what was found"].tolist() == [
        "files that cannot be read",
        "exact copies (images with the same bytes)",
        "near copies (mirrored, turned, shifted or saved again)",
        "images of one picture in two classes",
        "images that the largest class has above the smallest",
        "images under 96 pixels",
        "classes with under 20 different pictures",
        "files that hold several pictures",
        "files that are no photos",
    ]
    assert table["count"].tolist() == [3, 5, 6, 4, 26, 1, 2, 0, 0]
    broken, exact, near, conflict, imbalance, small, few, *_ = table["what will be done"]
    assert broken == "left out of training and listed; no file is deleted"
    assert exact == near == "kept; the grouped split puts all copies of an image into one part"
    assert "sort it by hand" in conflict
    assert "always guessing 'sound', 77.8%" in imbalance
    assert "blurs" in small
    assert few == "training will refuse, for 'dust' cannot fill three parts"


def test_clean_folders_need_nothing_done(tmp_path):
    labelled = put(tmp_path, {**many("a", 20), **many("b", 20, start=50)})
    found = inspection.inspect(labelled, ignore)
    table = inspection.findings(found)
    assert table["count"].tolist() == [0] * 9
    assert set(table["what will be done"]) == {"nothing to do"}
    assert exact_copies(found) == conflicts(found) == []
    assert near_copies(found) == []
    assert len(found.examples) == found.near_pairs == 0
    assert inspection.guess_accuracy(found) == 0.5


@pytest.mark.parametrize("readable", [0, 5])
def test_a_class_of_broken_files_ends_nothing_and_is_named(tmp_path, readable: int):
    broken = {"bad/1.jpg": b"no", "bad/2.jpg": b"", "good/x.jpg": b"x"}
    found = inspection.inspect(put(tmp_path, {**many("good", readable), **broken}), ignore)
    told = inspection.findings(found)
    assert len(found.broken) == 3
    assert told["count"].tolist()[0] == 3
    named = "'bad'" if readable else "'bad', 'good'"
    assert told["what will be done"][0].endswith(
        f"training will refuse, for no image of {named} can be read"
    )
    assert told["what will be done"][6] == (
        f"training will refuse, for {named} cannot fill three parts"
    )
    assert inspection.guess_accuracy(found) == (1 if readable else 0)
    assert inspection.class_table(found)["images"].tolist() == [0, readable]


def test_files_of_several_pictures_and_files_that_are_no_photos_are_told(tmp_path):
    pages = [picture(i) for i in range(3)]
    several = {
        "a/scan": encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:]),
        "a/moving.gif": encoded(pages[0], "GIF", save_all=True, append_images=pages[1:]),
    }
    others = {"a/notes.txt": b"hello", "b/x.pdf": b"%PDF-1.7", "read me.md": b"hello"}
    litter = {"a/Thumbs.db": b"x", "b/._1.jpg": b"x", "b/@eaDir/1.jpg": photo(3)}
    labelled = put(tmp_path, {**many("a", 2), **many("b", 2, 5), **several, **others, **litter})
    found = inspection.inspect(labelled, ignore)
    counts = inspection.findings(found).set_index("what was found")["count"]
    assert counts["files that hold several pictures"] == 2
    assert counts["files that are no photos"] == 3
    assert [*found.passed_over] == ["a/notes.txt", "b/x.pdf", "read me.md"]
    assert found.images.loc[found.images["several"], "file"].tolist() == ["a/moving.gif", "a/scan"]


def test_a_class_of_copies_counts_as_few(tmp_path):
    files = {**many("a", 20), **{f"b/{i}.jpg": photo(99) for i in range(20)}}
    found = inspection.inspect(put(tmp_path, files), ignore)
    few = inspection.findings(found).iloc[6]
    assert few["count"] == 1
    assert few["what will be done"] == "training will refuse, for 'b' cannot fill three parts"
    assert inspection.class_table(found)["different pictures"].tolist() == [20, 1]


@pytest.mark.parametrize(("count", "refuses"), [(2, True), (3, False), (19, False)])
def test_few_images_are_warned_of_and_too_few_refused(tmp_path, count: int, refuses: bool):
    labelled = put(tmp_path, {**many("a", 20), **many("b", count, start=50)})
    few = inspection.findings(inspection.inspect(labelled, ignore)).iloc[6]
    assert few["count"] == 1
    assert few["what will be done"].startswith("training will refuse") == refuses
    assert (0 in split.part_sizes(count)) == refuses


def test_even_pictures_of_two_brightnesses_are_no_conflict(tmp_path):
    even = {
        f"{name}/even.png": encoded(Image.new("RGB", (100, 100), colour), "PNG")
        for name, colour in (("a", "grey"), ("b", "white"), ("c", "grey"))
    }
    found = inspection.inspect(put(tmp_path, even), ignore)
    assert conflicts(found) == [("a/even.png", "c/even.png")]


def test_a_table_of_copies_gives_the_same_findings(tmp_path, found, monkeypatch):
    monkeypatch.setattr(copies, "MAX_MARKS", 0)
    again = inspection.inspect(put(tmp_path / "again", EACH_FAULT), ignore)
    assert again.near_pairs == found.near_pairs
    pd.testing.assert_frame_equal(inspection.findings(again), inspection.findings(found))
    pd.testing.assert_frame_equal(again.examples, found.examples)


def test_no_more_than_a_handful_of_examples_is_kept(tmp_path):
    doubled = {f"b/{i}.jpg": photo(i) for i in range(30)}
    found = inspection.inspect(put(tmp_path, {**many("a", 30), **doubled}), ignore)
    assert len(found.examples) == 8
    assert found.examples["in two classes"].all()


@pytest.mark.parametrize("seed", range(6))
def test_an_example_is_taken_from_two_classes_where_one_can_be(tmp_path, seed: int):
    one, turned = photo(seed), mirrored(seed)
    files = {"a/one.jpg": one, "b/one.jpg": one, "a/turned.jpg": turned}
    examples = inspection.inspect(put(tmp_path, files), ignore).examples
    pairs = {frozenset(pair) for pair in zip(examples["one"], examples["other"], strict=True)}
    assert pairs == {
        frozenset(["a/one.jpg", "b/one.jpg"]),
        frozenset(["b/one.jpg", "a/turned.jpg"]),
    }
    assert examples["in two classes"].all()


def test_progress_is_told_for_each_phase(tmp_path):
    heard = []
    labelled = put(tmp_path, {**many("a", 3), "b/1.jpg": b""})
    inspection.inspect(labelled, lambda kind, **fields: heard.append((kind, fields)))
    phases = [fields["phase"] for kind, fields in heard if kind == "phase"]
    assert phases == ["checking images", "finding near copies"]
    last = [fields for kind, fields in heard if kind == "progress"][-1]
    assert last["done"] == last["total"] == 4


@pytest.mark.slow
@needs_metu
def test_near_copies_on_metu_are_those_of_brute_force():
    every = list_images(METU)
    chosen = range(14_900, 15_400)
    files = (*every.files[:20], *(every.files[i] for i in chosen))
    labels = (*every.labels[:20], *(every.labels[i] for i in chosen))
    found = inspection.inspect(Labelled(METU, every.classes, files, labels), ignore)
    photos = (images.read_photo((METU / file).read_bytes()) for file in files)
    codes = np.stack([copies.fingerprint(p) for p in photos]).reshape(520, 8, 32)
    words = codes.view(np.uint64)
    one_way = [np.bitwise_count(words[:, None, 0] ^ words[None, :, v]).sum(-1) for v in range(8)]
    near = np.min(one_way, axis=0) <= 10
    near = (near | near.T) & ~np.eye(520, dtype=bool)
    linked = {files[i] for i in np.flatnonzero(near.any(axis=1))}
    assert len(linked) > 10
    assert {file for group in near_copies(found) for file in group} == linked
    assert inspection.findings(found)["count"][2] == len(linked)
    assert conflicts(found) == exact_copies(found) == []
