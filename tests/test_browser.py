"""The whole way in a real browser: train, evaluate, predict, on a computer and on a phone."""

import io
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pillow_heif
import psutil
import pytest
from PIL import Image

from benchmarks import sessions
from benchmarks.app import CHROMIUM, FLAGS
from crackcls import config, names
from crackcls.datasets.synthetic import pictures
from crackcls.evaluation.lesson import STEPS
from crackcls.photos import examples
from tests.conftest import Trained, encoded, picture

REQUIRED = os.environ.get("CRACKCLS_REQUIRE_BROWSER") == "1"
# The process that judges photos for the server.
WORKER = "crackcls.photos.worker"
# What the Predict page may say of a photo.
VERDICT = re.compile("Cracked|No crack found|Doubtful|This does not look like the concrete")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not CHROMIUM and not REQUIRED,
        reason="Chromium is not installed (Debian package: chromium)",
    ),
]


@contextmanager
def serve(trained) -> Iterator[tuple[str, int]]:
    """Serve the app on the folders of the trained model; give its address and process."""
    with sessions.serve(trained.models.parent) as (host, number):
        sessions.wait_until_healthy(host)
        yield f"http://{host}", number


@pytest.fixture(scope="module")
def server(trained) -> Iterator[tuple[str, int]]:
    """Keep one server for all tests."""
    with serve(trained) as running:
        yield running


@pytest.fixture
def app(server) -> str:
    """Give the address of the app."""
    return server[0]


# A cell of the matrix on the Evaluate page.
CELL = "[class*=st-key-cell-]"
WIDTHS = 1280, 390
# For tests of what happens behind the page, where the width changes nothing.
one_width = pytest.mark.parametrize(
    "page", WIDTHS if "CRACKCLS_SCREENSHOTS" in os.environ else [390], indirect=True
)


@pytest.fixture(params=WIDTHS)
def page(request, tmp_path: Path):
    """Open a browser page with a fresh profile, as wide as a computer's or a phone's."""
    from playwright.sync_api import expect, sync_playwright

    # Other tests work on the same cores.
    expect.set_options(timeout=60_000)

    assert CHROMIUM, "CRACKCLS_REQUIRE_BROWSER is set, and Chromium is not installed"
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path / "profile",
            executable_path=CHROMIUM,
            args=FLAGS,
            viewport={"width": request.param, "height": 900},
        )
        page = context.new_page()
        page.set_default_timeout(60_000)
        yield page
        assert not page.get_by_text("Traceback").count()
        context.close()


def keep_screenshot(page, name: str) -> None:
    """Keep a screenshot where CRACKCLS_SCREENSHOTS names a folder, for a person to look at."""
    if folder := os.environ.get("CRACKCLS_SCREENSHOTS"):
        size = page.viewport_size
        page.set_viewport_size({**size, "height": 2400})
        page.wait_for_timeout(1000)
        page.screenshot(path=f"{folder}/{name}-{size['width']}.png")
        page.set_viewport_size(size)


