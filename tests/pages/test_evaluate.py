"""Each page, driven by Streamlit's AppTest on a small trained model."""

import io
import json
import re
import shutil
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image
from starlette.formparsers import MultiPartParser
from streamlit.testing.v1 import AppTest

from crackcls import config, evaluate, events, jobs, judging, photo, runs, threshold, visitors
from crackcls.files import write_csv, write_json
from tests.conftest import Trained, encoded, picture
from widgets import photo_words, photos

CLASSES = "Negative", "Positive"


@pytest.fixture(autouse=True)
def own_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in for the address of the browser, which AppTest has none of."""
    decide = visitors.is_own_machine
    monkeypatch.setattr(visitors, "is_own_machine", lambda _, headers: decide(None, headers))


@pytest.fixture
def place(trained: Trained, monkeypatch: pytest.MonkeyPatch) -> Trained:
    """Point the pages at the trained model."""
    monkeypatch.setenv("CRACKCLS_MODELS", str(trained.models))
    monkeypatch.setenv("CRACKCLS_CACHE", str(trained.cache))
    return trained


def open_page(name: str = "") -> AppTest:
    page = AppTest.from_file(str(config.PROJECT / "app.py"), default_timeout=30)
    if name:
        page.switch_page(f"pages/{name}.py")
    page.run()
    assert not page.exception
    return page


def text_of(page: AppTest) -> str:
    kinds = (page.markdown, page.caption, page.error, page.info, page.success, page.warning)
    return "\n".join(element.value for kind in kinds for element in kind)


def test_home_shows_the_shipped_model_and_what_its_figure_does_not_promise(monkeypatch):
    monkeypatch.setenv("CRACKCLS_MODELS", str(config.PROJECT / "models"))
    report = json.loads((config.PROJECT / "models" / "default" / "report.json").read_text())
    page = open_page()
    figures = {metric.label: metric.value for metric in page.metric}
    assert figures["Test accuracy"] == f"{report['accuracy']:.2%}"
    assert figures["Wrong"] == f"{report['wrong']} of {report['images']:,}"
    assert "does not promise" in text_of(page)


@pytest.mark.parametrize("name", ["", "1_Train", "2_Evaluate", "3_Predict"])
def test_a_page_without_any_model_says_what_to_do(name):
    page = open_page(name)
    assert page.title[0].value
    assert name == "1_Train" or "Train one first" in text_of(page)


def test_train_starts_a_run_and_shows_it_to_whoever_opens_the_page(place):
    page = open_page("1_Train")
    choose_folder(page, place.data)
    named(page.text_input, "Name of the model").set_value("from-page")
    named(page.number_input, "Epochs").set_value(1)
    named(page.button, "Start training").click().run()
    assert not page.exception
    assert not page.error
    other = open_page("1_Train")
    assert named(other.selectbox, "Run").value == "from-page"
    folder = place.models / "from-page"
    wait_for(lambda: runs.read_run(folder).state != "running")
    after = open_page("1_Train")
    assert "'from-page' has finished" in text_of(after)
    assert {metric.label for metric in after.metric} >= {"Test accuracy", "Wrong"}
    assert len(after.get("vega_lite_chart")) == 2
    assert "2 files could not be read" in text_of(after)


def wait_for(condition, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def named(widgets, label: str):
    """Give the widget with a label."""
    return next(widget for widget in widgets if widget.label == label)


def choose_folder(page: AppTest, folder: object) -> None:
    """Choose a folder of this machine as data."""
    page.radio(key="data-kind").set_value("My folder").run()
    named(page.text_input, "Data folder").set_value(str(folder)).run()


@pytest.mark.parametrize(
    ("folder", "said"),
    [
        ("/nowhere at all", "must be a folder that exists, received '/nowhere at all'"),
        (config.PROJECT / "docs", "must hold at least two folders"),
    ],
)
def test_train_refuses_a_folder_by_a_sentence(place, folder, said):
    page = open_page("1_Train")
    choose_folder(page, folder)
    assert not page.exception
    assert said in page.error[0].value
    assert named(page.button, "Start training").disabled


def test_train_waits_for_a_folder(place):
    page = open_page("1_Train")
    choose_folder(page, "")
    assert named(page.button, "Start training").disabled
    assert "Type the path" in text_of(page)


@pytest.mark.parametrize(
    ("name", "said"), [("../up", "received '../up'"), ("first", "'first' is finished")]
)
def test_train_refuses_a_name_by_a_sentence_and_starts_nothing(place, name, said):
    before = {run.name for run in runs.list_runs()}
    page = open_page("1_Train")
    named(page.text_input, "Name of the model").set_value(name)
    named(page.button, "Start training").click().run()
    assert not page.exception
    assert said in page.error[0].value
    assert {run.name for run in runs.list_runs()} == before


def test_train_opens_with_synthetic_data_and_shows_some_of_it(place):
    page = open_page("1_Train")
    assert page.radio(key="data-kind").value == "Synthetic concrete"
    assert len(page.image) == 12
    assert "no photos" in text_of(page)
    before = [caption.value for caption in page.caption]
    named(page.button, "Other images").click().run()
    assert [caption.value for caption in page.caption] != before
    assert not list(config.data_folder().glob("synthetic*"))


def test_train_tells_what_is_in_a_folder_before_training(place):
    page = open_page("1_Train")
    choose_folder(page, place.data)
    assert "**Files that cannot be read: 2.** Left out of training" in text_of(page)
    left_out = next(table.value for table in page.dataframe if "reason" in table.value)
    assert set(left_out["file"]) == {"Negative/text.jpg", "Positive/cut off.jpg"}
    assert len(page.image) == 12
    assert not named(page.button, "Start training").disabled


def zipped(folder: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(folder.rglob("*.jpg")):
            archive.write(path, path.relative_to(folder))
    return buffer.getvalue()


def test_train_takes_a_zip_and_removes_it_when_asked(place):
    page = open_page("1_Train")
    page.radio(key="data-kind").set_value("My ZIP").run()
    assert named(page.button, "Start training").disabled
    page.file_uploader[0].set_value(("wall.zip", zipped(place.data), "application/zip")).run()
    assert not page.exception
    folder = next((config.data_folder() / "uploads").iterdir())
    assert folder.name.startswith("wall-")
    assert "cut off.jpg" in str([table.value for table in page.dataframe])
    named(page.button, "Start training")
    named(page.button, "Remove these photos from the machine").click().run()
    assert not page.exception
    assert not folder.exists()
    assert "have been removed" in text_of(page)


def test_train_refuses_what_is_no_zip(place):
    page = open_page("1_Train")
    page.radio(key="data-kind").set_value("My ZIP").run()
    page.file_uploader[0].set_value(("wall.zip", b"no zip at all", "application/zip")).run()
    assert not page.exception
    assert "ZIP" in page.error[0].value
    assert named(page.button, "Start training").disabled


def test_train_offers_metu_with_its_licence_before_the_download(place, monkeypatch):
    started = []
    monkeypatch.setattr(jobs, "launch", lambda folder, words: started.append((folder, words)))
    page = open_page("1_Train")
    page.radio(key="data-kind").set_value("METU photos").run()
    assert "CC BY 4.0" in page.text[0].value
    assert named(page.button, "Start training").disabled
    named(page.button, "Download the METU photos").click().run()
    assert not page.exception
    assert started == [(config.data_folder() / "fetch", ("data", "fetch", "metu"))]


def test_train_says_why_a_download_failed(place):
    folder = config.data_folder() / "fetch"
    folder.mkdir(parents=True)
    runs.record_process(folder, psutil.Process())
    events.log_to(folder / "events.jsonl")("end", status="failed", message="The line is down.")
    page = open_page("1_Train")
    page.radio(key="data-kind").set_value("METU photos").run()
    assert page.error[0].value == "The line is down."
    assert named(page.button, "Download the METU photos")


def test_a_visitor_names_no_folder_and_deletes_no_run(ended, monkeypatch):
    monkeypatch.setenv("CRACKCLS_HOSTED", "1")
    page = open_page("1_Train")
    assert "My folder" not in page.radio(key="data-kind").options
    labels = {widget.label for widget in (*page.button, *page.text_input)}
    assert not labels & {"Rename", "Delete", "Use this model", "New name", "Data folder"}
    evaluate = open_page("2_Evaluate")
    assert not evaluate.text_input


def open_evaluate(view: str = "", model: str = "first") -> AppTest:
    page = open_page("2_Evaluate")
    named(page.selectbox, "Model").set_value(model).run()
    if view:
        page.segmented_control[0].set_value(view).run()
    assert not page.exception
    return page


def figures_of(page: AppTest) -> dict[str, str]:
    """Give the last figure of each label: that at the threshold where there are two."""
    return {metric.label: metric.value for metric in page.metric}


def test_evaluate_shows_stored_figures(place):
    page = open_evaluate()
    report = json.loads((place.models / "first" / "report.json").read_text())
    figures = figures_of(page)
    assert figures["Test accuracy"] == figures["Accuracy"] == f"{report['accuracy']:.2%}"
    assert figures["Wrong"] == f"{report['wrong']} of 4"
    assert len(page.get("vega_lite_chart")) == 5


def test_the_slider_moves_the_figures_and_buttons_move_the_slider(place):
    page = open_evaluate()
    page.slider[0].set_value(0.0).run()
    figures = figures_of(page)
    assert (figures["Recall"], figures["False alarms"], figures["Missed"]) == ("100.00%",) * 2 + (
        "0",
    )
    assert figures["Wrong"] == "2 of 4"
    page.slider[0].set_value(1.0).run()
    assert (figures_of(page)["Recall"], figures_of(page)["Precision"]) == ("0.00%", "-")
    for label in ("Best F1", "Recall ≥ 99 %", "Equal error", "Least cost"):
        named(page.button, label).click().run()
        assert not page.exception
        assert 0 < page.slider[0].value < 1
    named(page.button, "Model's own").click().run()
    assert page.slider[0].value == 0.5


def test_a_missed_crack_costs_what_the_visitor_says(place):
    page = open_evaluate()
    page.slider[0].set_value(1.0).run()
    page.number_input[0].set_value(25.0).run()
    assert figures_of(page)["Cost"] == "50"


def test_evaluate_shows_samples_on_the_actual_images_by_kind_and_class(place):
    page = open_evaluate("Samples")
    assert len(page.image) == 4
    assert text_of(page).count("actual: Positive") == 2
    named(page.selectbox, "Of").set_value("Positive").run()
    assert len(page.image) == 2
    assert "actual: Negative" not in text_of(page)
    named(page.selectbox, "Of").set_value("all classes").run()
    named(page.selectbox, "Show").set_value("wrong").run()
    report = json.loads((place.models / "first" / "report.json").read_text())
    assert len(page.image) == report["wrong"]
    page.toggle[0].set_value(True).run()
    assert not page.exception
    assert len(page.image) == report["wrong"]


def test_a_wrong_label_is_marked_listed_and_unmarked(place, ended):
    page = open_evaluate("Samples")
    named(page.selectbox, "Show").set_value("wrong").run()
    page.checkbox[0].check().run()
    assert not page.exception
    assert "Labels marked as wrong: 1" in [expander.label for expander in page.expander]
    listed = (ended / "first" / "wrong_labels.csv").read_text().splitlines()
    assert (len(listed), listed[0].startswith("file,sha256,actual")) == (2, True)
    page.checkbox[0].uncheck().run()
    assert not (ended / "first" / "wrong_labels.csv").exists()


def test_evaluate_without_the_images_shows_the_figures_and_says_how_to_get_them(place):
    assert open_evaluate().metric[0].value
    page = open_evaluate("Samples")
    named(page.text_input, "Folder with the images").set_value("/nowhere at all").run()
    assert not page.exception
    assert not page.image


def test_evaluate_says_where_images_are_not(ended):
    shutil.move(ended / "first" / "local.json", ended / "gone.json")
    page = open_evaluate("Samples")
    assert "not on this machine" in page.info[0].value
    assert not page.image


def test_evaluate_refuses_images_that_are_not_the_tested_ones(place, concrete):
    page = open_evaluate("Samples")
    folder = str(concrete(per_class=2))
    named(page.text_input, "Folder with the images").set_value(folder).run()
    assert not page.exception
    assert len(page.error) == 4
    assert "it does not" in page.error[0].value


def test_other_samples_are_other_samples(place):
    page = open_evaluate("Samples")
    before = [caption.value for caption in page.caption]
    for _ in range(4):
        named(page.button, "Other samples").click().run()
        if [caption.value for caption in page.caption] != before:
            return
    raise AssertionError("four draws of four images came in one order")


def test_honesty_tells_copies_and_the_command_that_compares_splits(place):
    page = open_evaluate("Honesty")
    assert figures_of(page)["Test images with a near copy in training"] == "0 of 4"
    assert "compare-splits --model first" in page.code[0].value
    assert "other buildings" in text_of(page)


def test_honesty_shows_compared_splits(ended):
    rows = [
        "split,seed,images,wrong,accuracy,share_with_copy,images_without_copy,accuracy_without_copy"
    ]
    rows += [f"grouped,{seed},4,1,0.75,0.0,4,0.75" for seed in (0, 1)]
    rows += [f"random,{seed},4,{seed},{1 - seed / 4},0.25,3,1.0" for seed in (0, 1)]
    (ended / "first" / "splits.csv").write_text("\n".join(rows) + "\n")
    page = open_evaluate("Honesty")
    table = page.dataframe[0].value
    assert list(table["test accuracy"]) == [
        "75.00% (75.00% to 75.00%)",
        "87.50% (75.00% to 100.00%)",
    ]
    assert len(page.get("vega_lite_chart")) == 1


def test_three_classes_have_curves_of_each_against_the_rest(ended):
    classes = ["crack", "joint", "sound"]
    rng = np.random.default_rng(0)
    actual = rng.integers(0, 3, 300)
    scores = rng.normal(0, 1, (300, 3)) + 2 * np.eye(3)[actual]
    probabilities = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    names = [f"{classes[label]}/{number}.jpg" for number, label in enumerate(actual)]
    table = evaluate.predictions(names, probabilities, classes)
    report = evaluate.make_report(table, classes)
    write_csv(ended / "first" / "predictions.csv", table.assign(sha256="x"))
    write_json(ended / "first" / "report.json", report)
    page = open_evaluate()
    assert len(page.get("vega_lite_chart")) == 6
    problem = threshold.problem(table, "joint")
    named(page.selectbox, "Class against the rest").set_value("joint").run()
    page.slider[0].set_value(0.4).run()
    expected = threshold.figures_at(problem, 0.4)
    assert figures_of(page)["Recall"] == f"{expected.recall:.2%}"
    assert figures_of(page)["Wrong"] == f"{expected.wrong} of 300"
    curves = page.session_state["curves"][0]
    assert list(curves) == classes


def test_models_are_compared_on_the_same_images(trained, ended):
    shutil.copytree(trained.models / "first", ended / "third")
    page = open_evaluate("Compare")
    page.multiselect[0].set_value([page.multiselect[0].options[0]]).run()
    assert not page.exception
    assert list(page.dataframe[0].value["model"]) == ["first", "third"]
    assert "right on 0" in text_of(page)
    assert "They disagree on 0 images" in [header.value for header in page.subheader]


def test_figures_predictions_and_the_report_are_taken_away(place):
    page = open_evaluate("Take away")
    labels = [button.label for button in page.get("download_button")]
    assert labels == ["Figures as JSON", "Figures as CSV", "Predictions as CSV"]
    named(page.button, "Make the report").click().run(timeout=60)
    assert not page.exception
    assert "Report as HTML" in [button.label for button in page.get("download_button")]
    assert "<svg" in page.session_state["report"][1]


def test_a_model_is_evaluated_on_other_data(ended, tmp_path):
    page = open_evaluate()
    named(page.selectbox, "Judged on").set_value("other data …").run()
    named(page.number_input, "Pictures to make").set_value(60).run()
    named(page.button, "Evaluate on this data").click().run()
    assert not page.exception
    folder = ended / "first" / "evaluations"
    wait_for(lambda: list(folder.glob("synthetic-60-0-*/about.json")))
    after = open_evaluate()
    options = named(after.selectbox, "Judged on").options
    assert "synthetic-60-0, unseen images" in options


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
    assert len(page.session_state["judged"]) == 1
    assert not page.dataframe


def test_a_photo_turned_by_its_exif_is_shown_upright(place):
    content = turned(picture(3, 96).crop((0, 0, 96, 48)))
    page = open_page("3_Predict")
    page.file_uploader[0].set_value([("a.jpg", content, "image/jpeg")]).run()
    judged = next(iter(page.session_state["judged"].values()))
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
    assert re.search(r"\d+ of 200 tiles look cracked: \d+ large and \d+ small", said)
    assert "less than once in 100 times" in said
    assert [button.label for button in examples.get("download_button")] == [
        *("Table (CSV)", "Pictures (ZIP)", "Report (HTML)"),
    ]


def test_the_sliders_judge_no_photo_again(examples, monkeypatch):
    def judge_photo(*words: object) -> None:
        raise AssertionError("judged again")

    monkeypatch.setattr(judging, "judge_photo", judge_photo)
    before = examples.dataframe[0].value
    named(examples.slider, "Sensitivity: a tile counts from a vote of").set_value(0.05).run()
    assert not examples.exception
    after = examples.dataframe[0].value
    assert (after["cracked_tiles"] >= before["cracked_tiles"]).all()
    assert after["cracked_tiles"].sum() > before["cracked_tiles"].sum()
    assert "Below a vote of 50% more tiles do so by mistake" in text_of(examples)
    named(examples.slider, "Strength of the red").set_value(0.0).run()
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


def test_predict_refuses_a_model_without_calibration_by_a_sentence(ended):
    for run in ended.iterdir():
        (run / "calibration.json").unlink(missing_ok=True)
    page = open_page("3_Predict")
    assert "Train it again" in page.error[0].value
    assert not page.file_uploader


def test_an_upload_of_a_photo_s_size_is_kept_off_the_disk(place, monkeypatch):
    monkeypatch.setattr(MultiPartParser, "spool_max_size", 2**20)
    open_page("3_Predict")
    assert MultiPartParser.spool_max_size > config.MAX_PHOTO_BYTES


def analysis_of(votes: list[float], needed: tuple[int, ...], classes=CLASSES) -> photo.Analysis:
    """Make up what a model saw in a familiar photo, the votes spread evenly over the scales."""
    count = len(votes)
    probabilities = np.zeros((count, len(classes)), np.float32)
    probabilities[:, 1] = votes
    return photo.Analysis(
        size=(64, 64),
        classes=tuple(classes),
        places=np.tile((0, 0, 64), (count, 1)),
        scale=np.arange(count) * len(needed) // count,
        needed=needed,
        probabilities=probabilities,
        familiarity=np.ones(count, np.float32),
        heat=np.zeros((4, 4), np.float32),
        label=1,
    )


@pytest.mark.parametrize(
    ("analysis", "kind", "said"),
    [
        (analysis_of([0.98], (1,)), "found", "A crack with a probability of 98.0%."),
        (analysis_of([0.0], (1,)), "not found", "A crack with a probability of under 0.1%."),
        (
            analysis_of([0.9, 0, 0, 0], (2, 2)),
            "doubtful",
            "1 of 4 tiles looks cracked: 1 large and 0 small. A verdict takes 2 large ones or 2 "
            "small ones. Look closer, or go nearer.",
        ),
        (analysis_of([0, 0, 0], (1,)), "not found", "None of the 3 tiles looks cracked."),
        (
            analysis_of([0.9, 0.9, 0], (2,), ("a_b", "c_d")),
            "found",
            "2 of 3 tiles look like 'c\\_d'. A photo without that class shows 2 of them by mistake "
            "less than once in 100 times.",
        ),
        (
            analysis_of([0.9], (1,), ("a", "b", "c")),
            "found",
            "The likeliest of the 3 classes that this model knows.",
        ),
    ],
)
def test_a_verdict_says_what_it_rests_on(analysis, kind, said):
    verdict = photo.decide(analysis)
    assert verdict.kind == kind
    assert photo_words.reasons(verdict, analysis, config.THRESHOLD) == said


def test_a_photo_of_one_strange_tile_tells_no_probability():
    analysis = replace(analysis_of([0.9], (1,)), familiarity=np.float32([0.1]))
    verdict = photo.decide(analysis)
    assert photo_words.reasons(verdict, analysis, config.THRESHOLD) == (
        "Taken for familiar, it would look cracked. That says little here."
    )


@pytest.mark.parametrize(
    ("classes", "colour"),
    [(("Negative", "Positive"), "red"), (("joint", "stain"), "blue"), (("a", "b", "c"), "blue")],
)
def test_red_and_green_are_for_cracks_alone(place, monkeypatch, classes, colour):
    judged = judging.Judged("", encoded(picture(1)), analysis_of([0.9], (1,), classes))
    monkeypatch.setattr(judging, "judge_photo", lambda *_: judged)
    page = open_page("3_Predict")
    page.file_uploader[0].set_value([("a.jpg", encoded(picture(1)), "image/jpeg")]).run()
    assert not page.exception
    assert any(line.value.startswith(f"### :{colour}[") for line in page.markdown)
    assert len(page.slider) == (2 if len(classes) == 2 else 1)


def test_progress_in_words():
    assert photos.stand(0, 1, 0.0) == "Judging the photo …"
    assert photos.stand(0, 12, 0.0) == "Judging the first of 12 photos …"
    assert photos.stand(3, 12, 1.5) == "Judged 3 of 12, about 4 s left"


@pytest.fixture
def ended(trained: Trained, tmp_path, monkeypatch: pytest.MonkeyPatch):
    """Give two runs of our own that have ended, one of them stopped."""
    models = tmp_path / "models"
    monkeypatch.setenv("CRACKCLS_MODELS", str(models))
    shutil.copytree(trained.models / "first", models / "first")
    stopped = shutil.copytree(trained.models / "first", models / "second")
    (stopped / "report.json").unlink()
    log = stopped / "events.jsonl"
    log.write_text(log.read_text().replace('"status": "finished"', '"status": "stopped"'))
    return models


def test_runs_are_compared_renamed_used_and_deleted(ended):
    page = open_page("1_Train")
    named(page.selectbox, "Run").set_value("first").run()
    assert set(page.dataframe[-1].value["name"]) == {"first", "second"}
    page.multiselect[0].set_value(["first", "second"]).run()
    assert len(page.get("vega_lite_chart")) == 4
    named(page.button, "Use this model").click().run()
    assert runs.in_use() == "first"
    next(t for t in page.text_input if t.label == "New name").set_value("third").run()
    named(page.button, "Rename").click().run()
    assert {run.name for run in runs.list_runs()} == {"second", "third"}
    assert named(page.button, "Delete").disabled
    page.checkbox[0].check().run()
    named(page.button, "Delete").click().run()
    assert not page.exception
    assert {run.name for run in runs.list_runs()} == {"second"}


def test_a_stopped_run_can_be_resumed_and_its_model_is_marked_as_untested(ended):
    page = open_page("1_Train")
    named(page.selectbox, "Run").set_value("second").run()
    assert "'second' was stopped after 2 of 2 epochs. The best weights so far" in text_of(page)
    assert named(page.button, "Resume")
    runs.use("second")
    assert "'second' was stopped before its end, so it has not been tested" in text_of(open_page())


def test_evaluate_says_which_models_have_not_been_tested(ended):
    page = open_page("2_Evaluate")
    assert list(named(page.selectbox, "Model").options) == ["first"]
    assert "stopped before their test: second." in text_of(page)
