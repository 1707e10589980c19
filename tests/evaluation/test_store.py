"""Kept evaluations: of the own test part, of other data, and labels marked as wrong."""

import json
import shutil
from dataclasses import replace

import pytest

from crackcls import config, files
from crackcls.__main__ import main
from crackcls.datasets.synthetic import pictures
from crackcls.errors import InputError
from crackcls.evaluation import job as evaluation_job
from crackcls.evaluation import store
from crackcls.evaluation.report import figures_table
from crackcls.labelled import Labelled, content_hashes, list_images
from crackcls.photos.rows import judge
from crackcls.runs import folders, jobs
from tests.conftest import crackcls, encoded, picture


def silent(kind: str, **fields) -> None:
    """Hear nothing."""


@pytest.fixture
def run(trained, tmp_path, monkeypatch) -> folders.Run:
    """Give a trained model of our own."""
    monkeypatch.setenv("CRACKCLS_MODELS", str(tmp_path / "models"))
    shutil.copytree(trained.models / "first", tmp_path / "models" / "first")
    return folders.read_run(tmp_path / "models" / "first")


@pytest.fixture
def other(tmp_path) -> Labelled:
    """Give eight photos that the model has not seen, and a broken one."""
    for label, name in enumerate(("Negative", "Positive")):
        (tmp_path / "wall" / name).mkdir(parents=True)
        for number in range(4):
            content = encoded(picture(500 + number + 10 * label, cracked=label > 0))
            (tmp_path / "wall" / name / f"{number}.jpg").write_bytes(content)
    (tmp_path / "wall" / "Negative" / "broken.jpg").write_bytes(b"no photo")
    return list_images(tmp_path / "wall")


def evaluate(run, labelled, listen=silent) -> store.Evaluation:
    (kept,) = evaluation_job.evaluate([run], labelled, False, judge, listen, [{}])
    return kept


def test_the_own_test_part_is_an_evaluation_with_the_hash_of_each_image(run, trained):
    (own,) = store.list_evaluations(run)
    table = store.table_of(own)
    assert (own.is_own, own.data, own.images) == (True, "concrete", trained.data)
    shas = list(content_hashes([trained.data / file for file in table["file"]]))
    assert list(table["sha256"]) == shas
    assert store.report_of(own) == run.report


def test_a_kept_evaluation_is_read_as_it_was_made(run, other):
    heard = []
    kept = evaluate(run, other, lambda kind, **f: heard.append((kind, f)))
    table, report = store.table_of(kept), store.report_of(kept)
    assert [one.data for one in store.list_evaluations(run)] == ["concrete", "wall"]
    assert (len(table), report["images"], report["unreadable"]) == (8, 8, 1)
    assert [f["file"] for kind, f in heard if kind == "left out"] == ["Negative/broken.jpg"]
    assert report["wrong"] == (table["actual"] != table["predicted"]).sum()
    assert kept.images == other.folder
    assert jobs.read_job(evaluation_job.folder(run)).state == "finished"


def test_the_same_images_again_take_the_place_and_others_do_not(run, other):
    first = evaluate(run, other)
    assert evaluate(run, other).folder == first.folder
    fewer = replace(other, files=other.files[1:], labels=other.labels[1:])
    assert evaluate(run, fewer).folder != first.folder


def test_images_of_training_are_left_out_unless_asked_for(run, trained):
    labelled = list_images(trained.data)
    table, report = store.evaluate_on(run, labelled, False, judge, silent)
    assert report["images"] == len(table) == 4
    assert report["seen_left_out"] == 44
    assert store.evaluate_on(run, labelled, True, judge, silent)[1]["images"] == 48


def test_other_classes_are_refused(run):
    with pytest.raises(InputError, match="must be the model's classes"):
        store.evaluate_on(run, Labelled(run.folder, ("a", "b"), (), ()), False, judge, silent)


def test_the_folder_of_each_of_several_sets_is_known_or_looked_for_by_name(mixed, tmp_path):
    run = folders.read_run(mixed.models / "mixed")
    (own,) = store.list_evaluations(run)
    known = {"wall": "wall", "sdnet2018": "bridge", "bricks": "bricks"}
    assert own.images is None
    assert own.places == {name: mixed.data / folder for name, folder in known.items()}
    elsewhere = shutil.copytree(run.folder, tmp_path / "models" / "elsewhere")
    (elsewhere / "local.json").unlink()
    (moved,) = store.list_evaluations(folders.read_run(elsewhere))
    assert moved.sets == {name: config.data_folder() / name for name in known}
    assert moved.places == {}


