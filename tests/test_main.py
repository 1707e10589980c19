"""The command line: outputs, exit status, sentences."""

import json
import os
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from crackcls import __main__, config
from crackcls.cli import data
from crackcls.datasets.published.sets import SETS
from tests.conftest import SHARED, crackcls, encoded, needs_cases, picture
from tests.datasets.layouts import EXAMPLES, write
from tests.test_documentation import KNOWN


def run(capsys, *words: object) -> tuple[int, str, str]:
    status = __main__.main(list(map(str, words)))
    captured = capsys.readouterr()
    return status, captured.out, captured.err


@pytest.fixture
def place(trained, monkeypatch):
    """Point this process at the trained model."""
    monkeypatch.setenv("CRACKCLS_MODELS", str(trained.models))
    monkeypatch.setenv("CRACKCLS_CACHE", str(trained.cache))
    return trained


@pytest.mark.parametrize("command", KNOWN)
def test_each_command_has_help_for_each_option(capsys, command):
    with pytest.raises(SystemExit) as stop:
        __main__.main([*command.split(), "--help"])
    assert stop.value.code == 0
    assert KNOWN[command].description
    assert all(action.help for action in KNOWN[command]._actions)


def test_evaluate_leaves_out_what_the_model_saw(place, capsys, tmp_path):
    out = tmp_path / "out.csv"
    words = ("evaluate", "--model", "first", "--data", place.data, "--csv", out, "--json")
    status, text, said = run(capsys, *words)
    report = json.loads(text)
    stored = json.loads((place.models / "first" / "report.json").read_text())
    assert status == 1, "two files are broken"
    assert "text.jpg: The file must be a photo" in said
    assert report["seen_left_out"] == 44
    assert {k: report[k] for k in ("images", "accuracy", "confusion_matrix")} == {
        k: stored[k] for k in ("images", "accuracy", "confusion_matrix")
    }
    table = pd.read_csv(out)
    assert list(table.columns) == ["file", "actual", "predicted", "probability", "verdict"]
    assert len(table) == 4
    assert table["probability"].between(0.5, 1).all()


def test_evaluate_takes_all_images_when_asked_to(place, capsys):
    words = ("evaluate", "--model", "first", "--data", place.data, "--include-seen")
    status, text, _ = run(capsys, *words)
    assert status == 1
    assert "of 48; 95 % interval" in text


def test_evaluate_refuses_other_classes(place, capsys, concrete):
    folder = concrete(per_class=2, classes=("a", "b", "c"))
    status, _, said = run(capsys, "evaluate", "--model", "first", "--data", folder)
    assert status == 2
    assert "must be the model's classes ['Negative', 'Positive'] or mean the same" in said
    assert "such as by --map a=Negative" in said


def test_models_tells_data_and_accuracy(place, capsys):
    status, text, _ = run(capsys, "models", "--json")
    model = next(m for m in json.loads(text) if m["name"] == "first")
    stored = json.loads((place.models / "first" / "report.json").read_text())
    assert status == 0
    assert (model["data"], model["split"], model["images"]) == ("concrete", "grouped", 50)
    assert model["test_accuracy"] == stored["accuracy"]
    assert model["test_recall"] == stored["per_class"]["Positive"]["recall"]
    of_sound = stored["per_class"]["Negative"]["recall"]
    assert model["test_false_alarms"] == pytest.approx(1 - of_sound)
    assert run(capsys, "models")[1].startswith("name ")


def test_runs_tells_how_each_run_ended(place, capsys):
    status, text, _ = run(capsys, "runs", "--json")
    row = next(r for r in json.loads(text) if r["name"] == "first")
    stored = json.loads((place.models / "first" / "report.json").read_text())
    assert status == 0
    assert (row["state"], row["epochs"], row["data"]) == ("finished", "2", "concrete")
    assert row["test_accuracy"] == f"{stored['accuracy']:.4f}"
    assert row["test_recall"] == f"{stored['per_class']['Positive']['recall']:.4f}"
    assert run(capsys, "runs")[1].startswith("name ")


