"""Few cracks among many sound walls: they are found, and the page's headline tells it."""

import json
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

from crackcls.datasets.synthetic import pictures  # noqa: E402
from crackcls.evaluation import headline, wording  # noqa: E402
from tests.conftest import Trained, crackcls  # noqa: E402
from tests.pages.driving import named, open_page, text_of  # noqa: E402

FOLDERS = {"Positive": "Cracked", "Negative": "Sound"}


def put(folder: Path, seed: int, number: int, label: str) -> None:
    path = folder / FOLDERS[label] / f"{number:03}.jpg"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pictures.picture(seed, number, label))


def make(folder: Path, seed: int, cracked: int, sound: int) -> Path:
    """Draw so many pictures of each class."""
    jobs = [(n, "Positive") for n in range(cracked)] + [(n, "Negative") for n in range(sound)]
    with ProcessPoolExecutor() as processes:
        made = [processes.submit(put, folder, seed, *job) for job in jobs]
    assert all(one.result() is None for one in made)
    return folder


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Trained, dict]:
    """Train on 12 cracked and 190 sound pictures, and judge 200 others."""
    top = tmp_path_factory.mktemp("few")
    place = Trained(top / "models", top / "cache", make(top / "walls", 1, 12, 190))
    crackcls(place, "train", "--data", place.data, "--name", "few")
    others = make(top / "others", 2, 60, 140)
    words = "evaluate", "--model", "few", "--data", others, "--keep", "--json"
    return place, json.loads(crackcls(place, *words).stdout)


def test_six_in_ten_cracks_are_found_and_the_headline_tells_it(judged, monkeypatch):
    place, report = judged
    monkeypatch.setenv("CRACKCLS_MODELS", str(place.models))
    found = report["confusion_matrix"][0][0]
    assert (report["classes"], report["images"], report["seen_left_out"]) == (
        *(["Cracked", "Sound"], 200, 0),
    )
    assert found >= 36, "recall of 60 cracks, at the threshold of 0.5"
    page = open_page("2_Evaluate")
    on = named(page.selectbox, "Judged on")
    on.set_value(next(key for key in on.options if "others" in key)).run()
    called = report["confusion_matrix"][1][0]
    assert [(metric.label, metric.value, metric.delta) for metric in page.metric][:3] == [
        ("Recall of 'cracked'", f"{found / 60:.2%}", f"{found} of 60"),
        ("False alarms", f"{called / 140:.2%}", f"{called} of 140"),
        ("Accuracy", f"{report['accuracy']:.2%}", ""),
    ]


def test_of_few_test_images_the_headline_is_a_range(judged, monkeypatch):
    place, _ = judged
    monkeypatch.setenv("CRACKCLS_MODELS", str(place.models))
    report = json.loads((place.models / "few" / "report.json").read_text())
    said = headline.of_report(wording.report_in_words(report))
    page = open_page("2_Evaluate")
    shown = {metric.label: (metric.value, metric.delta) for metric in page.metric}
    assert " to " in said.figures[0].value
    assert shown["Recall of 'cracked'"] == (said.figures[0].value, said.figures[0].counted)
    assert report["per_class"]["Cracked"]["images"] > 0, "each part has some"
    assert said.caution in text_of(page)
