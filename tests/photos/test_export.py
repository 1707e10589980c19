"""What a visitor takes away: safe names and texts, the same figures, and no metadata."""

import base64
import hashlib
import io
import re
import zipfile
from datetime import UTC, datetime

import pytest
from PIL import Image, ImageCms

from crackcls import html, tables
from crackcls.network import calibration
from crackcls.network.classifier import load_model
from crackcls.photos import export
from crackcls.photos import judged as judged_photos
from crackcls.photos.table import table_of
from crackcls.photos.verdict import decide
from tests.conftest import encoded, picture
from tests.evaluation.test_page import Page, said
from tests.photos.test_judged import SHIPPED, made_up

DATE = datetime(2025, 1, 2, 3, 4, tzinfo=UTC)
MARK = "GEHEIM-7"
OVERVIEW = ["Photo", "Verdict", "Cracked tiles", "Tiles", "Probability", "Familiarity"]
# Metadata names its kind in the clear, whatever it holds.
TRACES = [MARK.encode(), MARK.encode("utf-16-be"), b"exif", b"xmp", b"iccp", b"icc_profile"]
PNG_CHUNKS = {b"IHDR", b"IDAT", b"IEND"}


def page_of(
    photos: list[judged_photos.Judged],
    threshold: float = 0.5,
    model: str = "default",
    words: tuple[str, ...] = (),
) -> str:
    return export.page_of(photos, threshold, 0.5, export.About(model, "f7" * 32, DATE, *words))


def embedded(text: str) -> list[bytes]:
    """Give the pictures within a page."""
    return [base64.b64decode(content) for content in re.findall(r"base64,([^\"]+)", text)]


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def png_chunks(content: bytes) -> set[bytes]:
    kinds, at = set(), 8
    while at < len(content):
        kinds.add(content[at + 4 : at + 8])
        at += 12 + int.from_bytes(content[at : at + 4])
    return kinds


def jpeg_segments(content: bytes) -> list[int]:
    """Give the markers before the pixels; 0xE0 is JFIF, 0xE1 EXIF and XMP, 0xE2 a profile."""
    markers, at = [], 2
    while content[at + 1] != 0xDA:
        markers.append(content[at + 1])
        at += 2 + int.from_bytes(content[at + 2 : at + 4])
    return markers


def marked(format_: str) -> bytes:
    """Make a photo that holds a position, a description and a profile, all with the mark."""
    exif = Image.Exif()
    exif[0x010E] = MARK
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 7.5), 29: MARK})
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{MARK}</x:xmpmeta>".encode()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profile = profile.replace("built-in".encode("utf-16-be"), MARK.encode("utf-16-be"))
    options = {"exif": exif.tobytes(), "icc_profile": profile}
    if format_ == "PNG":
        from PIL.PngImagePlugin import PngInfo

        text = PngInfo()
        text.add_itxt("XML:com.adobe.xmp", xmp.decode())
        return encoded(picture(1), "PNG", pnginfo=text, **options)
    return encoded(picture(1), format_, xmp=xmp, **options)


@pytest.fixture(scope="module")
def model():
    return load_model(SHIPPED), calibration.load(SHIPPED)


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "HEIF", "WEBP"])
def test_no_export_holds_metadata(model, format_: str):
    content = marked(format_)
    assert content.count(MARK.encode()) >= 3
    assert TRACES[1] in content or format_ == "PNG"
    judged = judged_photos.judge_photo("a.jpg", content, *model)
    text, packed = page_of([judged]), export.zip_of([judged], 0.5, 0.5)
    files = members(packed)
    pictures = [judged.preview, *embedded(text)]
    assert [jpeg_segments(one)[0] for one in pictures] == [0xE0] * 2
    assert {0xE1, 0xE2, 0xFE} & {
        marker for one in pictures for marker in jpeg_segments(one)
    } == set()
    assert png_chunks(files["a.jpg.png"]) == PNG_CHUNKS
    words = re.sub(r"base64,[^\"]+", "", text).encode()
    for one in (*pictures, *files.values(), packed, words):
        assert [trace for trace in TRACES if trace in one or trace in one.lower()] == []


