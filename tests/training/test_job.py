"""Training end to end: what it leaves, what it repeats, what it refuses."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crackcls import config
from crackcls.__main__ import main
from crackcls.config import TrainConfig
from crackcls.errors import InputError
from crackcls.labelled import list_images
from crackcls.photos import rows
from crackcls.runs import changes, folders
from crackcls.training import job as training_job
from tests.conftest import METU, Trained, crackcls, encoded, needs_metu, picture
from tests.datasets import layouts
from tests.datasets.layouts import EXAMPLES, write

FILES = {
    *("config.json", "local.json", "process.json", "events.jsonl", "history.csv", "split.csv"),
    *("model.keras", "model.tflite", "model.json", "predictions.csv", "report.json"),
    *("calibration.json", "familiarity.npz"),
}


def events_of(folder: Path, kind: str) -> list[dict]:
    lines = (folder / "events.jsonl").read_text(encoding="utf-8").splitlines()
    return [event for event in map(json.loads, lines) if event["kind"] == kind]


def test_training_leaves_all_that_a_page_shows(trained):
    folder = trained.models / "first"
    assert {path.name for path in folder.iterdir()} == FILES
    settings = json.loads((folder / "config.json").read_text())
    assert (settings["data"], settings["split"], settings["seed"]) == ("concrete", "grouped", 12345)
    split = pd.read_csv(folder / "split.csv").set_index("file")["part"]
    assert split.value_counts().to_dict() == {"train": 32, "validation": 12, "test": 4}
    history = pd.read_csv(folder / "history.csv")
    assert list(history["epoch"]) == [1, 2]
    assert {"accuracy", "loss", "val_accuracy", "val_loss"} <= set(history.columns)


def test_the_report_matches_the_stored_predictions(trained):
    folder = trained.models / "first"
    report = json.loads((folder / "report.json").read_text())
    table = pd.read_csv(folder / "predictions.csv")
    split = pd.read_csv(folder / "split.csv")
    assert set(table["file"]) == set(split["file"][split["part"] == "test"])
    assert report["images"] == len(table) == 4
    assert report["wrong"] == (table["actual"] != table["predicted"]).sum()
    assert np.allclose(table.filter(like="probability of").sum(axis=1), 1, atol=1e-5)


def test_the_stored_predictions_are_what_the_model_says_of_the_files(trained):
    folder = trained.models / "first"
    table = pd.read_csv(folder / "predictions.csv")
    found = [*rows.judge([trained.data / file for file in table["file"]], folder)]
    assert [str(row["verdict"]) for row in found] == list(table["verdict"])
    kept = table[["probability of Negative", "probability of Positive"]].to_numpy()
    assert np.stack([row["probabilities"] for row in found]) == pytest.approx(kept, abs=1e-5)


def test_the_event_log_tells_the_phases_in_order_and_what_the_run_cost(trained):
    folder = trained.models / "first"
    phases = [event["phase"] for event in events_of(folder, "phase")]
    assert phases == [
        *("reading images", "running the backbone", "finding near copies"),
        *("building the network", "training", "calibrating", "exporting", "evaluating"),
    ]
    end = events_of(folder, "end")[0]
    assert end["status"] == "finished"
    assert end["images_per_second"] == pytest.approx(50 / end["seconds"], abs=0.06)
    assert 100 < end["peak_memory_mb"] < 3000
    backbone = [e for e in events_of(folder, "progress") if e["phase"] == "running the backbone"]
    assert backbone[-1]["done"] == backbone[-1]["total"] == 50


def test_after_each_epoch_the_log_says_what_a_few_validation_pictures_were_called(trained):
    folder = trained.models / "first"
    split = pd.read_csv(folder / "split.csv").set_index("file")
    (about,) = events_of(folder, "watching")
    assert {*split.loc[about["files"], "part"]} == {"validation"}
    assert [*split.loc[about["files"], "sha256"]] == about["sha256"]
    classes = json.loads((folder / "config.json").read_text())["classes"]
    folders_of = [file.partition("/")[0] for file in about["files"]]
    assert folders_of == [classes[label] for label in about["actual"]]
    told = events_of(folder, "watched")
    assert [one["epoch"] for one in told] == [1, 2]
    for one in told:
        assert np.allclose(np.sum(one["probabilities"], axis=1), 1, atol=1e-3)


def test_broken_files_are_named_left_out_and_kept(trained):
    left_out = {e["file"]: e["reason"] for e in events_of(trained.models / "first", "left out")}
    assert set(left_out) == {"Negative/text.jpg", "Positive/cut off.jpg"}
    assert "must be a photo" in left_out["Negative/text.jpg"]
    assert "damaged" in left_out["Positive/cut off.jpg"]
    assert all((trained.data / file).exists() for file in left_out)
    assert "left out Negative/text.jpg" in trained.output


def test_nothing_is_said_that_only_a_programmer_understands(trained):
    assert "Warning" not in trained.output


def test_names_with_spaces_and_other_letters_are_trained_on(trained):
    files = set(pd.read_csv(trained.models / "first" / "split.csv")["file"])
    assert {"Negative/Mauer größe 1.jpg", "Positive/ひび割れ.jpg"} <= files


def test_a_second_run_gives_the_same_split_and_the_same_model(trained):
    crackcls(trained, "train", "--data", trained.data, "--name", "second", "--epochs", "2")
    first, second = (trained.models / name for name in ("first", "second"))
    for file in ("split.csv", "predictions.csv"):
        assert (first / file).read_bytes() == (second / file).read_bytes()
    backbone = [e for e in events_of(second, "phase") if e["phase"] == "running the backbone"]
    assert [event["total"] for event in backbone] == [2], "only the broken files are tried again"


def test_a_training_on_several_sets_keeps_their_names_and_figures_apart(mixed):
    folder = mixed.models / "mixed"
    assert {path.name for path in folder.iterdir()} == FILES
    settings = json.loads((folder / "config.json").read_text())
    assert settings["data"] == "wall + sdnet2018 + bricks"
    assert (settings["classes"], settings["images"]) == (["Negative", "Positive"], 148)
    assert [one["crack"] for one in settings["sets"]] == [["Cracked"], ["Positive"], []]
    assert str(mixed.data) not in (folder / "config.json").read_text()
    split = pd.read_csv(folder / "split.csv")
    sizes = split.groupby("set").size()
    assert sizes.to_dict() == {"bricks": 20, "sdnet2018": 80, "wall": 48}
    cracked = split["file"].str.contains("/Cracked/|/Positive/")
    assert (split["class"] == np.where(cracked, "Positive", "Negative")).all()
    pieces = split.dropna(subset="photograph").groupby("photograph")
    assert (len(pieces), pieces["part"].nunique().max()) == (24, 1)
    table = pd.read_csv(folder / "predictions.csv")
    report = json.loads((folder / "report.json").read_text())
    assert set(report["by_set"]) == set(table["set"]) == set(sizes.index)
    for name, figures in report["by_set"].items():
        rows = table[table["set"] == name]
        assert figures["images"] == len(rows)
        assert figures["wrong"] == (rows["actual"] != rows["predicted"]).sum()
    assert report["by_set"]["bricks"]["recall"] is None
    assert all(name in mixed.output for name in ("wall ", "sdnet2018 ", "bricks "))


def test_a_weight_makes_an_epoch_longer(mixed):
    split = pd.read_csv(mixed.models / "mixed" / "split.csv")
    training = split["set"][split["part"] == "train"].value_counts()
    last = [e for e in events_of(mixed.models / "mixed", "progress") if e["phase"] == "training"]
    epoch = training["wall"] * 1.5 + training["sdnet2018"] + training["bricks"]
    assert last[-1]["total"] == 2 * epoch


def test_a_run_on_several_sets_goes_on_to_the_same_model(mixed):
    """What a kill after the first epoch leaves is made of a finished run."""
    folder = shutil.copytree(mixed.models / "mixed", mixed.models / "again")
    for name in ("model.json", "report.json", "predictions.csv"):
        (folder / name).unlink()
    log = (folder / "events.jsonl").read_text().splitlines(keepends=True)
    (folder / "events.jsonl").write_text("".join(log[:-1]))
    crackcls(mixed, "train", "--resume", "again")
    for name in ("split.csv", "predictions.csv", "report.json", "model.tflite"):
        assert (folder / name).read_bytes() == (mixed.models / "mixed" / name).read_bytes()


def test_the_cracks_are_looked_for_though_their_folder_comes_first(
    trained, tmp_path, monkeypatch, capsys
):
    """The same images under other names; `Non-cracked` is the last in the alphabet."""

    def told(*words: object) -> dict:
        assert main([*map(str, words), "--model", "turned", "--json"]) in (0, 1)
        return json.loads(capsys.readouterr().out)

    for old, new in {"Positive": "Cracked", "Negative": "Non-cracked"}.items():
        shutil.copytree(trained.data / old, tmp_path / "walls" / new)
    words = ("train", "--data", tmp_path / "walls", "--name", "turned", "--epochs", "12")
    done = crackcls(trained, *words, "--learning-rate", "0.001")
    assert "actual cracked " in done.stdout
    assert "Non-cracked" not in done.stdout
    for file in ("config.json", "model.json", "report.json"):
        about = json.loads((trained.models / "turned" / file).read_text())
        assert (about["classes"], about["positive"]) == (["Cracked", "Non-cracked"], "Cracked")
    monkeypatch.setenv("CRACKCLS_MODELS", str(trained.models))
    photos = [tmp_path / f"{number}.png" for number in range(12)]
    for number, photo in enumerate(photos):
        photo.write_bytes(encoded(picture(700 + number, cracked=number < 6), "PNG"))
    verdicts = [photo["verdict"] for photo in told("predict", *photos)["photos"]]
    assert verdicts[:6].count("cracked") >= 4
    assert verdicts[6:].count("no crack found") >= 4
    assert "no crack found" not in verdicts[:6]
    assert "cracked" not in verdicts[6:]
    # It is as right where the folders are called otherwise, and can look for the other class.
    report = told("evaluate", "--data", trained.data, "--include-seen")
    assert report["matched"] == {"Negative": "Non-cracked", "Positive": "Cracked"}
    assert report["accuracy"] >= 0.9
    assert told("positive", "Non-cracked")["positive"] == "Non-cracked"
    turned = [photo["verdict"] for photo in told("predict", *photos)["photos"]]
    assert {*turned[:6]} <= {"Cracked", "unfamiliar"}
    assert {*turned[6:]} <= {"Non-cracked", "unfamiliar"}


@needs_metu
@pytest.mark.parametrize("arguments", [[], ["--split", "random", "--fine-tune", "top"]])
def test_a_few_real_images_are_enough_to_tell_most_cracks(trained, arguments):
    name = f"metu-{len(arguments)}"
    epochs = "2" if arguments else "5"
    words = ["--data", METU, "--limit", "240", "--name", name, "--epochs", epochs, *arguments]
    crackcls(trained, "train", *words)
    history = pd.read_csv(trained.models / name / "history.csv")
    assert history["val_accuracy"].max() >= 0.95
    assert events_of(trained.models / name, "end")[0]["peak_memory_mb"] < 3000


def refuse(folder: Path, name: str = "new", **settings) -> str:
    """Train in this process up to the refusal and give its sentence."""
    with pytest.raises(InputError) as error:
        training_job.train(
            list_images(folder), TrainConfig(**settings), name, lambda kind, **fields: None
        )
    return str(error.value)


@pytest.mark.slow
def test_fewer_images_than_a_batch_are_one_batch(concrete):
    report = training_job.train(
        list_images(concrete(per_class=10)),
        TrainConfig(image_size=96, epochs=2),
        "new",
        lambda kind, **fields: None,
    )
    assert report and report["images"] == 2
    assert folders.read_run(config.models_folder() / "new").state == "finished"


@pytest.mark.slow
def test_a_class_of_broken_files_is_refused_by_name(concrete):
    folder = concrete(per_class=10)
    for file in (folder / "Positive").iterdir():
        file.write_bytes(b"no photo")
    assert "none of the 10 in 'Positive' can" in refuse(folder)


@pytest.mark.slow
def test_a_class_of_copies_is_refused_by_name(concrete):
    folder = concrete(per_class=10)
    for file in (folder / "Positive").iterdir():
        file.write_bytes(encoded(picture(7, cracked=True)))
    assert "'Positive' with 10 leaves none for" in refuse(folder, batch_size=4)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"epochs": 0}, "epochs must be 1 to 1,000, received 0"),
        ({"batch_size": 0}, "batch-size must be 1 to 1,024, received 0"),
        ({"image_size": 227}, "image-size must be (96, 128, 160, 192, 224), received 227"),
        ({"learning_rate": 0.0}, "learning-rate must be above 0, at most 1, received 0.0"),
        ({"learning_rate": float("nan")}, "received nan"),
        ({"seed": -1}, "received -1"),
        ({"limit": 0}, "limit must be above 0, received 0"),
        ({"split": "none"}, "received none"),
        ({"fine_tune": "tail"}, "received tail"),
        ({"precision": "int4"}, "precision must be ('int8', 'float32'), received int4"),
        ({"fine_tune": "top"}, "must be float32, since int8 cannot be trained, received int8"),
    ],
)
def test_a_setting_out_of_range_is_refused_before_anything_is_written(concrete, settings, said):
    assert said in refuse(concrete(per_class=4), **settings)
    assert not config.models_folder().exists()


@pytest.mark.parametrize("name", ["../up", "a b", ""])
def test_an_unsafe_name_is_refused_before_anything_is_written(concrete, name):
    assert f"received '{name}'" in refuse(concrete(per_class=4), name)
    assert not config.models_folder().exists()


def test_without_room_on_the_disk_nothing_begins_and_nothing_goes_on(concrete, monkeypatch):
    usage = shutil.disk_usage(config.PROJECT)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage._replace(free=250_000_000))
    said = "The disk must keep 300 MB free, and it has 250 MB. Its owner must make room."
    assert refuse(concrete(per_class=4)) == said
    assert not (config.models_folder() / "new").exists()
    with pytest.raises(InputError, match="must keep 300 MB free"):
        training_job.resume("new", lambda kind, **fields: None)


def test_a_run_that_is_killed_leaves_no_model_and_keeps_its_name(trained, tmp_path):
    command = [sys.executable, "-m", "crackcls", "train", "--data", trained.data, "--name", "dead"]
    child = subprocess.Popen(list(map(str, command)), cwd=config.PROJECT, stderr=subprocess.DEVNULL)
    folder = config.models_folder() / "dead"
    while not (folder / "events.jsonl").exists():
        assert child.poll() is None
    child.kill()
    child.wait()
    run = folders.read_run(folder)
    assert (run.state, run.has_model) == ("interrupted", False)
    with pytest.raises(InputError, match="'dead' is interrupted"):
        changes.check_free("dead")


@pytest.fixture(scope="module")
def laid_out(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Train one epoch on all layouts of the documentation, each as a set of its own."""
    top = tmp_path_factory.mktemp("laid out")
    place = Trained(top / "models", trained.cache, top / "data")
    words = [word for _, one in layouts.folders(top / "data") for word in ("--data", one)]
    settings = ("--epochs", "1", "--batch-size", "8", "--image-size", "160")
    crackcls(place, "train", *words, *settings, "--name", "all")
    return place


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(EXAMPLES)), ids=lambda n: EXAMPLES[n].name)
def test_each_layout_of_the_documentation_is_trained_on(laid_out, number):
    example, name = EXAMPLES[number], f"layout-{number}"
    split = pd.read_csv(laid_out.models / "all" / "split.csv", keep_default_na=False)
    rows = split[split["set"] == name].set_index("file")
    assert {*rows.index} == {f"{name}/{file}" for file in example.files}
    for file, (kind, group) in example.files.items():
        row = rows.loc[f"{name}/{file}"]
        assert row["class"] == ("Positive" if kind.lower() == "cracked" else "Negative")
        assert row["belongs_to"] == (f"{name}/{group}" if group else "")
    assert {*rows["part"]} == {"train", "validation", "test"}
    assert (rows[rows["belongs_to"] != ""].groupby("belongs_to")["part"].nunique() == 1).all()
    report = json.loads((laid_out.models / "all" / "report.json").read_text())
    assert report["by_set"][name]["images"] == (rows["part"] == "test").sum()


@pytest.mark.slow
def test_a_given_split_is_kept_said_and_taken_up_again(trained, tmp_path, monkeypatch, capsys):
    walls = write(tmp_path / "walls", EXAMPLES[2], seed=90_000)
    place = Trained(tmp_path / "models", trained.cache, walls)
    words = ("--split", "given", "--epochs", "1", "--batch-size", "4", "--name", "given")
    said = crackcls(place, "train", "--data", place.data, *words).stderr
    assert "found in the folder walls.v1i.folder, below train, valid, test" in said
    assert "given split kept: 0 test images have a near copy in training" in said
    split = pd.read_csv(place.models / "given" / "split.csv")
    assert (split["part"] == split["given_part"]).all()
    assert {*split["class"]} == {"Cracked", "Sound"}
    settings = json.loads((place.models / "given" / "config.json").read_text())
    assert (settings["split"], settings["layout"]) == ("given", "")
    monkeypatch.setenv("CRACKCLS_MODELS", str(place.models))
    capsys.readouterr()
    assert main(["evaluate", "--model", "given", "--data", str(place.data), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["images"] == 8
