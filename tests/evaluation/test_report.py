"""Reports, against numbers worked out by hand."""

import math

import numpy as np
import pandas as pd
import pytest

from crackcls.errors import InputError
from crackcls.evaluation.report import (
    CSV_COLUMNS,
    SAMPLE_ORDERS,
    figures_table,
    make_report,
    near_copy_report,
    order_samples,
    predictions,
    tabulate,
    unseen,
)

TWO = ("Negative", "Positive")
THREE = ("a", "b", "c")
CRACKED = {
    "Negative/1.jpg": 0.1,
    "Negative/2.jpg": 0.2,
    "Negative/3.jpg": 0.35,
    "Negative/4.jpg": 0.6,
    "Negative/5.jpg": 0.8,
    "Positive/1.jpg": 0.9,
    "Positive/2.jpg": 0.7,
    "Positive/3.jpg": 0.4,
}


def table_of(cracked: dict[str, float]) -> pd.DataFrame:
    """Make predictions of two classes from probabilities of the second."""
    second = np.array(list(cracked.values()))
    return predictions(list(cracked), np.stack([1 - second, second], axis=1), TWO)


def wilson(right: int, count: int) -> list[float]:
    """Give Wilson's 95 % interval by its closed formula."""
    z, share = 1.959963984540054, right / count
    middle = share + z**2 / (2 * count)
    reach = z * math.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    return [(middle + sign * reach) / (1 + z**2 / count) for sign in (-1, 1)]


def test_predictions_name_the_likeliest_class_and_keep_all_probabilities():
    probabilities = np.array([[0.2, 0.5, 0.3], [0.7, 0.2, 0.1]])
    table = predictions(["b/deep/1.jpg", "c/2.jpg"], probabilities, THREE)
    assert table.to_dict("list") == {
        "file": ["b/deep/1.jpg", "c/2.jpg"],
        "actual": ["b", "c"],
        "predicted": ["b", "a"],
        "probability": [0.5, 0.7],
        "probability of a": [0.2, 0.7],
        "probability of b": [0.5, 0.2],
        "probability of c": [0.3, 0.1],
    }
    assert list(table.columns[:4]) == CSV_COLUMNS


def test_a_report_of_two_classes():
    report = make_report(table_of(CRACKED), TWO, TWO[1])
    assert (report["images"], report["wrong"], report["accuracy"]) == (8, 3, 5 / 8)
    assert report["accuracy_interval"] == pytest.approx(wilson(5, 8), abs=1e-9)
    assert report["classes"] == ["Negative", "Positive"]
    assert report["confusion_matrix"] == [[3, 2], [1, 2]]
    negative = {"precision": 3 / 4, "recall": 3 / 5, "f1": 2 / 3, "images": 5}
    positive = {"precision": 2 / 4, "recall": 2 / 3, "f1": 4 / 7, "images": 3}
    assert report["per_class"]["Negative"] == pytest.approx(negative)
    assert report["per_class"]["Positive"] == pytest.approx(positive)
    assert report["roc_auc"] == pytest.approx(12 / 15)


@pytest.mark.parametrize(
    ("right", "interval"), [(0, [0, 0.2775]), (10, [0.7225, 1]), (9, [0.5958, 0.9821])]
)
def test_the_interval_stays_within_0_and_1(right: int, interval: list[float]):
    cracked = {f"Positive/{number}.jpg": 0.9 if number < right else 0.1 for number in range(10)}
    report = make_report(table_of(cracked), TWO, TWO[1])
    assert report["accuracy_interval"] == pytest.approx(interval, abs=1e-4)


def test_images_of_one_class_have_no_area_under_the_curve():
    only = {file: value for file, value in CRACKED.items() if file.startswith("Positive")}
    report = make_report(table_of(only), TWO, TWO[1])
    assert report["roc_auc"] is None
    assert report["confusion_matrix"] == [[0, 0], [1, 2]]
    assert report["per_class"]["Negative"] == {"precision": 0, "recall": 0, "f1": 0, "images": 0}


SETS = ["metu", "metu", "bricks", "metu", "bricks", "metu", "bridge", "metu"]


def test_each_set_has_figures_of_its_own():
    report = make_report(table_of(CRACKED).assign(set=SETS), TWO, TWO[1])
    by_set = report["by_set"]
    assert list(by_set) == ["metu", "bricks", "bridge"]
    assert by_set["metu"] == {
        **{"images": 5, "wrong": 2, "accuracy": 3 / 5, "cracked": 2, "recall": 1 / 2},
        **{"false_alarm_rate": 1 / 3, "roc_auc": pytest.approx(5 / 6)},
        "accuracy_interval": pytest.approx(wilson(3, 5), abs=1e-9),
    }
    named = ("images", "wrong", "cracked", "recall", "false_alarm_rate", "roc_auc")
    assert [by_set["bricks"][name] for name in named] == [2, 1, 0, None, 1 / 2, None]
    assert [by_set["bridge"][name] for name in named] == [1, 0, 1, 1, None, None]
    assert "by_set" not in make_report(table_of(CRACKED), TWO, TWO[1])


def test_the_figures_of_each_set_are_in_the_table():
    table = figures_table(make_report(table_of(CRACKED).assign(set=SETS), TWO, TWO[1]))
    value = table.set_index(["figure", "class", "set"])["value"]
    assert value["accuracy", "", ""] == 5 / 8
    assert value["recall", "Positive", ""] == pytest.approx(2 / 3)
    assert value["recall", "", "metu"] == 1 / 2


