"""The app: seconds to the first page, seconds of a page switch, memory of idle sessions."""

import argparse
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import machine, processes, sessions
from benchmarks.figures import Table, megabytes, number, seconds

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run"),
]
TITLES = {
    "Home": "Is this concrete cracked?",
    "Train": "Train",
    "Evaluate": "Evaluate",
    "Predict": "Predict",
    "Lesson": "Lesson",
}
SESSIONS = [1, 10, 50]
MOST_MILLISECONDS = 60_000


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Start the app anew for each page and repeat, then hold sessions open.

    Args:
        options: `repeats`.

    Returns:
        `first`: seconds by page; `switch`: for each page seconds to the `title` and to the
        end of its script (`whole`); both None without Chromium and Playwright. `sessions`:
        see `sessions.measure`.
    """
    first, switch = None, None
    if CHROMIUM and machine.has("playwright"):
        first = {page: _first(page, options.repeats) for page in TITLES}
        processes.say("app: page switches")
        with processes.place(with_model=True) as own:
            job = {"folder": str(own), "repeats": options.repeats}
            switch = processes.call("app:switch_pages", own, **job)["value"]
    processes.say("app: idle sessions")
    with processes.place(with_model=True) as own:
        idle = processes.call("sessions:measure", own, folder=str(own), counts=SESSIONS)["value"]
    return {"first": first, "switch": switch, "sessions": idle}


def tables(found: dict[str, Any]) -> list[Table]:
    """Write the tables of what `measure` gave."""
    return [_page_table(found), _session_table(found["sessions"])]


def first_page(folder: str, page: str) -> float:
    """Start the app; give the seconds from the start of its process to the page's title.

    The browser is open before, with a fresh profile.
    """
    with _browser() as tab:
        start = time.perf_counter()
        with sessions.serve(Path(folder)) as (host, _):
            sessions.wait_until_healthy(host)
            tab.goto(f"http://{host}/{sessions.PAGES[page]}", wait_until="commit")
            _wait_for_title(tab, page)
            return time.perf_counter() - start


def switch_pages(folder: str, repeats: int) -> dict[str, dict[str, list[float]]]:
    """Click through the pages; give seconds to each title and to the end of each script.

    The first round, in which the server imports what each page needs, is left out.
    """
    found = {page: {"title": [], "whole": []} for page in TITLES}
    with sessions.serve(Path(folder)) as (host, _), _browser() as tab:
        sessions.wait_until_healthy(host)
        tab.goto(f"http://{host}/Predict")
        _wait_for_title(tab, "Predict")
        for turn in range(repeats + 1):
            for page, times in found.items():
                title, whole = _switch(tab, page)
                if turn:
                    times["title"].append(title)
                    times["whole"].append(whole)
    return found


def _first(page: str, repeats: int) -> list[float]:
    times = []
    for _ in range(repeats):
        processes.say(f"app: first page {page}")
        with processes.place(with_model=True) as own:
            done = processes.call("app:first_page", own, folder=str(own), page=page)
        times.append(done["value"])
    return times


@contextmanager
def _browser() -> Iterator[Any]:
    """Open Chromium with a fresh profile; give its tab."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as profile, sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=CHROMIUM, args=FLAGS, viewport={"width": 1280, "height": 900}
        )
        try:
            tab = context.pages[0]
            tab.set_default_timeout(MOST_MILLISECONDS)
            yield tab
        finally:
            context.close()


def _switch(tab, page: str) -> tuple[float, float]:
    """Click a page's link in the sidebar; give the seconds to its title and to its end."""
    link = tab.get_by_test_id("stSidebar").get_by_text(page, exact=True)
    start = time.perf_counter()
    link.click()
    _wait_for_title(tab, page)
    title = time.perf_counter() - start
    tab.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    return title, time.perf_counter() - start


def _wait_for_title(tab, page: str) -> None:
    tab.locator("h1", has_text=TITLES[page]).first.wait_for()


def _page_table(found: dict[str, Any]) -> Table:
    text = (
        "First: the app is started anew, with a fresh browser profile and a browser that is open; "
        "from the start of `streamlit run` to the page's title in Chromium. Switch: from the click "
        "on a link in the sidebar of an open app to the title of that page, and to the end of its "
        "script."
    )
    rows = [_page_row(page, found) for page in TITLES]
    heads = ("page", "first", "switch, title", "switch, whole page")
    return "Pages of the app", text, heads, rows


def _page_row(page: str, found: dict[str, Any]) -> list[str]:
    if found["first"] is None:
        return [page, f"Chromium or Playwright {machine.MISSING}", "", ""]
    switch = found["switch"][page]
    times = found["first"][page], switch["title"], switch["whole"]
    return [page, *map(seconds, times)]


def _session_table(rows: list[dict[str, int]]) -> Table:
    text = (
        "Memory of the server's process with open sessions that wait, spread over the four pages, "
        "each after its page's script has run. Each page was visited once before, so that imports "
        "do not count for sessions. RSS counts shared pages in full, PSS by share."
    )
    lines = []
    for row in rows:
        more = row["sessions"] - rows[0]["sessions"]
        each = (row["rss"] - rows[0]["rss"]) / more / 1e6 if more else 0
        pss = megabytes([row["pss"]]) if "pss" in row else "not told by this system"
        shown = f"{number(each)} MB" if more else ""
        lines.append([str(row["sessions"]), megabytes([row["rss"]]), pss, shown])
    return "Idle sessions", text, ("sessions", "RSS", "PSS", "RSS a further session"), lines
