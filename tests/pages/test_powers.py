"""What the owner, a student and a visitor find on each page, and what they do not."""

import shutil
from pathlib import Path

import psutil
import pytest

from crackcls import config
from crackcls.access import visitors
from crackcls.access.modes import CLASS, DEMO, OWN
from crackcls.datasets import catalogue
from crackcls.datasets.keeping import Keeper
from crackcls.errors import InputError
from crackcls.evaluation import job
from crackcls.runs import belonging, folders, jobs, processes, waiting
from crackcls.widgets import powers, start
from tests.conftest import encoded, picture
from tests.datasets.test_catalogue import zipped
from tests.pages.driving import named, open_page, text_of

PAGES = ["", *(path.stem for path in sorted((config.PROJECT / "pages").glob("*.py")))]
LINES = {
    OWN: "You own this server.",
    CLASS: "A class: the teacher sees what you train. You are student",
    DEMO: "Demo: nothing you upload is kept.",
}
MANAGING = {"Rename", "Delete", "New name", "Resume", "Stop training"}


@pytest.fixture(params=[OWN, CLASS, DEMO])
def mode(request, monkeypatch) -> str:
    monkeypatch.setenv("CRACKCLS_MODE", request.param)
    return request.param


@pytest.fixture
def served(ended):
    """Put the shipped models beside the runs `first` and `second`, as a server has them."""
    for name in config.SHIPPED_MODELS:
        shutil.copytree(config.PROJECT / "models" / name, ended / name)
    return ended


def test_one_module_alone_asks_who_is_at_a_page():
    files = [*config.PROJECT.glob("*.py"), *(config.PROJECT / "pages").glob("*.py")]
    files += (config.PROJECT / "crackcls").rglob("*.py")
    asking = [path.name for path in files if "st.context" in path.read_text(encoding="utf-8")]
    assert asking == ["powers.py"]


def labels_of(page) -> set[str]:
    kinds = page.button, page.text_input, page.number_input, page.checkbox
    return {widget.label for kind in kinds for widget in kind}


@pytest.mark.parametrize("name", PAGES)
def test_each_page_says_in_the_sidebar_who_one_is(served, mode, name):
    page = open_page(name)
    said = [caption.value for caption in page.sidebar.caption]
    assert said[0].startswith(LINES[mode])
    assert [one for one in said if "This is my server" in one] == said[1:]
    assert bool(said[1:]) == (mode != OWN)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("CRACKCLS_MODE", "private", "must be own, class or demo, received 'private'"),
        ("CRACKCLS_PASSWORD", "short", "must have at least 8 characters, received 5"),
    ],
)
def test_a_server_that_is_set_up_wrongly_shows_why_and_nothing_else(
    served, monkeypatch, name, variable, value, sentence
):
    monkeypatch.setenv(variable, value)
    page = open_page(name)
    assert sentence in page.error[0].value
    assert not (page.title or labels_of(page) or page.sidebar.caption)


def test_who_may_train_is_asked_on_what(served, mode):
    page = open_page("1_Train")
    assert ("Start training" in labels_of(page)) == (mode != DEMO)
    if mode == DEMO:
        assert "Nothing is trained on this server." in text_of(page)
        assert not page.radio
        return
    kinds = page.radio(key="data-kind").options
    assert ("My folder" in kinds) == (mode == OWN)
    assert "My ZIP" in kinds
    page.radio(key="data-kind").set_value("METU photos").run()
    assert ("Download the METU photos" in labels_of(page)) == (mode == OWN)
    assert ("Its owner can fetch them." in text_of(page)) == (mode == CLASS)


def test_who_may_see_all_runs_sees_them_and_nobody_else(served, mode):
    page = open_page("1_Train")
    shown = set(named(page.selectbox, "Run").options)
    assert shown == {"default", "metu"} | ({"first", "second"} if mode == OWN else set())
    assert set(page.dataframe[-1].value["name"]) == shown
    assert set(page.multiselect[0].options) == shown
    for other in ("2_Evaluate", "3_Predict"):
        models = {*named(open_page(other).selectbox, "Model").options}
        assert ("first" in models) == (mode == OWN)
        assert models >= {"default", "metu"}


