"""Two servers behind one address, as docs/hosting.md says: who stays where, and what they share."""

import http.client
import re
import shutil
import signal
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from benchmarks.app import CHROMIUM, FLAGS
from crackcls import config, events
from crackcls.runs.work import LOG
from tests.test_browser import VERDICT
from tests.test_recipes import HOST, block, by_tls, hand_in
from tests.test_served import Server, free_port, needs_browser, needs_nginx, serve

pytestmark = [pytest.mark.slow, needs_nginx]

HEADING, AT = "Several servers behind one address", "crackcls_at"
LOST = re.compile("The server that had this page has ended, or has kept it no longer")
STUDENT = re.compile(r"You are student (\w{6})")
SECRET = "0123456789abcdef" * 2


@dataclass(frozen=True)
class Pair:
    """Two servers and nginx before them.

    Attributes:
        servers: The servers, in the order of the page's.
        port: Of nginx.
        folder: Of the models.
    """

    servers: tuple[Server, Server]
    port: int
    folder: Path

    @property
    def address(self) -> str:
        """What a browser opens."""
        return f"https://{HOST}:{self.port}"


def told() -> dict[str, str]:
    """Give what the page says that servers are told, with a secret of one's own."""
    (line,) = re.findall(r"^export (CRACKCLS_MODE=.+)$", block("sh", HEADING), re.MULTILINE)
    words = dict(word.split("=", 1) for word in re.sub(r"\$\(.*?\)", SECRET, line).split())
    assert words.keys() == {"CRACKCLS_MODE", "CRACKCLS_MEMORY_MB", "CRACKCLS_SECRET"}
    return words


@contextmanager
def start(folder: Path, port: int) -> Iterator[Server]:
    with serve(folder, "--server.address=127.0.0.1", port=port, **told()) as server:
        yield server


@contextmanager
def two(top: Path) -> Iterator[Pair]:
    """Start two servers on the same folders, and nginx with the block of the page."""
    shutil.copytree(config.PROJECT / "models" / "default", top / "models" / "default")
    with ExitStack() as stack:
        servers = tuple(stack.enter_context(start(top, free_port())) for _ in range(2))
        port = stack.enter_context(by_tls(top, HEADING, *(one.port for one in servers)))
        yield Pair(servers, port, top / "models")


@pytest.fixture
def pair(tmp_path) -> Iterator[Pair]:
    with two(tmp_path) as started:
        yield started


