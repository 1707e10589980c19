"""Looking for wrong labels: folds, trainings of them, flipped labels found, the job."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest

from crackcls import config
from crackcls.__main__ import main
from crackcls.errors import InputError
from crackcls.evaluation import label_errors as lists
from crackcls.labelled import list_images
from crackcls.runs import folders
from crackcls.training import label_errors
from tests.conftest import METU, Trained, crackcls, needs_metu

CLASSES = ("Negative", "Positive")


def test_a_group_lies_in_one_fold_and_each_fold_has_each_class():
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(60), 5)
    labels = np.where(np.repeat(np.arange(60) % 3 == 0, 5), 1, rng.integers(0, 2, 300))
    fold = label_errors.folds(labels, groups, CLASSES, 5, seed=1)
    assert [len(set(fold[groups == group])) for group in range(60)] == [1] * 60
    shares = [labels[fold == number].mean() for number in range(5)]
    assert sorted(set(fold)) == [0, 1, 2, 3, 4]
    assert np.ptp(shares) < 0.1


def test_the_same_seed_gives_the_same_folds_and_another_one_others():
    labels, groups = np.tile([0, 1], 50), np.arange(100)
    first, again, other = (
        label_errors.folds(labels, groups, CLASSES, 5, seed).tolist() for seed in (1, 1, 2)
    )
    assert first == again != other


def test_a_class_with_fewer_distinct_images_than_folds_is_refused_by_name():
    labels = np.array([0] * 20 + [1] * 20)
    groups = np.array([*range(20), *([20, 21, 22, 23] * 5)])
    with pytest.raises(InputError, match="each of 5 folds, and 'Positive' has 4 ") as error:
        label_errors.folds(labels, groups, CLASSES, 5, seed=1)
    assert "choose fewer folds" in str(error.value)


@pytest.mark.parametrize("count", [0, 2, 21])
def test_a_number_of_folds_out_of_range_is_refused(count):
    with pytest.raises(InputError, match=f"folds must be 3 to 20, .* received {count}"):
        label_errors.check_folds(count)


def test_each_image_is_held_out_once_and_in_no_part_of_its_own_training():
    fold = np.array([0, 1, 2, 3, 4, 0, 1, 2, 3, 4])
    asked = []

    def train_and_predict(train, decides, held_out):
        asked.append([part.tolist() for part in (train, decides, held_out)])
        return np.tile([0.25, 0.75], (len(held_out), 1))

    probabilities = label_errors.cross_validate(fold, 2, train_and_predict)
    assert probabilities.tolist() == [[0.25, 0.75]] * 10
    assert asked == [
        [[2, 3, 4, 7, 8, 9], [1, 6], [0, 5]],
        [[0, 3, 4, 5, 8, 9], [2, 7], [1, 6]],
        [[0, 1, 4, 5, 6, 9], [3, 8], [2, 7]],
        [[0, 1, 2, 5, 6, 7], [4, 9], [3, 8]],
        [[1, 2, 3, 6, 7, 8], [0, 5], [4, 9]],
    ]


def test_probabilities_of_float32_are_made_to_sum_to_1():
    given = np.array([[0.3, 0.6999]], "f4")
    fold = np.array([0, 1, 2])
    probabilities = label_errors.cross_validate(fold, 2, lambda *rows: given)
    assert probabilities.dtype == np.float64
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-12)


def flipped(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Make features, groups and labels of 1,000 images, 50 of them with the wrong label.

    A group is an image and its near copy, which bears the same label, right or wrong.
    """
    rng = np.random.default_rng(seed)
    groups = np.repeat(np.arange(500), 2)
    true = rng.integers(0, 2, 500)[groups]
    features = rng.normal(size=(500, 8))[groups] + rng.normal(0, 0.01, (1000, 8))
    features[:, 0] += 7 * true
    wrong = np.isin(groups, rng.choice(500, 25, replace=False))
    return features, groups, np.where(wrong, 1 - true, true), wrong


def by_neighbours(features: np.ndarray, labels: np.ndarray) -> label_errors.TrainAndPredict:
    """Predict by what knows its training images by heart: a copy there would hide an error."""

    def train_and_predict(train, decides, held_out):
        from sklearn.neighbors import KNeighborsClassifier

        known = KNeighborsClassifier(15, weights="distance").fit(features[train], labels[train])
        return known.predict_proba(features[held_out])

    return train_and_predict


def listed(features: np.ndarray, groups: np.ndarray, labels: np.ndarray, seed: int) -> pd.Series:
    """Give the numbers of the images that are listed, the most likely first."""
    fold = label_errors.folds(labels, groups, CLASSES, 5, seed)
    probabilities = label_errors.cross_validate(fold, 2, by_neighbours(features, labels))
    files = [f"{CLASSES[label]}/{i}.jpg" for i, label in enumerate(labels)]
    images = pd.DataFrame({"file": files, "sha256": files, "label": labels})
    table = lists.rank(images, probabilities, CLASSES)
    return table["file"].str.extract(r"(\d+)")[0].astype(int)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_flipped_labels_are_found_though_each_has_a_copy_with_the_same_label(seed):
    features, groups, labels, wrong = flipped(seed)
    order = listed(features, groups, labels, seed)
    found = np.isin(np.arange(1000), order)
    assert (found & wrong).sum() / found.sum() >= 0.9, "precision"
    assert (found & wrong).sum() / wrong.sum() >= 0.9, "recall"
    assert wrong[order[:30]].sum() >= 29, "the most likely come first"


