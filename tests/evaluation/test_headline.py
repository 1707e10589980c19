"""The headline of a test: never the accuracy alone, a range where images are few."""

import pytest

from crackcls.evaluation import headline


def report(matrix: list[list[int]], **more: object) -> dict:
    """Give a report of these counts, rows actual and columns predicted."""
    images, right = sum(map(sum, matrix)), sum(row[i] for i, row in enumerate(matrix))
    classes = ["cracked", "sound", "spalled"][: len(matrix)]
    positive = "cracked" if len(matrix) == 2 else None
    of_all = {"images": images, "wrong": images - right, "classes": classes, "positive": positive}
    return {**of_all, "confusion_matrix": matrix, **more}


# The ranges are by Wilson's formula.
@pytest.mark.parametrize(
    ("matrix", "said"),
    [
        (
            [[90, 10], [4, 96]],
            [
                ("Recall of 'cracked'", "90.00%", "90 of 100"),
                ("False alarms", "4.00%", "4 of 100"),
                ("Accuracy", "93.00%", "186 of 200"),
            ],
        ),
        (
            [[9, 3], [14, 176]],
            [
                ("Recall of 'cracked'", "47% to 91%", "9 of 12"),
                ("False alarms", "4% to 12%", "14 of 190"),
                ("Accuracy", "87% to 95%", "185 of 202"),
            ],
        ),
        (
            [[0, 0], [1, 3]],
            [
                ("Recall of 'cracked'", "-", "0 of 0"),
                ("False alarms", "5% to 70%", "1 of 4"),
                ("Accuracy", "30% to 95%", "3 of 4"),
            ],
        ),
        (
            [[60, 5, 5], [9, 50, 1], [10, 2, 88]],
            [
                ("Recall of 'sound'", "83.33%", "50 of 60"),
                ("False alarms", "4.12%", "7 of 170"),
                ("Accuracy", "86.09%", "198 of 230"),
            ],
        ),
    ],
)
def test_recall_and_false_alarms_stand_beside_the_accuracy(matrix, said):
    found = headline.of_report(report(matrix))
    assert [(one.label, one.value, one.counted) for one in found.figures] == said


@pytest.mark.parametrize(
    ("matrix", "said"),
    [
        ([[50, 0], [0, 50]], None),
        ([[49, 0], [0, 50]], "The test has 49 images of 'cracked'."),
        ([[9, 3], [1, 9]], "The test has 12 images of 'cracked' and 10 images of 'sound'."),
        ([[0, 0], [4, 96]], "The test has none of 'cracked'."),
    ],
)
def test_few_images_of_a_class_are_said(matrix, said):
    caution = headline.of_report(report(matrix)).caution
    assert caution == said or caution.startswith(f"{said} With fewer than 50 of a class chance")