def test_who_owns_the_server_may_add_a_model_of_elsewhere_and_nobody_else(served, mode):
    page = open_page("1_Train")
    assert ("ZIP of a model" in {one.label for one in page.file_uploader}) == (mode == OWN)
    assert ("Add this model" in labels_of(page)) == (mode == OWN)


def test_who_may_manage_runs_can_and_nobody_else(served, mode):
    page = open_page("1_Train")
    name = "second" if mode == OWN else "metu"
    named(page.selectbox, "Run").set_value(name).run()
    assert (labels_of(page) & MANAGING == {"Rename", "Delete", "New name", "Resume"}) == (
        mode == OWN
    )
    assert ("Use it on Home" in labels_of(page)) == (mode == OWN)
    assert labels_of(page) & MANAGING == set() or mode == OWN


def test_a_student_manages_what_was_started_in_the_session(served, monkeypatch):
    monkeypatch.setenv("CRACKCLS_MODE", CLASS)

    def launch(folder: Path, words: list[str]) -> None:
        started.append(words)
        visitor = belonging.of(folder)
        shutil.rmtree(folder)
        (served / "second").rename(folder)
        belonging.give(folder, visitor)

    monkeypatch.setattr(jobs, "launch", launch)
    started: list[list[str]] = []
    page = open_page("1_Train")
    named(page.text_input, "Name of the model").set_value("first").run()
    named(page.button, "Start training").click().run()
    assert "'first' is not. Choose another name." in page.error[0].value
    named(page.text_input, "Name of the model").set_value("ours").run()
    named(page.button, "Start training").click().run()
    assert not page.exception
    for option, most in (("--limit", "2000"), ("--minutes", "5")):
        assert started[0][started[0].index(option) + 1] == most
    assert "'ours' was stopped after" in text_of(page)
    assert labels_of(page) >= {"Rename", "Delete", "Resume"}
    assert "Use it on Home" not in labels_of(page)
    assert "first" not in named(page.selectbox, "Run").options
    named(page.text_input, "New name").set_value("first").run()
    named(page.button, "Rename").click().run()
    assert "'first' is not. Choose another name." in page.error[0].value
    named(page.text_input, "New name").set_value("mine").run()
    named(page.button, "Rename").click().run()
    assert not page.exception
    assert labels_of(page) >= {"Rename", "Delete", "Resume"}
    assert "'mine' was stopped after" in text_of(page)
    assert "mine" not in named(open_page("1_Train").selectbox, "Run").options


def test_a_student_trains_no_longer_than_the_class_can_wait(served, monkeypatch):
    monkeypatch.setenv("CRACKCLS_MODE", CLASS)
    monkeypatch.setattr(jobs, "launch", lambda folder, words: started.append(folder))
    started: list[str] = []
    page = open_page("1_Train")
    inputs = {one.label: one for one in page.number_input}
    assert (inputs["Epochs"].max, inputs["Limit"].min, inputs["Limit"].max) == (20, 1, 2000)
    assert inputs["Pictures to make"].max == 2000
    named(page.radio, "What learns").set_value("all").run()
    named(page.number_input, "Epochs").set_value(20).run()
    named(page.selectbox, "Image size").set_value(224).run()
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    named(page.button, "Start training").click().run()
    assert not started
    assert "A training here may take 5 minutes, and this one would take" in page.error[0].value


@pytest.fixture
def other_students(served, monkeypatch):
    """Let `first` be the run of a student who is not the one at the page; nothing is started."""
    monkeypatch.setenv("CRACKCLS_MODE", CLASS)
    this = psutil.Process()
    monkeypatch.setattr(jobs, "launch", lambda folder, words: processes.record(folder, this))
    belonging.give(served / "first", "1b" * 32)
    return served