def test_copies_in_other_folds_would_hide_flipped_labels():
    features, _, labels, wrong = flipped(0)
    order = listed(features, np.arange(1000), labels, 0)
    assert wrong[order].sum() / wrong.sum() < 0.5


def test_several_trainings_make_one_progress():
    heard = []
    emit = label_errors.as_one(lambda kind, **fields: heard.append((kind, fields)), 1, 5)
    emit("phase", phase="training", total=100)
    emit("epoch", epoch=1, loss=0.5)
    about = {"unit": "images", "per_second": 10.0, "seconds_left": 5.0}
    emit("progress", phase="training", done=50, total=100, epoch=3, loss=0.5, **about)
    expected = {"phase": "training", "done": 150, "total": 500, "unit": "images"}
    assert heard == [("progress", {**expected, "per_second": 10.0, "seconds_left": 35.0})]


def test_the_first_of_several_trainings_begins_the_phase():
    heard = []
    emit = label_errors.as_one(lambda kind, **fields: heard.append((kind, fields)), 0, 5)
    emit("phase", phase="training", total=100)
    assert heard == [("phase", {"phase": "training", "total": 500})]


@pytest.mark.slow
def test_the_job_leaves_a_list_and_says_that_a_person_decides(
    trained, tmp_path, monkeypatch, capsys
):
    models = shutil.copytree(trained.models, tmp_path / "models")
    place = Trained(models, trained.cache, trained.data)
    out = tmp_path / "list.csv"
    words = ("label-errors", "--model", "first", "--data", trained.data, "--folds", "3")
    done = crackcls(place, *words, "--csv", out)
    assert "A person decides" in done.stdout
    assert [line.split()[:2] for line in done.stdout.splitlines()[:3]] == [
        ["class", "images"], ["sound", "24"], ["cracked", "24"]
    ]  # fmt: skip
    found = lists.list_found(folders.read_run(models / "first"))[0]
    assert (found.data, found.images) == ("concrete", trained.data)
    assert out.read_bytes() == (found.folder / lists.FILE).read_bytes()
    about = lists.about_of(found)
    assert (about["images"], about["folds"], about["fine_tune"]) == (48, 3, "head")
    log = (models / "first" / "label_errors" / "job" / "events.jsonl").read_text().splitlines()
    told = [json.loads(line) for line in log]
    progress = [one for one in told if one["kind"] == "progress" and one["phase"] == "training"]
    assert progress[-1]["done"] == progress[-1]["total"] == 3 * 2 * 16
    assert told[-1]["status"] == "finished"
    # As JSON the command prints the same list; it is not searched for again.
    monkeypatch.setenv("CRACKCLS_MODELS", str(models))
    monkeypatch.setattr(label_errors, "find", lambda *words: found)
    assert main([*map(str, words), "--json"]) == 0
    as_json = json.loads(capsys.readouterr().out)
    assert as_json["file"] == str(found.folder / lists.FILE)
    assert len(as_json["suggestions"]) == as_json["likely_wrong"]


@needs_metu
@pytest.mark.slow
def test_flipped_labels_of_real_images_are_found(tmp_path):
    folder, wrong = tmp_path / "flipped", set()
    for name, other in (CLASSES, CLASSES[::-1]):
        for number, path in enumerate(sorted((METU / name).iterdir())[:400]):
            put = other if number % 20 == 0 else name
            wrong |= {f"{put}/{name}-{path.name}"} if put != name else set()
            (folder / put).mkdir(parents=True, exist_ok=True)
            shutil.copy(path, folder / put / f"{name}-{path.name}")
    shutil.copytree(config.shipped_folder() / "metu", tmp_path / "models" / "metu")
    place = Trained(tmp_path / "models", tmp_path / "cache", folder)
    words = "label-errors", "--model", "metu", "--data", folder, "--folds", "3", "--json"
    told = json.loads(crackcls(place, *words).stdout)
    found = {one["file"] for one in told["suggestions"]}
    assert len(wrong) == 40
    assert len(found & wrong) / len(found) >= 0.85, "precision"
    assert len(found & wrong) / len(wrong) >= 0.9, "recall"


def test_a_model_that_is_not_there_is_refused(concrete):
    run = folders.read_run(config.models_folder() / "none")
    with pytest.raises(InputError, match="'none' is not there"):
        label_errors.find(run, list_images(concrete(per_class=3)), 5, lambda kind, **fields: None)


def test_a_search_that_broke_off_trains_for_the_other_folds_alone():
    fold, known = np.arange(6) % 3, {}
    probabilities = np.random.default_rng(0).random((6, 2)).astype(np.float32)
    trained: list[list[int]] = []

    def train(*rows: np.ndarray) -> np.ndarray:
        trained.append(rows[2].tolist())
        return probabilities[rows[2]]

    def search() -> np.ndarray:
        train_once = label_errors.going_on(train, known, known.__setitem__)
        return label_errors.cross_validate(fold, 2, train_once)

    whole = search()
    assert trained == [[0, 3], [1, 4], [2, 5]]
    known.pop("2")
    assert (search() == whole).all()
    assert trained[3:] == [[2, 5]]
