"""axe-core on each page and its states, light and dark, as wide as a computer and as a phone."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from benchmarks import sessions
from benchmarks.app import CHROMIUM, FLAGS
from crackcls import config
from crackcls.photos import examples
from crackcls.runs import belonging
from tests.conftest import Trained
from tests.evaluation.test_gallery import judged_shipped

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not CHROMIUM and os.environ.get("CRACKCLS_REQUIRE_BROWSER") != "1",
        reason="Chromium is not installed (Debian package: chromium)",
    ),
]

# Of lower levels one rule more: a page's headings are its table of contents.
SEVERE, ALSO = ("serious", "critical"), {"heading-order"}
WIDTHS, THEMES = (1280, 390), ("light", "dark")
MOST_MILLISECONDS = 60_000


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium


def filled(top: Path, trained: Trained) -> Path:
    """Put the shipped model and one whose images are there into a folder."""
    shutil.copytree(trained.models / "first", top / "models" / "first")
    shutil.copytree(config.PROJECT / "models" / "default", top / "models" / "default")
    return top


@contextmanager
def browse(chromium: Any, top: Path) -> Iterator[Any]:
    """Open a browser on the app that serves a folder."""
    with sessions.serve(top) as (host, _):
        sessions.wait_until_healthy(host)
        context = chromium.launch_persistent_context(
            top / "profile", executable_path=CHROMIUM, args=FLAGS, base_url=f"http://{host}"
        )
        tab = context.pages[0]
        tab.set_default_timeout(MOST_MILLISECONDS)
        yield tab
        context.close()


@pytest.fixture(scope="module")
def tab(chromium: Any, trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Open a browser on the app of one person."""
    with browse(chromium, filled(tmp_path_factory.mktemp("own"), trained)) as one:
        yield one


@pytest.fixture(scope="module")
def at_school(
    chromium: Any, trained: Trained, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Any, str]]:
    """Open a browser on the app of a class that shares two models; give its owner's token too."""
    top = filled(tmp_path_factory.mktemp("class"), trained)
    shutil.copytree(trained.models / "first", top / "models" / "second")
    for name, whose in (("first", "1b"), ("second", "2c")):
        belonging.give(top / "models" / name, whose * 32)
        belonging.share(top / "models" / name, True)
        judged_shipped(top / "models" / name, 0.75)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRACKCLS_MODE", "class")
        with browse(chromium, top) as one:
            log = (top / "server.log").read_text()
            yield one, re.search(r"\?token=(\w+)", log).group(1)


def opened(tab: Any, path: str) -> None:
    """Open a page and wait until it is drawn."""
    tab.goto(f"/{path}")
    tab.locator("h1").wait_for()
    # A colour on its way to another has the contrast of neither.
    tab.add_style_tag(content="* {transition: none !important; animation: none !important}")
    at_rest(tab)


def wear(tab: Any, theme: str) -> None:
    """Let the page follow the system's choice of light or dark."""
    tab.emulate_media(color_scheme=theme)
    tab.wait_for_function(
        "theme => getComputedStyle(document.querySelector('[data-testid=stApp]')).colorScheme"
        " === theme",
        arg=theme,
    )
    tab.wait_for_timeout(250)  # All parts are drawn anew.


def at_rest(tab: Any) -> None:
    """Wait until no part of the page is drawn any more."""
    tab.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    tab.wait_for_function("!document.querySelector('[data-stale=true], [data-testid=stSkeleton]')")


def photo_of(folder: Path) -> Path:
    """Write an example as a photo."""
    path = folder / "wall.jpg"
    path.write_bytes(examples.picture(next(iter(examples.EXAMPLES))))
    return path


def with_example(tab: Any, folder: Path) -> None:
    """Judge an example on Home."""
    tab.get_by_role("button", name="Crack", exact=True).click()
    tab.get_by_role("heading", name="Cracked", level=2).wait_for()


def with_photos(tab: Any, folder: Path) -> None:
    """Judge a photo on Predict, and send one that is none."""
    broken = folder / "broken.jpg"
    broken.write_text("this is no photo")
    tab.locator("input[type=file]").set_input_files([photo_of(folder), broken])
    tab.locator("h2").first.wait_for()
    tab.get_by_text("The file must be a photo").wait_for()


def with_heat(tab: Any, folder: Path) -> None:
    """Show the heat of a photo, with all that opens."""
    with_photos(tab, folder)
    tab.get_by_text("Heat", exact=True).click()
    at_rest(tab)
    open_all(tab)


