"""Which of two classes is looked for, and what a person reads for each."""

import pytest

from crackcls.classes.names import (
    CRACK,
    SOUND,
    foremost,
    guess_positive,
    in_words,
    is_crack,
    looked_for,
    meanings,
    not_found,
    opposite,
    settle,
    with_folders,
)
from crackcls.errors import InputError

# The name of cracks first.
OF_CRACKS = [
    *(("Cracked", "Non-cracked"), ("Positive", "Negative"), ("crack", "ok"), ("CD", "UD")),
    *(("CP", "UP"), ("cw", "uw"), ("damaged", "intact"), ("defect", "good"), ("NG", "OK")),
    *(
        ("1_defect", "0_good"),
        ("fail", "pass"),
        ("faulty", "normal"),
        ("yes", "no"),
        ("True", "False"),
        ("1", "0"),
    ),
    *(("1_cracked", "0_sound"), ("0_cracked", "1_sound"), ("crack", "no_crack"), ("y", "n")),
    *(("class_1", "class_0"), ("damage_1", "damage_0"), ("cracks", "walls"), ("bad", "A good 1")),
    *(("crack", "background"), ("A", "no crack"), ("CRACKED", "uncracked"), ("crack", "non")),
    *(("Riss", "kein Riss"), ("gerissen", "ungerissen"), ("mit_Rissen", "ohne_Riss")),
    *(("n.i.O.", "i.O."), ("ja", "nein"), ("fissuré", "sain"), ("avec fissure", "sans fissure")),
    *(("agrietado", "sano"), ("con grietas", "sin grietas"), ("crepe", "senza crepe")),
    *(("trincado", "íntegro"), ("com fissura", "sem fissura"), ("çatlak", "çatlaksız")),
    *(("çatlak var", "çatlak yok"), ("裂缝", "无裂缝"), ("开裂", "未开裂"), ("有", "无")),
    *(("不良", "良"), ("ひび割れ", "ひび割れなし"), ("ひびあり", "ひびなし"), ("損傷", "健全")),
    *(
        ("unhealthy", "healthy"),
        ("non conforme", "conforme"),
        ("不良品", "良品"),
        ("不合格", "合格"),
    ),
    *(("균열", "균열 없음"), ("불량", "양호"), ("是", "否")),
]
# The name of the thing first.
OF_OTHER_THINGS = [
    *(("rust", "no rust"), ("spalled", "unspalled"), ("Moss", "moss-free"), ("rusty", "no_rust")),
    *(("mit Moos", "ohne Moos"), ("rust", "good"), ("rust_1", "rust_0"), ("paint_defect", "ok")),
]


@pytest.mark.parametrize("turned", [1, -1])
@pytest.mark.parametrize("pair", OF_CRACKS)
def test_of_two_names_that_of_cracks_is_found(pair: tuple[str, str], turned: int):
    classes = pair[::turned]
    assert guess_positive(classes) == looked_for(classes) == settle(classes) == pair[0]
    assert is_crack(classes, pair[0])
    assert in_words(classes, pair[0]) == {pair[0]: "cracked", pair[1]: "sound"}
    assert not_found(classes, pair[0]) == "no crack found"
    assert meanings(classes) == {pair[0]: CRACK, pair[1]: SOUND}


@pytest.mark.parametrize("turned", [1, -1])
@pytest.mark.parametrize("pair", OF_OTHER_THINGS)
def test_another_thing_is_looked_for_without_a_word_of_cracks(pair: tuple[str, str], turned: int):
    classes = pair[::turned]
    assert guess_positive(classes) == settle(classes) == pair[0]
    assert not is_crack(classes, pair[0])
    assert in_words(classes, pair[0]) == dict(zip(pair, pair, strict=True))
    assert not_found(classes, pair[0]) == pair[1]


@pytest.mark.parametrize("turned", [1, -1])
@pytest.mark.parametrize(
    "pair",
    [
        *(("cats", "dogs"), ("a", "b"), ("1", "2"), ("up", "down"), ("crack", "cracked")),
        *(("crack", "damage"), ("crack", "crack_repaired"), ("good", "clean"), ("+", "-")),
        *(("비둘기", "고양이"), ("un", "deux"), ("crack_low", "crack_high")),
    ],
)
def test_names_that_do_not_tell_are_asked_for(pair: tuple[str, str], turned: int):
    classes = pair[::turned]
    assert guess_positive(classes) is None
    assert meanings(classes) is None
    assert looked_for(classes) == classes[-1]
    with pytest.raises(InputError, match="do not tell") as refused:
        settle(classes)
    assert f"--positive {classes[0]}" in refused.value.advice
    assert settle(classes, pair[0]) == looked_for(classes, pair[0]) == pair[0]
    assert in_words(classes, pair[0]) == dict(zip(pair, pair, strict=True))


def test_a_class_beside_cracks_that_is_another_thing_keeps_its_name():
    assert in_words(("crack", "rust"), "crack") == {"crack": "cracked", "rust": "rust"}
    assert not_found(("crack", "rust"), "crack") == "no crack found"


def test_what_a_person_says_goes_before_the_words():
    classes = ("Negative", "Positive")
    assert settle(classes, "Negative") == looked_for(classes, "Negative") == "Negative"
    assert not is_crack(classes, "Negative")
    assert in_words(classes, "Negative") == {"Negative": "Negative", "Positive": "Positive"}
    assert not_found(classes, "Negative") == "Positive"


def test_of_more_than_two_classes_none_is_looked_for():
    classes = ("joint", "crack", "sound")
    assert guess_positive(classes) is looked_for(classes) is settle(classes) is None
    assert in_words(classes, None) == {name: name for name in classes}
    assert foremost(classes, None) == "crack"
    assert foremost(("a", "b", "c"), None) == "a"
    with pytest.raises(InputError, match="left out with 3 classes, received 'crack'"):
        settle(classes, "crack")


def test_a_class_that_is_not_there_is_refused():
    with pytest.raises(InputError, match="one of 'ok' and 'crack', received 'Crack'"):
        settle(("ok", "crack"), "Crack")
    assert looked_for(("ok", "crack"), "Crack") == "crack"


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("intact", "spalled"), (SOUND, CRACK)),
        (("CD", "CP", "UD"), (CRACK, CRACK, SOUND)),
        (("Risse", "ohne Risse", "crack_free", "Positive"), (CRACK, SOUND, SOUND, CRACK)),
        (("cracks", "sound", "walls"), None),
        (("CD", "UD", "walls"), None),
        (("sound",), None),
    ],
)
def test_each_folder_of_several_has_its_meaning(names, expected):
    assert meanings(names) == (dict(zip(names, expected, strict=True)) if expected else None)


def test_each_meaning_is_the_opposite_of_the_other():
    assert (opposite(CRACK), opposite(SOUND)) == (SOUND, CRACK)


@pytest.mark.parametrize(
    ("classes", "positive", "called"),
    [
        (("Negative", "Positive"), "Positive", ["sound (Negative)", "cracked (Positive)"]),
        (("cracked", "Sound"), "cracked", ["cracked", "Sound"]),
        (("No rust", "rust"), "rust", ["No rust", "rust"]),
        (("brick", "moss", "oak"), None, ["brick", "moss", "oak"]),
        (("cats", "dogs"), None, ["cats", "dogs"]),
    ],
)
def test_a_class_is_called_by_its_word_with_its_folder_behind(classes, positive, called):
    assert list(with_folders(classes, positive).values()) == called
