"""Models on the same images, against numbers worked out by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest
from sklearn import metrics

from crackcls.errors import InputError
from crackcls.evaluation import compare
from crackcls.evaluation.compare import Difference
from crackcls.evaluation.report import predictions

TWO = ("Negative", "Positive")
THREE = ("a", "b", "c")


def table_of(rows: list[tuple[str, str, float]], classes: tuple = TWO) -> pd.DataFrame:
    """Make a table of two classes from content, file and the second class's probability."""
    shas, files, second = zip(*rows, strict=True)
    probabilities = np.stack([1 - np.array(second), second], axis=1)
    return predictions(files, probabilities, classes).assign(sha256=list(shas))


ONE = table_of(
    [
        ("s1", "Negative/1", 0.1),
        ("s2", "Negative/2", 0.7),
        ("s3", "Positive/3", 0.9),
        ("s4", "Positive/4", 0.4),
        ("s5", "Positive/5", 0.8),
    ]
)
OTHER = table_of(
    [
        ("s9", "Positive/9", 0.8),
        ("s4", "Positive/four", 0.6),
        ("s3", "Positive/3", 0.7),
        ("s2", "Negative/2", 0.2),
        ("s1", "Negative/1", 0.6),
    ]
)


def random_tables(seed: int, classes: tuple, models: int = 3) -> dict[str, pd.DataFrame]:
    """Draw predictions of models that each leave out some of the same images."""
    rng = np.random.default_rng(seed)
    labels = rng.choice(classes, 40)
    tables = {}
    for number in range(models):
        chosen = rng.permutation(40)[:36]
        files = [f"{labels[i]}/{i}" for i in chosen]
        probabilities = rng.dirichlet(np.ones(len(classes)), len(chosen))
        table = predictions(files, probabilities, classes)
        tables[f"m{number}"] = table.assign(sha256=[f"s{i}" for i in chosen])
    return tables


def test_the_common_images_in_the_order_of_the_first():
    found = compare.common({"one": ONE, "other": OTHER})
    assert list(found) == ["one", "other"]
    for table, columns in zip(found.values(), (ONE, OTHER), strict=True):
        assert table["sha256"].tolist() == ["s1", "s2", "s3", "s4"]
        assert table["actual"].tolist() == ["Negative", "Negative", "Positive", "Positive"]
        assert list(table.columns) == list(columns.columns)
        assert list(table.index) == [0, 1, 2, 3]
    assert found["one"]["probability of Positive"].tolist() == [0.1, 0.7, 0.9, 0.4]
    assert found["other"]["probability of Positive"].tolist() == [0.6, 0.2, 0.7, 0.6]
    assert found["other"]["file"][3] == "Positive/four"


def test_the_common_images_of_common_images_are_the_same():
    once = compare.common({"one": ONE, "other": OTHER})
    for name, table in compare.common(once).items():
        pd.testing.assert_frame_equal(table, once[name])


def test_a_model_alone_keeps_its_images():
    pd.testing.assert_frame_equal(compare.common({"one": ONE})["one"], ONE)


def test_of_exact_copies_the_first_counts():
    copies = table_of(
        [("s1", "Negative/b", 0.3), ("s2", "Negative/2", 0.1), ("s1", "Negative/a", 0.4)]
    )
    found = compare.common({"copies": copies, "one": ONE})
    assert found["copies"]["file"].tolist() == ["Negative/b", "Negative/2"]
    assert found["one"]["file"].tolist() == ["Negative/1", "Negative/2"]


def test_copies_under_two_labels_in_each_table_are_two_images():
    rows = [("s1", "Negative/1", 0.3), ("s1", "Positive/1", 0.3)]
    found = compare.common({"one": table_of(rows), "other": table_of(rows[::-1])})
    assert [table["actual"].tolist() for table in found.values()] == [["Negative", "Positive"]] * 2


def test_no_common_image_is_refused():
    with pytest.raises(InputError, match="'one', 'other', 'third' share 0"):
        compare.common({"one": ONE, "other": OTHER, "third": ONE[4:]})


