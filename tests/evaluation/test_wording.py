"""Reports and tables with the names that a person reads."""

import numpy as np
import pytest

from crackcls.evaluation import wording
from crackcls.evaluation.report import make_report, predictions

PAIRS = [(("Cracked", "Non-cracked"), "Cracked"), (("Negative", "Positive"), "Positive")]


def table_of(classes):
    files = [f"{name}/{number}.jpg" for name in classes for number in range(4)]
    first = np.array([0.9, 0.8, 0.6, 0.4, 0.3, 0.2, 0.1, 0.7])
    return predictions(files, np.stack([first, 1 - first], axis=1), classes)


@pytest.mark.parametrize(("classes", "positive"), PAIRS)
def test_classes_of_cracks_are_called_cracked_and_sound_and_files_keep_their_names(
    classes, positive
):
    table = table_of(classes)
    report = make_report(table, classes, positive)
    named = wording.report_in_words(report)
    words = {"cracked", "sound"}
    assert {*named["classes"]} == {*named["per_class"]} == words
    assert named["positive"] == "cracked"
    assert named["per_class"]["cracked"] == report["per_class"][positive]
    assert named["confusion_matrix"] == report["confusion_matrix"]
    told = wording.table_in_words(table, wording.called(report))
    assert {*told["actual"]} == {*told["predicted"]} == words
    assert list(told["file"]) == list(table["file"])
    score = told["probability of cracked"]
    assert list(score) == list(table[f"probability of {positive}"])
    assert make_report(told, named["classes"], "cracked") == named


def test_a_report_of_an_older_version_does_not_say_what_is_looked_for():
    report = make_report(table_of(("Cracked", "Non-cracked")), ("Cracked", "Non-cracked"), None)
    del report["positive"]
    assert wording.positive_of(report) == "Cracked"
    assert wording.report_in_words(report)["positive"] == "cracked"


def test_other_things_and_more_classes_keep_their_names():
    for classes, positive in ((("cats", "dogs"), "cats"), (("no rust", "rust"), "rust")):
        report = make_report(table_of(classes), classes, positive)
        assert wording.report_in_words(report) == report
    assert wording.called({"classes": ["a", "crack", "sound"]}) == {
        "a": "a",
        "crack": "crack",
        "sound": "sound",
    }


def test_what_folders_were_taken_for_is_said():
    report = {"classes": ["Negative", "Positive"], "positive": "Positive"}
    assert wording.matched_in_words(report) is None
    matched = {"Risse": "Positive", "ok": "Negative"}
    assert wording.matched_in_words({**report, "matched": matched}) == (
        "Folders stand for the model's classes: 'Risse' is 'cracked', 'ok' is 'sound'."
    )


def test_the_rest_is_the_other_one_of_two_classes():
    assert wording.rest_of(["sound", "cracked"], "cracked") == "sound"
    assert wording.rest_of(["a", "b", "c"], "b") == "the rest"
