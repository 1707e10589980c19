"""Calibration: the temperature, the false alarms, and the tiles that a verdict needs."""

import json

import numpy as np
import pytest
from scipy.stats import binom

from crackcls import config
from crackcls.errors import InputError
from crackcls.evaluation.report import predictions
from crackcls.files import write_csv, write_json
from crackcls.interval import wilson
from crackcls.network import calibration, familiarity


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_the_temperature_is_found_again(temperature):
    rng = np.random.default_rng(0)
    scores = rng.normal(0, 2, (20_000, 3))
    chances = calibration.softmax(scores)
    labels = (chances.cumsum(axis=1) > rng.random((20_000, 1))).argmax(axis=1)
    found = calibration.fit_temperature(scores * temperature, labels)
    assert found == pytest.approx(temperature, rel=0.05)


def test_softmax_bears_large_scores():
    assert calibration.softmax(np.array([[900.0, -900.0]])) == pytest.approx(np.array([[1, 0]]))


@pytest.mark.parametrize("tiles", [1, 2, 9, 49, 225, 300, 1000])
@pytest.mark.parametrize("rate", [0.0004, 0.0037, 0.03, 0.4])
def test_so_many_tiles_are_rare_by_mistake_and_one_fewer_is_not(tiles, rate):
    needed = calibration.needed(tiles, rate)
    assert 1 <= needed <= tiles
    assert binom.sf(needed - 1, tiles, rate) <= 0.01 or needed == tiles
    assert needed == 1 or binom.sf(needed - 2, tiles, rate) > 0.01


@pytest.mark.parametrize(("tiles", "needed"), [(1, 1), (2, 1), (35, 2), (49, 3), (225, 4)])
def test_tiles_needed_with_the_shipped_models_rate(tiles, needed):
    assert calibration.needed(tiles, 0.00367) == needed


def made(seed: int, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Make features, probabilities that one image in twenty gets wrong, and labels."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    features = rng.normal(5, 1, (count, 20)).astype(np.float32)
    sure = np.where(np.arange(count) % 20 == 0, 1 - labels, labels)
    return features, np.where(np.eye(2)[sure] > 0, 0.9, 0.1), labels


def test_a_calibration_is_fitted_saved_and_loaded(tmp_path):
    features, probabilities, labels = made(1, 400)
    fitted = calibration.fit(familiarity.fit(features, features), features, probabilities, labels)
    # Nine in ten sure, 19 in 20 right: it could be surer.
    assert fitted.temperature < 1
    # All errors are images of class 0, and these are 20 of 200.
    assert 0.1 < fitted.false_alarm_rates[1] < 0.16
    assert fitted.false_alarm_rates[0] < 0.03
    calibration.save(fitted, tmp_path, ("sound", "cracked"))
    loaded = calibration.load(tmp_path)
    assert loaded.temperature == fitted.temperature
    assert loaded.false_alarm_rates == fitted.false_alarm_rates
    assert loaded.familiarity.limit == fitted.familiarity.limit
    assert np.array_equal(loaded.familiarity.components, fitted.familiarity.components)


def test_without_images_of_other_classes_nothing_is_known_of_false_alarms():
    features, probabilities, _ = made(1, 40)
    fitted = calibration.fit(
        familiarity.fit(features, features), features, probabilities, np.ones(40, int)
    )
    assert fitted.false_alarm_rates[1] == 1


def test_a_model_without_a_calibration_says_so(tmp_path):
    with pytest.raises(InputError, match="Train it again"):
        calibration.load(tmp_path)


def test_the_shipped_models_calibration_is_of_its_validation_part():
    folder = config.PROJECT / "models" / "metu"
    known = calibration.load(folder)
    assert known.familiarity.components.shape == (64, 1280)
    numbers = json.loads((folder / "calibration.json").read_text())
    assert set(numbers) == {"temperature", "false_alarm_rate", "familiarity_limit"}


def test_an_older_models_other_class_takes_its_rate_from_the_test_part(tmp_path):
    features, probabilities, labels = made(1, 400)
    classes = ("Cracked", "Non-cracked")
    fitted = calibration.fit(familiarity.fit(features, features), features, probabilities, labels)
    calibration.save(fitted, tmp_path, classes)
    numbers = json.loads((tmp_path / "calibration.json").read_text())
    del numbers["false_alarm_rates"]
    numbers["false_alarm_rate"] = fitted.false_alarm_rates[1]
    write_json(tmp_path / "calibration.json", numbers)
    write_json(tmp_path / "model.json", {"classes": classes, "image_size": 96, "sha256": "0" * 64})
    last = fitted.false_alarm_rates[1]
    assert calibration.load(tmp_path).false_alarm_rates == (last, last)
    # Of ten sound test images one is called cracked, and of ten cracked ones none is missed.
    first = np.repeat([0.9, 0.1, 0.9], [10, 9, 1])
    files = [f"{classes[number // 10]}/{number}.jpg" for number in range(20)]
    table = predictions(files, np.stack([first, 1 - first], axis=1), classes)
    write_csv(tmp_path / "predictions.csv", table)
    rate, kept = calibration.load(tmp_path).false_alarm_rates
    assert (rate, kept) == (wilson(1, 10)[1], last)
