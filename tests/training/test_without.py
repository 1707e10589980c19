"""Images that a list names are left out of training and validation, never out of the test."""

import json
import shutil

import pandas as pd
import pytest

from crackcls import config
from crackcls.config import TrainConfig
from crackcls.errors import InputError
from crackcls.files import write_csv
from crackcls.labelled import list_images
from crackcls.runs import folders
from crackcls.training import job as training_job
from crackcls.training import without
from tests.conftest import Trained, crackcls


def quiet(kind: str, **fields) -> None:
    """Hear nothing."""


def listed(tmp_path, text: str):
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("file,sha256,given\nA/1.jpg,ab12,A\n", [["ab12", "A/1.jpg"]]),
        ("sha256\nab12\n12\n", [["ab12", ""], ["12", ""]]),
        ("file\nA/1.jpg\n", [["", "A/1.jpg"]]),
        ("\ufefffile,note\r\nA/1.jpg,pit\r\n", [["", "A/1.jpg"]]),
        ("file,sha256\nA/1.jpg,\nA/1.jpg,\n", [["", "A/1.jpg"]]),
        ("file,sha256\n", []),
    ],
)
def test_a_list_names_images_by_content_or_by_file(tmp_path, text, expected):
    assert without.read_lists([listed(tmp_path, text)]).to_numpy().tolist() == expected


def test_of_another_models_split_the_test_images_are_meant(tmp_path):
    rows = [("a.jpg", "train", "1" * 64), ("b.jpg", "test", "2" * 64), ("c.jpg", "test", "3" * 64)]
    write_csv(tmp_path / "split.csv", pd.DataFrame(rows, columns=["file", "part", "sha256"]))
    listed = without.read_lists([tmp_path / "split.csv"])
    assert list(listed["sha256"]) == ["2" * 64, "3" * 64]


def test_several_lists_are_one(tmp_path):
    paths = [tmp_path / "1.csv", tmp_path / "2.csv"]
    paths[0].write_text("sha256\nab\n")
    paths[1].write_text("sha256,file\nab,\ncd,\n")
    assert list(without.read_lists(paths)["sha256"]) == ["ab", "cd"]
    assert without.read_lists([]) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name;label\nA;B\n", "must have a column 'sha256' or 'file', and that of 'list.csv' are"),
        ("", "must be a CSV file that can be read"),
    ],
)
def test_another_file_is_refused_with_what_to_take(tmp_path, text, said):
    with pytest.raises(InputError, match=said):
        without.read_lists([listed(tmp_path, text)])


def test_a_list_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"received '.*none.csv'. Check the spelling"):
        without.read_lists([tmp_path / "none.csv"])


def images() -> pd.DataFrame:
    parts = ["train", "train", "train", "train", "validation", "validation", "test", "test"]
    return pd.DataFrame(
        {
            "file": [f"{'AB'[i % 2]}/{i}.jpg" for i in range(8)],
            "sha256": list("abcdefgh"),
            "label": [i % 2 for i in range(8)],
            "part": parts,
        }
    )


def test_the_images_of_a_list_get_a_part_of_their_own_but_for_those_of_the_test(tmp_path):
    without.keep(pd.DataFrame({"sha256": ["a", "g", "z"], "file": ["", "", ""]}), tmp_path)
    heard = []
    left = without.leave_out(images(), tmp_path, lambda kind, **f: heard.append((kind, f)))
    assert list(left["part"]) == ["left out", *list(images()["part"])[1:]]
    assert heard[0] == ("left out labels", {"listed": 3, "train": 1, "validation": 0})
    told = without.report(left, tmp_path)["left_out_labels"]
    assert (told["listed"], told["images"]) == (3, 1)


def test_a_file_counts_only_where_the_list_knows_no_content(tmp_path):
    table = pd.DataFrame({"sha256": ["other", ""], "file": ["A/0.jpg", "B/1.jpg"]})
    without.keep(table, tmp_path)
    left = without.leave_out(images(), tmp_path, quiet)
    assert list(left["file"][left["part"] == "left out"]) == ["B/1.jpg"]


def test_a_run_without_a_list_leaves_nothing_out(tmp_path):
    without.keep(None, tmp_path)
    assert without.leave_out(images(), tmp_path, quiet).equals(images())
    assert (without.report(images(), tmp_path), without.describe(None)) == ({}, {})


def test_a_list_of_all_of_a_class_is_refused(tmp_path):
    without.keep(pd.DataFrame({"sha256": ["a", "c"], "file": ["", ""]}), tmp_path)
    with pytest.raises(InputError, match=r"in train, and of the class of 'A/0.jpg' it names all 2"):
        without.leave_out(images(), tmp_path, quiet)


def test_a_list_that_breaks_a_rule_is_refused_before_anything_is_written(concrete, tmp_path):
    path = listed(tmp_path, "name\nA\n")
    data = list_images(concrete(per_class=4))
    with pytest.raises(InputError, match="must have a column"):
        training_job.train(data, TrainConfig(), "new", quiet, [path])
    assert not config.models_folder().exists()


@pytest.mark.slow
def test_a_training_leaves_out_what_a_list_names_and_says_so(trained, tmp_path):
    models = shutil.copytree(trained.models, tmp_path / "models")
    place = Trained(models, trained.cache, trained.data)
    split = pd.read_csv(models / "first" / "split.csv")
    few = pd.concat([split[split["part"] == part].iloc[:2] for part in ("train", "test")])
    few[["file", "sha256"]].to_csv(tmp_path / "list.csv", index=False)
    words = ("train", "--data", trained.data, "--name", "fewer", "--epochs", "2")
    told = json.loads(crackcls(place, *words, "--without", tmp_path / "list.csv", "--json").stdout)
    folder = models / "fewer"
    after = pd.read_csv(folder / "split.csv")
    assert list(after["file"][after["part"] == "left out"]) == list(few["file"][:2])
    assert list(after["file"][after["part"] == "test"]) == list(
        split["file"][split["part"] == "test"]
    )
    settings = json.loads((folder / "config.json").read_text())
    assert told["left_out_labels"] == {**settings["left_out_labels"], "images": 2}
    assert settings["left_out_labels"]["listed"] == 4
    assert len(pd.read_csv(folder / "without.csv")) == 4
    crackcls(place, "report", "--model", "fewer", "--out", tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "trained without 2 images that a list leaves out" in page
    log = map(json.loads, (folder / "events.jsonl").read_text().splitlines())
    assert [one["train"] for one in log if one["kind"] == "left out labels"] == [2]


def test_a_run_goes_on_only_with_the_list_that_it_began_with(tmp_path):
    table = pd.DataFrame({"sha256": ["a"], "file": [""]})
    without.keep(table, tmp_path)
    (tmp_path / "config.json").write_text(json.dumps({"data": "walls", **without.describe(table)}))
    without.check(folders.read_run(tmp_path))
    without.keep(table.assign(sha256="b"), tmp_path)
    with pytest.raises(InputError, match="is another"):
        without.check(folders.read_run(tmp_path))
    (tmp_path / without.FILE).unlink()
    with pytest.raises(InputError, match="is not there"):
        without.check(folders.read_run(tmp_path))
