"""The time of a training, told before it begins."""

import pytest

from crackcls.config import TrainConfig
from crackcls.runs import estimate

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
