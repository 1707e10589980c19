"""What the names of class folders are taken to mean."""

import pytest

from crackcls.class_names import CRACK, SOUND, meaning, meanings, opposite


@pytest.mark.parametrize(
    "name",
    [
        *("Positive", "cracked", "CRACK", "Cracks", "crack_images", "01_crack", "HairlineCracks"),
        *("CD", "CP", "cw", "defect", "Damaged", "bad", "yes", "fissure", "not ok", "unsound"),
    ],
)
def test_a_name_of_cracks(name: str):
    assert meaning(name) == CRACK


@pytest.mark.parametrize(
    "name",
    [
        *("Negative", "sound", "UD", "UP", "uw", "intact", "OK", "good", "clean", "00_normal"),
        *("Non-cracked", "non_cracked", "NonCracked", "noncracked", "Noncrack", "not_cracked"),
        *("uncracked", "UNCRACKED", "Uncracked 2", "no crack", "NoCrack", "no_cracks", "nocrack"),
        *("crack-free", "CrackFree", "crackfree", "without cracks", "undamaged", "no damage"),
        *("sound - no cracks", "non-defective", "Concrete (not cracked)"),
    ],
)
def test_a_name_of_sound_concrete(name: str):
    assert meaning(name) == SOUND


@pytest.mark.parametrize("name", ["walls", "a", "1", "", "cracked and sound", "no", "non", "Risse"])
def test_a_name_that_does_not_tell(name: str):
    assert meaning(name) is None


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("Cracked", "Non-cracked"), (CRACK, SOUND)),
        (("Negative", "Positive"), (SOUND, CRACK)),
        (("no", "yes"), (SOUND, CRACK)),
        (("cracks", "walls"), (CRACK, SOUND)),
        (("intact", "spalled"), (SOUND, CRACK)),
        (("CD", "CP", "UD"), (CRACK, CRACK, SOUND)),
        (("a", "b"), None),
        (("crack", "cracked"), None),
        (("cracks", "sound", "walls"), None),
        (("sound",), None),
    ],
)
def test_the_classes_of_a_folder(names, expected):
    assert meanings(names) == (dict(zip(names, expected, strict=True)) if expected else None)


def test_each_meaning_is_the_opposite_of_the_other():
    assert (opposite(CRACK), opposite(SOUND)) == (SOUND, CRACK)
