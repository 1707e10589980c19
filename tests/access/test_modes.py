"""Modes: which one it is, who somebody is in it, and each cell of the matrix."""

import itertools

import pytest

from crackcls import config
from crackcls.access import modes
from crackcls.errors import InputError

# Who may do what, by mode: the owner of each, then everybody else in `own`, `class` and `demo`.
MATRIX = {
    "judge photos": ("yes", "yes", "yes", "yes"),
    "see the shipped models and the model in use": ("yes", "yes", "yes", "yes"),
    "see all runs and the images of their data": ("yes", "no", "no", "no"),
    "train": ("yes", "no", "yes", "no"),
    "upload data": ("yes", "no", "yes", "no"),
    "evaluate a model on other data": ("yes", "no", "yes", "no"),
    "stop, resume, rename and delete own runs, mark labels, say what is a crack": (
        "yes",
        "no",
        "yes",
        "no",
    ),
    "the same with the runs of others": ("yes", "no", "no", "no"),
    "share own runs, see the figures of runs that others share": ("yes", "no", "yes", "no"),
    "take a nickname": ("no", "no", "yes", "no"),
    "say who trains next, empty the line, clear the runs and uploads of a class": (
        "yes",
        "no",
        "no",
        "no",
    ),
    "choose the model in use": ("yes", "no", "no", "no"),
    "name folders of the server": ("yes", "no", "no", "no"),
    "have the server download published data": ("yes", "no", "no", "no"),
    "look for wrong labels": ("yes", "no", "no", "no"),
    "add a model that was trained elsewhere": ("yes", "no", "no", "no"),
}
HEADS = "| | owner | others in `own` | others in `class` | others in `demo` |"
CELLS = [
    (mode, proved, action, cells[0] if proved else cells[1 + column])
    for action, cells in MATRIX.items()
    for (column, mode), proved in itertools.product(enumerate(modes.MODES), (True, False))
]


@pytest.mark.parametrize(("mode", "proved", "action", "answer"), CELLS)
def test_each_cell_of_the_matrix(mode, proved, action, answer):
    role = modes.role_of(mode, proved)
    assert modes.may(role, modes.Action(action)) == (answer == "yes")


def test_the_matrix_has_each_action_and_no_other():
    assert list(MATRIX) == list(modes.Action) == list(modes.POWERS)


def rows_of(heads: str) -> list[list[str]]:
    """Give the rows of a table of the documentation."""
    text = (config.PROJECT / "docs" / "hosting.md").read_text(encoding="utf-8")
    lines = text.partition(heads)[2].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_documentation_has_the_matrix():
    assert rows_of(HEADS) == [[action, *cells] for action, cells in MATRIX.items()]


def in_words(number: int | None) -> str:
    return "any" if number is None else f"{number:,}" if number else "-"


def test_the_documentation_has_the_limits():
    names = ("photos", "upload_mb", "pictures", "epochs", "minutes")
    names += ("hourly", "uploads", "disk_mb")
    limits = [modes.LIMITS[role] for role in modes.ROLES]
    expected = [[in_words(getattr(one, name)) for one in limits] for name in names]
    assert [row[1:] for row in rows_of("| at most | owner | student | visitor |")] == expected


@pytest.mark.parametrize(
    ("said", "hosted", "address", "mode"),
    [
        (None, None, "localhost", "own"),
        (None, None, "127.0.0.1", "own"),
        (None, None, "127.8.0.1", "own"),
        (None, None, "::1", "own"),
        (None, None, "[::1]", "own"),
        (None, None, None, "demo"),
        (None, None, "0.0.0.0", "demo"),
        (None, None, "::", "demo"),
        (None, None, "192.168.1.7", "demo"),
        (None, None, "localhost.example.org", "demo"),
        (None, None, "my-laptop", "demo"),
        (None, "1", "localhost", "demo"),
        (None, "true", "localhost", "demo"),
        (None, "YES", "localhost", "demo"),
        (None, "on", "localhost", "demo"),
        (None, "0", "localhost", "own"),
        (None, "false", "localhost", "own"),
        (None, "", "localhost", "own"),
        ("own", None, None, "own"),
        ("class", None, "localhost", "class"),
        ("demo", None, "localhost", "demo"),
        (" Demo\n", None, "localhost", "demo"),
        ("class", "1", None, "class"),
        ("", None, "localhost", "own"),
    ],
)
def test_the_mode_is_what_is_said_else_what_the_address_makes_safe(
    monkeypatch, said, hosted, address, mode
):
    for name, value in (("CRACKCLS_MODE", said), ("CRACKCLS_HOSTED", hosted)):
        monkeypatch.delenv(name, raising=False)
        if value is not None:
            monkeypatch.setenv(name, value)
    assert modes.mode_of(address) == mode


@pytest.mark.parametrize("said", ["owner", "1", "public", "own,demo", "демо"])
def test_another_word_is_refused(monkeypatch, said):
    monkeypatch.setenv("CRACKCLS_MODE", said)
    with pytest.raises(InputError, match=f"must be own, class or demo, received '{said}'"):
        modes.mode_of("localhost")


def test_who_may_do_less_has_smaller_limits():
    owner, student, visitor = (modes.LIMITS[role] for role in modes.ROLES)
    assert owner.photos > student.photos >= visitor.photos
    assert owner.upload_mb == student.upload_mb == 300 > visitor.upload_mb == 25
    assert (owner.pictures, owner.minutes) == (None, None)
    assert (student.pictures, student.epochs, student.minutes) == (2000, 20, 5)
    assert (owner.hourly, student.hourly, visitor.hourly) == (None, 6, 0)
    assert (visitor.pictures, visitor.epochs, visitor.minutes) == (0, 0, 0)
    assert [(one.uploads, one.disk_mb) for one in (owner, student, visitor)] == [
        (10, None),
        (3, 1000),
        (0, 0),
    ]
