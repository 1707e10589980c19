"""The Evaluate page: figures, samples, honesty, models compared, what is taken away."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from crackcls import config
from crackcls.access import modes, visitors
from crackcls.datasets import shipped_photos
from crackcls.evaluation import cells, headline, store, threshold
from crackcls.evaluation import page as page_of
from crackcls.evaluation.report import make_report, predictions
from crackcls.files import read_csv, write_csv, write_json
from crackcls.runs import belonging, folders, jobs
from tests.pages.driving import named, open_page, text_of, wait_for
from tests.runs import making


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
    page = open_evaluate("Figures")
    report = json.loads((place.models / "first" / "report.json").read_text())
    figures = figures_of(page)
    said = headline.of_report(report)
    assert figures["Test accuracy"] == said.figures[2].value
    assert figures["Recall of 'cracked'"] == said.figures[0].value
    assert "The test has 2 images of 'sound' and 2 images of 'cracked'." in text_of(page)
    assert figures["Wrong"] == f"{report['wrong']} of 4"
    assert len(page.get("vega_lite_chart")) == 5


def test_the_accuracy_is_on_the_page_once(place):
    page = open_evaluate("Figures")
    assert [one.label for one in page.metric if "ccuracy" in one.label] == ["Test accuracy"]


def test_the_slider_moves_the_figures_and_buttons_move_the_slider(place):
    page = open_evaluate("Figures")
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
    page = open_evaluate("Figures")
    page.slider[0].set_value(1.0).run()
    page.number_input[0].set_value(25.0).run()
    assert figures_of(page)["Cost"] == "50"


def shown_in(page: AppTest) -> list[list[str]]:
    """Give what is said of the pictures of each element of images, for whoever sees none."""
    return [[one.alt for one in element.proto.imgs] for element in page.image]


def cells_of(page: AppTest) -> dict[str, str]:
    """Give the buttons of the matrix by their keys."""
    buttons = (one for one in page.button if (one.key or "").startswith("open-"))
    return {one.key.removeprefix("open-"): one.label for one in buttons}


def test_the_pictures_come_first_with_the_wrong_ones_opened(place):
    page = open_evaluate()
    report = json.loads((place.models / "first" / "report.json").read_text())
    (sound, called), (missed, found) = report["confusion_matrix"]
    labels = cells_of(page)
    assert [labels[key].split("**")[1] for key in ("1-1", "1-0", "0-1", "0-0")] == [
        str(count) for count in (found, missed, called, sound)
    ]
    assert "cracked, called sound" in labels["1-0"]
    assert f"All wrong ones: {report['wrong']} here" in [one.value for one in page.header]
    matrix, opened = shown_in(page)[: -report["wrong"]], shown_in(page)[-report["wrong"] :]
    assert sum(map(len, matrix)) == report["images"]
    assert all("wrongly called" in alt for (alt,) in opened)


def test_a_cell_opens_its_images_and_a_list_all(place):
    page = open_evaluate()
    report = json.loads((place.models / "first" / "report.json").read_text())
    key, count = next(
        (f"{i}-{i}", row[i]) for i, row in enumerate(report["confusion_matrix"]) if row[i]
    )
    before = len(shown_in(page)) - report["wrong"]
    page.button(key=f"open-{key}").click().run()
    assert not page.exception
    assert len(shown_in(page)) - before == count
    assert {alt.split(" with")[0] for (alt,) in shown_in(page)[before:]} <= {
        "cracked, called cracked",
        "sound, called sound",
    }
    named(page.selectbox, "Images").set_value("all").run()
    assert len(shown_in(page)) - before == report["images"]
    assert text_of(page).count("labelled cracked") == 2
    page.toggle[0].set_value(True).run()
    assert not page.exception
    assert len(shown_in(page)) - before == report["images"]


def test_a_wrong_label_is_marked_listed_and_unmarked(place, ended):
    page = open_evaluate()
    page.checkbox[0].check().run()
    assert not page.exception
    assert "Labels marked as wrong: 1" in [expander.label for expander in page.expander]
    listed = (ended / "first" / "wrong_labels.csv").read_text().splitlines()
    assert (len(listed), listed[0].startswith("file,sha256,actual")) == (2, True)
    page.checkbox[0].uncheck().run()
    assert not (ended / "first" / "wrong_labels.csv").exists()


def test_exact_copies_of_a_wrong_image_have_one_tick(place, ended):
    folder = ended / "first"
    table = read_csv(folder / "predictions.csv")
    wrong = table[table["actual"] != table["predicted"]].head(1)
    assert len(wrong) == 1
    for name in ("predictions.csv", "split.csv"):
        rows = read_csv(folder / name)
        copy = rows[rows["file"] == wrong["file"].iloc[0]].assign(file="Negative/copy.jpg")
        write_csv(folder / name, pd.concat([rows, copy]))
    report = json.loads((folder / "report.json").read_text())
    more = {name: report[name] + 1 for name in ("images", "wrong")}
    write_json(folder / "report.json", {**report, **more})
    page = open_evaluate()
    ticks = [box for box in page.checkbox if box.label == "Label is wrong"]
    contents = read_csv(folder / "split.csv").set_index("file")["sha256"]
    files = read_csv(folder / "predictions.csv").query("actual != predicted")["file"]
    assert len(ticks) == contents[files].nunique() < len(files)


def test_evaluate_without_the_images_shows_the_figures_and_says_how_to_get_them(place):
    assert open_evaluate().metric[0].value
    page = open_evaluate("Pictures")
    named(page.text_input, "Folder with the images").set_value("/nowhere at all").run()
    assert not page.exception
    assert not shown_in(page)
    assert len(cells_of(page)) == 4


def test_evaluate_says_where_images_are_not(ended):
    shutil.move(ended / "first" / "local.json", ended / "gone.json")
    page = open_evaluate("Pictures")
    assert "not on this machine" in page.info[0].value
    assert not shown_in(page)
    assert len(cells_of(page)) == 4


def test_evaluate_refuses_images_that_are_not_the_tested_ones(place, concrete):
    page = open_evaluate("Pictures")
    folder = str(concrete(per_class=2))
    named(page.text_input, "Folder with the images").set_value(folder).run()
    named(page.selectbox, "Images").set_value("all").run()
    assert not page.exception
    assert len(page.error) == 4
    assert "it does not" in page.error[0].value
    assert folder not in text_of(page)


def test_a_visitor_of_a_demo_sees_the_images_that_come_with_a_shipped_model(monkeypatch):
    st.cache_resource.clear()
    monkeypatch.setenv("CRACKCLS_MODELS", str(config.PROJECT / "models"))
    monkeypatch.setenv("CRACKCLS_MODE", "demo")
    page = open_evaluate(model="metu")
    assert "All wrong ones: 2 here" in [one.value for one in page.header]
    small, opened = shown_in(page)[:-2], shown_in(page)[-2:]
    assert [len(alts) for alts in small] == [6, 2, 6]  # The fourth cell is empty.
    assert all("wrongly called sound" in alt for (alt,) in opened)
    credit, *_ = (one for one in page.expander if "CC BY 4.0" in one.label)
    assert "Özgenel" in credit.label
    assert not page.checkbox  # A visitor marks no label.
    named(page.selectbox, "Images").set_value("all").run()
    assert not (page.error or page.exception)
    assert "All images: 44 here" in [one.value for one in page.header]


def test_shuffled_again_they_come_in_another_order(place):
    page = open_evaluate()
    named(page.selectbox, "Images").set_value("all").run()
    named(page.selectbox, "First").set_value("shuffled").run()
    before = [caption.value for caption in page.caption]
    for _ in range(4):
        named(page.button, "Shuffle again").click().run()
        if [caption.value for caption in page.caption] != before:
            return
    raise AssertionError("four draws of four images came in one order")


def test_honesty_tells_copies_and_gives_no_advice_for_a_command_line(place):
    page = open_evaluate("Honesty")
    assert "None of the 4 test images has a near copy in training." in text_of(page)
    assert "Nobody has compared the two splits for this model." in text_of(page)
    assert not page.code
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
    table = predictions(names, probabilities, classes)
    report = make_report(table, classes, None)
    copies = {"test_images_with_copy_in_training": 0, "images_without_copies": 300}
    report["near_copies"] = {**copies, "accuracy_without_copies": report["accuracy"]}
    write_csv(ended / "first" / "predictions.csv", table.assign(sha256="x"))
    write_json(ended / "first" / "report.json", report)
    page = open_evaluate()
    assert len(cells_of(page)) == 9
    assert [one.images for row in cells.rows_of(report) for one in row] == [
        int(label.split("**")[1]) for label in cells_of(page).values()
    ]
    page.segmented_control[0].set_value("Figures").run()
    assert len(page.get("vega_lite_chart")) == 5
    problem = threshold.problem(table, "joint")
    named(page.selectbox, "Class against the rest").set_value("joint").run()
    page.slider[0].set_value(0.4).run()
    expected = threshold.figures_at(problem, 0.4)
    assert figures_of(page)["Recall"] == f"{expected.recall:.2%}"
    assert figures_of(page)["Wrong"] == f"{expected.wrong} of 300"
    curves = page.session_state["curves"][0]
    assert list(curves) == classes


def test_models_are_compared_on_the_same_images(trained, ended):
    third = shutil.copytree(trained.models / "first", ended / "third")
    table = read_csv(third / "predictions.csv")
    wrong = (table["actual"] != table["predicted"]).sum()
    turned = table.assign(predicted=table["actual"])  # It is right on all.
    write_csv(third / "predictions.csv", turned)
    page = open_evaluate("Compare")
    named(page.selectbox, "Compare with").set_value("third").run()
    assert named(page.selectbox, "On").options[0] == "concrete"
    beside = page.dataframe[0].value
    assert list(beside["figure"]) == ["accuracy", "recall", "false alarms"]
    assert (beside["third"][0], beside["images"][0]) == ("100.0%", 4)
    assert f"Only first is right on 0 images, only third on {wrong}" in text_of(page)
    assert f"They disagree on {wrong} images" in [header.value for header in page.header]
    assert len(shown_in(page)) == wrong
    assert all("✗ first" in alt and "✓ third" in alt for (alt,) in shown_in(page))


def test_two_models_judge_the_same_images_at_a_click(trained, ended, monkeypatch):
    started = []
    monkeypatch.setattr(jobs, "launch", lambda folder, words: started.append(words))
    shutil.copytree(trained.models / "first", ended / "third")
    page = open_evaluate("Compare")
    named(page.selectbox, "Compare with").set_value("third").run()
    named(page.selectbox, "On").set_value("other data …").run()
    named(page.radio, "Data").set_value("Synthetic concrete").run()
    named(page.button, "Judge both on this data").click().run()
    assert not page.exception
    words = ["compare", "--with", "third", "--model", "first", "--data", "synthetic-4000-0"]
    assert started == [[*words, "--keep"]]


def test_figures_predictions_and_the_report_are_taken_away(place):
    page = open_evaluate("Take away")
    labels = [button.label for button in page.get("download_button")]
    assert labels == [
        "Model as ZIP",
        *("Figures as CSV", "Figures for Excel", "Figures as JSON"),
        *("Predictions as CSV", "Predictions for Excel"),
    ]
    named(page.button, "Make the report").click().run(timeout=60)
    assert not page.exception
    assert "Report as HTML" in [button.label for button in page.get("download_button")]
    assert "<svg" in page.session_state["report"][1]


def test_a_model_is_evaluated_on_other_data(ended, tmp_path):
    page = open_evaluate()
    named(page.selectbox, "Judged on").set_value("other data …").run()
    named(page.radio, "Data").set_value("Synthetic concrete").run()
    named(page.number_input, "Pictures to make").set_value(60).run()
    named(page.button, "Evaluate on this data").click().run()
    assert not page.exception
    folder = ended / "first" / "evaluations"
    wait_for(lambda: list(folder.glob("synthetic-60-0-*/about.json")))
    after = open_evaluate()
    options = named(after.selectbox, "Judged on").options
    assert "synthetic-60-0, unseen images" in options


def test_work_whose_process_was_killed_is_told(ended):
    for name, what in (("evaluations", "evaluation"), ("label_errors", "search")):
        making.killed(ended / "first" / name / "job", "judging")
        page = open_evaluate("Labels" if what == "search" else "")
        if what == "evaluation":
            named(page.selectbox, "Judged on").set_value("other data …").run()
        said = f"The last {what} was interrupted while judging. Start it again."
        assert said in [warning.value for warning in page.warning]
        assert not page.exception and not page.error


def test_folders_that_do_not_tell_are_asked_for(ended, concrete, monkeypatch):
    started = []
    monkeypatch.setattr(jobs, "launch", lambda folder, words: started.append(words))
    folder = concrete(per_class=2, classes=("Cracked", "pit"))
    page = open_evaluate()
    named(page.selectbox, "Judged on").set_value("other data …").run()
    page.radio(key="data-kind").set_value("My folder").run()
    named(page.text_input, "Data folder").set_value(str(folder)).run()
    assert "'Cracked' is taken as 'cracked'." in text_of(page)
    assert named(page.button, "Evaluate on this data").disabled
    asked = named(page.selectbox, "What are the photos in 'pit'?")
    assert asked.options == ["sound", "cracked"]
    asked.set_value("Negative").run()
    named(page.button, "Evaluate on this data").click().run()
    assert not page.exception
    assert started[0][-3:] == ["--keep", "--map", "pit=Negative"]


def test_the_class_looked_for_is_changed_without_training(ended):
    page = open_evaluate("Figures")
    assert "Called 'cracked' from a probability of" in {slider.label for slider in page.slider}
    page.radio(key="aim-first").set_value("Negative").run()
    named(page.button, "Look for this class").click().run()
    assert not page.exception
    run = folders.read_run(ended / "first")
    assert run.report["positive"] == run.config["positive"] == "Negative"
    assert "Called 'Negative' from a probability of" in {slider.label for slider in page.slider}
    recall = run.report["per_class"]["Negative"]["recall"]
    assert figures_of(page)["Recall"] == f"{recall:.2%}"


def test_evaluate_says_which_models_have_not_been_tested(ended, monkeypatch):
    assert named(open_page("2_Evaluate").selectbox, "Model").options == ["first", "second"]
    page = open_evaluate(model="second")
    assert "Of 'second' there are no figures of a test here: it was stopped before its test." in (
        text_of(page)
    )
    # Who may not let it judge is told that it is not here.
    monkeypatch.setenv("CRACKCLS_MODE", modes.CLASS)
    for name in ("first", "second"):
        belonging.give(ended / name, "1b" * 32)
        belonging.share(ended / name, True)
    others = open_page("2_Evaluate")
    assert named(others.selectbox, "Model").options == ["first"]
    assert "Not here, since they have no test: second." in text_of(others)


@pytest.fixture
def several(mixed, monkeypatch):
    """Point the pages at the model of several sets."""
    st.cache_resource.clear()
    monkeypatch.setenv("CRACKCLS_MODELS", str(mixed.models))
    return mixed


def test_the_figures_of_each_set_stand_under_those_of_all(several):
    page = open_evaluate("Figures", model="mixed")
    report = json.loads((several.models / "mixed" / "report.json").read_text())
    table = next(table.value for table in page.dataframe if "ROC AUC" in table.value)
    assert dict(zip(table["set"], table["images"], strict=True)) == {
        name: figures["images"] for name, figures in report["by_set"].items()
    }


def test_samples_are_found_in_the_folder_of_each_set(several):
    page = open_evaluate("Pictures", model="mixed")
    report = json.loads((several.models / "mixed" / "report.json").read_text())
    labels = {field.label for field in page.text_input}
    assert labels >= {f"Folder with the images of '{name}'" for name in report["by_set"]}
    named(page.selectbox, "Images").set_value("all").run()
    assert not page.error
    assert f"All images: {report['images']} here" in [one.value for one in page.header]
    named(page.selectbox, "Data set").set_value("bricks").run()
    bricks = report["by_set"]["bricks"]["images"]
    assert f"All images: {bricks} here" in [one.value for one in page.header]
    named(page.text_input, "Folder with the images of 'wall'").set_value("/nowhere").run()
    assert not page.exception
    assert "wall" not in named(page.selectbox, "Data set").options


def test_the_report_has_a_table_of_the_sets(several):
    run = folders.read_run(several.models / "mixed")
    (own,) = store.list_evaluations(run)
    made = page_of.evaluation_page(run, own.data, store.table_of(own), store.report_of(own), 0.5)
    assert "<h2>By data set</h2>" in made
    assert all(f"<td>{name}</td>" in made for name in run.report["by_set"])


def test_a_model_that_was_added_is_offered_and_judges_the_photos_of_the_app(ended, monkeypatch):
    started = []
    monkeypatch.setattr(jobs, "launch", lambda folder, words: started.append(words))
    added = ended / "second"
    (added / "report.json").unlink(missing_ok=True)
    (added / "predictions.csv").unlink()
    (added / "events.jsonl").unlink()
    making.log(added, {"kind": "end", "status": "added", "message": "It was trained elsewhere."})
    page = open_evaluate(model="second")
    assert "Of 'second' there are no figures of a test here: it was trained elsewhere." in (
        text_of(page)
    )
    assert named(page.radio, "Data").value == "Photos of the app"
    named(page.button, "Evaluate on this data").click().run()
    words = ["evaluate", "--model", "second", "--data", shipped_photos.NAME, "--keep"]
    assert started == [words]


def test_a_student_compares_the_own_model_with_a_shipped_one_on_the_photos_of_the_app(
    ended, monkeypatch
):
    started = []
    monkeypatch.setattr(jobs, "launch", lambda folder, words: started.append(words))
    monkeypatch.setenv("CRACKCLS_MODE", modes.CLASS)
    monkeypatch.setattr(visitors, "new", lambda: "0a" * 16)
    belonging.give(ended / "first", visitors.called("0a" * 16))
    shutil.copytree(config.shipped_folder() / "metu", ended / "metu")
    page = open_evaluate("Compare")
    named(page.selectbox, "Compare with").set_value("metu").run()
    assert named(page.selectbox, "On").options == ["Photos of the app"]
    named(page.button, "Judge both on these photos").click().run()
    words = ["compare", "--with", "metu", "--model", "first", "--data", shipped_photos.NAME]
    assert started == [[*words, "--keep"]]
