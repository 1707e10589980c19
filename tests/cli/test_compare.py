"""`compare` judges two models on the same images."""

import json
import shutil

import pytest

from crackcls import config
from crackcls.datasets import shipped_photos
from tests.conftest import Trained, crackcls

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def two(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Give two models that say the same."""
    models = tmp_path_factory.mktemp("two") / "models"
    for name in ("first", "second"):
        shutil.copytree(trained.models / "first", models / name)
    return Trained(models, trained.cache, trained.data)


def test_both_judge_what_neither_has_seen_and_keep_it(two):
    words = ("compare", "--model", "first", "--with", "second", "--data", two.data)
    found = json.loads(crackcls(two, *words, "--keep", "--json").stdout)
    assert [one["model"] for one in found["models"]] == ["first", "second"]
    assert {one["images"] for one in found["models"]} == {4}
    first, second = found["models"]
    assert {**first, "model": ""} == {**second, "model": ""}
    assert {"recall", "false_alarms"} <= set(first)
    accuracy = found["differences"]["accuracy"]
    assert (accuracy["only_first"], accuracy["only_second"], accuracy["p"]) == (0, 0, 1.0)
    for name in ("first", "second"):
        assert list((two.models / name / "evaluations").glob("concrete-*/about.json"))


def test_a_table_and_a_sentence_are_printed(two):
    said = crackcls(
        two, "compare", "--model", "first", "--with", "second", "--data", two.data
    ).stdout
    assert "false alarms" in said
    assert "Only first is right on 0 images, only second on 0." in said


@pytest.mark.parametrize("others", [["first"], ["second", "second"], ["second", "first"]])
def test_a_model_is_not_compared_with_itself(two, others):
    words = ["compare", "--model", "first", "--data", two.data]
    words += [word for other in others for word in ("--with", other)]
    done = crackcls(two, *words, check=False)
    assert (done.returncode, f"received '{others[-1]}' twice" in done.stderr) == (2, True)


def test_three_models_judge_the_photos_that_come_with_the_app_and_the_best_stands_first(two):
    for name in config.SHIPPED_MODELS:
        shutil.copytree(config.shipped_folder() / name, two.models / name)
    words = ["compare", "--model", "first", "--with", "default", "--with", "metu"]
    words += ["--data", "shipped-photos", "--keep"]
    found = json.loads(crackcls(two, *words, "--json").stdout)
    count = len(shipped_photos.listing().files)
    assert {one["images"] for one in found["models"]} == {count}
    lines = crackcls(two, *words).stdout.splitlines()
    order = sorted(found["models"], key=lambda one: (-one["accuracy"], one["model"]))
    assert [line.split()[0] for line in lines[-3:]] == [one["model"] for one in order]
    kept = {path.parent.name for path in two.models.glob("*/evaluations/*/about.json")}
    assert len([name for name in kept if name.startswith("shipped-photos-")]) == 1