def expect_no_sideways_scroll(page) -> None:
    """A page wider than its window makes a phone's user push it to and fro."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_train_evaluate_predict(app, page, trained, tmp_path):
    from playwright.sync_api import expect

    width = page.viewport_size["width"]
    name = f"browser-{width}"
    page.goto(f"{app}/Train")
    start_run(page, trained.data, name)
    expect(page.get_by_role("progressbar").first).to_be_visible()
    keep_screenshot(page, "train-running")
    page.reload()
    done = page.get_by_text(re.compile(f"'{name}' has finished in"))
    expect(done).to_be_visible(timeout=120_000)
    expect(page.locator("[data-testid=stVegaLiteChart] canvas, svg.marks").first).to_be_visible()
    expect_no_sideways_scroll(page)
    keep_screenshot(page, "train-finished")

    page.goto(f"{app}/Evaluate")
    page.get_by_role("combobox", name="Model").click()
    page.get_by_role("option", name=name).click()
    expect(page.get_by_text("of 4", exact=False).first).to_be_visible()
    expect(page.get_by_role("heading", name="All wrong ones")).to_be_visible()
    expect(page.locator(CELL).locator("img")).to_have_count(4)
    expect_no_sideways_scroll(page)
    keep_screenshot(page, "evaluate")

    photo, text = tmp_path / "Straße.jpg", tmp_path / "text.jpg"
    photo.write_bytes(encoded(picture(1, 400, cracked=True)))
    text.write_text("this is no photo")
    page.goto(f"{app}/Predict")
    page.locator("input[type=file]").set_input_files([photo, text])
    # The process that judges may still be starting.
    expect(page.locator("[data-testid=stImage] img")).to_have_count(1)
    expect(page.get_by_text(VERDICT).first).to_be_visible()
    expect(page.get_by_text("The file must be a photo")).to_be_visible()
    expect_no_sideways_scroll(page)
    keep_screenshot(page, "predict")


@pytest.mark.parametrize("path", ["", "Train", "Evaluate", "Predict", "Lesson"])
def test_each_page_is_a_first_page_too(app, page, path):
    from playwright.sync_api import expect

    page.goto(f"{app}/{path}")
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("[data-testid=stException]")).to_have_count(0)
    expect_no_sideways_scroll(page)
    keep_screenshot(page, f"first-{path or 'home'}")


def open_train(context, app):
    """Open the Train page in a tab of its own."""
    tab = context.new_page()
    tab.goto(f"{app}/Train")
    return tab


@one_width
def test_three_browsers_see_one_run_and_none_starts_a_second(app, page, trained):
    from playwright.sync_api import expect

    name = f"shared-{page.viewport_size['width']}"
    start_run(open_train(page.context, app), trained.data, name, epochs=400)
    tabs = [open_train(page.context, app) for _ in range(3)]
    for tab in tabs:
        expect(tab.get_by_text("Training epoch").first).to_be_visible(timeout=60_000)
        expect(tab.get_by_role("button", name="Stop training")).to_be_visible()
    tabs[1].get_by_text("Train another model").click()
    start_run(tabs[1], trained.data, f"{name}-2")
    refusal = tabs[1].get_by_text(re.compile(f"'{name}' has been running since"))
    expect(refusal).to_be_visible(timeout=30_000)
    keep_screenshot(tabs[0], "train-epochs")
    tabs[2].get_by_role("button", name="Stop training").click()
    for tab in tabs:
        stopped = tab.get_by_text(re.compile(f"'{name}' was stopped after"))
        expect(stopped).to_be_visible(timeout=60_000)
    counts = {tab.get_by_text("was stopped after").inner_text() for tab in tabs}
    assert len(counts) == 1
    assert not (trained.models / f"{name}-2").exists()
    keep_screenshot(tabs[0], "train-stopped")


def start_run(tab, data: Path, name: str, epochs: int | None = None) -> None:
    """Fill in the form and press Start."""
    tab.get_by_text("My folder", exact=True).click()
    tab.get_by_role("textbox", name="Data folder").fill(str(data))
    tab.get_by_role("textbox", name="Data folder").press("Enter")
    tab.get_by_text("Files that cannot be read: 2.").wait_for()
    tab.get_by_text("A look at the data").wait_for()
    tab.get_by_role("textbox", name="Name of the model").fill(name)
    if epochs:
        tab.get_by_role("spinbutton", name="Epochs").fill(str(epochs))
        tab.get_by_role("spinbutton", name="Epochs").press("Enter")
    tab.get_by_role("button", name="Start training").click()


@one_width
def test_a_run_outlives_the_server(trained, page):
    from playwright.sync_api import expect

    name = f"outlives-{page.viewport_size['width']}"
    with serve(trained) as (address, _):
        page.goto(f"{address}/Train")
        start_run(page, trained.data, name)
        expect(page.get_by_text("Building the network")).to_be_visible(timeout=30_000)
    with serve(trained) as (address, _):
        page.goto(f"{address}/Train")
        expect(page.get_by_text(re.compile(f"'{name}' has finished in"))).to_be_visible(
            timeout=120_000
        )


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="reads Linux's /proc")
def test_the_server_has_not_loaded_tensorflow_after_all_that(server):
    children = psutil.Process(server[1]).children()
    living = [child for child in children if child.status() != psutil.STATUS_ZOMBIE]
    judging = [child for child in living if WORKER in child.cmdline()]
    maps = [Path(f"/proc/{pid}/maps").read_text() for pid in (server[1], *(j.pid for j in judging))]
    assert "ai_edge_litert" in "".join(maps), "a photo was judged, so LiteRT is there"
    assert not [loaded for loaded in maps if "tensorflow/" in loaded]


@contextmanager
def other_network() -> Iterator[list[str]]:
    """Give the words that run a command without any network but the machine's own, if any do."""
    words = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$0" "$@"']
    works = shutil.which("unshare") and shutil.which("ip")
    works = works and subprocess.run([*words, "true"], capture_output=True).returncode == 0
    yield words if works else []


