"""The ways between the pages are the same on each of them."""

import tomllib

import pytest

from crackcls import config
from crackcls.widgets import navigation
from tests.pages.driving import open_page

FILES = [page.path for page in navigation.PAGES]


@pytest.mark.parametrize("file", FILES)
def test_each_page_lists_all_pages_in_one_order(file):
    page = open_page(file.removeprefix("pages/").removesuffix(".py").removeprefix("app"))
    ways = [way.proto for way in page.sidebar.get("page_link")]
    assert [way.label for way in ways] == ["Home", "Predict", "Evaluate", "Train", "Lesson"]
    assert all(way.icon for way in ways)


def test_no_page_is_left_out():
    found = {f"pages/{path.name}" for path in (config.PROJECT / "pages").glob("*.py")}
    assert {*FILES} == found | {"app.py"}


def test_light_and_dark_are_both_given_so_that_the_browser_chooses():
    settings = tomllib.loads((config.PROJECT / ".streamlit" / "config.toml").read_text())
    assert {"light", "dark"} <= {*settings["theme"]}
    assert "base" not in settings["theme"], "that would choose for the browser"
    assert settings["client"]["showSidebarNavigation"] is False


def test_the_server_does_not_watch_the_folder_that_trainings_write_to():
    settings = tomllib.loads((config.PROJECT / ".streamlit" / "config.toml").read_text())
    assert settings["server"]["fileWatcherType"] == "none"
