"""The options of `train` that name several data sets."""

import pytest

from crackcls import __main__
from crackcls.cli import sets
from crackcls.datasets.several import Source
from crackcls.errors import InputError


def sources_of(*words: str) -> list[Source]:
    return sets.sources_of(__main__.parser().parse_args(["train", *words]))


def test_one_set_is_what_it_was():
    assert sources_of("--data", "metu") == [Source("metu")]


def test_each_option_tells_of_the_set_that_it_names():
    words = ["--data", "metu", "--sound", "../bricks", "--data", "sd=../shared/train"]
    words += ["--cap", "metu=500", "--weight", "sd=1.5", "--crack", "sd=CD", "--crack", "sd=CP"]
    assert sources_of(*words, "--weight", "bricks=0.5") == [
        Source("metu", cap=500),
        Source("../shared/train", "sd", crack=("CD", "CP"), weight=1.5),
        Source("../bricks", sound=True, weight=0.5),
    ]


def test_a_layout_and_a_pattern_are_said_of_all_sets_or_of_one():
    words = ["--data", "metu", "--data", "sd=../x", "--sound", "../bricks"]
    said = ["--layout", "inner", "--layout", "metu=outer", "--group-by", r"sd=(\d+)="]
    assert sources_of(*words, *said) == [
        Source("metu", layout="outer"),
        Source("../x", "sd", layout="inner", group_by=r"(\d+)="),
        Source("../bricks", sound=True),
    ]
    one = sources_of("--data", "metu", "--layout", "names", "--group-by", "x=(.)")
    assert one == [Source("metu", layout="names", group_by="x=(.)")]


@pytest.mark.parametrize("layout", ["middle", "metu=middle", "x=inner"])
def test_a_layout_that_is_none_is_refused(layout):
    with pytest.raises(InputError, match="must be one of outer, inner, names, table, plain"):
        sources_of("--data", "metu", "--layout", layout)


def test_a_folder_with_an_equals_sign_in_its_name_is_taken_as_it_is(tmp_path):
    (tmp_path / "a=b").mkdir()
    assert sources_of("--data", f"{tmp_path}/a=b") == [Source(f"{tmp_path}/a=b")]
    assert sources_of("--data", f"wall={tmp_path}/a=b") == [Source(f"{tmp_path}/a=b", "wall")]


@pytest.mark.parametrize(
    "words", [("--cap", "x=5"), ("--weight", "x=2"), ("--crack", "x=a"), ("--cap", "=5")]
)
def test_an_option_of_a_set_that_is_not_named_is_refused(words):
    with pytest.raises(InputError, match=r"name of a data set \(metu, wall\) and '='"):
        sources_of("--data", "metu", "--data", "wall=../x", *words)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--cap", "metu"), "must be NAME=COUNT, received 'metu'"),
        (("--cap", "metu=few"), "must be NAME=COUNT, received 'metu=few'"),
        (("--weight", "metu=much"), "must be NAME=NUMBER"),
        (("--crack", "Cracked"), "must be NAME=FOLDER"),
    ],
)
def test_a_value_of_another_form_is_refused(capsys, words, said):
    with pytest.raises(SystemExit) as stop:
        sources_of("--data", "metu", *words)
    assert (stop.value.code, said in capsys.readouterr().err) == (2, True)
