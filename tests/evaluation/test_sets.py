"""The figures of several data sets in words."""

from crackcls.evaluation import sets

REPORT = {
    "by_set": {
        "metu": {
            **{"images": 1200, "wrong": 3, "accuracy": 0.9975, "accuracy_interval": [0.99, 0.999]},
            **{"recall": 0.995, "false_alarm_rate": 0.0, "roc_auc": 0.99991},
        },
        "bricks": {
            **{"images": 50, "wrong": 5, "accuracy": 0.9, "accuracy_interval": [0.7, 0.95]},
            **{"recall": None, "false_alarm_rate": 0.1, "roc_auc": None},
        },
    }
}


def test_the_worst_set_comes_first_and_what_there_is_none_of_is_a_dash():
    assert sets.rows(REPORT) == [
        ["bricks", 50, 5, "-", "10.00%", "90.00%", "70.00% to 95.00%", "-"],
        ["metu", 1200, 3, "99.50%", "0.00%", "99.75%", "99.00% to 99.90%", "0.99991"],
    ]
    assert len(sets.HEADS) == 8
    assert sets.worst(REPORT) == ("bricks", REPORT["by_set"]["bricks"])


def test_one_set_has_no_rows():
    assert sets.rows({}) == []
    assert sets.worst({}) is None
    assert sets.worst({"by_set": {"metu": REPORT["by_set"]["metu"]}}) is None
