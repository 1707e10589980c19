"""The Predict page: photos judged, shown, refused."""

import io
import re

import pytest
from PIL import Image
from starlette.formparsers import MultiPartParser
from streamlit.testing.v1 import AppTest

from crackcls import config
from crackcls.photos import judged as judged_photos
from crackcls.photos.remote import Worker
from tests.cli.test_predict import OF_THE_CASES
from tests.conftest import SHARED, encoded, needs_cases, picture
from tests.pages.driving import named, open_page, text_of
from tests.tiffs import tags_of, tiff
from tests.widgets.analyses import analysis_of


def turned(photo: Image.Image) -> bytes:
    """Encode a photo with an EXIF that says: to be turned."""
    exif = photo.getexif()
    exif[0x0112] = 6
    return encoded(photo, exif=exif)


def test_predict_judges_the_good_photos_and_says_why_not_the_bad_ones(place):
    page = open_page("3_Predict")
    upright = picture(3, 96, cracked=True)
    uploads = [
        ("Straße 1.jpg", encoded(upright), "image/jpeg"),
        ("turned.jpg", turned(upright.crop((0, 0, 96, 48))), "image/jpeg"),
        ("photo.jpg", b"this is no photo", "image/jpeg"),
    ]
    page.file_uploader[0].set_value(uploads).run()
    assert not page.exception
    assert len(page.image) == 2
    assert "photo.jpg**: The file must be a photo" in page.error[0].value
    assert {"Straße 1.jpg", "turned.jpg"} <= {caption.value for caption in page.caption}
    assert list(page.dataframe[0].value["file"]) == ["Straße 1.jpg", "turned.jpg"]
    page.file_uploader[0].set_value(uploads[:1]).run()
    assert len(page.session_state["photo-shelf"].seen) == 1
    assert not page.dataframe


def test_a_photo_turned_by_its_exif_is_shown_upright(place):
    content = turned(picture(3, 96).crop((0, 0, 96, 48)))
    page = open_page("3_Predict")
    page.file_uploader[0].set_value([("a.jpg", content, "image/jpeg")]).run()
    ((_, judged),) = next(iter(page.session_state["photo-shelf"].seen.values()))
    assert Image.open(io.BytesIO(judged.preview)).size == (48, 96)