def test_the_actual_class_is_the_caller_s_where_the_name_does_not_tell():
    both = np.array([[0.2, 0.8], [0.3, 0.7]])
    files, actual = ["bridge/Cracked/1.jpg", "bricks/2.jpg"], ["Positive", "Negative"]
    table = predictions(files, both, TWO, actual, ["bridge", "bricks"])
    assert list(table["actual"]) == actual
    assert list(table)[-1] == "set"
    rows = [{"probabilities": row} for row in both]
    kept = tabulate(files, [rows[0], InputError("cut off")], TWO, lambda *words: None, actual)
    assert list(kept["actual"]) == ["Positive"]


def test_a_report_of_three_classes():
    rows = [[0.8, 0.1, 0.1], [0.3, 0.6, 0.1], [0.2, 0.7, 0.1], [0.35, 0.6, 0.05]]
    files = ["a/1.jpg", "a/2.jpg", "b/1.jpg", "c/1.jpg"]
    report = make_report(predictions(files, np.array(rows), THREE), THREE, None)
    assert report["confusion_matrix"] == [[1, 1, 0], [0, 1, 0], [0, 1, 0]]
    per_class = report["per_class"]
    assert [per_class[name]["precision"] for name in THREE] == pytest.approx([1, 1 / 3, 0])
    assert [per_class[name]["recall"] for name in THREE] == pytest.approx([1 / 2, 1, 0])
    assert [per_class[name]["f1"] for name in THREE] == pytest.approx([2 / 3, 1 / 2, 0])
    assert [per_class[name]["images"] for name in THREE] == [2, 1, 1]
    assert report["roc_auc"] == pytest.approx((3 / 4 + 1 + 0) / 3)


def test_a_class_without_images_is_left_out_of_the_mean_area():
    rows = [[0.8, 0.1, 0.1], [0.3, 0.6, 0.1], [0.2, 0.7, 0.1], [0.35, 0.6, 0.05]]
    files = ["a/1.jpg", "a/2.jpg", "b/1.jpg", "b/2.jpg"]
    report = make_report(predictions(files, np.array(rows), THREE), THREE, None)
    assert report["confusion_matrix"] == [[1, 1, 0], [0, 2, 0], [0, 0, 0]]
    assert report["per_class"]["c"]["images"] == 0
    assert report["roc_auc"] == pytest.approx((3 / 4 + 7 / 8) / 2)


@pytest.mark.parametrize(
    ("leaked", "expected"),
    [
        ([], (0, 0, 8, 5 / 8)),
        (["Negative/4.jpg", "Positive/1.jpg"], (2, 1 / 4, 6, 4 / 6)),
        (list(CRACKED), (8, 1, 0, None)),
    ],
)
def test_copies_in_training_are_counted_and_taken_out(leaked: list[str], expected: tuple):
    files = [*reversed(CRACKED), "Positive/in training.jpg"]
    flags = [file in leaked or "training" in file for file in files]
    split = pd.DataFrame({"file": files, "copy_in_training": flags})
    report = near_copy_report(table_of(CRACKED), split)
    names = ["test_images_with_copy_in_training", "share_of_test_images"]
    names += ["images_without_copies", "accuracy_without_copies"]
    assert tuple(report[name] for name in names) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("file", "sha", "is_unseen"),
    [
        ("a/test.jpg", "s3", True),
        ("a/train.jpg", "s1", False),
        ("a/validation.jpg", "s2", False),
        ("elsewhere/train renamed.jpg", "s1", False),
        ("elsewhere/new.jpg", "s9", True),
        ("a/train.jpg", "s9", True),
        ("a/test twin.jpg", "s1", True),
        ("a/test.jpg", "s2", False),
    ],
)
def test_an_image_is_unseen_by_its_content(file: str, sha: str, is_unseen: bool):
    rows = {
        "a/train.jpg": ("train", "s1"),
        "a/validation.jpg": ("validation", "s2"),
        "a/test.jpg": ("test", "s3"),
        "a/test twin.jpg": ("test", "s1"),
    }
    split = pd.DataFrame([(f, *row) for f, row in rows.items()], columns=["file", "part", "sha256"])
    assert unseen([file], [sha], split).tolist() == [is_unseen]


def test_each_order_gives_what_it_says():
    table = table_of(CRACKED)
    for draw in range(5):
        by = {order: order_samples(table, order, draw) for order in SAMPLE_ORDERS}
        assert by["least sure"]["probability"].is_monotonic_increasing
        assert by["most sure"]["probability"].is_monotonic_decreasing
        for rows in by.values():
            assert sorted(rows["file"]) == sorted(CRACKED)


def test_another_draw_gives_another_order_and_the_same_draw_the_same():
    table = table_of({f"Positive/{number}.jpg": number / 100 for number in range(100)})
    drawn = [list(order_samples(table, "shuffled", draw)["file"]) for draw in (1, 2, 1)]
    assert drawn[0] == drawn[2] != drawn[1]


def test_files_that_could_not_be_read_are_complained_of_and_left_out():
    complaints = []
    broken = InputError("cut off")
    rows = [
        {"probabilities": np.array([0.1, 0.9])},
        broken,
        {"probabilities": np.array([0.8, 0.2])},
    ]
    files = ["Positive/1.jpg", "Positive/2.jpg", "Negative/1.jpg"]
    table = tabulate(files, iter(rows), TWO, lambda *words: complaints.append(words))
    assert complaints == [("Positive/2.jpg", broken)]
    assert list(table["file"]) == ["Positive/1.jpg", "Negative/1.jpg"]
    assert list(table["predicted"]) == ["Positive", "Negative"]


def test_an_evaluation_of_broken_files_alone_is_refused():
    complaints = []
    rows = [InputError("cut off"), InputError("0 bytes")]
    with pytest.raises(InputError, match="none of 2 can"):
        tabulate(
            ["a/1", "b/1"], rows, TWO, lambda file, reason: complaints.append(f"{file} {reason}")
        )
    assert complaints == ["a/1 cut off", "b/1 0 bytes"]
