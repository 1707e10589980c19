"""The page of `export web`: bytes loaded, seconds for a photo, frames a second of the camera."""

import argparse
import functools
import io
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from benchmarks import machine, processes
from benchmarks.app import CHROMIUM, FLAGS
from benchmarks.figures import Table, megabytes, seconds, spread, summary
from crackcls.photos import examples

# A photo of a phone, and a patch.
PHOTO, PATCH = (4000, 3000), (227, 227)
# Seconds that the camera is watched.
WATCHED = 10
MOST_MILLISECONDS = 120_000


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Export the shipped model and open its page anew for each repeat.

    Args:
        options: `repeats`.

    Returns:
        `folder` and `loaded`: bytes of the export, and of what a browser loads of it; `first`:
        seconds from the address to the verdict on a patch; `patch` and `photo`: seconds for one
        more patch, and for a photo of 12 megapixels; `camera`: what the page says of its frames.
        None without Chromium and Playwright.
    """
    if not (CHROMIUM and machine.has("playwright")):
        return {}
    with processes.place(with_model=True) as own:
        site = own / "site"
        processes.say("web: export")
        processes.run(["-m", "crackcls", "export", "web", site], own)
        folder = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
        (own / "film.y4m").write_bytes(film_of("A wall with a crack"))
        rounds = []
        for _ in range(options.repeats):
            processes.say("web: page")
            job = {"site": str(site), "film": str(own / "film.y4m")}
            rounds.append(processes.call("web:open_page", own, **job)["value"])
    names = "loaded", "first", "patch", "photo", "camera"
    return {"folder": folder, **{name: [one[name] for one in rounds] for name in names}}


def tables(found: dict[str, Any]) -> list[Table]:
    """Write the table of what `measure` gave."""
    text = (
        "The page of the shipped model in headless Chromium, served by Python's own server from "
        "the same machine, by as many workers as there are cores, four at most. First verdict: "
        "from the address to the verdict on a patch, all parts loaded. The camera is a film of "
        "640 x 480."
    )
    if not found:
        return [("Page without a server", "Chromium or Playwright is not installed.", [], [])]
    rows = [
        ["files of the export", megabytes([found["folder"]])],
        ["loaded until the first verdict", megabytes(found["loaded"])],
        ["first verdict", seconds(found["first"])],
        ["one more patch", seconds(found["patch"])],
        ["photo of 12 megapixels", seconds(found["photo"])],
        ["live camera", _frames(found["camera"])],
    ]
    return [("Page without a server", text, ["", "figure"], rows)]


def open_page(site: str, film: str) -> dict[str, Any]:
    """Open the page with a fresh profile and use it once; for what comes out see `measure`."""
    sizes: list[int] = []
    with serve(Path(site)) as address, _browser(film) as tab:
        tab.on("response", lambda one: sizes.append(int(one.headers.get("content-length", 0))))
        start = time.perf_counter()
        tab.goto(f"{address}/index.html")
        _judge(tab, drawn(PATCH), 0)
        found = {"first": time.perf_counter() - start, "loaded": sum(sizes)}
        found["patch"] = _judge(tab, drawn(PATCH), 0)
        found["photo"] = _judge(tab, drawn(PHOTO), 500)
        tab.get_by_role("button", name="Live camera").click()
        tab.locator("#live-rate", has_text="frames").wait_for()
        tab.wait_for_timeout(1000 * WATCHED)
        return {**found, "camera": tab.locator("#live-rate").inner_text()}


def drawn(size: tuple[int, int]) -> bytes:
    """Draw a cracked wall of some width and height, as JPEG."""
    buffer = io.BytesIO()
    wall = examples.EXAMPLES["A wall with a crack"]()
    wall.resize(size).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def film_of(*names: str) -> bytes:
    """Film examples, each for three seconds, as a camera for tests gives them."""
    frames = []
    for name in names:
        bands = examples.EXAMPLES[name]().resize((640, 480)).convert("YCbCr").split()
        halves = [bands[0], *(band.resize((320, 240)) for band in bands[1:])]
        frames += [b"FRAME\n" + b"".join(band.tobytes() for band in halves)] * 6
    return b"YUV4MPEG2 W640 H480 F2:1 Ip A1:1 C420jpeg\n" + b"".join(frames)


def camera_flags(film: object) -> list[str]:
    """Give the words by which Chromium takes a film for a camera, and asks nobody."""
    words = "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"
    return [*words, f"--use-file-for-fake-video-capture={film}"]


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a folder as the simplest of servers does; give its address."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *words: object) -> None:
            """Say nothing."""

    handler = functools.partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def _judge(tab: Any, photo: bytes, least: int) -> float:
    """Give a photo to the page; give the seconds to the verdict, of so many tiles at least."""
    tab.evaluate("document.getElementById('answers').replaceChildren()")
    start = time.perf_counter()
    files = [{"name": "wall.jpg", "mimeType": "image/jpeg", "buffer": photo}]
    tab.locator("#files").set_input_files(files)
    tab.locator("article h2").wait_for()
    took = time.perf_counter() - start
    assert tab.evaluate("answers[0].tiles") >= least, "another photo was judged"
    return took


def _frames(said: Sequence[str]) -> str:
    """Put together what the page said: `448 x 336 pixels, 9.0 frames a second`."""
    sizes = dict.fromkeys(text.partition(", ")[0] for text in said)
    rates = [float(text.partition(", ")[2].split()[0]) for text in said]
    return f"{' or '.join(sizes)}, {spread(summary(rates), 'frames/s')}"


@contextmanager
def _browser(film: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        words: Sequence[str] = [*FLAGS, *camera_flags(film)]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=words)
        tab = browser.new_context(service_workers="block").new_page()
        tab.set_default_timeout(MOST_MILLISECONDS)
        try:
            yield tab
        finally:
            browser.close()
