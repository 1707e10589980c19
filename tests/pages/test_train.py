"""The Train page: data chosen, a run started, runs kept or deleted."""

import io
import shutil
import zipfile
from pathlib import Path

import psutil
import pytest
from streamlit.testing.v1 import AppTest

from crackcls import config, events
from crackcls.runs import folders, jobs, processes
from tests.conftest import SHARED, encoded, needs_cases, picture
from tests.datasets import layouts
from tests.pages.driving import named, open_page, text_of, wait_for


def choose_folder(page: AppTest, folder: object) -> None:
    """Choose a folder of this machine as data."""
    page.radio(key="data-kind").set_value("My folder").run()
    named(page.text_input, "Data folder").set_value(str(folder)).run()


def test_train_starts_a_run_and_shows_it_to_whoever_opens_the_page(place):
    page = open_page("1_Train")
    choose_folder(page, place.data)
    named(page.text_input, "Name of the model").set_value("from-page")
    named(page.number_input, "Epochs").set_value(1)
    named(page.button, "Start training").click().run()
    assert not page.exception
    assert not page.error
    assert "**from-page**, " in text_of(open_page("1_Train"))
    folder = place.models / "from-page"
    wait_for(lambda: folders.read_run(folder).state != "running")
    after = open_page("1_Train")
    assert "'from-page' has finished" in text_of(after)
    assert {metric.label for metric in after.metric} >= {
        "Test accuracy",
        "Recall of 'cracked'",
        "False alarms",
        "Wrong",
    }
    assert len(after.get("vega_lite_chart")) == 2
    assert "2 files could not be read" in text_of(after)


@pytest.mark.parametrize(
    ("folder", "said"),
    [
        ("/nowhere at all", "must be a folder that exists, received '/nowhere at all'"),
        (config.PROJECT / "docs", "nothing tells the class of these"),
    ],
)
def test_train_refuses_a_folder_by_a_sentence(place, folder, said):
    page = open_page("1_Train")
    choose_folder(page, folder)
    assert not page.exception
    assert said in page.error[0].value
    assert named(page.button, "Start training").disabled


@pytest.mark.parametrize("around", ['"{}"', "  {} ", "file://{}"])
def test_train_takes_a_path_as_it_is_pasted(place, around):
    page = open_page("1_Train")
    choose_folder(page, around.format(place.data))
    assert not page.exception
    assert not named(page.button, "Start training").disabled


def test_train_says_how_folders_are_read_and_asks_for_the_split_that_they_give(
    place, tmp_path, launched
):
    walls = layouts.write(tmp_path / "walls", layouts.EXAMPLES[2])
    page = open_page("1_Train")
    choose_folder(page, walls)
    assert not page.exception
    said = text_of(page)
    assert (
        "Cracked, Sound were found in the folder walls.v1i.folder, below train, valid, test" in said
    )
    assert "8 for training, 8 for validation, 8 for the test" in said
    page.radio(key="split-is-kept").set_value("Keep this split").run()
    assert named(page.selectbox, "Split").value == "given"
    named(page.text_input, "Name of the model").set_value("kept")
    named(page.button, "Start training").click().run()
    assert launched[0][launched[0].index("--split") + 1] == "given"
    assert "--layout" not in launched[0]


def test_train_asks_which_folders_are_the_classes_where_it_is_not_clear(place, tmp_path, launched):
    for number, name in enumerate(("A/rust", "A/spall", "B/rust", "B/spall", "C/rust", "C/spall")):
        for count in range(4):
            path = tmp_path / "walls" / name / f"{count}.jpg"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(encoded(picture(10 * number + count)))
    page = open_page("1_Train")
    choose_folder(page, tmp_path / "walls")
    assert "may be A, B, C or, inside of them, rust, spall" in text_of(page)
    assert "--layout" not in text_of(page)
    assert named(page.button, "Start training").disabled
    choice = named(page.radio, "Which are the classes?")
    assert choice.value is None
    choice.set_value("rust, spall (inside A, B, C)").run()
    assert not page.exception
    assert "the photos of each of these 3 stay together" in text_of(page)
    page.selectbox(key=f"positive-{tmp_path / 'walls'}").set_value("spall").run()
    named(page.text_input, "Name of the model").set_value("inner")
    named(page.button, "Start training").click().run()
    assert launched[0][launched[0].index("--layout") + 1] == "inner"


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("roboflow", ["below train, valid, test", "4 for training, 2 for validation, 2 for the"]),
        ("sdnet_layout", ["where they are called CD, CP, CW, UD and 2 more"]),
        ("tm", ["are all of one", "Class 1", "Add photos of another"]),
        ("flat", ["they lie in no folder", "Put the photos of each class into a folder"]),
        ("underscore", ["Cracked 3 3", "Sound 3 3", "_Spalled 2 2"]),
        ("xlsx", ["labels.xlsx It is an office document.", "Cracked 3 3", "Sound 3 3"]),
        ("gz", ["flight.log.gz It is a gzip file.", "Cracked 3 3", "Sound 3 3"]),
        ("case", ["Cracked/IMG_1-2.jpg Cracked/IMG_1.jpg", "Cracked 5 5", "Sound 3 3"]),
        ("colon", ['Sound/wall _A_ _2mm.jpg Sound/wall "A" <2mm.jpg', "Cracked 4 4", "Sound 4 4"]),
        ("trailspace", ["Cracked/2.jpg Cracked /2.jpg", "Cracked 3 3", "Sound 3 3"]),
    ],
)
@needs_cases
def test_train_says_what_it_makes_of_an_upload(place, case, said):
    page = open_page("1_Train")
    page.radio(key="data-kind").set_value("My ZIP").run()
    content = (SHARED / "cases" / f"{case}.zip").read_bytes()
    page.file_uploader[0].set_value((f"{case}.zip", content, "application/zip")).run()
    assert not page.exception
    rows = [row for table in page.dataframe for row in table.value.to_numpy().tolist()]
    text = "\n".join([text_of(page), *(" ".join(map(str, row)) for row in rows)])
    assert [words for words in said if words not in text] == []
    assert str(config.data_folder()) not in text


