"""A class at its teacher's server: how it gets there, its nicknames, what it shares."""

import itertools

import psutil
import pytest
import streamlit as st

from crackcls import config
from crackcls.access import owner, visitors
from crackcls.access.modes import CLASS, DEMO, OWN
from crackcls.datasets import shipped_photos
from crackcls.names import markdown, shown
from crackcls.runs import belonging, folders, jobs, nicknames
from crackcls.widgets import powers
from tests.access.test_reach import networks  # noqa: F401 (a fixture)
from tests.evaluation.test_gallery import judged, judged_shipped
from tests.pages.driving import named, open_page, text_of
from tests.runs.making import ended as make_run

WAY = "How the class gets here"


@pytest.fixture
def teacher(monkeypatch):
    """Let the one at the page be the owner of a class."""
    monkeypatch.setenv("CRACKCLS_MODE", CLASS)
    monkeypatch.setattr(powers, "is_proved", lambda: True)


def bind(monkeypatch, address: str | None) -> None:
    known = st.get_option
    monkeypatch.setattr(
        st, "get_option", lambda key: address if key == "server.address" else known(key)
    )


def ways_of(page) -> list:
    return [one for one in page.expander if one.label == WAY]


def test_the_teacher_sees_the_way_in_without_the_token(teacher, networks, monkeypatch):  # noqa: F811
    bind(monkeypatch, "0.0.0.0")
    monkeypatch.setenv(owner.SECRET, "ab" * 32)
    (way,) = ways_of(open_page("1_Train"))
    assert way.header[0].value == "[http://192.168.1.23:8501/](http://192.168.1.23:8501/)"
    assert len(way.get("image")) == 1
    assert "Try http://10.1.2.3:8501/ or http://172.20.0.9:8501/" in way.caption[0].value
    assert owner.token() not in "".join(map(str, way.children.values()))


def test_a_machine_without_a_network_says_so(teacher, monkeypatch):
    bind(monkeypatch, None)
    monkeypatch.setattr(psutil, "net_if_addrs", dict)
    (way,) = ways_of(open_page("1_Train"))
    assert "This machine is in no network" in way.info[0].value
    assert not way.get("image")


def test_a_server_of_this_machine_alone_says_so(teacher, networks, monkeypatch):  # noqa: F811
    bind(monkeypatch, "127.0.0.1")
    (way,) = ways_of(open_page("1_Train"))
    assert "Only this machine reaches this server: it was started at '127.0.0.1'." in (
        way.info[0].value
    )
    assert not way.get("image")


@pytest.mark.parametrize(
    ("mode", "proved"), [(CLASS, False), (OWN, True), (DEMO, True), (DEMO, False)]
)
def test_nobody_else_and_no_other_mode_shows_it(monkeypatch, mode, proved):
    monkeypatch.setenv("CRACKCLS_MODE", mode)
    monkeypatch.setattr(powers, "is_proved", lambda: proved)
    page = open_page("1_Train")
    assert not ways_of(page)
    assert "phone's camera" not in text_of(page)


HOSTILE = [
    "**bold** <b>x</b>",
    "[a](http://evil.example)",
    ":red[x] :smile: $x^2$",
    "\u202eevil",
    "# the owner",
    "student 1b1b1b",
]


@pytest.fixture
def student(monkeypatch) -> str:
    """Let the one at the page be a student of a class, known again in another session."""
    monkeypatch.setenv("CRACKCLS_MODE", CLASS)
    monkeypatch.setattr(visitors, "new", lambda: "0a" * 16)
    return visitors.called("0a" * 16)


def keep(page, text: str) -> None:
    named(page.text_input, "Nickname").set_value(text)
    named(page.button, "Keep this nickname").click().run()
    assert not page.exception


def test_a_student_takes_a_nickname_changes_it_and_goes_without(student):
    page = open_page("1_Train")
    assert named(page.expander, f"You are student {student[:6]}").proto.expanded
    assert "Not your real name" in text_of(page)
    for text in ("Otter", "Крот"):
        keep(page, text)
        called = rf"{text} ({student[:6]})"
        assert not named(page.expander, f"You are {called}").proto.expanded
        assert page.sidebar.caption[0].value.endswith(f"You are {called}.")
    again = open_page("1_Train")
    assert named(again.text_input, "Nickname").value == "Крот"
    keep(again, "")
    assert again.sidebar.caption[0].value.endswith(f"You are student {student[:6]}.")


@pytest.mark.parametrize("text", HOSTILE)
def test_any_nickname_is_nothing_but_text(student, monkeypatch, text):
    page = open_page("1_Train")
    keep(page, text)
    called = f"{text} ({student[:6]})"
    assert page.sidebar.caption[0].value.endswith(f"You are {markdown(called)}.")
    belonging.give(make_run("ours"), student)
    monkeypatch.setattr(powers, "is_proved", lambda: True)
    teachers = open_page("1_Train")
    assert [*teachers.dataframe[-1].value["student"]] == [shown(called)]
    picked = named(teachers.selectbox, "Take a nickname away")
    assert picked.options == [shown(called)]