def test_a_student_waits_in_the_line_is_told_the_place_and_leaves(other_students):
    waiting.join("theirs", [], 200, "1b" * 32)
    page = open_page("1_Train")
    assert "1 training comes first, about 3 minutes in all, before a new one." in text_of(page)
    named(page.text_input, "Name of the model").set_value("mine").run()
    named(page.button, "Start training").click().run()
    assert not page.exception
    assert "'mine' waits. 1 training comes first, about a minute in all" in text_of(page)
    assert not labels_of(page) & {"Take it out", "Let it begin next", "Clear the class"}
    assert "theirs" not in text_of(page)
    named(page.text_input, "Name of the model").set_value("more").run()
    named(page.button, "Start training").click().run()
    assert "One training of yours waits or runs at a time, and 'mine' does." in page.error[0].value
    named(page.button, "Leave the line").click().run()
    assert not page.exception
    assert not (other_students / "mine").exists()


def test_what_a_student_shares_is_seen_without_its_images(other_students, monkeypatch):
    assert "first" not in named(open_page("1_Train").selectbox, "Run").options
    belonging.share(other_students / "first", True)
    page = open_page("1_Train")
    named(page.selectbox, "Run").set_value("first").run()
    assert not labels_of(page) & {*MANAGING, "Leave the line"}
    assert not page.toggle
    assert "'first' has finished" in text_of(page)
    page = open_page("2_Evaluate")
    named(page.selectbox, "Model").set_value("first").run()
    page.segmented_control[0].set_value("Pictures").run()
    assert "The images of this model are its owner's" in text_of(page)
    assert not page.image
    assert "first" in named(open_page("3_Predict").selectbox, "Model").options
    monkeypatch.setenv("CRACKCLS_MODE", DEMO)
    assert "first" not in named(open_page("3_Predict").selectbox, "Model").options


def test_a_student_shares_an_own_run_and_takes_it_back(other_students, monkeypatch):
    monkeypatch.setattr(visitors, "new", lambda: "0a" * 16)
    belonging.give(other_students / "second", visitors.called("0a" * 16))
    page = open_page("1_Train")
    named(page.selectbox, "Run").set_value("second").run()
    for shared in (True, False):
        page.toggle[0].set_value(shared).run()
        assert not page.exception
        assert belonging.is_shared(other_students / "second") == shared


def test_one_evaluation_of_a_class_runs_at_a_time(other_students, monkeypatch):
    monkeypatch.setattr(visitors, "new", lambda: "0a" * 16)
    belonging.give(other_students / "second", visitors.called("0a" * 16))
    shutil.copy(other_students / "first" / "report.json", other_students / "second")
    place = job.folder(folders.read_run(other_students / "first"))
    place.mkdir(parents=True)
    processes.record(place, psutil.Process())
    page = open_page("2_Evaluate")
    named(page.selectbox, "Model").set_value("second").run()
    named(page.selectbox, "Judged on").set_value("other data …").run()
    named(page.button, "Evaluate on this data").click().run()
    assert "One evaluation of the class runs at a time" in text_of(page)


def test_the_teacher_sees_arranges_ranks_and_clears_the_class(other_students, monkeypatch):
    monkeypatch.setattr(powers, "is_proved", lambda: True)
    belonging.give(other_students / "second", "2c" * 32)
    waiting.join("wait", [], 60, "2c" * 32)
    waiting.join("last", [], 60, "1b" * 32)
    page = open_page("1_Train")
    assert {"first", "second", "wait", "last"} <= {*named(page.selectbox, "Run").options}
    ranked = page.dataframe[-1].value
    assert ranked["name"].iloc[0] == "first"
    assert {*ranked["student"]} == {"student 1b1b1b", "student 2c2c2c"}
    page.button(key="first-last").click().run()
    assert [one.name for one in waiting.line()] == ["last", "wait"]
    page.button(key="out-last").click().run()
    assert [one.name for one in waiting.line()] == ["wait"]
    assert named(page.button, "Clear the class").disabled
    page.checkbox[-1].check().run()
    named(page.button, "Clear the class").click().run()
    assert not page.exception
    assert {folder.name for folder in other_students.iterdir() if folder.is_dir()} == {
        *config.SHIPPED_MODELS
    }


