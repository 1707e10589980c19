"""The home page, and what every page says where there is no model."""

import json

import pytest

from crackcls import config
from tests.conftest import encoded, picture
from tests.pages.driving import named, open_page, text_of


def test_home_shows_the_shipped_model_and_what_its_figure_does_not_promise(monkeypatch):
    monkeypatch.setenv("CRACKCLS_MODELS", str(config.PROJECT / "models"))
    report = json.loads((config.PROJECT / "models" / "default" / "report.json").read_text())
    page = open_page()
    figures = {metric.label: metric.value for metric in page.metric}
    assert figures["Test accuracy"] == f"{report['accuracy']:.2%}"
    cracked = report["per_class"][report["positive"]]["recall"]
    assert figures["Recall of 'cracked'"] == f"{cracked:.2%}"
    assert {*figures} >= {"False alarms", "Test accuracy"}, "never the accuracy alone"
    assert figures["Wrong"] == f"{report['wrong']} of {report['images']:,}"
    assert "does not promise" in text_of(page)


@pytest.mark.slow
def test_one_tap_on_home_gives_the_verdict_on_an_example(monkeypatch):
    monkeypatch.setenv("CRACKCLS_MODELS", str(config.PROJECT / "models"))
    page = open_page()
    for label, verdict in (("Crack", "### :red["), ("Sound", "### :green[")):
        named(page.button, label).click().run()
        assert not page.exception
        assert page.markdown[0].value.startswith(verdict)
    photo = encoded(picture(3, 227, cracked=True))
    page.file_uploader[0].set_value([("own.jpg", photo, "image/jpeg")]).run()
    assert not page.exception
    assert "own.jpg" in text_of(page), "an own photo comes before an example"


@pytest.mark.parametrize("name", ["", "1_Train", "2_Evaluate", "3_Predict"])
def test_a_page_without_any_model_says_what_to_do(name):
    page = open_page(name)
    assert page.title[0].value
    assert name == "1_Train" or "Train one first" in text_of(page)