@pytest.mark.parametrize(("per_class", "batch"), [(10, 8), (24, 16)])
def test_twenty_photos_train_without_another_setting(place, concrete, per_class, batch):
    page = open_page("1_Train")
    named(page.radio, "Data").set_value("My folder").run()
    named(page.text_input, "Data folder").set_value(str(concrete(per_class=per_class))).run()
    assert named(page.number_input, "Batch size").value == batch


def test_train_waits_for_a_folder(place):
    page = open_page("1_Train")
    choose_folder(page, "")
    assert named(page.button, "Start training").disabled
    assert "Type the path" in text_of(page)


@pytest.mark.parametrize(
    ("name", "said"), [("../up", "received '../up'"), ("first", "'first' is finished")]
)
def test_train_refuses_a_name_by_a_sentence_and_starts_nothing(place, name, said):
    before = {run.name for run in folders.list_runs()}
    page = open_page("1_Train")
    named(page.text_input, "Name of the model").set_value(name)
    named(page.button, "Start training").click().run()
    assert not page.exception
    assert said in page.error[0].value
    assert {run.name for run in folders.list_runs()} == before


def looked_at(page: AppTest) -> list:
    """Give the pictures of the data; a run that has ended shows some of its own."""
    return next(one for one in page.expander if one.label == "A look at the data").image


def test_train_opens_with_synthetic_data_and_shows_some_of_it(place):
    page = open_page("1_Train")
    assert page.radio(key="data-kind").value == "Synthetic concrete"
    assert len(looked_at(page)) == 12
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
    assert len(looked_at(page)) == 12
    assert not named(page.button, "Start training").disabled


@pytest.fixture
def launched(monkeypatch) -> list[list[str]]:
    """Keep the words of a run that the page starts, and start nothing."""
    started = []
    monkeypatch.setattr(jobs, "launch", lambda folder, words: started.append(words))
    return started


def test_train_takes_several_sets_each_with_its_cap(place, mixed, launched):
    page = open_page("1_Train")
    choose_folder(page, mixed.data / "wall")
    assert "Data sets of this training" not in text_of(page)
    named(page.button, "Add another data set").click().run()
    choose_folder(page, mixed.data / "bridge")
    named(page.button, "Add this data set").click().run()
    choose_folder(page, mixed.data / "bricks")
    assert "all lie in one folder, red/old" in page.error[0].value
    named(page.checkbox, "These pictures are all sound").check().run()
    assert not page.error
    named(page.button, "Add this data set").click().run()
    assert not page.exception
    named(page.number_input, "At most of 'bridge'").set_value(60).run()
    named(page.text_input, "Name of the model").set_value("many")
    named(page.button, "Start training").click().run()
    assert launched[0][:9] == [
        *("train", "--name", "many", "--data", str(mixed.data / "wall")),
        *("--data", str(mixed.data / "bridge"), "--cap", "bridge=60"),
    ]
    assert launched[0][9:11] == ["--sound", str(mixed.data / "bricks")]


def test_a_set_is_taken_off_the_list_and_two_of_one_name_get_a_number(place, mixed, launched):
    page = open_page("1_Train")
    choose_folder(page, mixed.data / "wall")
    named(page.button, "Add another data set").click().run()
    named(page.button, "Add this data set").click().run()
    assert len([button for button in page.button if button.label == "Remove"]) == 1
    other = shutil.copytree(mixed.data / "bridge", config.data_folder() / "wall")
    choose_folder(page, other)
    named(page.button, "Add this data set").click().run()
    assert named(page.number_input, "At most of 'wall-2'").value == 0
    page.button(key="remove-wall").click().run()
    named(page.text_input, "Name of the model").set_value("left")
    named(page.button, "Start training").click().run()
    assert launched[0][3:5] == ["--data", f"wall-2={other}"]
    page.button(key="remove-wall-2").click().run()
    assert named(page.button, "Add another data set")


