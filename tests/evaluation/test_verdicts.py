"""The verdicts of Predict beside the probabilities of an evaluation."""

import numpy as np
import pandas as pd
import pytest

from crackcls.evaluation import verdicts

TABLE = pd.DataFrame({"file": ["a", "b", "c", "d"]})


def judged(*said: str) -> pd.DataFrame:
    return verdicts.added(TABLE, [{"verdict": np.array(words)} for words in said])


def test_a_verdict_stands_in_the_row_of_its_file():
    table = judged("cracked", "doubtful", "unfamiliar", "no crack found")
    assert table["verdict"].tolist() == ["cracked", "doubtful", "unfamiliar", "no crack found"]
    assert verdicts.counted(table) == {"no_verdict": {"doubtful": 1, "unfamiliar": 1}}


def test_a_model_without_verdicts_has_none():
    table = verdicts.added(TABLE, [{"probabilities": np.ones(2)}] * 4)
    assert table is TABLE
    assert verdicts.counted(table) == {}


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({}, ""),
        ({"doubtful": 0, "unfamiliar": 0}, ""),
        (
            {"doubtful": 0, "unfamiliar": 1},
            "Predict calls 1 unfamiliar: on this image it gives no verdict. Here it counts by the "
            "probability.",
        ),
        (
            {"doubtful": 1200, "unfamiliar": 3},
            "Predict calls 1,200 doubtful and 3 unfamiliar: on these it gives no verdict. Here "
            "they count by the probability.",
        ),
    ],
)
def test_images_without_a_verdict_are_told(counts, said: str):
    assert verdicts.in_words({"no_verdict": counts}) == said
    assert verdicts.in_words({}) == ""
