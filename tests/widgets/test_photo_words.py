"""What a verdict says it rests on."""

from dataclasses import replace

import numpy as np
import pytest

from crackcls import config
from crackcls.interval import percent
from crackcls.photos.verdict import decide, row_of
from crackcls.widgets import photo_words
from tests.widgets.analyses import analysis_of


@pytest.mark.parametrize(
    ("analysis", "kind", "said"),
    [
        (analysis_of([0.98], (1,)), "found", photo_words.ONE_TILE),
        (analysis_of([0.0], (1,)), "not found", photo_words.ONE_TILE),
        (
            analysis_of([0.9, 0, 0, 0], (2, 2)),
            "doubtful",
            "1 of 4 tiles looks cracked: 1 large and 0 small. A verdict takes 2 large ones or 2 "
            "small ones. Look closer, or go nearer.",
        ),
        (analysis_of([0, 0, 0], (1,)), "not found", "None of the 3 tiles looks cracked."),
        (
            analysis_of([0.9, 0.9, 0], (2,), ("a_b", "c_d")),
            "found",
            "2 of 3 tiles look like 'c\\_d'. A photo without that class shows 2 of them by mistake "
            "less than once in 100 times.",
        ),
        (
            analysis_of([0.9], (1,), ("a", "b", "c")),
            "found",
            "The likeliest of the 3 classes that this model knows.",
        ),
    ],
)
def test_a_verdict_says_what_it_rests_on(analysis, kind, said):
    verdict = decide(analysis)
    assert verdict.kind == kind
    assert photo_words.reasons(verdict, analysis, config.THRESHOLD) == said


@pytest.mark.parametrize(
    ("analysis", "headline", "measures"),
    [
        (analysis_of([0.98], (1,)), "Cracked]", "Probability of a crack: 98.0%"),
        (analysis_of([0.0], (1,)), "No crack found]", "Probability of a crack: under 0.1%"),
        (
            analysis_of([0.9, 0.8, 0.0], (2,)),
            "Cracked, 2 of 3 tiles]",
            "a crack: 80.0%, the lowest",
        ),
        (analysis_of([0.9, 0.2, 0.0], (2,)), "Doubtful, 1 of 3 tiles]", "a crack: 20.0%, the low"),
        (analysis_of([0.1, 0.0], (1,)), "No crack found]", "of a crack: 10.0%, the lowest"),
        (analysis_of([0.9, 0.9], (1,), ("a", "b_c")), "B\\_c, 2 of 2 tiles]", "of b\\_c: 90.0%"),
        (analysis_of([0.9], (1,), ("a", "b", "c")), "B]", "Probability of b: 90.0% · Fam"),
    ],
)
def test_one_line_says_the_verdict_and_the_figures_are_those_of_the_table(
    analysis, headline, measures
):
    verdict = decide(analysis)
    assert photo_words.headline(verdict, analysis).endswith(headline)
    assert measures in photo_words.measures(verdict, analysis)
    assert photo_words.measures(verdict, analysis).endswith("Familiarity: 100%")
    assert percent(row_of("a.jpg", verdict)["probability"]) in photo_words.measures(
        verdict, analysis
    )


def test_a_photo_of_one_strange_tile_tells_no_probability():
    analysis = replace(analysis_of([0.9], (1,)), familiarity=np.float32([0.1]))
    verdict = decide(analysis)
    assert photo_words.reasons(verdict, analysis, config.THRESHOLD) == (
        "Taken for familiar, it would look cracked. That says little here."
    )


@pytest.mark.parametrize(
    ("places", "said"),
    [
        ([(0, 0, 20, 20), (40, 40, 20, 20)], "a.jpg: cracked, strongest at the bottom right"),
        ([(22, 22, 20, 20), (22, 22, 20, 20)], "a.jpg: cracked, strongest in the middle"),
        ([(0, 0, 60, 60), (22, 0, 20, 10)], "a.jpg: cracked, strongest at the top middle"),
    ],
)
def test_whoever_sees_no_picture_is_told_where_it_is(places, said):
    analysis = replace(analysis_of([0.9, 0.95], (1,)), places=np.array(places))
    assert photo_words.seen("a.jpg", decide(analysis), analysis) == said
    where, told = said.partition("strongest ")[2], photo_words.closeup("a.jpg", analysis)
    assert told == f"a.jpg: the strongest place, {where}, enlarged"


def test_of_one_tile_or_no_crack_no_place_is_told():
    for votes, words in (([0.9], "cracked"), ([0.0, 0.0], "no crack found")):
        analysis = analysis_of(votes, (1,))
        assert photo_words.seen("a.jpg", decide(analysis), analysis) == f"a.jpg: {words}"
