"""The cells of a confusion matrix, and which images each opens."""

import numpy as np
import pytest

from crackcls.evaluation import cells
from crackcls.evaluation.report import make_report, predictions

CLASSES = ["Negative", "Positive"]
NAMES = {"Negative": "sound", "Positive": "cracked"}
SCORES = {"Negative": [0.1, 0.2, 0.9], "Positive": [0.8, 0.3, 0.4, 0.95, 0.99]}
PAIRS = [(name, score) for name, scores in SCORES.items() for score in scores]
TABLE = predictions(
    [f"{name}/{at}.jpg" for at, (name, _) in enumerate(PAIRS)],
    np.array([[1 - score, score] for _, score in PAIRS]),
    CLASSES,
).assign(sha256=[f"{at * 7 % 10}" for at in range(len(PAIRS))])
ROWS = cells.rows_of(make_report(TABLE, CLASSES, "Positive"))
CELLS = [cell for row in ROWS for cell in row]


def test_the_class_looked_for_comes_first():
    told = [(cells.title(one, NAMES), one.images, one.share, one.is_right) for one in CELLS]
    assert told == [
        ("cracked, called cracked", 3, 3 / 5, True),
        ("cracked, called sound", 2, 2 / 5, False),
        ("sound, called cracked", 1, 1 / 3, False),
        ("sound, called sound", 2, 2 / 3, True),
    ]


def test_a_class_without_images_has_no_share():
    rows = cells.rows_of(make_report(TABLE[:3], CLASSES, "Positive"))
    assert [one.share for one in rows[0]] == [None, None]


@pytest.mark.parametrize("cell", CELLS, ids=lambda one: one.key)
def test_a_cell_opens_its_images(cell):
    rows = cells.choose(TABLE, cell.key, CELLS)
    assert len(rows) == cell.images
    assert {*rows["actual"]} == {cell.actual}
    assert {*rows["predicted"]} == {cell.predicted}


@pytest.mark.parametrize(("key", "images"), [("wrong", 3), ("all", 8), ("<b>", 8)])
def test_the_wrong_ones_and_all_are_opened_too(key, images):
    assert len(cells.choose(TABLE, key, CELLS)) == images


def test_of_the_wrong_the_surest_are_seen_first_and_of_the_right_the_hash_chooses():
    missed, found = (cells.choose(TABLE, CELLS[at].key, CELLS) for at in (1, 0))
    assert list(cells.seen_first(missed, 1)["probability"]) == [missed["probability"].max()]
    assert list(cells.seen_first(found, 2)["sha256"]) == sorted(found["sha256"])[:2]


def test_each_of_three_classes_has_a_row():
    names = ["crack", "joint", "sound"]
    table = TABLE.assign(actual="joint", predicted="sound")
    report = {
        "classes": names,
        "positive": None,
        "confusion_matrix": [[0, 0, 0], [0, 0, 8], [0] * 3],
    }
    rows = cells.rows_of(report)
    assert [[one.images for one in row] for row in rows] == report["confusion_matrix"]
    assert len(cells.choose(table, rows[1][2].key, [*rows[1]])) == 8