def test_a_zip_holds_the_pictures_and_the_table():
    photos = [made_up([0.9, 0.8], name="=a.jpg"), made_up([0.1], name="../=A.jpg")]
    content = export.zip_of(photos, 0.5, 0.5)
    files = members(content)
    assert [*files] == ["=a.jpg.png", "=A.jpg-2.png", "photos.csv"]
    assert files["photos.csv"] == tables.csv_of(table_of(photos, 0.5))
    rows = [line.split(",") for line in files["photos.csv"].decode().splitlines()]
    # What would run as a formula has an apostrophe before it.
    assert [row[-1] for row in rows] == ["picture", "'=a.jpg.png", "'=A.jpg-2.png"]
    verdict = decide(photos[0].analysis, 0.5)
    drawn = judged_photos.annotated(photos[0], verdict, 0.5)
    assert Image.open(io.BytesIO(files["=a.jpg.png"])).tobytes() == drawn.tobytes()
    assert content == export.zip_of(photos, 0.5, 0.5)


def test_a_page_says_of_each_photo_what_the_table_says():
    photos = [
        made_up([0.9, 0.8, 0.1, 0.1], name="a.jpg"),
        made_up([0.9, 0.2, 0.1, 0.1], name="b.jpg"),
        made_up([0.3, 0.2, 0.1, 0.1], name="c.jpg", familiar=0.4),
        made_up([0.7], name="d.jpg", needed=1),
        made_up([0.0], name="e.jpg", needed=1),
    ]
    page = Page(page_of(photos, model="walls (synthetic data)"))
    tiles = [["Familiarity", "100%"], ["Tiles", "4"]]
    assert page.rows[:4] == [
        ["Date", "2025-01-02 03:04 UTC"],
        ["Model", "walls (synthetic data)"],
        ["SHA-256", "f7" * 32],
        ["Threshold", "50%"],
    ]
    counts = [["cracked", "2"], ["doubtful", "1"], ["unfamiliar", "1"], ["no crack found", "1"]]
    assert page.rows[4:10] == [["Verdict", "Photos"], *counts, OVERVIEW]
    assert page.rows[10:15] == [
        ["1. a.jpg", "cracked", "2", "4", "80.0%", "100%"],
        ["2. b.jpg", "doubtful", "1", "4", "20.0%", "100%"],
        ["3. c.jpg", "unfamiliar", "0", "4", "20.0%", "40%"],
        ["4. d.jpg", "cracked", "1", "1", "70.0%", "100%"],
        ["5. e.jpg", "no crack found", "0", "1", "under 0.1%", "100%"],
    ]
    assert page.rows[15:] == [
        *(["Probability", "80.0%"], *tiles, ["Cracked tiles", "2"]),
        *(["Probability", "20.0%"], *tiles, ["Cracked tiles", "1"]),
        *(["Probability", "20.0%"], ["Familiarity", "40%"], ["Tiles", "4"], ["Cracked tiles", "0"]),
        *(["Probability", "70.0%"], ["Familiarity", "100%"]),
        *(["Tiles", "1"], ["Cracked tiles", "1"]),
        *(["Probability", "under 0.1%"], ["Familiarity", "100%"]),
        *(["Tiles", "1"], ["Cracked tiles", "0"]),
    ]
    verdicts = ["Cracked", "Doubtful", "Unfamiliar", "Cracked", "No crack found"]
    assert [text for text in page.texts if text in verdicts] == verdicts
    pictures = [attributes for tag, attributes in page.tags if tag == "img"]
    assert [one["alt"] for one in pictures][:2] == ["a.jpg: cracked", "b.jpg: doubtful"]
    assert [(one["width"], one["height"]) for one in pictures] == [("640", "160")] * 5


