"""The time of a training, told before it begins."""

import json

import pytest

from crackcls import config
from crackcls.config import TrainConfig
from crackcls.runs import estimate
from tests.runs.making import SETTINGS, ended, log

ALL = TrainConfig(fine_tune="all", epochs=6)


@pytest.fixture(autouse=True)
def two_cores(monkeypatch) -> None:
    monkeypatch.setattr(estimate.os, "cpu_count", lambda: 2)


def test_more_images_epochs_and_pixels_take_longer():
    usual = estimate.seconds(20_000, ALL)
    assert estimate.seconds(40_000, ALL) > 1.5 * usual
    assert estimate.seconds(20_000, TrainConfig(fine_tune="all", epochs=12)) > 1.5 * usual
    assert estimate.seconds(20_000, TrainConfig(fine_tune="all", epochs=6, image_size=224)) > usual
    assert estimate.seconds(20_000, TrainConfig(fine_tune="head")) < usual / 3


def test_a_limit_counts_and_so_do_cores(monkeypatch):
    limited = TrainConfig(fine_tune="all", epochs=6, limit=500)
    assert estimate.seconds(20_000, limited) == estimate.seconds(500, ALL)
    two = estimate.seconds(20_000, ALL)
    monkeypatch.setattr(estimate.os, "cpu_count", lambda: 8)
    assert estimate.seconds(20_000, ALL) < two / 3


@pytest.mark.parametrize(
    ("duration", "said"),
    [(20, "about a minute"), (100, "about 2 minutes"), (1500, "about 25 minutes"),
     (7200, "about 2.0 hours")],
)  # fmt: skip
def test_a_duration_is_said_as_a_person_plans(duration, said):
    assert estimate.in_words(duration) == said


def ran(name: str, *changed: dict, **settings: object) -> None:
    """Make a finished run of 1,000 images: 20 s of the frozen part, 2 an epoch, 26 for the rest."""
    folder = ended(name)
    about = {**SETTINGS, "fine_tune": "head", "image_size": 160, **settings}
    (folder / "config.json").write_text(json.dumps(about))
    told = [
        {"kind": "start"},
        {**BACKBONE, "total": 1000},
        {"kind": "phase", "phase": "finding near copies", "total": 1000, "time": 30.0},
        {"kind": "split", "train": 700, "validation": 240, "test": 60},
        *({**EPOCH, "epoch": number} for number in (1, 2)),
        {"kind": "end", "status": "finished", "seconds": 50.0},
    ]
    kinds = {one["kind"]: one for one in changed}
    log(folder, *(kinds.get(one["kind"], one) for one in told), *changed[1:])


BACKBONE = {"kind": "phase", "phase": "running the backbone", "time": 10.0}


EPOCH = {"kind": "epoch", "accuracy": 1, "loss": 1, "val_accuracy": 1, "val_loss": 1, "seconds": 2}


def test_the_time_comes_from_the_latest_run_of_the_kind_on_this_machine():
    head = TrainConfig(epochs=2)
    guessed = estimate.seconds(1000, head)
    assert estimate.pace_of_machine("head") is None
    ran("walls")
    assert estimate.seconds(1000, head) == pytest.approx(50)
    assert estimate.seconds(2000, head) == pytest.approx(26 + 2 * (20 + 4))
    assert estimate.seconds(1000, TrainConfig(epochs=12)) == pytest.approx(50 + 10 * 2)
    assert estimate.seconds(1000, TrainConfig(epochs=2, image_size=96)) == pytest.approx(
        26 + 24 * 0.36
    )
    assert guessed < 50
    assert estimate.pace_of_machine("all") is None


def test_the_export_of_a_whole_network_looks_at_each_image_again():
    ran("walls", {"kind": "end", "status": "finished", "seconds": 100.0}, fine_tune="all")
    settings = TrainConfig(fine_tune="all", epochs=2)
    assert estimate.seconds(1000, settings) == pytest.approx(100)
    assert estimate.seconds(2000, settings) == pytest.approx(30 + 2 * 70)


@pytest.mark.parametrize(
    "changed",
    [
        [{**BACKBONE, "total": 10}],
        [{"kind": "split", "train": 70, "validation": 24, "test": 6}],
        [{"kind": "split", "train": 0, "validation": 24, "test": 976}],
        [{"kind": "epoch", "seconds": "two"}],
        [{"kind": "end", "status": "finished"}],
        [{"kind": "end", "status": "finished", "seconds": 50}, {"kind": "start"}, ],
    ],
    ids=["cached", "few", "none", "damaged", "without a time", "broken off"],
)  # fmt: skip
def test_a_run_that_tells_no_pace_is_passed_over(changed):
    ran("walls", *changed)
    assert estimate.pace_of_machine("head") is None


def test_a_run_of_another_machine_tells_nothing_of_this_one():
    ran("walls")
    (config.models_folder() / "walls" / "process.json").unlink()
    assert estimate.pace_of_machine("head") is None
