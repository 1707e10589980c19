"""Classes in the names of files."""

import pytest

from crackcls.datasets import file_names


@pytest.mark.parametrize(
    ("file", "stem"),
    [
        ("cracked_001.jpg", "cracked"),
        ("walls/sound-12.png", "sound"),
        ("Cracked (12).JPG", "Cracked"),
        ("cracked - Copy (2).jpg", "cracked"),
        ("001_cracked.jpg", "cracked"),
        ("2024-01-05 no crack.jpg", "no crack"),
        ("not_cracked_wall_3.jpeg", "not_cracked_wall"),
        ("crack12", "crack"),
        ("Class 1-!-0.jpg", "Class 1"),
        ("a-!-b-!-7.jpg", "a-!-b"),
        ("0.jpg", ""),
        ("12 (3).jpg", ""),
        ("亀裂_3.jpg", "亀裂"),
    ],
)
def test_the_words_of_a_name_stand_without_its_numbers(file, stem):
    assert file_names.stem_of(file) == stem


@pytest.mark.parametrize(
    ("files", "classes"),
    [
        (["cracked_1", "cracked_2", "sound-1"], ["cracked", "cracked", "sound"]),
        (["crack_a_1", "cracks_b_1", "uncracked 1"], ["Cracked", "Cracked", "uncracked"]),
        (["crack1", "ok1", "ok2", "ok3", "map"], ["crack", "ok", "ok", "ok", ""]),
        (
            ["crack1", "crack2", "ok1", "ok2", "rust1", "rust2"],
            ["crack"] * 2 + ["ok"] * 2 + ["rust"] * 2,
        ),
        (["crack1", "ok1", "rust1", "IMG2"], None),
        (["crack1", "crack2"], None),
        (["IMG_1", "DSC_2"], None),
    ],
)
def test_words_that_tell_cracked_from_sound_are_classes(files, classes):
    assert file_names.understood([f"{file}.jpg" for file in files]) == classes


@pytest.mark.parametrize(
    ("files", "classes"),
    [
        (["A-!-0.jpg", "B-!-0.jpg"], ["A", "B"]),
        (["A-!-0.jpg", "A-!-1.jpg", "B-!-0.jpg", "B-!-1.jpg", "x.jpg"], ["A", "A", "B", "B", ""]),
        (["A-!-0.jpg", "x.jpg"], None),
        (["A-0.jpg"], None),
    ],
)
def test_a_mark_behind_the_class_tells_it(files, classes):
    assert file_names.marked(files) == classes


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (["rust1", "rust2", "spall1", "spall2"], ["rust", "rust", "spall", "spall"]),
        (["rust1", "rust2", "spall1"], None),
        (["rust1", "rust2"], None),
        (["IMG_1", "IMG_2", "DSC_1", "DSC_2"], None),
        (["WhatsApp Image 1", "WhatsApp Image 2", "photo 1", "photo 2"], None),
        (["1", "2", "rust1", "rust2"], None),
        ([f"{letter}{letter}{n}" for letter in "cdfghijkmnopq" for n in "12"], None),
    ],
)
def test_few_words_that_come_again_may_be_classes(files, words):
    assert file_names.plausible([f"{file}.jpg" for file in files]) == words
