"""Class folders of other data: matched by name, by meaning, or as a person says."""

import pytest

from crackcls.classes.match import match, settle_match
from crackcls.errors import InputError

METU = ("Negative", "Positive"), "Positive"
WALLS = ("Cracked", "Non-cracked"), "Cracked"
RUST = ("no rust", "rust"), "rust"
ANIMALS = ("cats", "dogs"), "dogs"
THREE = ("crack", "joint", "sound"), None


@pytest.mark.parametrize(
    ("found", "model", "expected"),
    [
        (("Negative", "Positive"), METU, ("Negative", "Positive")),
        (("POSITIVE", "negative"), METU, ("Positive", "Negative")),
        (("Cracked", "Non-cracked"), METU, ("Positive", "Negative")),
        (("çatlak", "çatlaksız"), METU, ("Positive", "Negative")),
        (("CD", "UD"), METU, ("Positive", "Negative")),
        (("CD", "UD", "CW", "UW"), METU, ("Positive", "Negative", "Positive", "Negative")),
        (("Negative", "Positive"), WALLS, ("Non-cracked", "Cracked")),
        (("NON CRACKED", "cracked"), WALLS, ("Non-cracked", "Cracked")),
        (("walls", "cracks"), WALLS, ("Non-cracked", "Cracked")),
        (("No_Rust", "Rust"), RUST, ("no rust", "rust")),
        (("moss", "no moss"), RUST, (None, None)),
        (("crack", "rust"), METU, ("Positive", None)),
        (("Dogs", "CATS"), ANIMALS, ("dogs", "cats")),
        (("Cracked", "Non-cracked"), ANIMALS, (None, None)),
        (("a", "b"), METU, (None, None)),
        (("cracked", "sound", "walls"), METU, ("Positive", "Negative", None)),
        (("Joint", "CRACK", "Sound"), THREE, ("joint", "crack", "sound")),
        (("Joint", "Riss", "Sound"), THREE, ("joint", None, "sound")),
        (("+", "-"), (("+", "a"), "a"), ("+", None)),
    ],
)
def test_a_folder_is_matched_by_its_name_or_its_meaning(found, model, expected):
    assert match(found, *model) == dict(zip(found, expected, strict=True))
    assert match(found[::-1], *model) == dict(zip(found, expected, strict=True))


def test_a_model_that_looks_for_the_other_class_has_no_meaning():
    known = ("Negative", "Positive")
    assert match(("Cracked", "Non-cracked"), known, "Negative") == {
        "Cracked": None,
        "Non-cracked": None,
    }
    assert match(("positive", "NEGATIVE"), known, "Negative") == {
        "positive": "Positive",
        "NEGATIVE": "Negative",
    }


def test_what_a_person_says_goes_first():
    said = {"a": "Positive", "b": "sound"}
    assert settle_match(("a", "b"), *METU, said) == {"a": "Positive", "b": "Negative"}
    turned = settle_match(("Cracked", "ok"), *METU, {"Cracked": "Negative"})
    assert turned == {"Cracked": "Negative", "ok": "Negative"}


def test_a_folder_that_does_not_tell_is_refused_with_a_way_on():
    with pytest.raises(InputError, match="or mean the same, and 'rust' does not") as refused:
        settle_match(("cracks", "rust"), *METU)
    assert "--map rust=Negative" in refused.value.advice


@pytest.mark.parametrize("said", [{"c": "Positive"}, {"a": "rust"}, {"a": ""}])
def test_what_names_no_folder_or_no_class_is_refused(said):
    with pytest.raises(InputError, match=r"--map must name a class folder \(a, b\)"):
        match(("a", "b"), *METU, said)
