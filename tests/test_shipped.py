"""The two shipped models: what they were trained on, and what they hold to outside of it."""

import json
from functools import cache

import numpy as np
import pytest

from benchmarks import concrete, photos
from crackcls import config, files
from crackcls.network import calibration
from crackcls.network.classifier import load_model
from crackcls.photos.verdict import FOUND, decide
from tests.conftest import SHARED

pytestmark = pytest.mark.slow
MODELS = config.PROJECT / "models"
DEFAULT, STUDY = (MODELS / name for name in config.SHIPPED_MODELS)

needs_shared = pytest.mark.skipif(
    not (SHARED / "sdnet2018").is_dir(), reason="SDNET2018 is not beside the project"
)


@cache
def model_of(name: str):
    return load_model(MODELS / name), calibration.load(MODELS / name)


@cache
def patches() -> dict[str, concrete.Patches]:
    seen = concrete.trained_on(DEFAULT) | concrete.trained_on(STUDY)
    return {one.name: concrete.unseen(one, seen) for one in concrete.list_sets(SHARED)}


def scores(name: str, paths) -> np.ndarray:
    judged = photos.judge(paths, model_of(name)).values()
    return np.array([one.probabilities[0, one.label] for one in judged])


def test_the_default_model_saw_no_test_image_of_the_study():
    split, study = (files.read_csv(folder / "split.csv") for folder in (DEFAULT, STUDY))
    seen = split["sha256"][split["part"].isin(["train", "validation"])]
    assert not set(seen) & set(study["sha256"][study["part"] == "test"])


def test_no_group_stands_in_two_parts():
    split = files.read_csv(DEFAULT / "split.csv")
    kept = split[split["part"] != "left out"]
    assert kept.groupby("group")["part"].nunique().max() == 1


@needs_shared
def test_the_default_model_saw_no_photograph_of_the_test_part_or_val():
    split = files.read_csv(DEFAULT / "split.csv")
    names = split["file"][split["set"] == "sdnet2018"].str.extract(r"/(\w+_\d+)-\d+\.jpg$")[0]
    kept = {path.name.rpartition("-")[0] for path in (SHARED / "sdnet2018/val").rglob("*.jpg")}
    kept |= set((SHARED / "sdnet2018" / "test_photos.txt").read_text().split())
    assert names.notna().all()
    assert not set(names) & kept


def test_the_report_tells_each_set_apart():
    report = json.loads((DEFAULT / "report.json").read_text())
    sets = {"metu", "sdnet2018", "roads", "synthetic", "surfaces", "everyday"}
    assert set(report["by_set"]) == sets
    assert sum(one["images"] for one in report["by_set"].values()) == report["images"]


@needs_shared
@pytest.mark.parametrize(("surface", "least"), [("decks", 0.93), ("walls", 0.95)])
def test_cracks_of_other_concrete_are_told_from_sound_patches(surface, least):
    one = patches()[f"SDNET2018 {surface}, cleaned"]
    areas = {
        name: concrete.area(*(scores(name, paths) for paths in (one.sound, one.cracked)))
        for name in config.SHIPPED_MODELS
    }
    assert areas["default"] >= least
    assert areas["default"] > areas["metu"] + 0.05


@needs_shared
@pytest.mark.parametrize("name", ["surfaces", "everyday"])
def test_what_is_no_concrete_is_not_called_cracked(name):
    judged = photos.judge(patches()[name].sound, model_of("default")).values()
    called = [decide(one).kind == FOUND for one in judged]
    assert len(called) >= 60
    assert np.mean(called) <= 0.03