def test_a_set_whose_names_do_not_tell_asks_for_its_folders_of_cracks(
    place, mixed, concrete, launched
):
    page = open_page("1_Train")
    choose_folder(page, mixed.data / "wall")
    named(page.button, "Add another data set").click().run()
    choose_folder(page, concrete(per_class=6, classes=("a", "b")))
    named(page.button, "Add this data set").click().run()
    assert named(page.button, "Start training").disabled
    named(page.multiselect, "Folders of cracks in 'concrete'").select("b").run()
    named(page.button, "Start training").click().run()
    assert not page.exception
    assert not page.error
    assert "--crack concrete=b" in " ".join(launched[0])
    assert "--positive" not in launched[0]


@pytest.mark.parametrize(
    ("classes", "guess", "called"),
    [
        (("Cracked", "Non-cracked"), "Cracked", ["Cracked", "sound (Non-cracked)"]),
        (("Fine", "Riss"), "Riss", ["sound (Fine)", "cracked (Riss)"]),
    ],
)
def test_the_class_looked_for_is_guessed_and_can_be_changed(
    place, concrete, launched, classes, guess, called
):
    page = open_page("1_Train")
    choose_folder(page, concrete(per_class=2, classes=classes))
    asked = named(page.selectbox, "Class looked for")
    assert (asked.value, asked.options) == (guess, called)
    named(page.button, "Start training").click().run()
    asked.set_value(next(name for name in classes if name != guess)).run()
    named(page.button, "Start training").click().run()
    aims = [words[words.index("--positive") + 1] for words in launched]
    assert (aims[0], {*aims}) == (guess, {*classes})


def test_where_names_do_not_tell_the_class_looked_for_must_be_chosen(place, concrete, launched):
    page = open_page("1_Train")
    choose_folder(page, concrete(per_class=2, classes=("cats", "dogs")))
    assert named(page.selectbox, "Class looked for").value is None
    assert named(page.button, "Start training").disabled
    assert "do not tell which class is looked for" in text_of(page)
    named(page.selectbox, "Class looked for").set_value("cats").run()
    named(page.button, "Start training").click().run()
    assert launched[0][launched[0].index("--positive") + 1] == "cats"


def test_of_three_classes_none_is_looked_for(place, concrete, launched):
    page = open_page("1_Train")
    choose_folder(page, concrete(per_class=2, classes=("crack", "joint", "sound")))
    assert not any(box.label == "Class looked for" for box in page.selectbox)
    named(page.button, "Start training").click().run()
    assert "--positive" not in launched[0]


def test_a_zip_of_sound_pictures_needs_no_folders(place, mixed):
    page = open_page("1_Train")
    page.radio(key="data-kind").set_value("My ZIP").run()
    named(page.checkbox, "These pictures are all sound").check().run()
    loose = zipped(mixed.data / "bricks" / "red" / "old")
    page.file_uploader[0].set_value(("bricks.zip", loose, "application/zip")).run()
    assert not page.exception
    assert not page.error
    folder = next((config.data_folder() / "uploads").iterdir())
    assert (folder.name.endswith("-sound"), len(list(folder.glob("*.jpg")))) == (True, 20)
    named(page.button, "Start training").click().run()
    assert "all sets here are sound" in page.error[0].value


def test_the_worst_set_stands_beside_the_mean(mixed, monkeypatch):
    monkeypatch.setenv("CRACKCLS_MODELS", str(mixed.models))
    page = open_page("1_Train")
    named(page.selectbox, "Run").set_value("mixed").run()
    by_set = folders.read_run(mixed.models / "mixed").report["by_set"]
    name, figures = min(by_set.items(), key=lambda pair: pair[1]["accuracy"])
    shown = {metric.label: metric.value for metric in page.metric}
    assert shown[f"Lowest: {name}"] == f"{figures['accuracy']:.2%}"
    table = next(table.value for table in page.dataframe if "recall" in table.value)
    assert set(table["set"]) == set(by_set)


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