def test_a_page_tells_the_limits():
    words = said(Page(page_of([made_up([0.9, 0.8])])))
    for told in (
        *("Not an inspection.", "pictures like those of its training", "It has no scale."),
        *("how wide or how deep is what it finds, what caused it, how severe", "a danger"),
        *("is no proof that concrete is sound", "called unfamiliar", "say nothing of this photo"),
    ):
        assert told in words
    assert "A photo, judged by the model default" in words


@pytest.mark.parametrize(
    ("votes", "threshold", "told"),
    [
        ([0.9, 0.8], 0.5, "by mistake less than once in 100 times"),
        ([0.9, 0.8], 0.3, "Below a threshold of 50% more tiles vote for it by mistake"),
        ([0.9, 0.1], 0.5, "fewer than a verdict takes"),
        ([0.1, 0.1], 0.5, "No tile reaches the threshold"),
    ],
)
def test_a_page_says_what_a_verdict_means(votes: list[float], threshold: float, told: str):
    assert told in said(Page(page_of([made_up(votes)], threshold)))


def test_a_page_of_three_classes_names_the_likeliest():
    judged = made_up([0.9], classes=("a", "b", "c"), needed=1)
    page = Page(page_of([judged]))
    assert "The likeliest of the 3 classes" in said(page)
    assert ["Probability", "90.0%"] in page.rows


def test_a_page_of_another_thing_has_no_word_of_cracks():
    names = ("no rust", "rust")
    text = page_of([made_up([share, share], classes=names) for share in (0.9, 0.1)], model="m")
    assert "crack" not in text.casefold().replace("crackcls", "")
    assert "<strong>Rust</strong>" in text
    assert "<strong>No rust</strong>" in text
    assert "'No crack found' is no proof" in said(Page(page_of([made_up([0.1])])))


def test_any_name_is_only_text():
    evil = "</td></style><script>alert(1)</script><img src=x onerror='a()'>\"&\udcff"
    judged = made_up([0.9, 0.8], name=evil, classes=("a", evil))
    text = page_of([judged, judged], model=evil, words=(evil, f"{evil}\n{evil}"))
    page = Page(text)
    assert [tag for tag, _ in page.tags].count("script") == 1, "that of the button"
    assert text.count("<script>") == 1 and f"<script>{html.PRINT}</script>" in text
    assert {attributes["src"][:16] for tag, attributes in page.tags if tag == "img"} == {
        "data:image/jpeg;"
    }
    assert text.encode("utf-8")
    assert ["Model", evil.replace("\udcff", "<0xFF>")] in page.rows
    assert ["Place", evil.replace("\udcff", "<0xFF>")] in page.rows


def test_a_page_needs_nothing_else_and_prints_on_a4():
    text = page_of([made_up([0.9, 0.8])] * 3)
    outside = ('src="http', "href=", "url(", "@import", "onclick")
    assert [word for word in outside if word in text] == []
    for rule in ("default-src 'none'; img-src data:", "size: A4", "break-inside: avoid"):
        assert rule in text
    assert ".print { display: none }" in text, "the button is not printed"
    assert [Image.open(io.BytesIO(one)).size for one in embedded(text)] == [(640, 160)] * 3


def test_the_policy_of_a_page_lets_its_own_script_run_and_no_other():
    text = page_of([made_up([0.9, 0.8])])
    digest = hashlib.sha256(re.findall("<script>(.*?)</script>", text)[0].encode()).digest()
    assert f"script-src 'sha256-{base64.b64encode(digest).decode()}'\"" in text
    assert "script-src" not in html.page("a", "b")


def test_a_page_says_the_place_and_the_note_where_there_are_some():
    one = [made_up([0.9, 0.8])]
    page = Page(page_of(one, words=("Pier 4", "North side.\n\nWet.")))
    assert ["Place", "Pier 4"] in page.rows
    assert "Note. North side. Wet." in said(page)
    assert "Overview" not in said(page), "one photo needs none"
    assert "Note." not in said(Page(page_of(one)))