INSIDE = "CRACKCLS_TEST_WITHOUT_NETWORK"


@pytest.mark.skipif(INSIDE in os.environ, reason="this is the run that it starts")
@pytest.mark.parametrize(
    "way",
    ["test_train_evaluate_predict_on_synthetic_data", "test_the_lesson_from_beginning_to_end"],
)
def test_the_whole_way_with_the_network_cut_off(way):
    with other_network() as words:
        if not words:
            pytest.skip("no network namespace can be made here (unshare --net)")
        test = f"{__file__}::{way}"
        if "CRACKCLS_SCREENSHOTS" not in os.environ:
            test += "[390]"  # Both widths take two minutes and differ in nothing else.
        command = [*words, sys.executable, "-m", "pytest", "-q", test]
        env = {**os.environ, INSIDE: "1"}
        done = subprocess.run(command, capture_output=True, text=True, cwd=config.PROJECT, env=env)
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout


inside = pytest.mark.skipif(
    INSIDE not in os.environ, reason="runs with the network cut off, see above"
)


def check_no_network() -> None:
    with pytest.raises(OSError, match=r"unreachable|resolution|not known"):
        socket.create_connection(("192.0.2.1", 80), timeout=2)


@inside
def test_the_lesson_from_beginning_to_end(page, tmp_path):
    check_no_network()
    with serve(Trained(tmp_path / "models", tmp_path / "cache", tmp_path)) as (address, _):
        page.goto(f"{address}/Lesson")
        go_through_the_lesson(page, tmp_path)


def go_through_the_lesson(page, folder: Path) -> None:
    """Do and answer each step, and read the worksheet."""
    from playwright.sync_api import expect

    for number in range(1, 11):
        asked = page.get_by_role("radiogroup", name=f"Photo {number}", exact=True)
        asked.get_by_text("cracked").click()
        expect(asked.get_by_role("radio", name="cracked")).to_be_checked()
    page.get_by_role("button", name="Show the labels").click()
    expect(page.get_by_text("You: 5 of 10 right. The model: 8 of 10.")).to_be_visible()
    for number in range(1, 8):
        expect(page.get_by_role("heading", name=re.compile(f"^{number}\\. "))).to_be_visible()
        if number == 6:
            page.get_by_role("button", name="Let both judge").click()
            expect(page.get_by_text("Of 5 cracks these were found")).to_be_visible(timeout=60_000)
        asked = page.get_by_role("textbox", name=STEPS[number - 1].question)
        asked.fill(f"answer <b>{number}</b>")
        keep_screenshot(page, f"lesson-{number}")
        expect_no_sideways_scroll(page)
        page.locator(f".st-key-lesson-next-{number - 1} button").click()
    keep_screenshot(page, "lesson-worksheet")
    with page.expect_download() as download:
        page.get_by_role("button", name="Worksheet to print").click()
    download.value.save_as(folder / "lesson.html")
    written = (folder / "lesson.html").read_text(encoding="utf-8")
    assert all(f"answer &lt;b&gt;{number}&lt;/b&gt;" in written for number in range(1, 8))


@inside
def test_train_evaluate_predict_on_synthetic_data(page, tmp_path):
    from playwright.sync_api import expect

    check_no_network()
    place = Trained(tmp_path / "models", tmp_path / "cache", tmp_path)
    with serve(place) as (address, _):
        page.goto(f"{address}/Train")
        count = page.get_by_role("spinbutton", name="Pictures to make")
        count.fill("400")
        count.press("Enter")
        expect(page.locator("[data-testid=stImage] img")).to_have_count(12)
        keep_screenshot(page, "synthetic-choose")
        page.get_by_role("textbox", name="Name of the model").fill("made")
        page.get_by_role("button", name="Start training").click()
        done = page.get_by_text(re.compile("'made' has finished in"))
        expect(done).to_be_visible(timeout=120_000)
        expect_no_sideways_scroll(page)
        keep_screenshot(page, "synthetic-trained")

        page.goto(f"{address}/Evaluate")
        expect(page.get_by_text("has learned from made-up pictures")).to_be_visible()
        expect(page.get_by_text("of 24", exact=False).first).to_be_visible()
        expect(page.locator(CELL).locator("img").first).to_be_visible()
        keep_screenshot(page, "synthetic-evaluate")

        photo = tmp_path / "photo.jpg"
        photo.write_bytes(pictures.picture(9, 1, "Positive"))
        page.goto(f"{address}/Predict")
        page.locator("input[type=file]").set_input_files([photo])
        expect(page.get_by_text(VERDICT).first).to_be_visible()
        expect(page.get_by_text("has learned from made-up pictures")).to_be_visible()
        keep_screenshot(page, "synthetic-predict")