@pytest.mark.parametrize(
    "rows",
    [
        [("s1", "Positive/1", 0.5), ("s3", "Negative/3", 0.5), ("s2", "Negative/2", 0.5)],
        [("s1", "Positive/1", 0.5), ("s1", "Negative/1", 0.5), ("s3", "Negative/3", 0.5)],
    ],
)
def test_different_labels_of_an_image_are_refused(rows: list):
    count = len({sha for sha, _, _ in rows})
    with pytest.raises(InputError, match=f"and 2 of {count} common images have different ones"):
        compare.common({"one": ONE, "other": table_of(rows)})


def test_a_label_of_an_image_that_is_not_compared_does_not_matter():
    rows = [("s1", "Negative/1", 0.5), ("s5", "Negative/5", 0.5)]
    found = compare.common({"one": ONE, "other": table_of(rows), "third": OTHER})
    assert found["one"]["sha256"].tolist() == ["s1"]


def test_different_classes_are_refused():
    other = table_of([("s1", "Negative/1", 0.5)], ("Negative", "Crack"))
    with pytest.raises(InputError, match="'one': Negative, Positive; 'other': Negative, Crack"):
        compare.common({"one": ONE, "other": other})


def test_the_order_of_the_classes_does_not_matter():
    probabilities = ONE[["probability of Positive", "probability of Negative"]].to_numpy()
    turned = predictions(ONE["file"], probabilities, TWO[::-1])
    turned = turned.assign(sha256=ONE["sha256"])
    found = compare.figures({"one": ONE, "turned": turned}, TWO[1]).drop(columns="model")
    assert found.iloc[0].to_dict() == pytest.approx(found.iloc[1].to_dict())


def test_figures_side_by_side():
    found = compare.figures({"one": ONE, "other": OTHER}, TWO[1])
    assert list(found) == [
        *("model", "images", "wrong", "accuracy", "low", "high", "recall", "false_alarms"),
        *("roc_auc", "difference"),
    ]
    assert found["model"].tolist() == ["one", "other"]
    assert found["images"].tolist() == [4, 4]
    assert found["wrong"].tolist() == [2, 1]
    assert found["accuracy"].tolist() == [0.5, 0.75]
    assert found["low"].tolist() == pytest.approx([0.150039, 0.300642], abs=1e-6)
    assert found["high"].tolist() == pytest.approx([0.849961, 0.954413], abs=1e-6)
    assert found["roc_auc"].tolist() == pytest.approx([3 / 4, 3.5 / 4])
    assert found["difference"].tolist() == [0, 0.25]
    assert found["recall"].tolist() == [0.5, 1]
    assert found["false_alarms"].tolist() == [0.5, 0.5]


def test_of_more_than_two_classes_there_is_no_one_recall():
    found = compare.figures(random_tables(0, THREE), None)
    assert found["recall"].isna().all() and found["false_alarms"].isna().all()


def test_images_of_one_class_have_no_area_under_the_curve():
    found = compare.figures({"one": ONE[2:], "other": OTHER}, TWO[1])
    assert found["roc_auc"].tolist() == [None, None]
    assert found["wrong"].tolist() == [1, 0]
    assert found["false_alarms"].tolist() == [None, None]


@pytest.mark.slow
@pytest.mark.parametrize("classes", [TWO, THREE])
def test_figures_are_those_of_scikit_learn(classes: tuple):
    for seed in range(15):
        tables = random_tables(seed, classes)
        shared = set.intersection(*(set(table["sha256"]) for table in tables.values()))
        found = compare.figures(tables, classes[1] if len(classes) == 2 else None).set_index(
            "model"
        )
        for name, table in tables.items():
            kept, row = table[table["sha256"].isin(shared)], found.loc[name]
            accuracy = metrics.accuracy_score(kept["actual"], kept["predicted"])
            assert (row["images"], row["accuracy"]) == (len(shared), accuracy)
            assert row["difference"] == pytest.approx(accuracy - found["accuracy"]["m0"])
            areas = [
                metrics.roc_auc_score(kept["actual"] == each, kept[f"probability of {each}"])
                for each in classes
            ]
            assert row["roc_auc"] == pytest.approx(np.mean(areas))