def test_what_cannot_be_resumed_is_refused(place, capsys):
    status, _, said = run(capsys, "train", "--resume", "first")
    assert (status, "'first' has finished" in said) == (2, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("predict", "a.jpg", "--model", "gone"), "there is none named 'gone'"),
        (("predict", "a.jpg", "--model", "../gone"), "received '../gone'"),
        (("evaluate", "--model", "gone", "--data", "."), "there is none named 'gone'"),
        (("train", "--data", "nowhere"), "received 'nowhere'"),
        (("train", "--data", "metu"), "python -m crackcls data fetch metu"),
        (("train", "--data", "synthetic-9-0"), "40 to 100,000 photos, received 9"),
        (("data", "make", "--count", "9"), "40 to 100,000 photos, received 9"),
        (("data", "inspect", "nowhere"), "received 'nowhere'"),
        (("data", "sheet", "nowhere", "--out", "a.png"), "received 'nowhere'"),
        (("data", "fetch", "metu", "--archive", "nowhere"), "nowhere"),
        (("data", "fetch", "metu", "--folder", "nowhere"), "nowhere"),
        (("train", "--data", "sdnet2018"), "python -m crackcls data fetch sdnet2018"),
        (("data", "fetch", "sdnet2018", "--archive", "nowhere"), "nowhere"),
        (("data", "fetch", "sdnet2018", "--source", "mendeley"), "one of usu, usu-zip, received"),
    ],
)
def test_a_broken_rule_ends_with_status_2_and_a_sentence(capsys, words, said):
    status, text, err = run(capsys, *words)
    assert (status, text) == (2, "")
    assert "crackcls: " in err
    assert said in err
    assert "Traceback" not in err


def test_an_existing_model_is_not_trained_over(trained):
    before = {p.name: p.stat().st_mtime_ns for p in (trained.models / "first").iterdir()}
    done = crackcls(trained, "train", "--data", trained.data, "--name", "first", check=False)
    assert done.returncode == 2
    assert "'first' is finished" in done.stderr
    assert before == {p.name: p.stat().st_mtime_ns for p in (trained.models / "first").iterdir()}


def test_data_is_made_once_and_told(capsys):
    for _ in range(2):
        status, text, _ = run(capsys, "data", "make", "--count", "40", "--seed", "3", "--json")
        folder = config.data_folder() / "synthetic-40-3"
        assert (status, json.loads(text)) == (0, {"folder": str(folder), "images": 40})
    assert len(list(folder.glob("*/*.jpg"))) == 40


def test_data_is_inspected(capsys, trained):
    status, text, _ = run(capsys, "data", "inspect", trained.data, "--json")
    found = json.loads(text)
    rows = {row["what was found"]: row["count"] for row in found["findings"]}
    assert (status, rows["files that cannot be read"]) == (0, 2)
    assert found["classes"][0]["class"] == "Negative"
    assert {row["file"] for row in found["left_out"]} == {
        "Negative/text.jpg",
        "Positive/cut off.jpg",
    }
    said = run(capsys, "data", "inspect", trained.data)[1]
    assert "left out of training" in said and "Positive/cut off.jpg  " in said


def test_what_folders_say_is_told_and_what_they_do_not_say_is_asked(capsys, tmp_path):
    split = write(tmp_path / "split", EXAMPLES[2])
    said = run(capsys, "data", "inspect", split)[1]
    assert said.startswith("The classes Cracked, Sound were found in the folder walls.v1i.folder")
    assert "near copies in two parts of the given split" in said
    for place, seed in {"A/x": 1, "A/y": 2, "B/x": 3, "B/y": 4}.items():
        (tmp_path / "two" / place).mkdir(parents=True)
        (tmp_path / "two" / place / "1.jpg").write_bytes(encoded(picture(seed)))
    status, _, said = run(capsys, "data", "inspect", tmp_path / "two")
    assert status == 2
    assert "--layout outer for A, B (with x, y inside), --layout inner for x, y (inside" in said
    words = ("data", "inspect", tmp_path / "two", "--layout", "inner", "--group-by", "([AB])/")
    status, text, _ = run(capsys, *words)
    assert (status, "x, y were found below A, B" in text) == (0, True)
    assert "The pattern gives 2 groups" in text


