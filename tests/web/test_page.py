"""The page in a browser: it judges as the app does, sends nothing, and needs no network."""

import base64
import functools
import io
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks.app import CHROMIUM, FLAGS
from benchmarks.web import camera_flags, film_of, serve
from crackcls import config, images
from crackcls.datasets.synthetic import pictures
from crackcls.files import write_json
from crackcls.network import calibration, pieces
from crackcls.network.classifier import Classifier, load_model
from crackcls.network.scale import Scale
from crackcls.photos import examples, layout, seams, tiles
from crackcls.photos.verdict import UNFAMILIAR, Analysis, analyse, decide
from crackcls.web import facts, runtime
from crackcls.widgets import photo_words
from tests.conftest import SHARED, Trained, crackcls, encoded, picture

REQUIRED = os.environ.get("CRACKCLS_REQUIRE_BROWSER") == "1"
SHIPPED = config.PROJECT / "models" / config.DEFAULT_MODEL
# How far a probability of a photo may lie from the app's.
NEAR = 0.02

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not CHROMIUM and not REQUIRED,
        reason="Chromium is not installed (Debian package: chromium)",
    ),
]

# What the page says of a photo, and what that rests on.
JUDGE = """async (photo) => {
    const { image } = await readPhoto(new Blob([bytesOf(photo)]));
    const analysis = await judge(image);
    const verdict = decide(analysis, FACTS.rule.THRESHOLD);
    const { places, needed, votes, caution } = analysis;
    const why = reasons(verdict, analysis, FACTS.rule.THRESHOLD);
    const heat = Array.from(heatOf(analysis).values);
    return { ...verdict, places, needed, votes, caution, why, heat };
}"""


@pytest.fixture(scope="module")
def top(tmp_path_factory) -> Path:
    """Give the folder of the exports, and of the cache that they share."""
    return tmp_path_factory.mktemp("web")


def exported(top: Path, models: Path, name: str) -> Path:
    """Export a model by the command; npm fetches the runtime once."""
    place = Trained(models, top / "cache", top)
    done = crackcls(place, "export", "web", top / name, "--model", name, check=False)
    if done.returncode and runtime.PACKAGE in done.stderr and not REQUIRED:
        pytest.skip(done.stderr)
    assert done.returncode == 0, done.stderr
    return top / name


@pytest.fixture(scope="module")
def site(top) -> Path:
    """Export the shipped model."""
    return exported(top, config.PROJECT / "models", config.DEFAULT_MODEL)


@pytest.fixture
def in_pieces(tmp_path) -> Path:
    """Make of the shipped model one of whole photos, which are seen in pieces."""
    model = shutil.copytree(SHIPPED, tmp_path / "models" / "pieces")
    about = json.loads((model / "model.json").read_text())
    of = {"long": [600] * 3, "short": [450] * 3}
    write_json(
        model / "model.json", {**about, "trained_on": of, "pieces": {"along": 3, "across": 2}}
    )
    kernel = np.random.default_rng(7).normal(size=(pieces.FEATURES, 2)).astype(np.float32)
    pieces.save(pieces.Head(kernel / 40, np.zeros(2, np.float32)), model)
    return model


@pytest.fixture(scope="module")
def address(site) -> Iterator[str]:
    with serve(site) as address:
        yield address


@pytest.fixture(scope="module")
def open_page(tmp_path_factory) -> Iterator[Callable]:
    """Give a function that opens a page in one browser; none may ask another machine."""
    from playwright.sync_api import sync_playwright

    assert CHROMIUM, "CRACKCLS_REQUIRE_BROWSER is set, and Chromium is not installed"
    asked, errors = [], []
    film = tmp_path_factory.mktemp("camera") / "film.y4m"
    film.write_bytes(film_of("A wall with a crack", "No wall at all"))
    flags = [*FLAGS, *camera_flags(film)]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        context = browser.new_context(viewport={"width": 390, "height": 900})
        context.on("request", lambda request: asked.append(request.url))
        context.on("weberror", lambda error: errors.append(str(error.error)))

        def opened(address: str, script: str = ""):
            page = context.new_page()
            if script:
                page.add_init_script(script)
            page.set_default_timeout(120_000)
            page.goto(f"{address}/index.html")
            return page

        yield opened
        browser.close()
    assert asked and not errors
    assert not [
        url for url in asked if not url.startswith(("http://127.0.0.1:", "blob:", "data:", "file:"))
    ]