@one_width
def test_a_zip_and_a_hostile_zip(app, page, trained, tmp_path):
    from playwright.sync_api import expect

    good, bad = tmp_path / "wall.zip", tmp_path / "bad.zip"
    with zipfile.ZipFile(good, "w") as archive:
        for path in sorted(trained.data.rglob("*.jpg")):
            archive.write(path, path.relative_to(trained.data))
    with zipfile.ZipFile(bad, "w") as archive:
        archive.writestr("../outside.jpg", encoded(picture(1)))
    page.goto(f"{app}/Train")
    page.get_by_text("My ZIP", exact=True).click()
    # The page has one more uploader, which stands there before this one does.
    zips = page.get_by_role("region", name="ZIP of photos").locator("input[type=file]")
    zips.set_input_files(bad)
    expect(page.get_by_test_id("stAlert").get_by_text("../outside.jpg")).to_be_visible()
    keep_screenshot(page, "zip-refused")
    zips.set_input_files(good)
    expect(page.get_by_text("Files that cannot be read: 1.")).to_be_visible()
    expect(page.get_by_role("button", name="Start training")).to_be_enabled()
    expect_no_sideways_scroll(page)
    keep_screenshot(page, "zip-inspected")
    page.get_by_role("button", name="Remove these photos").click()
    expect(page.get_by_text("have been removed")).to_be_visible()
    assert not list((trained.models.parent / "data" / "uploads").glob("wall-*"))


@one_width
def test_metu_is_offered_with_its_licence(app, page):
    from playwright.sync_api import expect

    page.goto(f"{app}/Train")
    page.get_by_text("METU photos", exact=True).click()
    expect(page.get_by_text("CC BY 4.0").first).to_be_visible()
    expect(page.get_by_role("button", name="Download the METU photos")).to_be_enabled()
    expect(page.get_by_role("button", name="Start training")).to_be_disabled()
    expect_no_sideways_scroll(page)
    keep_screenshot(page, "metu")


def open_view(page, name: str) -> None:
    """Choose a view of the Evaluate page."""
    page.get_by_test_id("stButtonGroup").get_by_text(name, exact=True).click()


def test_the_slider_wrong_ones_and_the_report(app, page, trained, tmp_path):
    from playwright.sync_api import expect

    report = json.loads((trained.models / "first" / "report.json").read_text())
    wrong = report["wrong"]
    page.goto(f"{app}/Evaluate")
    page.get_by_role("combobox", name="Model").click()
    page.get_by_role("option", name="first", exact=True).click()
    open_view(page, "Figures")
    slider = page.get_by_role("slider")
    expect(slider).to_have_value("0.5")
    keep_screenshot(page, "evaluate-figures")
    slider.press("Home")
    metric = page.get_by_test_id("stMetric").filter(has_text="False alarms").last
    expect(metric).to_contain_text("100.00%")
    page.get_by_role("button", name="Best F1").click()
    expect(metric).not_to_contain_text("100.00%")
    expect(slider).not_to_have_value("0")
    expect_no_sideways_scroll(page)

    open_view(page, "Pictures")
    expect(page.get_by_role("heading", name=f"All wrong ones: {wrong} here")).to_be_visible()
    # A tap on a small picture opens its cell.
    right = page.locator(f"{CELL}:has(button:not(:text('✗')):enabled)").first
    expect(right.locator("img").first).to_be_visible()
    right.click(position={"x": 30, "y": right.bounding_box()["height"] - 30})
    expect(page.get_by_role("heading", name="All wrong ones")).to_have_count(0)
    expect(page.get_by_text("✓ called").first).to_be_visible()
    page.locator(f"{CELL}:has(button:has-text('✗'):enabled)").first.click()
    expect(page.get_by_text("✗ called").first).to_be_visible()
    expect(page.get_by_text("✓ called")).to_have_count(0)
    page.get_by_text("Show where the model sees").click()
    expect(page.get_by_text("✗ called").first).to_be_visible()
    page.get_by_text("Label is wrong").first.click()
    expect(page.get_by_text("Labels marked as wrong: 1")).to_be_visible()
    keep_screenshot(page, "evaluate-wrong")
    page.get_by_text("Label is wrong").first.click()
    expect(page.get_by_text("Labels marked as wrong")).to_have_count(0)

    for view, words in (("Honesty", "does not tell"), ("Compare", "Models on the same images")):
        open_view(page, view)
        expect(page.get_by_text(words).first).to_be_visible()
        expect_no_sideways_scroll(page)
        keep_screenshot(page, f"evaluate-{view.lower()}")
    open_view(page, "Take away")
    page.get_by_role("button", name="Make the report").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Report as HTML").click(timeout=60_000)
    download.value.save_as(tmp_path / "report.html")
    page.goto(f"file://{tmp_path / 'report.html'}")
    expect(page.get_by_text(f"{wrong} wrong of 4 images").first).to_be_visible()
    assert page.locator("svg").count() >= 4
    expect_no_sideways_scroll(page)
    keep_screenshot(page, "report")


