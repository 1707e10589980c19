"""Recall and false alarms, counted in a report's matrix."""

import pytest

from crackcls.runs import rates

TWO = {"classes": ["CD", "UD"], "confusion_matrix": [[9, 3], [14, 176]], "accuracy": 185 / 202}
THREE = {
    "classes": ["a", "b", "c"],
    "confusion_matrix": [[50, 5, 5], [2, 3, 0], [1, 0, 34]],
    **{"accuracy": 0.87, "positive": None},
}
NO_CRACK = {"classes": ["CD", "UD"], "confusion_matrix": [[0, 0], [4, 16]], "accuracy": 0.8}


@pytest.mark.parametrize(
    ("report", "name", "recall", "false_alarms"),
    [
        (TWO, "CD", (9, 12), (14, 190)),  # Guessed from the names, as in an older version.
        ({**TWO, "positive": "CD"}, "CD", (9, 12), (14, 190)),
        ({**TWO, "positive": "UD"}, "UD", (176, 190), (3, 12)),
        (THREE, "b", (3, 5), (5, 95)),
        ({**THREE, "confusion_matrix": [[0, 0, 0], [2, 3, 0], [1, 0, 34]]}, "b", (3, 5), (0, 35)),
        (NO_CRACK, "CD", (0, 0), (4, 20)),
    ],
)
def test_found_and_called_by_mistake_are_counted(report, name, recall, false_alarms):
    assert rates.sought(report) == name
    assert rates.recall(report, name) == recall
    assert rates.false_alarms(report, name) == false_alarms


def test_lists_say_a_share_and_nothing_of_no_image():
    assert rates.tested(TWO) == {
        **{"test_accuracy": 185 / 202, "test_recall": 0.75, "test_false_alarms": 14 / 190}
    }
    assert rates.tested(NO_CRACK)["test_recall"] is None
    assert {*rates.tested(None).values()} == {None}