@pytest.fixture(scope="module")
def page(open_page, address):
    """Open the page that most tests share."""
    return open_page(address)


def said_by_page(page, content: bytes) -> dict:
    return page.evaluate(JUDGE, base64.b64encode(content).decode())


@functools.cache
def opened(folder: Path) -> tuple[Classifier, calibration.Calibration]:
    return load_model(folder), calibration.load(folder)


def check(page, content: bytes, votes_near: float = NEAR, folder: Path = SHIPPED) -> str:
    """Compare what the page says of a photo with what the app says; give the kind."""
    said = said_by_page(page, content)
    analysis = analyse(images.read_photo(content), *opened(folder))
    verdict = decide(analysis)
    assert said["places"] == analysis.places.tolist()
    assert said["needed"] == [*analysis.needed]
    assert said["caution"] == analysis.caution
    assert np.abs(np.array(said["votes"]) - analysis.votes).max() < votes_near
    assert said["probability"] == pytest.approx(verdict.probability, abs=NEAR)
    assert said["familiarity"] == pytest.approx(verdict.familiarity, abs=NEAR)
    assert (said["kind"], said["words"]) == (verdict.kind, verdict.words)
    assert np.abs(np.array(said["heat"]) - analysis.heat.ravel()).mean() < NEAR
    return verdict.kind


def synthetic_photos() -> Iterator[bytes]:
    """Give forty drawn photos: small ones of every kind, and four of many tiles."""
    for number in range(28):
        label = ("Positive", "Negative")[number % 2]
        patch = Image.open(io.BytesIO(pictures.picture(5, number, label)))
        size = (227, 227), (160, 200), (320, 240), (440, 330), (90, 70), (300, 40), (453, 453)
        yield encoded(patch.resize(size[number % 7]), ("JPEG", "PNG")[number % 3 == 0])
    for name in examples.EXAMPLES:
        wall = examples.EXAMPLES[name]()
        yield encoded(wall.resize((600, 250)), quality=90)
        yield encoded(wall.crop((300, 200, 700, 500)), quality=90)
    exif = Image.Exif()
    exif[0x0112] = 6
    yield encoded(picture(3, 227, cracked=True), exif=exif)
    clear = picture(4, 220, cracked=True).convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize(clear.size))
    yield encoded(clear, "PNG")
    yield encoded(picture(7, 200, cracked=True).convert("L"), "PNG")
    yield encoded(picture(8, 40))


def test_forty_photos_get_the_verdict_of_the_app(page):
    kinds = [check(page, content) for content in synthetic_photos()]
    assert len(kinds) == 40
    assert len({*kinds}) >= 3


OUTSIDE = [
    *sorted((SHARED / "outside" / "cracked").glob("*.png")),
    *sorted((SHARED / "outside" / "uav75" / "train_img").glob("*.jpg"))[:10],
]
FULL = os.environ.get("CRACKCLS_FULL") == "1"


@pytest.mark.skipif(not OUTSIDE, reason="the photos are not beside the project (../shared/outside)")
def test_photos_from_elsewhere_get_the_verdict_of_the_app(page):
    for path in OUTSIDE if FULL else OUTSIDE[::30]:
        check(page, path.read_bytes())


def test_a_browser_without_relaxed_simd_gives_the_same_verdicts(open_page, address):
    older = open_page(address, "WebAssembly.validate = () => false")
    for content in [*synthetic_photos()][22:29]:
        check(older, content, votes_near=1)  # One tile of many may differ more than the photo.
    older.close()


def test_from_a_file_a_model_of_whole_photos_sees_them_in_pieces(open_page, top, in_pieces):
    page = open_page(exported(top, in_pieces.parent, in_pieces.name).as_uri())
    wall = examples.EXAMPLES["A wall with a crack"]()
    for size in (600, 450), (1250, 900):
        check(page, encoded(wall.resize(size)), folder=in_pieces)
    page.close()


RESIZED = [
    *((5, 4), (3, 7)),
    *((8, 8), (8, 3)),
    *((100, 60), (33, 20)),
    *((701, 467), (40, 30)),
    *((640, 480), (160, 160)),
    *((37, 900), (160, 16)),
]