@pytest.fixture(scope="module")
def shipped(tmp_path_factory) -> Iterator[str]:
    """Serve the app with a copy of the shipped model alone; give its address."""
    top = tmp_path_factory.mktemp("shipped")
    shutil.copytree(config.PROJECT / "models" / "default", top / "models" / "default")
    with serve(Trained(top / "models", top / "cache", top)) as (address, _):
        yield address


def three_photos(folder: Path) -> list[Path]:
    """Write a cracked wall as HEIC, a sound one turned by its EXIF, and a broken file."""
    cracked, sound = (
        Image.open(io.BytesIO(examples.picture(name))) for name in list(examples.EXAMPLES)[:2]
    )
    exif = sound.getexif()
    exif[0x0112] = 6
    heic = io.BytesIO()
    pillow_heif.from_pillow(cracked).save(heic)
    contents = {
        "wall.heic": heic.getvalue(),
        "turned.jpg": encoded(sound, exif=exif),
        "broken.jpg": encoded(sound)[:5000],
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in contents]


def test_three_photos_one_heic_one_turned_one_broken(shipped, page, tmp_path):
    from playwright.sync_api import expect

    page.goto(f"{shipped}/Predict")
    page.locator("input[type=file]").set_input_files(three_photos(tmp_path))
    expect(page.get_by_role("heading", name="Cracked")).to_be_visible()
    expect(page.get_by_role("heading", name="No crack found")).to_be_visible()
    expect(page.get_by_test_id("stAlert").filter(has_text="broken.jpg")).to_be_visible()
    # While photos are judged, their cards stand alone.
    expect(page.get_by_role("button", name="Table (CSV)")).to_be_visible()
    shown = page.locator("[data-testid=stImage] img:visible")
    expect(shown).to_have_count(2)
    page.wait_for_function("[...document.images].every(image => image.naturalWidth)")
    sizes = "images => images.map(image => image.naturalWidth / image.naturalHeight)"
    assert sorted(shown.evaluate_all(sizes)) == pytest.approx([3 / 4, 4 / 3], rel=0.01)
    expect_no_sideways_scroll(page)
    keep_screenshot(page, "photos")

    before = votes_on(page)
    page.get_by_role("slider", name="Sensitivity").press("Home")
    expect(page.get_by_text(before, exact=False)).to_have_count(0)
    assert count_in(votes_on(page)) > count_in(before)
    expect(page.locator("[data-stale=true]")).to_have_count(0)
    page.wait_for_timeout(500)  # A press while the page is made anew is lost.
    with page.expect_download() as download:
        page.get_by_role("button", name="Table (CSV)").click()
    download.value.save_as(tmp_path / "photos.csv")
    rows = (tmp_path / "photos.csv").read_text().splitlines()
    assert rows[0].startswith("file,verdict,")
    assert [row.split(",")[:2] for row in rows[1:]] == [
        ["wall.heic", "cracked"],
        ["turned.jpg", "no crack found"],
    ]


def votes_on(page) -> str:
    """Give how many tiles of the cracked photo look cracked, as its heading says."""
    tiles = re.compile(r"\d+ of \d+ tiles")
    return tiles.search(page.get_by_role("heading", name=tiles).first.inner_text()).group()


def count_in(sentence: str) -> int:
    """Give the number that a sentence begins with."""
    return int(sentence.split()[0])


