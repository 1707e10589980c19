"""Collecting photos on the Train page; three own classes go the whole way."""

import io
import re
import zipfile

import numpy as np
import pytest
from PIL import Image

from crackcls.network import parcel
from crackcls.runs import folders
from tests.conftest import encoded
from tests.pages.driving import named, open_page, text_of, wait_for

COLOURS = {"oak": (150, 110, 60), "brick": (170, 60, 50), "moss": (60, 120, 60)}
PER_CLASS = 8
Upload = tuple[str, bytes, str]


def leaf(name: str, number: int) -> bytes:
    """Draw a picture of a colour, with noise of its own."""
    noise = np.random.default_rng([number, *COLOURS[name]]).normal(0, 25, (64, 64, 3))
    pixels = np.clip(noise + COLOURS[name], 0, 255).astype(np.uint8)
    return encoded(Image.fromarray(pixels), quality=95)


def uploads(name: str, count: int = PER_CLASS, first: int = 0) -> list[Upload]:
    numbers = range(first, first + count)
    return [(f"{name}-{n}.jpg", leaf(name, n), "image/jpeg") for n in numbers]


@pytest.fixture
def boxes(monkeypatch, tmp_path):
    """Open the Train page on its boxes, in folders of its own."""
    page = open_page("1_Train")
    page.radio(key="data-kind").set_value("My photos").run()
    assert not page.exception
    return page


def fill(page, label: str, files: list[Upload]):
    """Give files to the uploader of a box."""
    named(page.file_uploader, label).set_value(files).run()
    assert not page.exception
    return page


def test_boxes_count_and_advise_and_a_photo_is_sorted_by_a_tap(boxes):
    assert named(boxes.button, "Use these photos").disabled
    fill(boxes, "Photos of cracked", uploads("oak", 2))
    fill(boxes, "Photos of sound", uploads("brick", 20))
    assert "**2 photos**, 18 more advised" in text_of(boxes)
    assert "**20 photos**" in text_of(boxes).splitlines()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content, _ in uploads("oak", 2, first=50):
            archive.writestr(f"mixed/{name}", content)
    fill(boxes, "Photos, or a ZIP of photos", [("more.zip", buffer.getvalue(), "application/zip")])
    assert "**2 to sort.**" in text_of(boxes)
    named(boxes.button, "cracked").click().run()
    assert "**3 photos**, 17 more advised" in text_of(boxes)
    named(boxes.button, "Leave it out").click().run()
    assert "to sort" not in text_of(boxes)
    named(boxes.text_input, "Class 1").set_value("sound").run()
    assert "must have a name of its own" in boxes.error[0].value
    named(boxes.button, "Use these photos").click().run()
    assert not boxes.exception
    assert not boxes.error
    assert boxes.dataframe[0].value["class"].tolist() == ["cracked", "sound"]
    assert not named(boxes.button, "Start training").disabled


def test_what_is_no_photo_is_refused_when_it_is_used(boxes):
    broken = [(f"{n}.jpg", b"no photo" * n, "image/jpeg") for n in range(1, 9)]
    fill(boxes, "Photos of cracked", broken)
    fill(boxes, "Photos of sound", uploads("brick"))
    named(boxes.button, "Use these photos").click().run()
    assert not boxes.exception
    assert boxes.error
    assert named(boxes.button, "Start training").disabled


@pytest.mark.slow
def test_three_own_classes_go_the_whole_way_without_a_word_about_cracks(boxes):
    named(boxes.button, "Add a class").click().run()
    for number, name in enumerate(COLOURS, 1):
        named(boxes.text_input, f"Class {number}").set_value(name).run()
        fill(boxes, f"Photos of {name}", uploads(name))
    named(boxes.button, "Use these photos").click().run()
    named(boxes.text_input, "Name of the model").set_value("three")
    named(boxes.number_input, "Epochs").set_value(1)
    named(boxes.button, "Start training").click().run()
    assert not boxes.error
    run = folders.folder_of("three")
    wait_for(lambda: folders.read_run(run).state not in ("running", "interrupted"))
    assert folders.read_run(run).state == "finished", (run / "log.txt").read_text()
    folders.use("three")
    pages = {name: open_page(name) for name in ("1_Train", "2_Evaluate", "3_Predict")}
    predict = pages["3_Predict"]
    predict.file_uploader[0].set_value(uploads("moss", 1, first=90)).run()
    assert not predict.exception
    assert "moss" in text_of(predict)
    words = re.compile("crack|sound|concrete", re.IGNORECASE)
    for name in ("2_Evaluate", "3_Predict"):
        said = [line for line in text_of(pages[name]).splitlines() if words.search(line)]
        assert said == [], name
    with zipfile.ZipFile(io.BytesIO(parcel.pack(folders.open_run("three")))) as archive:
        assert b'"positive": null' in archive.read("model.json")
