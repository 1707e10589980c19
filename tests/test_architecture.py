"""The shape of the code: imports go one way, modules stay small, TensorFlow comes late."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from crackcls import config

PACKAGE = config.PROJECT / "crackcls"
PAGES = [config.PROJECT / "app.py", *sorted((config.PROJECT / "pages").glob("*.py"))]
WIDGETS = sorted((config.PROJECT / "widgets").glob("*.py"))
HEAVY = {"tensorflow", "keras"}

# Each module and the ones of ours that it may import; "errors" and "files" are open to all.
MAY_IMPORT = {
    "__init__": set(),
    "errors": set(),
    "config": set(),
    "checkpoint": set(),
    "files": set(),
    "events": set(),
    "terminal": set(),
    "images": {"config"},
    "shrink": set(),
    "copies": {"config", "shrink"},
    "cache": set(),
    "data": {"config", "parallel"},
    "split": {"copies"},
    "model": {"config"},
    "export": {"model"},
    "classifier": {"config"},
    "pipeline": {"config", "images", "classifier", "parallel"},
    "prefix": {
        *("cache", "classifier", "config", "copies", "events", "export", "images", "model"),
        *("pipeline", "synthetic"),
    },
    "tiles": set(),
    "familiarity": set(),
    "calibration": {"config", "familiarity", "interval"},
    "photo": {
        *("calibration", "classifier", "config", "familiarity", "heatmap", "images", "parallel"),
        "tiles",
    },
    "evaluate": {"interval", "pipeline"},
    "runs": {"config", "events"},
    "status": {"config", "events", "runs"},
    "jobs": {"config", "events", "runs", "status", "worklog"},
    "charts": set(),
    "fit": {"checkpoint", "config", "events"},
    "steps": {
        *("cache", "calibration", "classifier", "config", "copies", "data", "datasets"),
        *("evaluate", "events", "export", "fit", "model", "pipeline", "prefix", "split"),
    },
    "train": {
        *("config", "data", "datasets", "events", "jobs", "model", "runs", "steps", "worklog"),
    },
    "parallel": set(),
    "strokes": set(),
    "surface": {"strokes"},
    "marks": {"strokes"},
    "synthetic": {"config", "data", "events", "marks", "parallel", "surface"},
    "members": {"config"},
    "rar": {"members"},
    "zips": {"config", "members"},
    "archives": {"config", "events", "images", "members", "rar", "zips"},
    "metu": {"data", "events"},
    "transfer": {"events", "metu"},
    "download": {"archives", "config", "events", "metu", "transfer"},
    "datasets": {"archives", "config", "data", "events", "runs", "synthetic"},
    "contact": {"data", "datasets", "images"},
    "inspection": {"config", "copies", "data", "events", "images", "parallel"},
    "visitors": set(),
    "worklog": {"events"},
    "fetching": {"config", "datasets", "download", "events", "jobs"},
    "data_commands": {
        *("config", "contact", "data", "datasets", "fetching", "inspection", "metu", "terminal"),
    },
    "heatmap": set(),
    "interval": set(),
    "threshold": {"interval"},
    "curves": {"interval", "threshold"},
    "compare": {"evaluate"},
    "curve_charts": {"charts"},
    "report": {"curve_charts", "metu", "photo"},
    "evaluations": {
        *("classifier", "data", "datasets", "evaluate", "events", "pipeline", "runs", "split"),
    },
    "evaluating": {"data", "evaluations", "events", "jobs", "runs"},
    "compare_splits": {
        *("config", "copies", "data", "evaluate", "events", "fit", "model", "prefix", "steps"),
    },
    "reporting": {
        *("compare_splits", "config", "curve_charts", "curves", "datasets", "evaluations"),
        *("report", "runs", "threshold"),
    },
    "evaluate_commands": {
        *("classifier", "compare_splits", "config", "data_commands", "datasets", "evaluate"),
        *("evaluating", "evaluations", "reporting", "runs", "terminal", "train"),
    },
    "examples": {"marks", "surface"},
    "judging": {"calibration", "classifier", "heatmap", "images", "photo"},
    "photo_export": {"calibration", "config", "judging", "parallel", "photo", "report"},
    "predict_commands": {
        *("calibration", "classifier", "config", "evaluate_commands", "heatmap", "photo"),
        *("runs", "terminal"),
    },
    "__main__": {
        *("config", "data_commands", "datasets", "evaluate_commands", "predict_commands"),
        *("runs", "status", "terminal", "train"),
    },
}
MODULES = sorted(path.stem for path in PACKAGE.glob("*.py"))


def imported(path: Path) -> set[str]:
    """Give the full names of all that a file imports, inside functions too."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def ours(names: set[str]) -> set[str]:
    parts = {name.split(".")[1] for name in names if name.startswith("crackcls.")}
    return parts & set(MODULES) - {"errors", "files"}


def test_the_table_names_each_module():
    assert sorted(MAY_IMPORT) == MODULES


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_what_lies_below_it(module: str):
    assert ours(imported(PACKAGE / f"{module}.py")) <= MAY_IMPORT[module]


@pytest.mark.parametrize("module", MODULES)
def test_the_package_knows_nothing_of_the_page(module: str):
    assert not {n for n in imported(PACKAGE / f"{module}.py") if n.startswith("streamlit")}


@pytest.mark.parametrize("path", [*PAGES, *WIDGETS], ids=lambda path: path.name)
def test_no_page_imports_training(path: Path):
    assert not ours(imported(path)) & {"train", "steps", "fit", "model", "export", "prefix"}


@pytest.mark.parametrize(
    "path", [*PACKAGE.glob("*.py"), *PAGES, *WIDGETS], ids=lambda path: path.name
)
def test_a_module_stays_under_300_lines(path: Path):
    assert len(path.read_text(encoding="utf-8").splitlines()) < 300


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
