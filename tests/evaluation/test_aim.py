"""The class that a trained model looks for: told, and changed without training again."""

import numpy as np
import psutil
import pytest

from crackcls import config, events
from crackcls.errors import InputError
from crackcls.evaluation import aim, store
from crackcls.evaluation.report import make_report, predictions
from crackcls.files import read_json, write_csv, write_json
from crackcls.runs import folders, processes

COPIES = {
    "test_images_with_copy_in_training": 1,
    "images_without_copies": 5,
    "accuracy_without_copies": 0.8,
}
SHARES = np.array([0.9, 0.8, 0.3, 0.6, 0.2, 0.1])


def kept(name: str, classes: tuple[str, ...], positive: str | None) -> folders.Run:
    """Keep what a finished run leaves, but for the network; an older version said no aim."""
    folder = config.models_folder() / name
    folder.mkdir(parents=True)
    files = [f"{name}/{number}.jpg" for name in classes[:2] for number in range(3)]
    scores = np.stack([SHARES, 1 - SHARES], axis=1)
    table = predictions(files, scores, classes[:2]).assign(sha256="x", set=["a", "b"] * 3)
    report = {**make_report(table, classes[:2], positive), "near_copies": COPIES}
    about = {"classes": classes} | ({"positive": positive} if positive else {})
    write_csv(folder / "predictions.csv", table)
    write_json(folder / "report.json", report)
    write_json(folder / "config.json", {"data": "walls", **about})
    write_json(folder / "model.json", {**about, "image_size": 160, "sha256": "0" * 64})
    events.log_to(folder / "events.jsonl")("end", status="finished", seconds=1.0)
    return folders.read_run(folder)


@pytest.mark.parametrize(
    ("classes", "said", "positive", "warns"),
    [
        (("Cracked", "Non-cracked"), None, "Cracked", False),
        (("cats", "dogs"), None, "dogs", True),
        (("cats", "dogs"), "cats", "cats", False),
        (("a", "b", "c"), None, None, False),
    ],
)
def test_an_older_model_looks_for_what_its_names_tell_else_for_the_last(
    classes, said, positive, warns
):
    run = kept("walls", classes, said)
    assert aim.positive_of(run) == positive
    assert bool(aim.caution(run)) == warns


def test_a_caution_names_the_classes_and_the_one_that_is_taken():
    said = aim.caution(kept("walls", ("cats", "dogs"), None))
    assert "(cats, dogs) do not tell. 'dogs' is taken." in said


def test_a_change_counts_the_figures_anew_and_keeps_the_rest():
    run = kept("walls", ("Cracked", "Non-cracked"), "Non-cracked")
    before, version = run.report, aim.version_of(run)
    aim.change(run, "Cracked")
    after = folders.read_run(run.folder)
    assert aim.positive_of(after) == after.config["positive"] == "Cracked"
    assert aim.version_of(after) != version
    assert after.report["positive"] == "Cracked"
    assert after.report["near_copies"] == COPIES
    assert after.report["accuracy"] == before["accuracy"]
    # Of set a one crack of two is found, and the one sound image is right; before, turned.
    figures = after.report["by_set"]["a"]
    assert (figures["recall"], figures["false_alarm_rate"]) == (0.5, 0.0)
    assert before["by_set"]["a"]["recall"] == 1.0
    (own,) = store.list_evaluations(after)
    assert store.report_of(own)["positive"] == "Cracked"


def test_a_change_reaches_the_evaluations_on_other_data():
    run = kept("walls", ("Cracked", "Non-cracked"), "Non-cracked")
    other = run.folder / store.FOLDER / "roads-1"
    other.mkdir(parents=True)
    table = store.table_of(store.list_evaluations(run)[0])
    write_csv(other / "predictions.csv", table)
    write_json(other / "report.json", {**run.report, "seen_left_out": 7})
    write_json(other / "about.json", {"data": "roads"})
    aim.change(run, "Cracked")
    report = read_json(other / "report.json")
    assert (report["positive"], report["seen_left_out"]) == ("Cracked", 7)


@pytest.mark.parametrize(
    ("name", "classes", "positive", "said"),
    [
        ("metu", ("Negative", "Positive"), "Negative", "'metu' is a shipped model"),
        ("walls", ("ok", "crack"), "Crack", "'ok', 'crack', received 'Crack'"),
        ("walls", ("a", "b", "c"), "a", "'a', 'b', 'c', received 'a'"),
    ],
)
def test_what_cannot_be_changed_is_refused_and_left(name, classes, positive, said):
    run = kept(name, classes, None)
    before = {path.name: path.read_bytes() for path in run.folder.glob("*.json")}
    with pytest.raises(InputError, match=said):
        aim.change(run, positive)
    assert before == {path.name: path.read_bytes() for path in run.folder.glob("*.json")}


def test_a_model_at_work_is_not_changed():
    run = kept("walls", ("ok", "crack"), None)
    (run.folder / "events.jsonl").unlink()
    processes.record(run.folder, psutil.Process())
    with pytest.raises(InputError, match="running, or no model"):
        aim.change(folders.read_run(run.folder), "ok")
