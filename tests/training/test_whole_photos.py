"""Trained on whole photos: what was trained is what is judged, by Evaluate and by Predict."""

import json
from pathlib import Path

import pandas as pd
import pytest

pytestmark = pytest.mark.slow

from benchmarks import whole_photos  # noqa: E402
from crackcls.network import how  # noqa: E402

SAID = (
    "Trained on whole photos of about 1,200 x 900 pixels, each seen whole and in 4 x 3 pieces; "
    "judges photos whole, in the same way."
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train on 24 whole photos, and make 12 others; the benchmark does it with 60 and 200."""
    top = tmp_path_factory.mktemp("whole")
    whole_photos.make(top / "train", 1, 12)
    whole_photos.make(top / "others", 2, 6)
    whole_photos.crackcls(top, "train", "--data", str(top / "train"), "--name", "whole")
    return top


@pytest.fixture(scope="module")
def judged(place: Path) -> pd.DataFrame:
    return whole_photos.judged(place, place / "others")


def test_the_model_knows_what_it_was_trained_on(place):
    folder = place / "models" / "whole"
    about = json.loads((folder / "model.json").read_text())
    assert about["trained_on"] == {"long": [1200] * 3, "short": [900] * 3}
    assert about["pieces"] == {"along": 4, "across": 3}
    assert how.of_model(folder) == SAID
    kept = pd.read_csv(folder / "predictions.csv")
    assert {*kept["verdict"]} <= {"cracked", "no crack found", "unfamiliar"}


def test_evaluate_and_predict_say_the_same_of_every_photo(judged):
    assert len(judged) == 12
    assert (judged["verdict"] == judged["verdict of predict"]).all()
    called = judged["verdict"].map(whole_photos.CALLED)
    assert (called.isna() | (called == judged["predicted"])).all()
    found = judged["probability of predict"]
    is_cracked = judged["predicted"] == "cracked"
    chances = judged["probability"].where(is_cracked, 1 - judged["probability"])
    assert chances.to_numpy() == pytest.approx(found.to_numpy(), abs=1e-5)
    assert (judged["tiles"] == 1).all()


def test_most_are_right(judged):
    assert (judged["actual"] == judged["predicted"]).sum() >= 10
