"""The gallery of a class: the same images rank before own tests, and damage is left out."""

import json
import math
import shutil

import pytest

from crackcls import config
from crackcls.datasets import shipped_photos
from crackcls.evaluation import gallery
from crackcls.runs import folders
from tests.runs.making import ended, put_report


def judged_shipped(run, accuracy: float) -> None:
    """Put an evaluation on the photos that come with the app into the folder of a run."""
    name = f"{shipped_photos.NAME}-11111111"
    judged(run, name, accuracy)
    folder = run / "evaluations" / name
    (folder / "about.json").write_text(json.dumps({"data": shipped_photos.NAME}))
    (folder / "local.json").write_text(json.dumps({"data": str(config.shipped_folder())}))


def judged(run, name: str, accuracy: float) -> None:
    """Put an evaluation on other images into the folder of a run."""
    folder = run / "evaluations" / name
    folder.mkdir(parents=True)
    put_report(folder)
    report = json.loads((folder / "report.json").read_text())
    (folder / "report.json").write_text(json.dumps({**report, "accuracy": accuracy}))
    (folder / "about.json").write_text(json.dumps({"data": "wall"}))


def with_test(name: str, accuracy: float | None):
    run = ended(name, "finished" if accuracy is not None else "stopped")
    if accuracy is not None:
        report = json.loads((run / "report.json").read_text())
        (run / "report.json").write_text(json.dumps({**report, "accuracy": accuracy}))
    return run


@pytest.fixture
def runs():
    return {name: with_test(name, own) for name, own in (("a", 1.0), ("b", 0.5), ("c", None))}


def ranked(runs) -> gallery.Gallery:
    return gallery.ranked([folders.read_run(run) for run in runs.values()])


def rows_of(found: gallery.Gallery) -> list[tuple]:
    table = found.table[["name", "together", "test_accuracy"]].astype(object)
    return [
        tuple(None if isinstance(one, float) and math.isnan(one) else one for one in row)
        for row in table.itertuples(index=False)
    ]


def test_without_the_same_images_the_own_test_ranks(runs):
    judged(runs["b"], "wall-11111111", 1.0)
    judged(runs["c"], "wall-22222222", 1.0)
    found = ranked(runs)
    assert found.images == 0
    assert rows_of(found) == [("a", None, 1.0), ("b", None, 0.5), ("c", None, None)]


def test_the_same_images_rank_and_who_has_not_judged_them_comes_after(runs):
    for name, accuracy in (("b", 0.75), ("c", 1.0)):
        judged(runs[name], "wall-11111111", accuracy)
    found = ranked(runs)
    assert found.images == 4
    assert rows_of(found) == [("c", 1.0, None), ("b", 0.75, 0.5), ("a", None, 1.0)]


def test_the_figures_on_the_same_images_stand_in_words_with_their_intervals(runs):
    for name in ("a", "b"):
        judged(runs[name], "wall-11111111", 1.0)
    found = ranked(runs)
    assert not found.are_shipped
    assert found.table[list(gallery.WORDS)].to_numpy().tolist() == [
        ["50% to 100%", "100% (34% to 100%)", "0% (0% to 66%)"],
        ["50% to 100%", "100% (34% to 100%)", "0% (0% to 66%)"],
        ["", "", ""],
    ]


def test_the_photos_of_the_app_are_known_by_where_they_are(runs):
    for name in ("a", "b"):
        judged_shipped(runs[name], 1.0)
    assert ranked(runs).are_shipped
    assert [gallery.has_judged(folders.read_run(run)) for run in runs.values()] == [
        True,
        True,
        False,
    ]
    for name in ("a", "b"):
        folder = runs[name] / "evaluations" / f"{shipped_photos.NAME}-11111111"
        (folder / "local.json").write_text(json.dumps({"data": str(folder)}))
    assert not ranked(runs).are_shipped
    assert not gallery.has_judged(folders.read_run(runs["a"]))


def test_a_model_of_other_classes_cannot_judge_them(runs):
    path = runs["a"] / "model.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "classes": ["cat", "dog"]}))
    (runs["a"] / "config.json").write_text(json.dumps({"data": "pets", "classes": ["cat", "dog"]}))
    assert not gallery.can_judge(folders.read_run(runs["a"]))
    assert gallery.can_judge(folders.read_run(runs["b"]))


def test_what_most_have_judged_counts(runs):
    for name in runs:
        judged(runs[name], "wall-22222222", 0.5)
    for name in ("a", "b"):
        judged(runs[name], "wall-11111111", 1.0)
    assert [row[:2] for row in rows_of(ranked(runs))] == [("a", 0.5), ("b", 0.5), ("c", 0.5)]


def test_a_damaged_evaluation_is_none(runs):
    for name in ("a", "b"):
        judged(runs[name], "wall-11111111", 0.5)
    (runs["a"] / "evaluations" / "wall-11111111" / "report.json").write_text("{")
    assert ranked(runs).images == 0
    shutil.rmtree(runs["a"])
    assert gallery.ranked([]).table.empty