@pytest.fixture
def examples(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Open the Predict page with the shipped model and all made-up pictures."""
    monkeypatch.setenv("CRACKCLS_MODELS", str(config.PROJECT / "models"))
    page = open_page("3_Predict")
    page.session_state["photo-source"] = "Examples"
    page.run()
    page.pills[0].set_value(list(page.pills[0].options)).run()
    assert not page.exception
    return page


@pytest.mark.slow
def test_predict_says_of_each_example_what_it_is(examples):
    table = examples.dataframe[0].value.set_index("file")
    assert dict(table["verdict"]) == {
        "A wall with a crack": "cracked",
        "A sound wall": "no crack found",
        "A wall with a joint": "no crack found",
        "No wall at all": "unfamiliar",
    }
    said = text_of(examples)
    assert "**This does not look like the concrete this model knows.**" in said
    assert re.search(r"\d+ of 256 tiles look cracked: \d+ large and \d+ small", said)
    assert "less than once in 100 times" in said
    assert [button.label for button in examples.get("download_button")] == [
        *("Table (CSV)", "Table (Excel)", "Pictures (ZIP)", "Report (HTML)"),
    ]


@pytest.mark.slow
def test_the_sliders_judge_no_photo_again(examples, monkeypatch):
    def judge_photo(*words: object) -> None:
        raise AssertionError("judged again")

    monkeypatch.setattr(judged_photos, "judge_photo", judge_photo)
    before = examples.dataframe[0].value
    named(examples.slider, "Sensitivity: a tile counts from a vote of").set_value(0.05).run()
    assert not examples.exception
    after = examples.dataframe[0].value
    assert (after["cracked_tiles"] >= before["cracked_tiles"]).all()
    assert after["cracked_tiles"].sum() > before["cracked_tiles"].sum()
    assert "Below a vote of 50% more tiles do so by mistake" in text_of(examples)
    for layer in ("Photo", "Heat"):
        named(examples.get("button_group"), "Show").set_value(layer).run()
        assert not examples.exception
    named(examples.slider, "Strength of the heat").set_value(0.0).run()
    assert not examples.exception


def test_the_camera_is_asked_for_only_when_chosen(place):
    page = open_page("3_Predict")
    assert not page.get("camera_input")
    page.session_state["photo-source"] = "Camera"
    page.run()
    assert not page.exception
    assert page.get("camera_input")


def test_a_gallery_shows_twelve_photos_and_then_the_others(place):
    page = open_page("3_Predict")
    uploads = [(f"{i}.jpg", encoded(picture(i)), "image/jpeg") for i in range(14)]
    page.file_uploader[0].set_value(uploads).run()
    assert len(page.image) == 12
    assert "**14 photos**" in text_of(page)
    named(page.button, "Show 2 more").click().run()
    assert len(page.image) == 14
    assert not page.exception


def test_photos_of_one_name_are_told_apart_in_table_and_gallery(place):
    page = open_page("3_Predict")
    uploads = [("IMG_0001.JPG", encoded(picture(i)), "image/jpeg") for i in range(2)]
    page.file_uploader[0].set_value(uploads).run()
    assert not page.exception
    called = ["IMG_0001.JPG (IMG_0001.JPG.png)", "IMG_0001.JPG (IMG_0001.JPG-2.png)"]
    assert list(page.dataframe[0].value["file"]) == called
    said = {caption.value.replace("\\", "") for caption in page.caption}
    assert said >= {*called}


def test_pages_are_judged_each_and_what_is_no_photo_is_named(place):
    page = open_page("3_Predict")
    pages = [picture(i, cracked=i > 0) for i in range(3)]
    scan = encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    raw = tiff([({**tags_of((8, 8), 3, 8), 50706: b"\1\4\0\0"}, [bytes(192)])])
    files = {"scan.tif": scan, "DSC 1.NEF": raw, "photos.zip": b"PK\3\4" + bytes(60)}
    page.file_uploader[0].set_value([(name, content, "") for name, content in files.items()]).run()
    assert not page.exception
    names = [f"scan.tif, page {number} of 3" for number in (1, 2, 3)]
    assert list(page.dataframe[0].value["file"]) == names
    said = {error.value for error in page.error}
    assert any("DSC 1.NEF" in one and "a camera's raw file" in one for one in said)
    assert any("photos.zip" in one and "a ZIP archive. Unpack it" in one for one in said)


@needs_cases
def test_the_photos_among_the_cases_are_judged_and_raw_files_named(monkeypatch):
    monkeypatch.setenv("CRACKCLS_MODELS", str(config.PROJECT / "models"))
    page = open_page("3_Predict")
    files = [path for path in (SHARED / "cases").iterdir() if path.suffix not in (".zip", ".md")]
    uploads = [(path.name, path.read_bytes(), "") for path in sorted(files)]
    page.file_uploader[0].set_value(uploads).run()
    assert not page.exception
    table = page.dataframe[0].value
    assert dict(zip(table["file"], table["verdict"], strict=True)) == OF_THE_CASES
    said = [error.value.replace("\\", "") for error in page.error]
    assert [one.partition("**: ")[0] for one in said] == [
        *("**raw_thumbnail.dng", "**raw_thumbnail_160x120.NEF"),
    ]
    assert all("this one is a camera's raw file. Export it as JPEG" in one for one in said)


def test_predict_refuses_a_model_without_calibration_by_a_sentence(ended):
    for run in ended.iterdir():
        (run / "calibration.json").unlink(missing_ok=True)
    page = open_page("3_Predict")
    assert "calibration.json' must be whole" in page.error[0].value
    assert not page.file_uploader


def test_an_upload_of_a_photo_s_size_is_kept_off_the_disk(place, monkeypatch):
    monkeypatch.setattr(MultiPartParser, "spool_max_size", 2**20)
    open_page("3_Predict")
    assert MultiPartParser.spool_max_size > config.MAX_PHOTO_BYTES


@pytest.mark.parametrize(
    ("classes", "colour"),
    [(("Negative", "Positive"), "red"), (("joint", "stain"), "blue"), (("a", "b", "c"), "blue")],
)
def test_red_and_green_are_for_cracks_alone(place, monkeypatch, classes, colour):
    judged = judged_photos.Judged("", encoded(picture(1)), analysis_of([0.9], (1,), classes))
    monkeypatch.setattr(Worker, "judge", lambda *_: [("", judged)])
    page = open_page("3_Predict")
    page.file_uploader[0].set_value([("a.jpg", encoded(picture(1)), "image/jpeg")]).run()
    assert not page.exception
    assert any(line.value.startswith(f"## :{colour}[") for line in page.markdown)
    assert len(page.slider) == (1 if len(classes) == 2 else 0)