@pytest.mark.parametrize(("old", "new"), [*zip(RESIZED[::2], RESIZED[1::2], strict=True)], ids=str)
def test_pictures_are_resized_as_pillow_does(page, old, new):
    pixels = np.random.default_rng(old[0]).integers(0, 256, (old[1], old[0], 3), np.uint8)
    expected = Image.fromarray(pixels).resize(new, Image.Resampling.BILINEAR, reducing_gap=3.0)
    call = """([data, width, height, size]) => {
        const image = { width, height, data: bytesOf(data) };
        return Array.from(resized(image, ...size).data);
    }"""
    packed = base64.b64encode(pixels.tobytes()).decode()
    found = page.evaluate(call, [packed, *old, new])
    # Which of its two passes comes first differs between versions of Pillow.
    differences = np.abs(np.array(found) - np.asarray(expected, int).ravel())
    assert differences.max() <= 1
    assert differences.mean() < 0.3


SIZES = [
    *((227, 227), (453, 300), (454, 300), (640, 480), (1200, 900), (900, 1200), (4000, 3000)),
    *((8000, 6000), (5000, 40), (30, 9000), (1, 1), (2000, 1999)),
]
SCALES = [
    None,
    Scale((227,) * 3, (227,) * 3),
    Scale((1200, 1200, 1200), (900, 900, 900)),
    Scale((400, 640, 900), (300, 480, 700)),
]


@pytest.mark.parametrize("trained_on", SCALES, ids=str)
def test_photos_are_cut_where_the_app_cuts_them(page, trained_on):
    call = """([trainedOn, sizes]) => {
        const kept = FACTS.model.trainedOn;
        FACTS.model.trainedOn = trainedOn;
        const found = sizes.map((size) => [
            trainedOn && isOne(size),
            smallness(size),
            trainedOn && partPlaces(size, 76),
            tileGrids(size, tileSides(size)).map((grid) => ({
                ...grid,
                boxes: [grid.lefts, grid.tops].map((starts) => boxesAlong(starts, 5)),
                places: tilePlaces(size, grid),
            })),
        ]);
        FACTS.model.trainedOn = kept;
        return found;
    }"""
    told = trained_on and {
        "long": trained_on.long,
        "short": trained_on.short,
        "isOfPatches": trained_on.is_of_patches,
    }
    for size, (one, caution, parts, cuts) in zip(
        SIZES, page.evaluate(call, [told, SIZES]), strict=True
    ):
        assert caution == layout.caution(size, trained_on)
        if trained_on:
            assert one == layout.is_one(size, trained_on)
            assert parts == [p.tolist() for p in layout.parts(size, trained_on, 76)]
        grids = tiles.grids(size, tiles.sides(size), 160)
        for cut, placed in zip(cuts, grids, strict=True):
            assert cut["size"] == [*placed.size]
            assert (cut["lefts"], cut["tops"]) == ([*placed.lefts], [*placed.tops])
            assert cut["places"] == tiles.places(size, placed).tolist()
            across, down = cut["boxes"]
            boxes = [(left, top, wide, high) for top, high in down for left, wide in across]
            assert boxes == [tuple(box) for box in seams.boxes(placed, 5).tolist()]


def test_so_many_tiles_are_needed_as_in_the_app(page):
    pairs = [
        (n, rate) for n in (1, 2, 49, 225, 1000) for rate in (1e-6, 0.0037, 0.044, 0.5, 0.97, 1)
    ]
    found = page.evaluate("(pairs) => pairs.map((pair) => neededOf(...pair))", pairs)
    assert found == [calibration.needed(*pair) for pair in pairs]