def test_train_takes_a_zip_of_odd_names_and_other_files_and_lists_them(place):
    page = open_page("1_Train")
    page.radio(key="data-kind").set_value("My ZIP").run()
    photos = [encoded(picture(i, cracked=i < 5)) for i in range(10)]
    files = {f"{'Cracked ' if i < 5 else 'Sound'}/{i}:.jpg": one for i, one in enumerate(photos)}
    others = {"labels.xlsx": b"PK\3\4" + bytes(60), "flight.log.gz": b"\x1f\x8b" + bytes(60)}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in {**files, **others, "__MACOSX/._1": b"x"}.items():
            archive.writestr(name, content)
    page.file_uploader[0].set_value(("wall.zip", buffer.getvalue(), "application/zip")).run()
    assert not page.exception
    assert not page.error
    tables = [table.value for table in page.dataframe]
    left_out = next(table for table in tables if "reason" in table)
    assert set(left_out["file"]) == set(others)
    renamed = next(table for table in tables if "name in the ZIP" in table)
    assert set(renamed["name in the ZIP"]) == set(files)
    assert "Cracked/0_.jpg" in set(renamed["file"])
    assert {expander.label for expander in page.expander} >= {
        "2 files that are left out",
        "10 names that were changed",
    }


def test_train_refuses_what_is_no_zip(place):
    page = open_page("1_Train")
    page.radio(key="data-kind").set_value("My ZIP").run()
    page.file_uploader[0].set_value(("wall.zip", b"no zip at all", "application/zip")).run()
    assert not page.exception
    assert "ZIP" in page.error[0].value
    assert named(page.button, "Start training").disabled


@pytest.mark.parametrize(
    ("name", "title", "size"), [("metu", "METU", "241 MB"), ("sdnet2018", "SDNET2018", "528 MB")]
)
def test_train_offers_published_photos_with_their_licence_before_the_download(
    place, monkeypatch, name, title, size
):
    started = []
    monkeypatch.setattr(jobs, "launch", lambda folder, words: started.append((folder, words)))
    page = open_page("1_Train")
    page.radio(key="data-kind").set_value(f"{title} photos").run()
    assert "CC BY 4.0" in page.text[0].value
    assert f"The download is {size}." in text_of(page)
    assert named(page.button, "Start training").disabled
    named(page.button, f"Download the {title} photos").click().run()
    assert not page.exception
    assert started == [(config.data_folder() / "fetch" / name, ("data", "fetch", name))]


def test_without_a_network_an_archive_is_uploaded_or_named(place, monkeypatch, tmp_path):
    started = []
    monkeypatch.setattr(jobs, "launch", lambda folder, words: started.append(words))
    page = open_page("1_Train")
    page.radio(key="data-kind").set_value("METU photos").run()
    assert named(page.button, "Take this archive").disabled
    page.file_uploader[0].set_value(("metu.rar", b"Rar! it says", "application/rar")).run()
    named(page.button, "Take this archive").click().run()
    assert not page.exception
    kept = config.data_folder() / "fetch" / "metu" / "archive"
    assert started == [("data", "fetch", "metu", "--archive", str(kept))]
    assert kept.read_bytes() == b"Rar! it says"
    page.radio(key="data-kind").set_value("SDNET2018 photos").run()
    named(page.text_input, "Archive of the SDNET2018 photos").set_value("/a/b.zip").run()
    named(page.button, "Take this archive").click().run()
    assert started[-1][3:] == ("--archive", "/a/b.zip")


def test_train_says_why_a_download_failed(place):
    folder = config.data_folder() / "fetch" / "metu"
    folder.mkdir(parents=True)
    processes.record(folder, psutil.Process())
    events.log_to(folder / "events.jsonl")("end", status="failed", message="The line is down.")
    page = open_page("1_Train")
    page.radio(key="data-kind").set_value("METU photos").run()
    assert page.error[0].value == "The line is down."
    assert named(page.button, "Download the METU photos")


def test_runs_are_compared_renamed_used_and_deleted(ended):
    page = open_page("1_Train")
    named(page.selectbox, "Run").set_value("first").run()
    assert set(page.dataframe[-1].value["name"]) == {"first", "second"}
    page.multiselect[0].set_value(["first", "second"]).run()
    assert len(page.get("vega_lite_chart")) == 4
    named(page.button, "Use it on Home").click().run()
    assert folders.in_use() == "first"
    next(t for t in page.text_input if t.label == "New name").set_value("third").run()
    named(page.button, "Rename").click().run()
    assert {run.name for run in folders.list_runs()} == {"second", "third"}
    assert named(page.button, "Delete").disabled
    page.checkbox[0].check().run()
    named(page.button, "Delete").click().run()
    assert not page.exception
    assert {run.name for run in folders.list_runs()} == {"second"}


def test_a_stopped_run_can_be_resumed_and_its_model_is_marked_as_untested(ended):
    page = open_page("1_Train")
    named(page.selectbox, "Run").set_value("second").run()
    assert "'second' was stopped after 2 of 2 epochs. The best weights so far" in text_of(page)
    assert named(page.button, "Resume")
    folders.use("second")
    assert "'second' was stopped before its end, so it has not been tested" in text_of(open_page())
