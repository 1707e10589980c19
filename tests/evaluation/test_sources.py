"""The images that come with the shipped models, and where those of other evaluations are."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from benchmarks import own_images
from crackcls import config
from crackcls.evaluation import sources, store
from crackcls.runs import folders

MODELS = config.PROJECT / "models"
MOST_BYTES = 2_000_000


def own_of(name: str, models: Path = MODELS) -> store.Evaluation:
    return store.list_evaluations(folders.read_run(models / name))[0]


def kept(name: str) -> dict[str, Path]:
    folder = MODELS / name / sources.FOLDER
    return {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.jpg")}


def test_all_images_that_come_with_the_models_are_small_together():
    paths = [
        path for name in config.SHIPPED_MODELS for path in (MODELS / name).rglob("samples/**/*")
    ]
    assert 100 < sum(path.is_file() for path in paths) < 300
    assert sum(path.stat().st_size for path in paths if path.is_file()) < MOST_BYTES


@pytest.mark.parametrize("name", config.SHIPPED_MODELS)
def test_the_images_are_those_that_the_command_chooses_and_those_that_were_tested(name):
    rows = own_images.chosen(own_images.tested(MODELS / name))
    files = kept(name)
    assert files.keys() == set(rows["file"])
    wanted = dict(zip(rows["file"], rows["sha256"], strict=True))
    for file, path in files.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == wanted[file]


@pytest.mark.parametrize("name", config.SHIPPED_MODELS)
def test_all_wrong_ones_are_there_and_forty_right_ones_of_which_the_model_was_sure(name):
    table = own_images.tested(MODELS / name)
    is_kept = table["file"].isin(list(kept(name)))
    wrong, doubtful = table["actual"] != table["predicted"], table["probability"] < 0.75
    assert is_kept[wrong & (table["set"] != "everyday")].all()
    assert (is_kept & ~wrong & ~doubtful).sum() == 40


@pytest.mark.parametrize("name", config.SHIPPED_MODELS)
def test_each_set_of_the_images_is_credited_and_no_flower_is_among_them(name):
    images = sources.images_of(own_of(name))
    line, whole = sources.credits_of(images)
    table = own_images.tested(MODELS / name)
    sets = set(table["set"][table["file"].isin(list(images.shipped))])
    assert "everyday" not in sets
    for one in sets:
        title, licence = own_images.WHOSE[one]
        assert title in line
        assert licence.strip() in whole


def test_the_credit_of_some_images_names_their_sets_alone():
    images = sources.images_of(own_of("default"))
    assert sources.credit_line(images, {"metu", "sdnet2018"}) == (
        "Images: METU, Ç. F. Özgenel, CC BY 4.0; SDNET2018, M. Maguire et al., CC BY 4.0."
    )
    assert sources.credit_line(images, {"elsewhere"}) == ""
    assert sources.credit_line(sources.Images({}), {"metu"}) == ""


def test_a_shipped_model_shows_its_images_without_its_data():
    own = own_of("default")
    images = sources.images_of(own, {})
    rows = images.at_hand(store.table_of(own))
    assert set(rows["file"]) == set(images.shipped)
    assert all(images.path(file).is_file() for file in rows["file"])
    assert images.path("metu/Positive/none.jpg") is None
    assert images.path("metu/../../../../LICENSE") is None


def test_another_model_of_a_shipped_name_has_no_images(tmp_path):
    shutil.copytree(MODELS / "metu", tmp_path / "metu")
    path = tmp_path / "metu" / "model.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "sha256": "0" * 64}))
    assert sources.images_of(own_of("metu", tmp_path), {}) == sources.Images({})


def test_images_of_other_data_are_in_its_folders(tmp_path):
    images = sources.Images({"wall": tmp_path})
    assert images.path("wall/Cracked/1.jpg") == tmp_path / "Cracked" / "1.jpg"
    assert images.path("bridge/Cracked/1.jpg") is None
    assert sources.Images({"": tmp_path}).path("Cracked/1.jpg") == tmp_path / "Cracked/1.jpg"
    assert sources.credits_of(images) == ("", "")
