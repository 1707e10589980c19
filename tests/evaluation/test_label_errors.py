"""Likely wrong labels: which are listed, in what order, and what is kept of them."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crackcls import installed
from crackcls.evaluation import label_errors, store
from crackcls.files import csv_bytes
from crackcls.labelled import Labelled
from crackcls.runs import folders
from tests.runs.making import SETTINGS, put_model

pytestmark = pytest.mark.skipif(
    "cleanlab" in installed.missing(), reason="this installation only serves"
)

CLASSES = ("Negative", "Positive")
# One row an image: its label, and the probability of 'Positive'. The labels of the last of each
# class are contradicted.
JUDGED = [
    *((0, 0.02), (0, 0.05), (0, 0.10), (0, 0.20), (0, 0.30), (0, 0.45), (0, 0.97)),
    *((1, 0.98), (1, 0.95), (1, 0.90), (1, 0.80), (1, 0.70), (1, 0.55), (1, 0.01)),
]


def images_of(labels: list[int], classes: tuple[str, ...] = CLASSES) -> pd.DataFrame:
    files = [f"{classes[label]}/{number}.jpg" for number, label in enumerate(labels)]
    shas = [f"{number:064x}" for number in range(len(labels))]
    return pd.DataFrame({"file": files, "sha256": shas, "label": labels})


def judged() -> tuple[pd.DataFrame, np.ndarray]:
    positive = np.array([probability for _, probability in JUDGED])
    return images_of([label for label, _ in JUDGED]), np.stack([1 - positive, positive], axis=1)


def test_contradicted_labels_are_listed_the_most_likely_first():
    images, probabilities = judged()
    table = label_errors.rank(images, probabilities, CLASSES)
    expected = [
        ["Positive/13.jpg", f"{13:064x}", "Positive", "Negative", 0.01, 0.99],
        ["Negative/6.jpg", f"{6:064x}", "Negative", "Positive", 0.03, 0.97],
    ]
    assert list(table.columns) == label_errors.COLUMNS
    for row, wanted in zip(table.to_numpy().tolist(), expected, strict=True):
        assert row[:4] == wanted[:4]
        assert row[4:] == pytest.approx(wanted[4:])


def test_equal_qualities_stand_in_the_order_of_their_names():
    images, probabilities = judged()
    probabilities[6] = 0.01, 0.99
    table = label_errors.rank(images, probabilities, CLASSES)
    assert list(table["file"]) == ["Negative/6.jpg", "Positive/13.jpg"]


def test_labels_that_nobody_contradicts_make_an_empty_list():
    images = images_of([0, 0, 1, 1])
    probabilities = np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.2, 0.8]])
    table = label_errors.rank(images, probabilities, CLASSES)
    assert (len(table), list(table.columns)) == (0, label_errors.COLUMNS)


def test_of_three_classes_the_likeliest_is_suggested():
    classes = ("crack", "joint", "sound")
    labels = [0, 0, 0, 1, 1, 1, 2, 2, 2]
    probabilities = np.full((9, 3), 0.1)
    probabilities[np.arange(9), labels] = 0.8
    probabilities[5] = 0.05, 0.05, 0.9
    table = label_errors.rank(images_of(labels, classes), probabilities, classes)
    assert table[["given", "suggested"]].to_numpy().tolist() == [["joint", "sound"]]
    assert table[["quality", "probability"]].to_numpy()[0] == pytest.approx([0.05, 0.9])


def test_the_set_of_an_image_is_told_where_there_are_several():
    images, probabilities = judged()
    table = label_errors.rank(images.assign(set="walls"), probabilities, CLASSES)
    assert list(table["set"]) == ["walls", "walls"]


def test_images_and_likely_errors_are_counted_by_class():
    images, probabilities = judged()
    table = label_errors.rank(images, probabilities, CLASSES)
    assert label_errors.counts(images, table.iloc[:1], CLASSES) == {
        "images": 14,
        "likely_wrong": 1,
        "per_class": {
            "Negative": {"images": 7, "likely_wrong": 0},
            "Positive": {"images": 7, "likely_wrong": 1},
        },
    }


def keep(tmp_path: Path) -> store.Evaluation:
    images, probabilities = judged()
    table = label_errors.rank(images, probabilities, CLASSES)
    folder = tmp_path / "models" / "m"
    folder.mkdir(parents=True, exist_ok=True)
    labelled = Labelled(tmp_path / "walls", CLASSES, tuple(images["file"]), tuple(images["label"]))
    about = {"folds": 5, **label_errors.counts(images, table, CLASSES)}
    run = folders.read_run(folder)
    return label_errors.save(run, labelled, list(images["sha256"]), table, about)


def test_a_list_is_kept_by_data_and_content_and_read_again(tmp_path):
    found = keep(tmp_path)
    assert found.folder.parent == tmp_path / "models" / "m" / "label_errors"
    assert found.folder.name.startswith("walls-")
    assert keep(tmp_path).folder == found.folder
    assert label_errors.list_found(found.run) == [found]
    assert (found.data, found.images) == ("walls", tmp_path / "walls")
    about = json.loads((found.folder / "about.json").read_text())
    assert label_errors.about_of(found) == about
    assert (about["data"], about["likely_wrong"]) == ("walls", 2)


def test_the_file_has_one_line_an_image(tmp_path):
    found = keep(tmp_path)
    lines = (found.folder / label_errors.FILE).read_text().splitlines()
    assert lines[0] == "file,sha256,given,suggested,quality,probability"
    assert lines[1].startswith(f"Positive/13.jpg,{13:064x},Positive,Negative,0.01")
    assert csv_bytes(label_errors.table_of(found)).decode().splitlines() == lines


def test_a_model_that_nobody_asked_has_no_list(tmp_path):
    assert label_errors.list_found(folders.read_run(tmp_path)) == []


def test_a_listed_image_is_marked_as_those_of_the_samples_are(tmp_path):
    found = keep(tmp_path)
    row = label_errors.table_of(found).to_dict("records")[0]
    store.mark(found, label_errors.as_judged(row), True)
    marked = store.marked(found.run).to_dict("records")
    assert [(one["file"], one["actual"], one["predicted"], one["data"]) for one in marked] == [
        ("Positive/13.jpg", "Positive", "Negative", "walls")
    ]
    store.mark(found, label_errors.as_judged(row), False)
    assert store.marked(found.run).empty


def test_the_marks_in_a_data_set_are_found_whatever_model_they_were_made_with(tmp_path):
    found = keep(tmp_path)
    for row in label_errors.table_of(found).to_dict("records"):
        store.mark(found, label_errors.as_judged(row), True)
    (found.run.folder / "config.json").write_text(json.dumps(SETTINGS))
    put_model(found.run.folder)
    path = found.run.folder / store.WRONG_LABELS
    assert label_errors.marked_in(["walls", "decks"]) == {path: 2}
    assert label_errors.marked_in(["decks"]) == {}
