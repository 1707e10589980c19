"""What is installed: an installation that only serves says so, and the two lists agree."""

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from crackcls import config, installed
from crackcls.__main__ import main
from tests.conftest import picture
from tests.pages.driving import open_page, text_of

# The first release after each published hole that reaches this app; see SECURITY.md.
MENDED = {
    "pillow": "12.2.0",
    "pillow-heif": "1.3.0",
    "python-multipart": "0.0.26",
    "requests": "2.33.0",
    "starlette": "0.49.1",
    "filelock": "3.20.3",
}
OF_TRAINING = {"tensorflow", "tensorflow-cpu", "keras", "cleanlab"}


def wanted(name: str) -> dict[str, list[Requirement]]:
    """Give the requirements that a list has, by name."""
    lines = (config.PROJECT / name).read_text(encoding="utf-8").splitlines()
    found: dict[str, list[Requirement]] = {}
    for one in map(Requirement, lines):
        found.setdefault(one.name.lower(), []).append(one)
    return found


@pytest.fixture
def serves_only(monkeypatch: pytest.MonkeyPatch) -> None:
    lacking = dict.fromkeys(("no_tensorflow", "no_keras"), "TensorFlow")
    monkeypatch.setattr(installed, "TRAINING", lacking | {"json": "JSON"})


def test_the_list_to_serve_is_the_full_one_without_training():
    full, serve = wanted("requirements.txt"), wanted("requirements-serve.txt")
    assert {name: full[name] for name in full.keys() - OF_TRAINING} == serve
    assert full.keys() & OF_TRAINING == OF_TRAINING


def test_each_requirement_is_bounded_on_both_sides():
    for name, ones in wanted("requirements.txt").items():
        for one in ones:
            signs = {each.operator for each in one.specifier}
            assert signs == {">=", "<"}, name


@pytest.mark.parametrize(("name", "first"), MENDED.items())
def test_no_release_with_a_published_hole_is_taken(name, first):
    floor = next(
        each.version
        for each in wanted("requirements-serve.txt")[name][0].specifier
        if each.operator == ">="
    )
    assert Version(floor) >= Version(first)


def test_what_is_missing_is_named_without_importing_it(serves_only):
    assert installed.missing() == ["TensorFlow", "TensorFlow"]


def test_training_is_refused_by_one_sentence(serves_only, tmp_path, capsys):
    for name, seed in (("cracked", 0), ("sound", 1)):
        (tmp_path / name).mkdir()
        picture(seed).save(tmp_path / name / "a.png")
    assert main(["train", "--data", str(tmp_path), "--name", "new"]) == 2
    said = capsys.readouterr().err
    assert "Training needs the full installation, and this one only serves" in said
    assert "pip install -r requirements.txt" in said
    assert not (config.models_folder() / "new").exists()


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        ("own", "Training needs the full installation"),
        ("class", "Ask whoever runs this server to add training"),
        ("demo", "Nothing is trained on this server"),
    ],
)
def test_the_train_page_says_it_to_each_in_words_for_them(serves_only, monkeypatch, mode, said):
    monkeypatch.setenv("CRACKCLS_MODE", mode)
    page = open_page("1_Train")
    assert not page.exception
    assert said in text_of(page)
    assert "pip " not in text_of(page)
    assert not [one for one in page.button if one.label == "Start training"]