def open_all(tab: Any, folder: Path | None = None) -> None:
    """Open all that is folded."""
    while (closed := tab.locator("details:not([open]) > summary")).count():
        closed.first.click()
        at_rest(tab)


def source(name: str) -> Callable[[Any, Path], None]:
    """Give what chooses a source of training images."""
    return lambda tab, folder: tab.get_by_text(name, exact=True).first.click()


def view(name: str) -> Callable[[Any, Path], None]:
    """Give what chooses a view of the Evaluate page."""
    return lambda tab, folder: (
        tab.get_by_test_id("stButtonGroup").get_by_text(name, exact=True).click()
    )


def nothing(tab: Any, folder: Path) -> None:
    """Leave a page as it opens."""


# A page in a state: its address, and what is done there.
STATES = {
    "Home": ("", nothing),
    "Home, an example judged": ("", with_example),
    "Lesson": ("Lesson", nothing),
    "Lesson, the threshold": ("Lesson", view("7")),
    "Lesson, worksheet": ("Lesson", view("Worksheet")),
    "Predict": ("Predict", open_all),
    "Predict, photos judged": ("Predict", with_photos),
    "Predict, heat": ("Predict", with_heat),
    "Train": ("Train", open_all),
    "Train, a folder": ("Train", source("My folder")),
    "Train, own photos": ("Train", source("My photos")),
    "Train, a ZIP": ("Train", source("My ZIP")),
    "Train, METU": ("Train", source("METU photos")),
    **{
        f"Evaluate, {name}": ("Evaluate", view(name))
        for name in ("Pictures", "Figures", "Labels", "Honesty", "Compare", "Take away")
    },
}


# The same of a class: by whom, where, and what is done there.
TEACHER, STUDENT = "teacher", "student"
IN_CLASS = {
    "Train": ("Train", open_all),
    "Train, own photos": ("Train", source("My photos")),
    "Evaluate": ("Evaluate", nothing),
    "Evaluate, Compare": ("Evaluate", view("Compare")),
}


@pytest.mark.parametrize("state", STATES)
def test_nothing_keeps_a_person_out(tab, tmp_path, state):
    tab.set_viewport_size({"width": WIDTHS[0], "height": 900})
    tab.emulate_media(color_scheme=THEMES[0])
    check(tab, tmp_path, *STATES[state])


@pytest.mark.parametrize("who", [TEACHER, STUDENT])
@pytest.mark.parametrize("state", IN_CLASS)
def test_nothing_keeps_a_class_out(at_school, tmp_path, who, state):
    tab, token = at_school
    tab.context.clear_cookies()
    tab.set_viewport_size({"width": WIDTHS[0], "height": 900})
    tab.emulate_media(color_scheme=THEMES[0])
    if who == TEACHER:
        tab.goto(f"/?token={token}")
    path, do = IN_CLASS[state]
    check(tab, tmp_path, path, do)
    said = "You own this server" if who == TEACHER else "You are student"
    assert tab.get_by_text(said).count()
    if path == "Train":
        assert tab.get_by_role("heading", name="Shared with the class").count()
        assert tab.get_by_role("heading", name="The class", exact=True).count() == (who == TEACHER)


def check(tab: Any, folder: Path, path: str, do: Callable[[Any, Path], None]) -> None:
    """Open a page, bring it into a state, and look at it at each width in each theme."""
    opened(tab, path)
    do(tab, folder)
    tab.mouse.move(0, 0)
    at_rest(tab)
    found = {}
    for width in WIDTHS:
        tab.set_viewport_size({"width": width, "height": 900})
        for theme in THEMES:
            wear(tab, theme)
            found |= {f"{theme}, {width} px: {fault}": None for fault in faults(tab)}
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("theme", "colour"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(28, 25, 23)")]
)
def test_what_stands_on_a_filled_button_can_be_read(tab, theme, colour):
    """axe-core passes over these buttons."""
    opened(tab, "Train")
    wear(tab, theme)
    open_all(tab)
    button = tab.get_by_role("button", name="Start training").locator("p")
    assert button.evaluate("element => getComputedStyle(element).color") == colour


def faults(tab: Any) -> list[str]:
    """Give what axe-core finds of level serious or critical, and headings that skip a level.

    Returns:
        For each node the rule, where it is and what it is.
    """
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(tab).response["violations"]
    return [
        f"{rule['id']} at {' '.join(map(str, node['target']))}: {node['html'][:200]}"
        for rule in found
        if rule["impact"] in SEVERE or rule["id"] in ALSO
        for node in rule["nodes"]
    ]
