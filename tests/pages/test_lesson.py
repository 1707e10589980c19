"""The lesson, done from beginning to end, with no model but those that come with the app."""

import numpy as np
import pytest

from crackcls.classes.names import CRACKED, SOUND
from crackcls.evaluation import lesson
from crackcls.photos.judged import Judged
from crackcls.photos.remote import Worker
from crackcls.widgets import lesson as page_of
from tests.pages.driving import named, open_page, text_of
from tests.widgets.analyses import analysis_of

HOSTILE = "*bold* <b>x</b>"


@pytest.fixture
def judging(monkeypatch):
    """Let a stand-in find a crack in each photo, and count how often it was asked."""
    asked = []

    def judge(self, file, folder, version):
        asked.append(folder.name)
        return [("", Judged(file.name, b"", analysis_of([0.9], (1,))))]

    monkeypatch.setattr(Worker, "judge", judge)
    monkeypatch.setattr(Worker, "start", lambda self: None)
    page_of.lesson_judging._verdict.clear()
    yield asked
    page_of.lesson_judging._verdict.clear()


def answer(page, number: int, text: str) -> None:
    """Answer the question of a step, and go to the next."""
    named(page.text_area, lesson.STEPS[number].question).set_value(text)
    named(page.button, "Next").click().run()
    assert not page.exception and not page.error


def at(place: str):
    """Open the lesson at a step."""
    page = open_page("4_Lesson")
    page.segmented_control[0].set_value(place).run()
    assert not page.exception and not page.error
    return page


def test_all_steps_from_beginning_to_end(judging):
    page = open_page("4_Lesson")
    assert "labelled" not in text_of(page)
    assert named(page.button, "Show the labels").disabled
    for radio in page.radio:
        radio.set_value(CRACKED)
    page.run()
    named(page.button, "Show the labels").click().run()
    assert "You: 5 of 10 right. The model: 8 of 10." in text_of(page)
    assert text_of(page).count("labelled **") == 10
    for number in range(len(lesson.STEPS)):
        assert page.header[0].value.startswith(f"{number + 1}. ")
        if number == 5:
            named(page.button, "Let both judge").click().run()
            assert sorted(set(judging)) == ["default", "metu"] and len(judging) == 20
            assert "Of 5 cracks these were found: 'metu' 5, 'default' 5" in text_of(page)
        if number == 6:
            page.slider[0].set_value(1.0).run()
            assert "At 1.00: 559 of 559 cracks missed, 0 false alarms on 655" in text_of(page)
        answer(page, number, f"{HOSTILE} {number}")
    named(page.text_input, "Your name").set_value("Ada").run()
    assert page.header[0].value == page_of.WORKSHEET
    assert [one.value for one in page.text] == [f"{HOSTILE} {number}" for number in range(7)]
    page.switch_page("pages/3_Predict.py").run()
    page.switch_page("pages/4_Lesson.py").run()
    assert page.header[0].value == page_of.WORKSHEET, "the place is kept"
    assert named(page.text_input, "Your name").value == "Ada"
    page.segmented_control[0].set_value("7").run()
    assert page.text_area[0].value == f"{HOSTILE} 6" and page.slider[0].value == 1.0


def test_the_worksheet_holds_what_was_answered(monkeypatch):
    made = []
    page = at("1")
    named(page.text_area, lesson.STEPS[0].question).set_value(HOSTILE)
    monkeypatch.setattr(page_of, "partial", lambda make, sheet: made.append(sheet) or bytes)
    page.segmented_control[0].set_value(page_of.WORKSHEET).run()
    assert made[-1].answers == {0: HOSTILE}
    assert "*bold* &lt;b&gt;x&lt;/b&gt;" in lesson.worksheet(made[-1])


@pytest.mark.parametrize(
    ("mode", "words"),
    [("own", "take “Synthetic concrete”"), ("demo", "Nothing is trained on this server")],
)
def test_the_way_to_train_is_the_mode_s(monkeypatch, mode, words):
    monkeypatch.setenv("CRACKCLS_MODE", mode)
    assert words in text_of(at("2"))


@pytest.mark.parametrize("place", ["1", "3", "5", "6", "7"])
def test_a_visitor_of_a_demo_sees_each_part(monkeypatch, place):
    monkeypatch.setenv("CRACKCLS_MODE", "demo")
    at(place)


def test_curves_copies_and_sets_are_those_of_the_shipped_models():
    assert len(at("3").get("vega_lite_chart")) == 2
    copies = at("5")
    assert "With a near copy in training: 0 of 1,802 test images wrong" in text_of(copies)
    table = at("6").dataframe[0].value
    assert table[["model", "judged on"]].values.tolist()[0] == ["metu", "metu"]
    assert np.isin(["sdnet2018"], table["judged on"]).all()


def test_what_a_browser_sends_in_place_of_a_guess_is_no_guess():
    page = open_page("4_Lesson")
    page.session_state[page_of.GUESSES] = {0: "<script>", **dict.fromkeys(range(1, 10), SOUND)}
    page.run()
    assert not page.exception
    assert named(page.button, "Show the labels").disabled
