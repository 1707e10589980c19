"""A class at its teacher's server: how it gets there."""

import psutil
import pytest
import streamlit as st

from crackcls.access import owner
from crackcls.access.modes import CLASS, DEMO, OWN
from crackcls.widgets import powers
from tests.access.test_reach import networks  # noqa: F401 (a fixture)
from tests.pages.driving import open_page, text_of

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
