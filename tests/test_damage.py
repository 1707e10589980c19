"""Every file of a run folder, damaged in every way: told where it matters, and all else goes on.

The table of docs/files.md says what happens; its files and those here are the same.
"""

import itertools
import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from crackcls import config, events
from crackcls.__main__ import main
from crackcls.errors import InputError
from crackcls.evaluation import label_errors, splits, store
from crackcls.files import write_csv
from crackcls.labelled import Labelled
from crackcls.network import calibration, pieces
from crackcls.network.classifier import load_model
from crackcls.runs import belonging, folders, processes, status
from crackcls.runs.folders import Run
from crackcls.training import without
from tests.conftest import encoded, picture
from tests.damaging import DAMAGES
from tests.pages.driving import open_page, text_of
from tests.runs import making

TABLE = config.PROJECT / "docs" / "files.md"
SHA = "ab" * 32
ROWS = pd.DataFrame(
    {
        "file": [f"{name}/{i}.jpg" for name in making.CLASSES for i in range(2)],
        "actual": ["Negative"] * 2 + ["Positive"] * 2,
        "predicted": ["Negative"] * 2 + ["Positive"] * 2,
        "probability": 0.75,
        "probability of Negative": [0.75, 0.75, 0.25, 0.25],
        "probability of Positive": [0.25, 0.25, 0.75, 0.75],
    }
)
EVALUATION, LIST = "evaluations/data-1234abcd", "label_errors/data-1234abcd"
# What is read of a run whenever runs are listed. Of the rest each reader says what is damaged.
LISTED = ("config.json", "report.json", "process.json", "events.jsonl", "model.json")
# Nothing hangs on where the images were: one is asked for them. Of a run that names no visitor
# any more `tests/runs/test_belonging.py` tells whose it is.
UNTOLD = ("local.json", belonging.FILE, f"{EVALUATION}/local.json", f"{LIST}/local.json")


def make_run(folder: Path) -> None:
    """Make a run folder with one of each file that a reader opens; no network is in it."""
    (folder / "config.json").write_text(json.dumps({**making.SETTINGS, "classes": making.CLASSES}))
    record = {"pid": 2**30, "created": 5.0}
    (folder / processes.FILE).write_text(json.dumps(record))
    (folder / "local.json").write_text('{"data": "/nowhere"}')
    belonging.give(folder, SHA)
    making.put_model(folder)
    making.put_report(folder)
    phase = {"kind": "phase", "phase": "training", "total": 1}
    figures = {"accuracy": 0.5, "loss": 0.5, "val_accuracy": 0.5, "val_loss": 0.5}
    epoch = {"kind": "epoch", "epoch": 1, **figures, "seconds": 1.0}
    end = {"kind": "end", "status": "finished", "seconds": 1.5}
    making.log(folder, {"kind": "start"}, phase, epoch, end)
    model = calibration.Calibration(1.0, (0.1, 0.1), _familiarity())
    calibration.save(model, folder, making.CLASSES)
    pieces.save(_head(), folder)
    write_csv(folder / "split.csv", ROWS[["file"]].assign(sha256=SHA, part="test"))
    write_csv(folder / "predictions.csv", ROWS)
    write_csv(folder / "history.csv", pd.DataFrame([{**figures, "epoch": 1}]))
    write_csv(folder / "without.csv", pd.DataFrame({"sha256": [SHA], "file": ["a"]}))
    counts = {"images": 4, "wrong": 1, "accuracy": 0.75, "share_with_copy": 0.0}
    alone = {"images_without_copy": 4, "accuracy_without_copy": 0.75}
    write_csv(
        folder / splits.FILE, pd.DataFrame([{"split": "random", "seed": 0, **counts, **alone}])
    )
    write_csv(
        folder / store.WRONG_LABELS, ROWS[:1].assign(sha256=SHA, data="data")[store.MARK_COLUMNS]
    )
    make_evaluation(folder)


def _familiarity():
    import numpy as np

    return calibration.Familiarity(np.zeros(8, "f4"), np.eye(2, 8, dtype="f4"), 0.5)


def _head():
    import numpy as np

    return pieces.Head(np.zeros((pieces.FEATURES, 2), "f4"), np.zeros(2, "f4"))


def make_evaluation(folder: Path) -> None:
    for name in (EVALUATION, LIST):
        (folder / name).mkdir(parents=True)
        (folder / name / "local.json").write_text('{"data": "/nowhere"}')
    write_csv(folder / EVALUATION / "predictions.csv", ROWS.assign(sha256=SHA))
    shutil.copy(folder / "report.json", folder / EVALUATION)
    (folder / EVALUATION / "about.json").write_text('{"data": "data"}')
    listed = ROWS[:1].assign(sha256=SHA, given="Negative", suggested="Positive", quality=0.1)
    write_csv(folder / LIST / label_errors.FILE, listed[label_errors.COLUMNS])
    per_class = {name: {"images": 2, "likely_wrong": 1} for name in making.CLASSES}
    about = {"data": "data", "folds": 3, "images": 4, "per_class": per_class}
    (folder / LIST / "about.json").write_text(json.dumps(about))