@pytest.fixture
def come() -> Iterator[Callable[..., Any]]:
    """Let browsers come, each to a server of its own choice; it stays with what it is given."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=60_000)
    with sync_playwright() as playwright:
        rules = f"--host-resolver-rules=MAP {HOST} 127.0.0.1"
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, rules])

        def coming(pair: Pair, server: int, path: str) -> Any:
            context = chromium.new_context(ignore_https_errors=True)
            cookie = {"name": AT, "value": f"crackcls_{server}", "url": pair.address}
            context.add_cookies([cookie])
            page = context.new_page()
            page.set_default_timeout(60_000)
            page.goto(pair.address + path)
            return page

        yield coming
        chromium.close()


def place_of(page: Any) -> str:
    """Give the server that answers a browser."""
    (found,) = [one["value"] for one in page.context.cookies() if one["name"] == AT]
    return found


def number_of(page: Any) -> str:
    """Give what the page calls a student."""
    line = page.get_by_text(STUDENT)
    line.wait_for()
    return STUDENT.search(line.inner_text()).group(1)


def ask(pair: Pair, cookie: str = "") -> str:
    """Ask for a page; give the cookie that names a server, or nothing where none is given."""
    line = http.client.HTTPSConnection(
        "127.0.0.1", pair.port, timeout=30, context=ssl._create_unverified_context()
    )
    line.request("GET", "/_stcore/health" if cookie else "/", headers={"Cookie": cookie})
    answer = line.getresponse()
    answer.read()
    given = answer.headers.get_all("set-cookie") or []
    return next((one.partition(";")[0] for one in given if one.startswith(AT)), "")


def test_who_comes_without_a_cookie_is_dealt_out_and_stays(pair):
    given = [ask(pair) for _ in range(20)]
    assert {*given} == {f"{AT}=crackcls_1", f"{AT}=crackcls_2"}
    assert [ask(pair, one) for one in given] == [""] * 20
    assert ask(pair, f"{AT}=elsewhere") in given


@needs_browser
def test_each_is_judged_where_it_came_to_and_the_other_takes_over_when_one_is_killed(pair, come):
    first, second = (come(pair, at, "/Predict") for at in (1, 2))
    numbers = [number_of(page) for page in (first, second)]
    for page in (first, second):
        hand_in(page)
        verdict_on(page).wait_for()
    assert [place_of(page) for page in (first, second)] == ["crackcls_1", "crackcls_2"]

    pair.servers[0].process.send_signal(signal.SIGKILL)
    first.get_by_text(LOST).wait_for()
    assert place_of(first) == "crackcls_2"
    assert number_of(first) == numbers[0]
    judge_anew(first)
    assert not second.get_by_text(LOST).count()

    with start(pair.folder.parent, pair.servers[0].port):
        first.get_by_role("button", name="Start anew").click()
        judge_anew(first)
        assert place_of(first) == "crackcls_2"
    assert [number_of(page) for page in (first, second)] == numbers


def verdict_on(page: Any) -> Any:
    """Give the heading of a card; the glossary has the same words."""
    return page.get_by_role("heading", name=VERDICT, level=2)


def judge_anew(page: Any) -> None:
    from playwright.sync_api import expect

    expect(verdict_on(page)).to_have_count(0)
    with page.expect_response(re.compile("/_stcore/upload_file/")) as answer:
        hand_in(page)
    assert answer.value.status == 204
    verdict_on(page).wait_for()


@needs_browser
def test_the_owner_of_one_is_the_owner_of_both(pair, come):
    tokens = {one.token for one in pair.servers}
    assert len(tokens) == 1
    page = come(pair, 2, f"/?token={tokens.pop()}")
    owns = page.get_by_text("You own this server, the others are a class.")
    owns.wait_for()
    pair.servers[1].process.send_signal(signal.SIGKILL)
    page.get_by_text(LOST).wait_for()
    owns.wait_for()
    assert place_of(page) == "crackcls_1"


def begin(page: Any, name: str, epochs: int) -> None:
    """Start a training on made-up pictures."""
    for label, value in (("Pictures to make", 200), ("Epochs", epochs)):
        field = page.get_by_role("spinbutton", name=label)
        field.fill(str(value))
        field.press("Enter")
    page.get_by_role("textbox", name="Name of the model").fill(name)
    page.get_by_role("button", name="Start training").click()


def times(pair: Pair, name: str) -> dict[str, float]:
    """Give when a run began and ended."""
    found = events.read_log(pair.folder / name / LOG)
    return {one["kind"]: one["time"] for one in found if one["kind"] in ("start", "end")}


@needs_browser
def test_one_training_runs_at_a_time_and_either_server_sees_and_stops_it(pair, come):
    first, second = (come(pair, at, "/Train") for at in (1, 2))
    owner = come(pair, 2, f"/Train?token={pair.servers[0].token}")
    begin(first, "long", 20)
    first.get_by_text(re.compile("Training epoch|Computing|Building")).first.wait_for()
    begin(second, "short", 1)
    second.get_by_text("'short' waits. 1 training comes first").wait_for()
    owner.get_by_text(re.compile("short, student")).wait_for()
    # Streamlit has a button of that name in the header while a page is made.
    page = owner.get_by_test_id("stMainBlockContainer")
    page.get_by_role("button", name="Stop", exact=True).click()
    first.get_by_text(re.compile("'long' was stopped after")).wait_for()
    second.get_by_text(re.compile("'short' has finished in")).wait_for(timeout=120_000)
    assert times(pair, "long")["end"] <= times(pair, "short")["start"]
    assert {place_of(first), place_of(second)} == {"crackcls_1", "crackcls_2"}