def test_no_more_than_a_nickname_may_have_is_kept_whatever_a_browser_sends(student):
    keep(open_page("1_Train"), "x" * 31)
    assert nicknames.of(student) == "x" * nicknames.LONGEST


def test_the_teacher_takes_a_nickname_away_and_is_asked_for_none(student, teacher):
    belonging.give(make_run("ours"), student)
    nicknames.give(student, "Rude")
    page = open_page("1_Train")
    assert "Nickname" not in [one.label for one in page.text_input]
    named(page.selectbox, "Take a nickname away").set_value(f"Rude ({student[:6]})").run()
    named(page.button, "Take it away").click().run()
    assert not page.exception
    assert [*page.dataframe[-1].value["student"]] == [f"student {student[:6]}"]
    assert "Take a nickname away" not in [one.label for one in page.selectbox]


@pytest.mark.parametrize("mode", [OWN, DEMO])
def test_no_nickname_is_asked_for_where_nothing_is_kept(monkeypatch, mode):
    monkeypatch.setenv("CRACKCLS_MODE", mode)
    assert "Nickname" not in [one.label for one in open_page("1_Train").text_input]


@pytest.fixture
def shared() -> None:
    """Let two students have shared a run each, and one have kept a third."""
    for name, visitor in (("mole", "1b"), ("otter", "2c"), ("hidden", "3d")):
        run = make_run(name)
        belonging.give(run, visitor * 32)
        belonging.share(run, name != "hidden")
    nicknames.give("2c" * 32, "<b>Otter</b>")


def test_students_see_what_is_shared_the_best_own_test_first(student, shared):
    page = open_page("1_Train")
    table = page.dataframe[-1].value
    assert [*table["name"]] == ["mole", "otter"]
    assert [*table["student"]] == ["student 1b1b1b", "<b>Otter</b> (2c2c2c)"]
    assert "same images" not in table
    assert "Each was tested on images of its own" in text_of(page)
    assert "hidden" not in text_of(page)


def test_where_two_have_judged_the_same_images_these_rank_and_nobody_learns_which(student, shared):
    for name, accuracy in (("mole", 0.5), ("otter", 0.75)):
        judged(folders.folder_of(name), "secretwall-11111111", accuracy)
    page = open_page("1_Train")
    table = page.dataframe[-1].value
    assert [*zip(table["name"], table["same images"], strict=True)] == [
        ("otter", 0.75),
        ("mole", 0.5),
    ]
    assert "The best on the same 4 images first" in text_of(page)
    assert "wall" not in text_of(page) + table.to_csv()


@pytest.mark.parametrize("mode", [OWN, DEMO])
def test_no_other_mode_has_a_gallery(monkeypatch, shared, mode):
    monkeypatch.setenv("CRACKCLS_MODE", mode)
    assert "Shared with the class" not in [one.value for one in open_page("1_Train").header]


@pytest.fixture
def started(monkeypatch) -> list[list[str]]:
    """Remember which jobs are started, and start none."""
    words: list[list[str]] = []
    monkeypatch.setattr(jobs, "start_job", lambda folder, said: words.append([str(folder), *said]))
    return words


@pytest.fixture
def with_shipped() -> None:
    """Let the shipped models lie among the models."""
    for name in config.SHIPPED_MODELS:
        make_run(name)


JUDGE = "Judge the photos of the app"


def models_of(words: list[str]) -> list[str]:
    return [of for word, of in itertools.pairwise(words) if word in ("--with", "--model")]


def test_the_teacher_lets_all_shared_and_shipped_models_judge_the_same_photos(
    teacher, shared, with_shipped, started
):
    named(open_page("1_Train").button, JUDGE).click().run()
    (words,) = started
    assert {*models_of(words)} == {"mole", "otter", *config.SHIPPED_MODELS}
    assert words[words.index("--data") + 1] == shipped_photos.NAME
    assert "--keep" in words


def test_a_student_lets_the_own_model_judge_them_beside_the_shipped_ones(
    student, shared, with_shipped, started
):
    belonging.give(make_run("mine"), student)
    page = open_page("1_Train")
    table = page.dataframe[-1].value
    assert dict(zip(table["name"], table["student"], strict=True))["mine"] == "you"
    named(page.button, JUDGE).click().run()
    (words,) = started
    assert {*models_of(words)} == {"mine", *config.SHIPPED_MODELS}
    assert words[0].endswith("mine/evaluations/job")


def test_a_student_without_a_model_is_offered_nothing_to_judge(student, shared, with_shipped):
    assert JUDGE not in [one.label for one in open_page("1_Train").button]


def test_what_has_judged_the_photos_of_the_app_is_ranked_with_the_shipped_models(
    student, shared, with_shipped
):
    for name, accuracy in (("mole", 0.5), ("otter", 0.75), ("default", 1.0)):
        judged_shipped(folders.folder_of(name), accuracy)
    page = open_page("1_Train")
    table = page.dataframe[-1].value
    assert [*table["name"]] == ["default", "otter", "mole"]
    assert table["student"][0] == "shipped"
    assert [*table["recall"]] == ["100% (34% to 100%)"] * 3
    assert "drawn by chance with as many hard ones as the tests have" in text_of(page)
