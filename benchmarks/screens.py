"""The pictures of the pages in the documentation, made anew.

    python -m benchmarks.screens docs

Needs Chromium and Playwright. A model learns from 1,000 made-up pictures and is evaluated on 1,000
others; all concrete that is seen is made up.
"""

import argparse
import io
from pathlib import Path
from typing import Any

from PIL import Image

from benchmarks import processes, sessions
from benchmarks.app import CHROMIUM, FLAGS

RUN = "made-up-walls"
COMMANDS = (
    f"train --data synthetic-1000-0 --name {RUN}",
    f"evaluate --model {RUN} --data synthetic-1000-7 --keep",
)
VIEW, SCALE, QUALITY = {"width": 1280, "height": 3200}, 1.5, 60
WIDEST = 1200
MOST_MILLISECONDS = 60_000
MAIN = "[data-testid=stMainBlockContainer]"


def main() -> None:
    """Write the three pictures into a folder."""
    from playwright.sync_api import sync_playwright

    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("folder", type=Path)
    folder = options.parse_args().folder
    with processes.place(with_model=True) as own:
        for command in COMMANDS:
            processes.run(["-m", "crackcls", *command.split()], own)
        with sessions.serve(own) as (host, _), sync_playwright() as started:
            sessions.wait_until_healthy(host)
            browser = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            tab = browser.new_page(viewport=VIEW, device_scale_factor=SCALE)
            tab.set_default_timeout(MOST_MILLISECONDS)
            for name, show in (("predict", predict), ("train", train), ("evaluate", evaluate)):
                keep(folder / f"{name}.jpg", tab, *show(tab, f"http://{host}"))


def predict(tab: Any, app: str) -> tuple[float, float]:
    """Judge the first example; give the top and the height of what is kept."""
    tab.goto(f"{app}/Predict")
    tab.get_by_role("tab", name="Examples").click()
    tab.get_by_role("heading", name="Cracked").wait_for()
    tab.wait_for_function("[...document.images].every(image => image.naturalWidth)")
    return top_of(tab.get_by_role("heading", name="Cracked")) - 8, 720


def train(tab: Any, app: str) -> tuple[float, float]:
    """Show the run."""
    tab.goto(f"{app}/Train")
    tab.get_by_text("has finished").wait_for()
    return top_of(tab.get_by_text("has finished")) - 20, 900


def evaluate(tab: Any, app: str) -> tuple[float, float]:
    """Show the matrix of pictures."""
    tab.goto(f"{app}/Evaluate")
    for label, option in (("Model", RUN), ("Judged on", "unseen images")):
        tab.get_by_role("combobox", name=label).click()
        tab.get_by_role("option", name=option).click()
        tab.wait_for_timeout(3000)
    return top_of(tab.get_by_test_id("stMetric").first) - 8, 800


def top_of(element: Any) -> float:
    """Give where an element begins, in pixels of the page, once the page is at rest."""
    element.page.wait_for_timeout(3000)
    return element.bounding_box()["y"]


def keep(path: Path, tab: Any, top: float, height: float) -> None:
    """Write a part of the page as wide as its text."""
    box = tab.locator(MAIN).bounding_box()
    clip = {"x": box["x"], "y": top, "width": box["width"], "height": height}
    picture = Image.open(io.BytesIO(tab.screenshot(clip=clip)))
    picture.thumbnail((WIDEST, picture.height))
    picture.convert("RGB").save(path, quality=QUALITY, progressive=True)


if __name__ == "__main__":
    main()