@pytest.fixture
def whole():
    folder = config.models_folder() / "whole"
    folder.mkdir(parents=True)
    make_run(folder)
    return folder


def files_of(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def told(read, *words) -> str:
    try:
        read(*words)
    except InputError as error:
        return str(error)
    return ""


def read_all(run: Run) -> str:
    """Read all that pages and commands read of a run, and give what they say."""
    said = [*run.damage.values(), *store.look(run)[1], *label_errors.look(run)[1]]
    status.read_status(run)
    for one in store.list_evaluations(run):
        said += [told(store.report_of, one), told(store.table_of, one), str(one.places)]
    said += [told(load_model, run.folder), told(calibration.load, run.folder)]
    said += [told(pieces.load, run.folder, 2)]
    said += [told(store.marked, run), told(splits.read, run.folder / splits.FILE)]
    said += [told(without.report, ROWS.assign(part="test"), run.folder)]
    return " ".join(said)


def damaged_runs(whole: Path) -> dict[str, tuple[str, str]]:
    """Make a copy of the run for each file and each damage; give what is damaged of each."""
    made = {}
    for file in files_of(whole):
        for name, damage in DAMAGES.items():
            copy = shutil.copytree(whole, whole.with_name(f"run-{len(made)}"))
            damage(copy / file)
            made[copy.name] = file, name
    return made


def test_each_file_damaged_in_each_way_is_told_and_all_else_is_listed(whole, capsys):
    assert "damaged" not in read_all(folders.read_run(whole))
    made = damaged_runs(whole)
    runs = {run.name: run for run in folders.list_runs()}
    assert runs.keys() == {"whole", *made}
    silent = []
    for name, (file, damage) in made.items():
        said = read_all(runs[name])
        if (file, damage) == ("without.csv", "other types"):
            continue  # It is text as before: a run that goes on compares its hash.
        # Of a list that is gone nobody knows, and a run may come without `process.json`.
        optional = (store.WRONG_LABELS, "process.json", "without.csv", "history.csv")
        gone = damage == "missing" and (file in optional or "about.json" in file)
        if not (gone or file in (*UNTOLD, "history.csv")) and f"/{Path(file).name}'" not in said:
            silent.append((file, damage))
        if file in LISTED and not gone:
            assert runs[name].state_in_words == "damaged", (file, damage)
    assert not silent, silent
    assert main(["runs"]) == main(["models", "--json"]) == 0
    out, _ = capsys.readouterr()
    usable = {one["name"] for one in json.loads(out[out.index("[\n") :])}
    needed = {"config.json", "model.json"}
    assert not {name for name in usable if name in made and made[name][0] in needed}
    assert "whole" in usable


def commands_of(name: str, images: Path, top: Path) -> dict[str, list[str]]:
    """Give the commands that open a run, by name."""
    given = ["--model", name, "--data", str(images)]
    return {
        "evaluate": ["evaluate", *given],
        "predict": ["predict", "--model", name, str(images / "Positive" / "0.jpg")],
        "positive": ["positive", "--model", name],
        "report": ["report", "--model", name, "--out", str(top / "report.html")],
        "export": ["export", name, "--out", str(top / "model.zip")],
        "train": ["train", "--resume", name],
        "label-errors": ["label-errors", *given],
        "compare-splits": ["compare-splits", *given, "--seeds", "1"],
    }


def images_in(top: Path) -> Path:
    for label, name in enumerate(making.CLASSES):
        (top / "images" / name).mkdir(parents=True)
        for i in range(2):
            content = encoded(picture(10 * label + i))
            (top / "images" / name / f"{i}.jpg").write_bytes(content)
    return top / "images"


# Which files a command cannot do without, of those that it reads of a run that has ended.
NEEDS = {
    "evaluate": {"config.json", "model.json", "model.tflite"},
    "predict": {"model.json", "model.tflite", "calibration.json", "familiarity.npz"},
    "report": {"config.json", "model.json", "report.json", "predictions.csv"},
    "positive": {"model.json"},
    "export": {"config.json", "model.json", "model.tflite", "calibration.json", "familiarity.npz"},
}


@pytest.mark.parametrize("names", [("evaluate", "predict", "positive", "export"), ("report",)])
def test_each_command_on_a_damaged_run_ends_with_a_sentence(whole, tmp_path, capsys, names):
    """None raises; what a command needs is named, and what it does not need stops it nowhere."""
    images, number = images_in(tmp_path), 0
    for file, damage in itertools.product(files_of(whole), ("random bytes", "missing")):
        if names == ("report",) and file not in NEEDS["report"]:
            continue
        number += 1
        copy = shutil.copytree(whole, whole.with_name(f"run-{number}"))
        DAMAGES[damage](copy / file)
        for name in names:
            code = main(commands_of(copy.name, images, tmp_path)[name])
            said = "".join(capsys.readouterr())
            assert code in (0, 1, 2)
            if file in NEEDS[name]:
                assert code, (name, file, damage)
                # Without `model.json` there is no model, and of a lost calibration one is told.
                told = f"/{file}'" in said or "there is none named" in said or "calibrat" in said
                assert told, (name, file, damage, said)


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["random bytes", "another shape", "missing"])
def test_commands_that_train_on_a_damaged_run_end_with_a_sentence(whole, tmp_path, capsys, damage):
    DAMAGES[damage](whole / "config.json")
    commands = commands_of("whole", images_in(tmp_path), tmp_path)
    for name in ("train", "label-errors", "compare-splits"):
        assert main(commands[name]) == 2
        assert re.search(r"^crackcls: [A-Z'].*\.$", "".join(capsys.readouterr()), re.M), name


