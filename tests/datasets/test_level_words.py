"""Names of folders that are no classes."""

import pytest

from crackcls.datasets import level_words


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("train", "train"),
        ("Training", "train"),
        ("TRAIN_SET", "train"),
        ("training-images", "train"),
        ("Trainingsdaten", None),
        ("entraînement", "train"),
        ("eğitim", "train"),
        ("训练集", "train"),
        ("val", "validation"),
        ("Valid", "validation"),
        ("Validation", "validation"),
        ("dev", "validation"),
        ("validación", "validation"),
        ("検証", "validation"),
        ("test", "test"),
        ("Testing", "test"),
        ("test set", "test"),
        ("prueba", "test"),
        ("テスト", "test"),
        ("테스트", "test"),
        ("eval", "validation"),
        ("Cracked", None),
        ("test wall", None),
        ("images", None),
        ("", None),
        ("---", None),
    ],
)
def test_the_part_of_a_split_is_known_by_its_word(name, part):
    assert level_words.part_of(name) == part


@pytest.mark.parametrize(
    ("beside", "part"),
    [
        (["train", "eval"], "validation"),
        (["train", "eval", "test"], "validation"),
        (["train", "eval", "val"], "test"),
        (["evaluation"], "validation"),
    ],
)
def test_what_eval_means_hangs_on_what_lies_beside_it(beside, part):
    assert level_words.part_of("eval", beside) == part


@pytest.mark.parametrize(
    ("name", "is_place"),
    [
        ("Building A", True),
        ("Gebäude 3", True),
        ("pont-neuf", True),
        ("橋梁", True),
        ("2024-01-05", True),
        ("2024_01", True),
        ("20240105", True),
        ("05.01.2024", True),
        ("2019", True),
        ("May 2019", True),
        ("7001", True),
        ("100MEDIA", True),
        ("101_0001", True),
        ("Inspector Smith", True),
        ("cracked", False),
        ("spalling", False),
        ("class 1", False),
        ("0", False),
        ("12", False),
        ("May", False),
        ("A", False),
    ],
)
def test_a_place_a_date_or_a_person_is_no_class(name, is_place):
    assert level_words.is_place(name) == is_place


def test_kinds_of_files_are_no_classes_either():
    assert level_words.are_places(["images", "masks"])
    assert not level_words.are_places(["images", "cracked"])
    assert level_words.are_surfaces(["D", "P", "W"])
    assert level_words.are_surfaces(["Bridge decks", "walls"])
    assert not level_words.are_surfaces(["walls", "Building A"])
    assert level_words.is_masks("masks", ["images"])
    assert not level_words.is_masks("masks", ["cracked"])
