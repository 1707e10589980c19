"""The shape of the code: imports go one way, modules stay small, TensorFlow comes late."""

import ast
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crackcls import config

PACKAGE = config.PROJECT / "crackcls"
PAGES = [config.PROJECT / "app.py", *sorted((config.PROJECT / "pages").glob("*.py"))]
FILES = [*sorted(PACKAGE.rglob("*.py")), *PAGES]
TOP = config.PROJECT / "tests"
TESTS = sorted(TOP.rglob("test_*.py"))
HEAVY = {"tensorflow", "keras"}

# A room may import from itself and from those below it in this list. The last line is the
# ground: modules that lie in no room.
ROOMS = (
    "pages",
    "widgets",
    "cli",
    "web",
    "cluster",
    "training",
    "photos",
    "evaluation",
    "network",
    "datasets",
    "datasets.published",
    "datasets.synthetic",
    "datasets.archives",
    "runs",
    "classes",
    "access",
    "formats",
    "",
)
# The order on the ground, the lowest last: each module imports only what comes after it. One room
# lies in it: photos are read above it, by settings below.
GROUND = (
    *("images", "labelled", "formats", "html"),
    *("interval", "parallel", "events", "stored", "memory", "tables", "kept", "disk"),
    *(
        "files",
        "temporary",
        "config",
        "typed",
        "installed",
        "addresses",
        "names",
        "errors",
        "__init__",
    ),
)
# Where TensorFlow is: neither pages nor what they use may come near.
TRAINING = (
    *("training.job", "training.steps", "training.fit", "training.compare_splits"),
    "training.blocks",
    *("network.build", "network.export", "network.prefix"),
)
ENTRY = "__main__"
# Tests of a whole, which no one module answers for.
ACROSS = {
    *("accessibility", "architecture", "benchmarks", "browser", "damage", "documentation", "fast"),
    *("install", "killed", "main", "odd_files", "odd_names", "recipes", "served"),
    *("several_servers", "shipped"),
    *("training.disk", "training.whole_photos", "training.survive"),
    "web.page",
}


def name_of(path: Path) -> str:
    """Give a module's name below `crackcls`, such as `photos.tiles`."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


def room_of(module: str) -> str:
    return module.rpartition(".")[0]


def place_of(module: str) -> str:
    """Give the room of a module, or the module itself where it lies on the ground."""
    return room_of(module) or module


MODULES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def imported(path: Path) -> set[str]:
    """Give the full names of all that a file imports, inside functions too."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def ours(path: Path) -> set[str]:
    """Give the modules of ours that a file imports, as names below `crackcls`."""
    below = (name.removeprefix("crackcls.") for name in imported(path) if "crackcls." in name)
    ways = ((name, room_of(name), f"{name}.__init__") for name in below)
    found = (next((way for way in each if way in MODULES), "__init__") for each in ways)
    return {name for name in found if name != "__init__"}


def functions() -> Iterator[ast.FunctionDef]:
    for path in FILES:
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        yield from (node for node in nodes if isinstance(node, ast.FunctionDef))


def test_the_table_names_each_room():
    assert {room_of(module) for module in MODULES} == set(ROOMS) - {"pages"}
    ground = {module for module in MODULES if not room_of(module)}
    assert ground == {*GROUND, ENTRY} - set(ROOMS)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_what_lies_below_it(module: str):
    used = ours(MODULES[module])
    if module == ENTRY:
        assert {room_of(one) for one in used} <= {"cli", "runs", ""}
    elif place_of(module) in GROUND:
        below = GROUND[GROUND.index(place_of(module)) + 1 :]
        assert {place_of(one) for one in used} <= {*below, room_of(module)}
    else:
        assert {room_of(one) for one in used} <= set(ROOMS[ROOMS.index(room_of(module)) :])


def test_no_import_goes_in_a_circle():
    left = {module: ours(path) - {module} for module, path in MODULES.items()}
    while free := [module for module, used in left.items() if not used & left.keys()]:
        for module in free:
            del left[module]
    assert not left


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nobody_takes_the_private_names_of_another(path: Path):
    taken = {name.rpartition(".")[2] for name in imported(path) if "crackcls." in name}
    assert not {name for name in taken if name.startswith("_") and not name.endswith("__")}


@pytest.mark.parametrize("module", MODULES)
def test_only_widgets_know_streamlit(module: str):
    knows = {name for name in imported(MODULES[module]) if name.startswith("streamlit")}
    assert not knows or room_of(module) == "widgets"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_page_holds_layout_only(path: Path):
    rooms = {room_of(module) for module in ours(path)}
    assert rooms <= {"widgets", "runs", "evaluation", "datasets", "classes", "access", ""}


@pytest.mark.parametrize(
    "path",
    [*PAGES, *(path for name, path in MODULES.items() if room_of(name) == "widgets")],
    ids=lambda path: path.name,
)
def test_no_page_imports_training(path: Path):
    assert not ours(path) & set(TRAINING)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(config.PROJECT)))
def test_a_module_stays_under_300_lines(path: Path):
    assert len(path.read_text(encoding="utf-8").splitlines()) < 300


def test_functions_are_small():
    lengths = [node.end_lineno - node.lineno + 1 for node in functions()]
    assert statistics.median(lengths) <= 12


def test_each_room_says_in_a_sentence_what_lives_there():
    rooms = {room_of(module) for module in MODULES} - {""}
    for room in rooms:
        said = ast.get_docstring(ast.parse(MODULES[f"{room}.__init__"].read_text(encoding="utf-8")))
        assert said.count("\n") == 0 and said.endswith("."), room


@pytest.mark.parametrize("path", TESTS, ids=lambda path: str(path.relative_to(TOP)))
def test_a_test_stands_in_the_room_of_what_it_tests(path: Path):
    place = path.relative_to(TOP).with_name(path.stem.removeprefix("test_"))
    name = ".".join(place.parts)
    assert name in {*MODULES, *ACROSS} or room_of(name) == "pages"


@pytest.mark.slow
@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_page_paints_without_tensorflow(path: Path):
    code = f"""
import sys
from streamlit.testing.v1 import AppTest
page = AppTest.from_file("app.py", default_timeout=30)
if {path.name != "app.py"}:
    page.switch_page({f"pages/{path.name}"!r})
page.run()
assert not page.exception, page.exception
assert page.title, "nothing painted"
print(sorted({HEAVY!r} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=config.PROJECT
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