@pytest.mark.parametrize("page", ["", "1_Train", "2_Evaluate", "3_Predict"])
def test_each_page_goes_on_beside_a_hundred_damaged_runs(whole, page, caplog):
    damaged_runs(whole)
    (config.models_folder() / folders.IN_USE).write_text("whole")
    shown = open_page(page)
    assert not [one for one in caplog.records if one.name == "crackcls.widgets.guard"]
    assert not page or "must be whole, and it is damaged" in text_of(shown).replace("\\", "")


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_choice_of_the_model_falls_back(whole, damage):
    shutil.copytree(whole, whole.with_name("default"))
    path = config.models_folder() / folders.IN_USE
    path.write_text("whole")
    assert folders.in_use() == "whole"
    DAMAGES[damage](path)
    assert folders.in_use() == "default"


def test_a_damaged_run_keeps_its_name_and_can_be_deleted(whole):
    from crackcls.runs import changes

    DAMAGES["random bytes"](whole / "config.json")
    with pytest.raises(InputError, match="'whole' is damaged"):
        changes.claim("whole", making.SETTINGS)
    changes.delete("whole")
    assert folders.list_runs() == []


def test_a_damaged_list_of_marks_is_never_written_over(whole):
    (own, *_) = store.list_evaluations(folders.read_run(whole))
    path = whole / store.WRONG_LABELS
    DAMAGES["cut off"](path)
    before = path.read_bytes()
    row = {**ROWS.iloc[0].to_dict(), "sha256": SHA}
    with pytest.raises(InputError, match=r"wrong_labels\.csv' must be whole"):
        store.mark(own, row, True)
    assert path.read_bytes() == before
    assert label_errors.marked_in(["data"]) == {}


def test_a_network_with_one_other_byte_is_not_opened(whole):
    content = bytearray((whole / "model.tflite").read_bytes())
    content[3] ^= 1
    (whole / "model.tflite").write_bytes(content)
    with pytest.raises(InputError, match="its SHA-256 is another"):
        load_model(whole)


def test_the_documentation_has_a_line_for_each_file(whole):
    documented = set(re.findall(r"^\| `([^`]+)`", TABLE.read_text(encoding="utf-8"), re.M))
    names = {Path(file).name for file in files_of(whole)} | {folders.IN_USE, "checkpoint.npz"}
    assert names <= documented
    assert {"rows.bin", "index.txt", ".left_out.json"} <= documented


@pytest.mark.parametrize("damage", ["missing", "cut off", "empty", "a folder"])
def test_synthetic_pictures_that_are_lost_are_made_anew(damage, tmp_path, monkeypatch):
    from crackcls.datasets import catalogue
    from crackcls.datasets.synthetic import pictures

    made = {}
    monkeypatch.setattr(pictures, "picture", lambda *of: made.setdefault(of, b"%r\xff\xd9" % (of,)))
    labelled: Labelled = catalogue.open_data("synthetic-40-3")
    pictures.mend(labelled.folder, 40, 3)
    before = {file: labelled.path(file).read_bytes() for file in labelled.files}
    assert len(made) == 40
    made.clear()
    DAMAGES[damage](labelled.path(labelled.files[7]))
    catalogue.ensure(labelled, lambda *_, **__: None)
    assert len(made) == 1
    assert {file: labelled.path(file).read_bytes() for file in labelled.files} == before


def test_a_log_with_lines_that_are_no_events_keeps_the_others(whole):
    log = whole / "events.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(lines[0] + b"\x00\xff nothing\n[]\n" + b"".join(lines[1:]))
    assert [event["kind"] for event in events.read_log(log)] == ["start", "phase", "epoch", "end"]
    run = folders.read_run(whole)
    assert (run.state, run.state_in_words) == ("finished", "damaged")
    assert len(status.history_of("whole")) == 1
