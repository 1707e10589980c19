"""The home page, and what every page says where there is no model."""

import json

import pytest

from crackcls import config
from crackcls.photos import export
from crackcls.photos.judged import Judged
from crackcls.photos.remote import Worker
from crackcls.widgets import photo_take_away
from crackcls.widgets.photo_waiting import Waiting
from tests.conftest import encoded, picture
from tests.pages.driving import named, open_page, text_of
from tests.widgets.analyses import analysis_of


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
    for label, verdict in (("Crack", "## :red["), ("Sound", "## :green[")):
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


@pytest.fixture
def judging(monkeypatch):
    """Let a stand-in find a crack in each photo; give what was done in order."""
    done = []

    def judge(self, file, folder, version):
        done.append(f"judge {file.name}")
        return [("", Judged(file.name, encoded(picture(1)), analysis_of([0.9], (1,))))]

    monkeypatch.setenv("CRACKCLS_MODELS", str(config.PROJECT / "models"))
    monkeypatch.setattr(Worker, "judge", judge)
    monkeypatch.setattr(Worker, "thumbnail", lambda self, content: b"")
    settle = Waiting.settle
    monkeypatch.setattr(
        Waiting, "settle", lambda *words: (done.append(f"show {words[1].name}"), settle(*words))
    )
    return done


def upload(page, *names: str) -> None:
    photos = [(name, encoded(picture(seed)), "image/jpeg") for seed, name in enumerate(names)]
    page.file_uploader[0].set_value(photos).run()
    assert not page.exception


def test_each_card_comes_before_the_next_photo_is_judged(judging):
    page = open_page()
    upload(page, "1.jpg", "2.jpg", "3.jpg")
    # The last one is drawn with all others at once.
    shown = [f"{what} {n}.jpg" for n in "123" for what in ("judge", "show")][:-1]
    assert judging == shown
    assert "**3 photos**" in text_of(page) and "waiting" not in text_of(page)


def test_one_content_under_two_names_is_judged_once_and_shown_twice(judging):
    page = open_page()
    same = encoded(picture(1))
    page.file_uploader[0].set_value([(name, same, "image/jpeg") for name in ("1.jpg", "2.jpg")])
    page.run()
    assert not page.exception and not page.error
    assert len([one for one in judging if one.startswith("judge")]) == 1
    assert "**2 photos**" in text_of(page)


def test_photos_stay_while_another_page_is_looked_at_until_they_are_removed(judging):
    page = open_page()
    upload(page, "1.jpg", "2.jpg")
    for path in ("pages/2_Evaluate.py", "pages/3_Predict.py"):
        page.switch_page(path).run()
        assert not page.exception
    assert {"1.jpg", "2.jpg"} <= {caption.value for caption in page.caption}
    assert [one for one in judging if "judge" in one] == ["judge 1.jpg", "judge 2.jpg"]
    named(page.button, "Start anew").click().run()
    assert not page.exception and not page.image
    page.switch_page("app.py").run()
    assert "1.jpg" not in text_of(page) and not page.session_state["photo-shelf"].photos


def test_a_photo_that_is_taken_out_of_the_uploader_goes_and_one_from_before_stays(judging):
    page = open_page("3_Predict")
    upload(page, "1.jpg")
    page.switch_page("pages/2_Evaluate.py").run()
    page.switch_page("pages/3_Predict.py").run()
    upload(page, "2.jpg", "3.jpg")
    assert "**3 photos**" in text_of(page)
    upload(page, "2.jpg")
    assert {one.name for one in page.session_state["photo-shelf"].photos.values()} == {
        *("1.jpg", "2.jpg")
    }


def test_a_tapped_example_is_shown_beside_own_photos_until_another_comes(judging):
    page = open_page()
    upload(page, "1.jpg")
    named(page.button, "Crack").click().run()
    assert "A wall with a crack" in {caption.value for caption in page.caption}
    named(page.button, "Back to my photos").click().run()
    assert "1.jpg" in {caption.value for caption in page.caption}
    named(page.button, "Sound").click().run()
    upload(page, "1.jpg", "2.jpg")
    assert "**2 photos**" in text_of(page)


def test_another_visitor_sees_none_of_it(judging):
    upload(open_page(), "1.jpg")
    assert "1.jpg" not in text_of(open_page())


def test_what_a_person_says_of_a_photo_is_kept_and_taken_away(judging):
    page = open_page()
    assert not [one for one in page.get("download_button") if "Labelled" in one.label]
    upload(page, "1.jpg", "2.jpg")
    first, second = (one for one in page.get("button_group") if one.label.startswith("Was this"))
    assert first.options == ["Sound", "Cracked", "Not sure"]
    first.set_value("Positive").run()
    second.set_value("").run()
    assert not page.exception
    assert sorted(page.session_state["photo-shelf"].labels.values()) == ["", "Positive"]
    assert "1 photo by your answers" in text_of(page)
    page.switch_page("pages/3_Predict.py").run()
    assert [one.label for one in page.get("download_button")][-1] == "Labelled photos (ZIP)"
    said = [one.value for one in page.get("button_group") if one.label.startswith("Was this")]
    assert sorted(said) == ["", "Positive"]


def test_place_and_note_stand_in_the_report(judging, monkeypatch):
    kept = []
    monkeypatch.setattr(export, "page_of", lambda *words: kept.append(words[-1]) or "page")
    offer = photo_take_away.st.download_button
    monkeypatch.setattr(
        photo_take_away.st,
        "download_button",
        lambda label, make, *words, **more: (
            kept.append(make()) if "Report" in label else None,
            offer(label, make, *words, **more),
        ),
    )
    page = open_page()
    upload(page, "1.jpg")
    named(page.text_input, "Place").input("Pier 4").run()
    named(page.text_area, "Note").input("Wet.\nCold.").run()
    assert not page.exception
    about = [one for one in kept if isinstance(one, export.About)][-1]
    assert (about.place, about.note) == ("Pier 4", "Wet.\nCold.")