@pytest.mark.parametrize(
    "names", [("Non-cracked", "Cracked"), ("uncracked", "crack"), ("walls", "cracks")]
)
def test_classes_of_other_names_are_taken_by_their_meaning(run, other, names):
    for old, new in zip(("Negative", "Positive"), names, strict=True):
        (other.folder / old).rename(other.folder / new)
    table, report = store.evaluate_on(run, list_images(other.folder), False, judge, silent)
    assert report["classes"] == ["Negative", "Positive"]
    assert table["actual"].value_counts().to_dict() == {"Negative": 4, "Positive": 4}
    sound = table["file"].str.startswith(names[0])
    assert (table["actual"] == "Negative").tolist() == sound.tolist()


def test_folders_that_do_not_tell_are_taken_as_a_person_says(run, other, capsys):
    for old, new in {"Negative": "a", "Positive": "b"}.items():
        (other.folder / old).rename(other.folder / new)
    words = ["evaluate", "--model", "first", "--data", str(other.folder), "--keep"]
    assert main(words) == 2
    assert "--map a=Negative" in capsys.readouterr().err
    assert main([*words, "--map", "a=sound", "--map", "b=Positive"]) == 1  # One is broken.
    assert "'a' is 'sound', 'b' is 'cracked'" in capsys.readouterr().out
    kept = store.list_evaluations(run)[1]
    assert store.report_of(kept)["matched"] == {"a": "Negative", "b": "Positive"}
    table = store.table_of(kept)
    assert (table["actual"] == "Positive").tolist() == table["file"].str.startswith("b/").tolist()


def test_synthetic_photos_are_made_for_an_evaluation(run, tmp_path, monkeypatch):
    labelled = pictures.listing(tmp_path / "data" / "synthetic-40-3", 40)
    assert evaluate(run, labelled).data == "synthetic-40-3"


def test_a_label_is_marked_once_and_unmarked(run, other):
    kept = evaluate(run, other)
    rows = store.table_of(kept).to_dict("records")
    for row in (rows[0], rows[3], rows[0]):
        store.mark(kept, row, True)
    listed = store.marked(run)
    assert sorted(listed["file"]) == sorted([rows[0]["file"], rows[3]["file"]])
    assert set(listed["data"]) == {"wall"}
    store.mark(kept, rows[0], False)
    assert list(store.marked(run)["file"]) == [rows[3]["file"]]
    assert list(files.read_csv(run.folder / store.WRONG_LABELS)) == store.MARK_COLUMNS


def test_the_figures_in_a_table_are_those_of_the_report(run):
    table = figures_table(run.report).set_index(["figure", "class"])["value"]
    assert table["accuracy", ""] == run.report["accuracy"]
    assert table["recall", "Positive"] == run.report["per_class"]["Positive"]["recall"]
    assert table["accuracy_interval_low", ""] == run.report["accuracy_interval"][0]


def test_the_page_of_an_evaluation_is_the_same_from_both_commands(trained, tmp_path):
    one, other = tmp_path / "one.html", tmp_path / "other.html"
    crackcls(trained, "report", "--model", "first", "--threshold", "0.3", "--out", one)
    words = ("evaluate", "--model", "first", "--data", trained.data, "--report", other)
    crackcls(trained, *words, check=False)
    report = json.loads((trained.models / "first" / "report.json").read_text())
    said = f"{report['wrong']} wrong of {report['images']} images"
    for page in (one.read_text(), other.read_text()):
        assert said in page
        assert page.count("<svg") >= 4
        assert "<script" not in page


def test_an_evaluation_that_is_not_kept_is_refused_with_those_that_are(trained):
    words = ("report", "--model", "first", "--on", "gone", "--out", "x.html")
    done = crackcls(trained, *words, check=False)
    assert (done.returncode, "(first), received 'gone'" in done.stderr) == (2, True)


def test_splits_are_compared_over_seeds(trained, tmp_path):
    shutil.copytree(trained.models / "first", trained.models / "splits")
    words = ("compare-splits", "--model", "splits", "--data", trained.data, "--seeds", "2")
    rows = json.loads(crackcls(trained, *words, "--json").stdout)
    kept = files.read_csv(trained.models / "splits" / "splits.csv")
    assert [(row["split"], row["seed"]) for row in rows] == [
        *(("grouped", 0), ("grouped", 1), ("random", 0), ("random", 1))
    ]
    assert list(kept["accuracy"]) == [row["accuracy"] for row in rows]
    assert all(row["accuracy"] == 1 - row["wrong"] / row["images"] for row in rows)
    assert all(row["share_with_copy"] == 0 for row in rows if row["split"] == "grouped")