@one_width
def test_a_card_comes_before_the_last_photo_is_judged(shipped, page, tmp_path):
    from playwright.sync_api import expect

    wall = Image.open(io.BytesIO(examples.picture(next(iter(examples.EXAMPLES)))))
    photos = [tmp_path / f"{number}.jpg" for number in range(4)]
    for number, path in enumerate(photos):
        path.write_bytes(encoded(wall.crop((0, 0, 1200 - number, 900))))
    page.goto(f"{shipped}/Predict")
    page.locator("input[type=file]").set_input_files(photos)
    # Looked at at once: another moment both may be gone.
    page.wait_for_function(
        "document.querySelector('h2') && document.body.innerText.includes('is waiting')"
    )
    expect(page.get_by_text("4 photos")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("is waiting")).to_have_count(0)
    expect(page.get_by_role("heading", name="Cracked")).to_have_count(4)
    expect_no_sideways_scroll(page)


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Any]:
    """Open a page on a phone of 390 x 844 pixels, which is tapped."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path / "profile",
            executable_path=CHROMIUM,
            args=FLAGS,
            viewport={"width": 390, "height": 844},
            has_touch=True,
            is_mobile=True,
        )
        yield context.new_page()
        context.close()


def expect_answer_on_screen(phone) -> None:
    """A cracked wall's verdict and its whole picture are seen without scrolling."""
    from playwright.sync_api import expect

    verdict = phone.get_by_role("heading", name="Cracked", level=2)
    expect(verdict).to_be_visible(timeout=60_000)
    picture = phone.get_by_role("img", name=re.compile("cracked", re.IGNORECASE)).first
    expect(picture).to_be_visible()
    phone.wait_for_function("[...document.images].every(image => image.naturalWidth)")
    tops = [part.bounding_box()["y"] for part in (verdict, picture)]
    bottom = picture.bounding_box()["y"] + picture.bounding_box()["height"]
    assert 0 <= tops[0] < tops[1] < bottom <= 844


def test_on_a_phone_an_own_photo_is_judged_after_two_taps(shipped, phone, tmp_path):
    photo = tmp_path / "wall.jpg"
    photo.write_bytes(examples.picture(next(iter(examples.EXAMPLES))))
    phone.goto(shipped)
    with phone.expect_file_chooser() as chooser:
        phone.get_by_role(
            "button", name="Upload", exact=True
        ).tap()  # The second is in the chooser.
    chooser.value.set_files(photo)
    expect_answer_on_screen(phone)


def test_on_a_phone_an_example_is_judged_after_one_tap(shipped, phone):
    phone.goto(shipped)
    phone.get_by_role("button", name="Crack", exact=True).tap()
    expect_answer_on_screen(phone)


NASTY = [
    *("![x](http://127.0.0.1:9/x.png).jpg", "# big.jpg", "<img src=x onerror=alert(1)>.jpg"),
    *(":red[hi] $x^2$.png", "wall\u202egpj.jpg", "www.example.com :cat: *a* -> b.jpg", "no.jpg"),
]


@one_width
def test_names_of_photos_are_nothing_but_text(shipped, page):
    from playwright.sync_api import expect

    outside, photo = [], encoded(picture(1, 227, cracked=True))
    page.on("request", lambda request: outside.append(request.url))
    page.goto(f"{shipped}/Predict")
    files = [{"name": name, "mimeType": "image/jpeg", "buffer": photo} for name in NASTY[:-1]]
    files.append({"name": NASTY[-1], "mimeType": "image/jpeg", "buffer": b"no photo"})
    page.locator("input[type=file]").set_input_files(files)
    expect(page.get_by_text("6 photos").first).to_be_visible(timeout=60_000)
    # The captions come with the pictures, one after the other.
    expect(page.locator("[data-testid=stImage] img")).to_have_count(6)
    captions = page.get_by_test_id("stCaptionContainer").all_inner_texts()
    told = [text.replace("\u2060", "") for text in captions]
    assert [names.shown(name) for name in NASTY[:-1] if names.shown(name) not in told] == []
    expect(page.get_by_test_id("stAlert").filter(has_text="no.jpg")).to_be_visible()
    drawn = "stCaptionContainer] :is(a, img, h1, h2, code, em, strong, [style*=color], .katex)"
    expect(page.locator(f"[data-testid={drawn}")).to_have_count(0)
    assert [url for url in outside if not url.startswith((shipped, "data:", "blob:"))] == []
    expect_no_sideways_scroll(page)
    keep_screenshot(page, "names")