def test_more_than_the_form_offers_is_refused_whatever_a_browser_sends(monkeypatch):
    monkeypatch.setenv("CRACKCLS_MODE", CLASS)
    for asked, said in (((21, 2000), "20 epochs, received 21"), ((20, None), "2,000 images")):
        settings = config.TrainConfig(epochs=asked[0], limit=asked[1])
        with pytest.raises(InputError, match=said):
            start.check_limits(settings)


def test_a_student_finds_an_own_upload_again_and_no_other(served, monkeypatch):
    monkeypatch.setenv("CRACKCLS_MODE", CLASS)
    monkeypatch.setattr(visitors, "new", lambda: "0a" * 16)
    content = {f"{name}/1.jpg": encoded(picture(1)) for name in ("Cracked", "Sound")}
    for whose, name in ((visitors.called("0a" * 16), "mine.zip"), ("1b" * 32, "theirs.zip")):
        archive = zipped(content)
        catalogue.add_upload(archive, name, lambda *_, **__: None, keeper=Keeper(whose))
    page = open_page("1_Train")
    page.radio(key="data-kind").set_value("My ZIP").run()
    assert "Nobody but the teacher sees them" in text_of(page)
    assert "24 hours after you used them last" in text_of(page)
    earlier = named(page.selectbox, "Or what you have uploaded before")
    assert [name[:5] for name in earlier.options] == ["mine-"]
    earlier.set_value(earlier.options[0]).run()
    named(page.button, "Remove these photos from the machine").click().run()
    assert not page.exception
    left = [folder.name[:6] for folder in (config.data_folder() / "uploads").glob("[!.]*")]
    assert left == ["theirs"]


def test_a_visitor_sees_figures_of_the_model_in_use_and_no_image_of_its_owner(served, monkeypatch):
    folders.use("first")
    (served / "first" / "evaluations" / "wall").mkdir(parents=True)
    for name in ("predictions.csv", "report.json"):
        shutil.copy(served / "first" / name, served / "first" / "evaluations" / "wall" / name)
    (served / "first" / "evaluations" / "wall" / "about.json").write_text('{"data": "wall"}')
    titles = {"its own test part of concrete", "wall, unseen images", "other data …"}
    assert {*named(open_page("2_Evaluate").selectbox, "Judged on").options} == titles
    monkeypatch.setenv("CRACKCLS_MODE", DEMO)
    page = open_page("2_Evaluate")
    assert named(page.selectbox, "Judged on").options == ["its own test part of concrete"]
    assert page.metric[0].value
    page.segmented_control[0].set_value("Pictures").run()
    assert not (page.image or page.text_input or page.get("download_button"))
    assert "The images of this model are its owner's" in text_of(page)
    page.segmented_control[0].set_value("Take away").run()
    offered = [button.label for button in page.get("download_button")]
    assert "Figures as CSV" in offered
    assert not [label for label in offered if "Predictions" in label or "Model" in label]
    assert "Make the report" not in labels_of(page)


@pytest.mark.parametrize(
    ("mode", "others"), [(OWN, {"first", "shared"}), (CLASS, {"shared"}), (DEMO, set())]
)
def test_a_model_is_taken_away_by_whom_it_belongs_to_or_is_shared_with(
    served, monkeypatch, mode, others
):
    shutil.copytree(served / "first", served / "shared")
    for name, is_shared in (("first", False), ("shared", True)):
        belonging.give(served / name, visitors.called(visitors.new()))
        belonging.share(served / name, is_shared)
    folders.use("first")
    monkeypatch.setenv("CRACKCLS_MODE", mode)
    page = open_page("2_Evaluate")
    models = named(page.selectbox, "Model")
    page.segmented_control[0].set_value("Take away").run()
    assert "first" in models.options
    offering = set()
    for name in models.options:
        named(page.selectbox, "Model").set_value(name).run()
        if "Model as ZIP" in [button.label for button in page.get("download_button")]:
            offering.add(name)
    assert offering == {*config.SHIPPED_MODELS, *others}


def test_a_visitor_judges_fewer_photos_at_once(served, mode):
    page = open_page("3_Predict")
    most = 50 if mode == OWN else 20
    assert page.file_uploader[0].label == f"Photos, at most {most}"
    assert f"At most {most} photos at once" in text_of(page)