# The ZIPs in ../shared/cases: images by class, and files passed over; None where they are refused.
CASES = {
    "roboflow": ({"Cracked": 4, "Sound": 4}, {"README.roboflow.txt"}),
    "sdnet_layout": ({"Cracked": 3, "Sound": 3}, set()),
    "underscore": ({"Cracked": 3, "Sound": 3, "_Spalled": 2}, set()),
    "xlsx": ({"Cracked": 3, "Sound": 3}, {"labels.xlsx"}),
    "gz": ({"Cracked": 3, "Sound": 3}, {"flight.log.gz"}),
    "case": ({"Cracked": 5, "Sound": 3}, set()),
    "colon": ({"Cracked": 4, "Sound": 4}, set()),
    "trailspace": ({"Cracked ": 3, "Sound": 3}, set()),  # A folder keeps its own name.
    "tm": (None, "these 3 are all of one ('Class 1', told by the names of the files). Add photos"),
    "flat": (None, "they lie in no folder, called 0.jpg, 1.jpg, 2.jpg. Put the photos of each"),
}


@needs_cases
@pytest.mark.parametrize("case", CASES)
def test_a_case_is_inspected_packed_and_unpacked(capsys, tmp_path, case):
    packed = SHARED / "cases" / f"{case}.zip"
    status, _, said = run(capsys, "data", "inspect", packed)
    assert status == 2
    assert "which is a ZIP archive. Unpack it" in said
    if os.name == "nt" and case in ("case", "colon", "trailspace"):
        pytest.skip("Windows cannot hold these names; the page repairs them")
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(tmp_path / "my walls")
    counts, told = CASES[case]
    status, text, said = run(capsys, "data", "inspect", tmp_path / "my walls", "--json")
    if counts is None:
        assert (status, told in said) == (2, True)
        return
    found = json.loads(text)
    assert {row["class"]: row["images"] for row in found["classes"]} == counts
    assert {Path(name).name for name in found["passed_over"]} == told


def test_a_contact_sheet_is_written(capsys, trained, tmp_path):
    out = tmp_path / "sheet.png"
    status, text, _ = run(capsys, "data", "sheet", trained.data, "--out", out, "--json")
    assert (status, json.loads(text)["images"], out.exists()) == (0, 48, True)


@pytest.mark.parametrize("name", SETS)
def test_the_licence_is_shown_before_a_fetch(capsys, name):
    said = run(capsys, "data", "fetch", name, "--archive", "nowhere")[2]
    assert said.index(SETS[name].attribution) < said.index("nowhere")
    assert "CC BY 4.0" in said


def test_the_sources_that_a_command_names_are_those_of_the_facts():
    sources = {name: tuple(one.name for one in facts.sources) for name, facts in SETS.items()}
    assert sources == data.SOURCES


def test_a_model_learns_from_synthetic_data_and_is_evaluated_on_it(trained, tmp_path):
    words = ("--data", "synthetic-60-1", "--name", "made", "--epochs", "1", "--image-size", "96")
    done = crackcls(trained, "train", *words)
    assert "made" in done.stdout
    settings = json.loads((trained.models / "made" / "config.json").read_text())
    assert (settings["data"], settings["synthetic"]) == ("synthetic-60-1", True)
    report = crackcls(trained, "evaluate", "--model", "made", "--data", "synthetic-60-1", "--json")
    assert json.loads(report.stdout)["images"] == 4