def made_up(seed: int, classes: tuple[str, ...], scales: tuple[int, ...], old: bool) -> Analysis:
    """Make up what a model saw in a photo."""
    rng = np.random.default_rng(seed)
    count = sum(scales)
    places = np.column_stack([rng.integers(0, 600, (count, 2)), np.full((count, 2), 200)])
    chances = rng.dirichlet([(0.3, 1.5)[seed % 2], 1.0, *[1.0] * (len(classes) - 2)], count)
    familiarity = np.clip(rng.normal((0.9, 0.45)[seed % 3 == 0], 0.2, count), 0, 1)
    label = 1 if len(classes) == 2 else int(chances.mean(axis=0).argmax())
    return Analysis(
        (800, 600),
        classes,
        places,
        np.repeat(np.arange(len(scales)), scales),
        tuple(1 + n // 4 for n in scales),
        chances.astype(np.float32),
        familiarity.astype(np.float32),
        np.zeros((0, 0), np.float32),
        label,
        is_of_old=old,
    )


SAY = """([analysis, model, threshold]) => {
    const kept = { ...FACTS.model };
    Object.assign(FACTS.model, model);
    const verdict = decide(analysis, threshold);
    const said = [
        headline(verdict),
        reasons(verdict, analysis, threshold),
        measures(verdict, analysis),
        seenInWords("wall.jpg", verdict, analysis),
    ];
    Object.assign(FACTS.model, kept);
    return said;
}"""


@pytest.mark.parametrize("scales", [(1,), (2,), (1, 6), (5, 20, 60)], ids=str)
@pytest.mark.parametrize("classes", [("Negative", "Positive"), ("oak", "elm"), ("a", "b", "c")])
def test_the_page_speaks_as_the_app_does(page, classes, scales):
    for seed in range(12):
        threshold, is_old = (0.3, 0.5)[seed % 4 > 0], seed % 5 == 0
        if len(classes) > 2:
            scales = scales[:1]
        analysis = made_up(seed, classes, scales, is_old)
        verdict = decide(analysis, threshold)
        called = [replace(analysis, label=i).called for i in range(len(classes))]
        model = {
            "classes": classes,
            "called": called,
            "notFound": "no crack found" if analysis.is_crack else classes[0],
            "isCrack": analysis.is_crack,
            "label": 1 if len(classes) == 2 else None,
            "isOfOld": is_old,
        }
        told = {
            "size": analysis.size,
            "label": analysis.label,
            "places": analysis.places.tolist(),
            "scale": analysis.scale.tolist(),
            "needed": analysis.needed,
            "probabilities": analysis.probabilities.tolist(),
            "familiarity": analysis.familiarity.tolist(),
            "votes": analysis.votes.tolist(),
        }
        head = re.fullmatch(r":\w+\[:\S+: (.*)\]", photo_words.headline(verdict, analysis))[1]
        assert page.evaluate(SAY, [told, model, threshold]) == [
            photo_words.CAUTION if verdict.kind == UNFAMILIAR else head,
            photo_words.reasons(verdict, analysis, threshold),
            photo_words.measures(verdict, analysis),
            photo_words.seen("wall.jpg", verdict, analysis),
        ]


def test_a_person_judges_an_example_and_files(page, tmp_path):
    from playwright.sync_api import expect

    page.get_by_role("button", name="A wall with a crack").click()
    answer = page.locator("article")
    expect(answer.locator("h2")).to_have_text("Cracked, 23 of 256 tiles", timeout=60_000)
    answer.get_by_text("Why?").click()
    expect(answer.get_by_text("23 of 256 tiles look cracked: 14 large")).to_be_visible()
    shows = re.compile("A wall with a crack: cracked, strongest")
    expect(page.get_by_role("img", name=shows)).to_be_visible()
    expect(page.get_by_text("Nothing leaves this device")).to_be_visible()
    page.get_by_role("slider").fill("0.95")
    expect(answer.locator("h2")).not_to_have_text(re.compile("^Cracked"))
    expect(answer.get_by_text("Probability of a crack")).to_be_visible()
    page.get_by_text("Heat", exact=True).click()
    photo, text, empty = tmp_path / "wall.jpg", tmp_path / "text.jpg", tmp_path / "empty.jpg"
    photo.write_bytes(encoded(picture(1, 227, cracked=True)))
    text.write_text("this is no photo")
    empty.write_bytes(b"")
    page.get_by_label("Choose photos").set_input_files([photo, text, empty])
    expect(page.get_by_text("text.jpg: This browser cannot open that file")).to_be_visible()
    expect(page.get_by_text("empty.jpg: A photo must have content")).to_be_visible()
    expect(answer).to_have_count(1)
    expect(answer.get_by_text("wall.jpg")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_keeps_a_person_out(page, theme, width):
    from axe_playwright_python.sync_playwright import Axe

    assert page.locator("article").count(), "an answer is there, from the test before"
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 900})
    found = Axe().run(page).response["violations"]
    assert not [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_live_camera_is_judged_frame_by_frame(page):
    from playwright.sync_api import expect

    # The page is that of the tests before, one of which moves the slider.
    page.get_by_role("slider").fill(str(config.THRESHOLD))
    page.get_by_role("button", name="Live camera").click()
    words = page.locator("#live-words")
    for _ in range(2):  # It is a moving picture.
        expect(words).to_have_text(re.compile("^Cracked, "), timeout=60_000)
        expect(words).to_have_text(photo_words.CAUTION, timeout=60_000)
    rate = re.compile(r"^(448 x 336|640 x 480) pixels, \d+\.\d frames a second$")
    expect(page.locator("#live-rate")).to_have_text(rate)
    assert page.locator("#live-picture").evaluate("(one) => one.width") in facts.LIVE_PIXELS
    page.get_by_role("button", name="Judge this picture in full").click()
    expect(page.locator("article canvas")).to_be_visible(timeout=60_000)
    assert page.evaluate("answers[0].tiles") == 256
    page.get_by_role("button", name="Stop the camera").click()
    expect(words).to_be_hidden()
    expect(page.get_by_role("button", name="Live camera")).to_be_enabled()


def test_once_opened_it_works_without_a_server(open_page, site):
    from playwright.sync_api import expect

    with serve(site) as address:
        page = open_page(address)
        kept = """async () => {
            await navigator.serviceWorker.ready;
            const [name] = await caches.keys();
            return (await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname);
        }"""
        names = page.evaluate(kept)
    assert {"/", "/index.html", "/parts/model.js", "/parts/runtime.js"} <= {*names}
    assert "/parts/runtime_compat.js" not in names
    page.goto(f"{address}/")
    page.get_by_role("button", name="A sound wall").click()
    expect(page.locator("article h2")).to_have_text("No crack found", timeout=60_000)
    page.close()


def until(page, true: str) -> None:
    """Wait for an expression; the page's own rule forbids Playwright to wait in the page."""
    for _ in range(300):
        if page.evaluate(true):
            return
        page.wait_for_timeout(200)
    raise AssertionError(true)


def test_a_new_export_is_there_at_the_next_load(open_page, site, tmp_path):
    from playwright.sync_api import expect

    copy = shutil.copytree(site, tmp_path / "site")
    with serve(copy) as address:
        page = open_page(address)
        until(page, "!!navigator.serviceWorker.controller")
        for name, old, new in (
            ("files.js", '"version": "', '"version": "new'),
            ("facts.js", "Is this concrete cracked?", "Is it?"),
            ("facts.js", '"build": "', '"build": "new'),
        ):
            text = (copy / name).read_text()
            assert text.count(old) == 1
            (copy / name).write_text(text.replace(old, new))
        registered = "navigator.serviceWorker.getRegistration()"
        page.evaluate(f"async () => {{ await (await {registered}).update() }}")
        only_new = "caches.keys().then((all) => all.length === 1 && all[0].includes(' new'))"
        until(page, only_new)
        page.reload()
        expect(page.locator("h1")).to_have_text("Is it?")
        page.get_by_role("button", name="A sound wall").click()
        expect(page.get_by_role("alert")).to_contain_text("has been renewed meanwhile")
        page.close()


def test_an_old_browser_and_a_part_that_is_missing_are_sentences(open_page, site):
    from playwright.sync_api import expect

    with serve(site) as address:
        # A service worker would have the part.
        page = open_page(address, "delete Navigator.prototype.serviceWorker")
        page.evaluate("() => { self.kept = DecompressionStream; delete self.DecompressionStream }")
        page.get_by_role("button", name="A sound wall").click()
        expect(page.get_by_role("alert")).to_contain_text("needs a newer browser")
        page.evaluate("() => { self.DecompressionStream = kept }")
        page.route("**/parts/model.js", lambda route: route.abort())
        page.get_by_role("button", name="A sound wall").click()
        expect(page.get_by_role("alert")).to_contain_text("parts/model.js' is missing")
        page.unroute("**/parts/model.js")
        page.get_by_role("button", name="A sound wall").click()
        expect(page.locator("article h2")).to_have_text("No crack found", timeout=60_000)
        page.close()
