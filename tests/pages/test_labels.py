"""The view Labels of the Evaluate page: looked for, shown, marked, taken away."""

import hashlib
import io
import shutil

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from crackcls.evaluation import label_errors
from crackcls.labelled import list_images
from crackcls.runs import folders
from tests.conftest import Trained
from tests.pages.driving import named, open_page, text_of, wait_for

CLASSES = ("Negative", "Positive")


def open_labels(model: str = "first") -> AppTest:
    page = open_page("2_Evaluate")
    named(page.selectbox, "Model").set_value(model).run()
    page.segmented_control[0].set_value("Labels").run()
    assert not page.exception
    return page


@pytest.fixture
def listed(trained: Trained, ended):
    """Keep a list of 14 likely wrong labels beside the model, 13 of them of cracks."""
    labelled = list_images(trained.data)
    files = [file for file in labelled.files if labelled.path(file).suffix == ".jpg"]
    files = [file for file in files if file.rpartition("/")[2] not in ("text.jpg", "cut off.jpg")]
    chosen = [file for file in files if file.startswith("Positive")][:13] + files[:1]
    shas = [hashlib.sha256(labelled.path(file).read_bytes()).hexdigest() for file in chosen]
    given = [file.partition("/")[0] for file in chosen]
    quality = np.linspace(0.01, 0.14, 14)
    table = pd.DataFrame({"file": chosen, "sha256": shas, "given": given})
    table["suggested"] = table["given"].map(dict(zip(CLASSES, CLASSES[::-1], strict=True)))
    table = table.assign(quality=quality, probability=1 - quality)
    images = pd.DataFrame({"label": [0] * 24 + [1] * 24})
    about = {"folds": 5, "fine_tune": "head", **label_errors.counts(images, table, CLASSES)}
    run = folders.read_run(ended / "first")
    return label_errors.save(run, labelled, shas, table, about)


def test_likely_wrong_labels_are_shown_on_pages_of_twelve_the_most_likely_first(listed):
    page = open_labels()
    assert "14 of 48 labels are likely wrong" in text_of(page)
    assert list(page.dataframe[0].value["likely wrong"]) == [1, 13]
    assert len(page.image) == len(page.checkbox) == 12
    captions = [one.value for one in page.caption if "label quality" in one.value]
    files = list(label_errors.table_of(listed)["file"])
    assert [caption.split("  \n")[1] for caption in captions] == files[:12]
    assert captions[0].startswith("label quality 0.010 of 1")
    page.number_input[0].set_value(2).run()
    assert len(page.image) == 2


def test_each_image_has_its_two_labels_in_words(listed):
    page = open_labels()
    named(page.selectbox, "Labelled").set_value("Negative").run()
    said = [one.value for one in page.markdown if one.value.startswith("labelled")]
    assert said == ["labelled **sound**  \nsuggested: **cracked** 86.0%"]


def test_a_tick_marks_a_label_and_another_takes_it_off(listed, ended):
    page = open_labels()
    page.checkbox[1].check().run()
    assert not page.exception
    assert "Labels marked as wrong: 1" in [expander.label for expander in page.expander]
    marked = (ended / "first" / "wrong_labels.csv").read_text().splitlines()
    assert marked[0] == "file,sha256,actual,predicted,probability,data"
    assert marked[1].startswith(label_errors.table_of(listed)["file"][1])
    assert [box.value for box in page.checkbox[:3]] == [False, True, False]
    page.checkbox[1].uncheck().run()
    assert not (ended / "first" / "wrong_labels.csv").exists()


def test_a_mark_is_there_when_the_page_is_opened_again(listed):
    open_labels().checkbox[0].check().run()
    assert [box.value for box in open_labels().checkbox[:2]] == [True, False]


def test_copies_of_an_image_do_not_fight_over_its_mark(listed, ended):
    path = listed.folder / label_errors.FILE
    table = label_errors.table_of(listed)
    twin = table.iloc[:1].assign(file="Positive/twin.jpg")
    pd.concat([twin, table]).to_csv(path, index=False)
    page = open_labels()
    page.checkbox[0].check().run()
    assert not page.exception
    assert len((ended / "first" / "wrong_labels.csv").read_text().splitlines()) == 2


def test_the_list_and_the_marked_ones_are_downloaded(listed):
    page = open_labels()
    page.checkbox[0].check().run()
    labels = [button.label for button in page.get("download_button")]
    kinds = ("as CSV", "for Excel")
    assert labels == [
        f"{what} {kind}" for what in ("Likely wrong labels", "Wrong labels") for kind in kinds
    ]


def test_a_list_is_written_for_spreadsheets():
    from crackcls.tables import csv_of

    table = pd.DataFrame({"file": ["=A/1.jpg"], "quality": [0.1]})
    assert pd.read_csv(io.BytesIO(csv_of(table)))["file"][0] == "'=A/1.jpg"


def test_without_the_images_the_list_is_shown_and_says_so(listed, ended):
    (listed.folder / "local.json").unlink()
    (ended / "first" / "local.json").unlink()
    page = open_labels()
    assert not page.image
    assert "so they are not shown" in text_of(page)
    assert "so nothing can be looked for" in text_of(page)
    assert len(page.checkbox) == 12


def test_a_visitor_sees_no_list_and_no_image_of_it(listed, monkeypatch):
    folders.use("first")
    monkeypatch.setenv("CRACKCLS_MODE", "demo")
    page = open_labels()
    assert "The lists of this model are its owner's." in text_of(page)
    assert not (page.image or page.checkbox or page.button or page.get("download_button"))


def test_wrong_labels_are_looked_for_by_a_button(trained, ended):
    page = open_labels()
    assert not [one.value for one in page.markdown if "likely wrong**" in one.value]
    named(page.button, "Look for wrong labels in 'concrete'").click().run()
    assert not page.exception
    wait_for(lambda: list((ended / "first" / "label_errors").glob("concrete-*/about.json")))
    wait_for(lambda: "labels are likely wrong" in text_of(open_labels()))


def test_a_search_that_failed_says_why(trained, ended, tmp_path):
    few = tmp_path / "few"
    for name in CLASSES:
        (few / name).mkdir(parents=True)
        for path in sorted((trained.data / name).glob("*.jpg"))[:4]:
            shutil.copy(path, few / name)
    (ended / "first" / "local.json").write_text(f'{{"data": "{few}"}}')
    page = open_labels()
    named(page.button, "Look for wrong labels in 'concrete'").click().run()
    log = ended / "first" / "label_errors" / "job" / "events.jsonl"
    wait_for(lambda: log.exists() and '"kind": "end"' in log.read_text())
    assert "must have distinct images in each of 5 folds" in text_of(open_labels())


def test_marked_images_are_left_out_of_a_training_that_asks_for_it(listed, ended, trained):
    page = open_page("1_Train")
    named(page.radio, "Data").set_value("My folder").run()
    named(page.text_input, "Data folder").set_value(str(trained.data)).run()
    asked = "Leave out the images marked as wrong (1)"
    assert asked not in [box.label for box in page.checkbox]
    open_labels().checkbox[0].check().run()
    page.run()
    named(page.checkbox, asked).check().run()
    named(page.text_input, "Name of the model").set_value("fewer").run()
    named(page.number_input, "Epochs").set_value(1).run()
    named(page.button, "Start training").click().run()
    assert not page.exception
    wait_for(lambda: (ended / "fewer" / "report.json").exists())
    report = (ended / "fewer" / "report.json").read_text()
    assert '"left_out_labels"' in report
    assert len((ended / "fewer" / "without.csv").read_text().splitlines()) == 2