def right(one: pd.DataFrame, other: pd.DataFrame) -> Difference:
    """Give the difference of the accuracy."""
    return compare.differences(one, other, None)["accuracy"]


def test_differences_by_hand():
    found = compare.differences(ONE, OTHER, TWO[1])
    assert found == {
        "accuracy": Difference(images=4, first=2, second=3, only_first=1, only_second=2),
        "recall": Difference(images=2, first=1, second=2, only_first=0, only_second=1),
        "false alarms": Difference(images=2, first=1, second=1, only_first=1, only_second=1),
    }
    assert found["recall"].share == 0.5
    assert found["accuracy"].p_value == 1.0


def test_a_share_of_no_images_is_left_out():
    assert set(compare.differences(ONE[2:], OTHER, TWO[1])) == {"accuracy", "recall"}


@pytest.mark.parametrize(
    ("one", "interval"),
    [
        # (12 - 22 apart of 100 and 2) / 102, +- 1.96 sqrt(12 + 22 + 1 - 10^2 / 102) / 102
        (Difference(100, 60, 70, 12, 22), (-0.01404, 0.21012)),
        # As many on both sides: around 0.
        (Difference(50, 40, 40, 3, 3), (-0.09972, 0.09972)),
        # None on either side is no proof that there is no difference.
        (Difference(10, 9, 9, 0, 0), (-0.16333, 0.16333)),
    ],
)
def test_the_interval_of_a_difference_by_hand(one, interval):
    assert one.interval == pytest.approx(interval, abs=1e-4)


def test_the_interval_holds_the_difference_and_stays_in_range():
    for only_first in range(6):
        for only_second in range(6 - only_first):
            one = Difference(5, 5 - only_second, 5 - only_first, only_first, only_second)
            low, high = one.interval
            assert -1 <= low < high <= 1
            if only_first + only_second < 5:
                assert low < one.share < high


def test_chance_by_hand():
    rows = [(f"s{number}", f"Positive/{number}", 0.9) for number in range(7)]
    wrong = [(sha, file, 0.1) for sha, file, _ in rows[:6]] + rows[6:]
    assert right(table_of(rows), table_of(wrong)).p_value == pytest.approx(2 / 2**6)


@pytest.mark.parametrize("second", [0.9, 0.1])
def test_models_that_are_right_together_do_not_differ(second: float):
    rows = [(f"s{number}", f"Positive/{number}", second) for number in range(5)]
    found = right(table_of(rows), table_of(rows[::-1]))
    assert (found.only_first, found.only_second, found.p_value) == (0, 0, 1.0)


def test_the_images_are_paired():
    for seed in range(20):
        one, other = random_tables(seed, THREE, models=2).values()
        pairs = one.merge(other, on="sha256")
        first, second = (pairs[f"actual_{x}"] == pairs[f"predicted_{x}"] for x in "xy")
        counts = (first & ~second).sum(), (second & ~first).sum()
        found = right(one, other)
        assert (found.only_first, found.only_second) == counts
        assert found.p_value == binomtest(counts[1], sum(counts)).pvalue


def test_disagreements_by_hand():
    found = compare.disagreements({"one": ONE, "other": OTHER})
    assert found.to_dict("list") == {
        "sha256": ["s1", "s2", "s4"],
        "file": ["Negative/1", "Negative/2", "Positive/4"],
        "actual": ["Negative", "Negative", "Positive"],
        "predicted by one": ["Negative", "Positive", "Negative"],
        "probability by one": [0.9, 0.7, 0.6],
        "predicted by other": ["Positive", "Negative", "Positive"],
        "probability by other": [0.6, 0.8, 0.6],
    }


def test_disagreements_of_three_models_and_of_one():
    tables = random_tables(5, THREE)
    found = compare.disagreements(tables)
    predicted = found[[f"predicted by {name}" for name in tables]]
    shared = compare.common(tables)
    agreed = sum(
        len({table["predicted"][i] for table in shared.values()}) == 1
        for i in range(len(shared["m0"]))
    )
    assert (predicted.nunique(axis=1) > 1).all()
    assert 0 < agreed == len(shared["m0"]) - len(found)
    assert compare.disagreements({"one": ONE}).empty
