"""Five hundred odd names of photos: none is refused, none changes another's row."""

import csv
import io
import json
import os
import subprocess
import sys
import time
import unicodedata
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from crackcls import config, names, tables
from crackcls.__main__ import main
from crackcls.photos import export
from crackcls.photos import judged as judged_photos
from crackcls.photos.table import table_of
from tests.conftest import encoded, picture
from tests.evaluation.test_page import Page
from tests.odd_names import odd_names
from tests.photos.test_judged import made_up

COUNT = 500
NAMES = odd_names(COUNT)
SHOWN = [names.shown(name) for name in NAMES]
SIZES = (96, 227)


def is_harmless(text: str) -> bool:
    """Whether a terminal only draws a text, whatever it holds."""
    moves = {"Cc", "Zl", "Zp", "Cs"}
    hides = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u200e\u200f\ufeff")
    return not any(unicodedata.category(c) in moves or c in hides for c in text)


def test_the_names_differ_and_are_shown_apart_and_harmless():
    assert len(set(NAMES)) == len(set(SHOWN)) == COUNT
    assert [text for text in SHOWN if not is_harmless(text)] == []
    assert {"/", "\x00"} & set("".join(NAMES)) == set()


def photos_of(odd: list[str]) -> list[judged_photos.Judged]:
    """Give photos of these names that were judged, every other one cracked."""
    cracked, sound = made_up([0.9, 0.8]), made_up([0.1])
    return [replace(cracked if i % 2 else sound, name=name) for i, name in enumerate(odd)]


@pytest.fixture(scope="module")
def photos() -> list[judged_photos.Judged]:
    return photos_of(NAMES)


def verdict_of(i: int) -> tuple:
    return ("cracked", 0.8, 1, 2, 2) if i % 2 else ("no crack found", 0.1, 1, 1, 0)


def test_the_predict_page_shows_each_name_in_its_row():
    def page() -> None:
        import streamlit as st

        from crackcls.names import markdown
        from crackcls.widgets import photo_results
        from tests.test_odd_names import NAMES, photos_of

        photo_results.show_table(photos_of(NAMES), 0.5)
        for name in NAMES:
            st.caption(markdown(name))

    shown = AppTest.from_function(page, default_timeout=60).run()
    assert not shown.exception
    table = shown.dataframe[0].value
    assert list(table["file"]) == SHOWN
    assert table["picture"].nunique() == COUNT
    assert [
        tuple(row) for row in table.drop(columns=["file", "caution", "picture"]).to_numpy()
    ] == [*map(verdict_of, range(COUNT))]
    told = [caption.value for caption in shown.caption]
    assert len(set(told)) == COUNT
    assert not [text for text in told if "\n" in text or not is_harmless(text)]


def test_csv_gives_each_name_its_row(photos):
    content = tables.csv_of(table_of(photos, 0.5))
    rows = [*csv.reader(io.StringIO(content.decode(), newline=""))]
    assert [tables.unguarded(row[0]) for row in rows[1:]] == [*map(names.as_text, NAMES)]
    assert [(row[1], *map(float, row[2:6])) for row in rows[1:]] == [*map(verdict_of, range(COUNT))]
    cells = [cell for row in rows for line in row for cell in line.splitlines()]
    assert [cell for cell in cells if cell.lstrip()[:1] in ("=", "+", "-", "@")] == []


def test_excel_gives_each_name_its_row(photos):
    content = tables.excel_of(table_of(photos, 0.5))
    rows = [*openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(min_row=2)]
    assert [tuple(cell.value for cell in row[1:6]) for row in rows] == [
        *map(verdict_of, range(COUNT))
    ]
    assert {row[at].data_type for row in rows for at in (0, 7)} == {"s"}
    plain = {i: name for i, name in enumerate(NAMES) if name.isprintable() and "<0x" not in name}
    assert [rows[i][0].value for i in plain] == list(plain.values())


def test_a_zip_gives_each_photo_a_file(photos):
    some = photos[::10]
    with zipfile.ZipFile(io.BytesIO(export.zip_of(some, 0.5, 0.5))) as archive:
        members = archive.namelist()
        listed = pd.read_csv(io.BytesIO(archive.read("photos.csv")), keep_default_na=False)
    assert len(members) == len({name.casefold() for name in members}) == len(some) + 1
    assert [name for name in members if not name.isprintable() or len(name.encode()) > 255] == []
    assert [*map(tables.unguarded, listed["picture"])] == members[:-1]


def test_a_page_shows_each_name_as_text(photos):
    some = slice(0, len(NAMES), 3)
    now = datetime(2025, 1, 2, tzinfo=UTC)
    page = Page(export.page_of(photos[some], 0.5, 0.5, export.About(NAMES[0], "f7" * 32, now)))
    tags = [tag for tag, _ in page.tags]
    assert {"a", "b"} & set(tags) == set() and tags.count("script") == 1, "that of the button"
    assert tags.count("img") == len(NAMES[some])
    told = [attributes["alt"] for tag, attributes in page.tags if tag == "img"]
    assert [text.rpartition(": ")[0] for text in told] == SHOWN[some]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Write small photos under all names that the file system takes."""
    folder = tmp_path_factory.mktemp("odd")
    contents = [encoded(picture(i, SIZES[i % 2], cracked=i % 2 > 0)) for i in range(4)]
    for i, name in enumerate(NAMES):
        try:
            (folder / name).write_bytes(contents[i % 4])
        except OSError:  # Windows and macOS take fewer names than Linux.
            continue
    return folder


def command(folder: Path, out: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "crackcls", "predict", str(folder), "--csv", str(out), *words]


def around(encoding: str) -> dict[str, str]:
    """Give the environment of a console that has few letters, and the shipped models."""
    models = {"CRACKCLS_MODELS": str(config.PROJECT / "models")}
    return {**os.environ, **models, "PYTHONIOENCODING": encoding, "LANG": "C"}


@pytest.mark.slow
def test_a_folder_of_odd_names_is_judged_killed_and_gone_on_with(folder, tmp_path):
    """The real command, on an ASCII console in one go, and on another in two."""
    whole, broken = tmp_path / "whole.csv", tmp_path / "broken.csv"
    done = subprocess.run(
        command(folder, whole, "--json"),
        capture_output=True,
        cwd=config.PROJECT,
        env=around("ascii"),
    )
    assert done.returncode == 0, done.stderr
    there = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    answer = json.loads(done.stdout.decode("ascii"))
    assert [one["file"] for one in answer["photos"]] == [*map(str, there)]
    with whole.open(encoding="utf-8", newline="") as file:
        rows = [*csv.reader(file)][1:]
    assert [tables.unguarded(row[0]) for row in rows] == [names.as_text(path) for path in there]
    assert [row[1:] for row in rows] == [
        [str(value) for value in list(one.values())[1:]] for one in answer["photos"]
    ]

    child = subprocess.Popen(
        command(folder, broken),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=config.PROJECT,
        env=around("cp1252"),
    )
    while child.poll() is None and not (broken.exists() and broken.stat().st_size > 5000):
        time.sleep(0.005)
    child.kill()
    child.wait()
    part = broken.read_bytes()
    assert len(part) > 5000
    assert whole.read_bytes().startswith(part[: part.rfind(b"\n") + 1])
    going_on = subprocess.run(
        command(folder, broken), capture_output=True, cwd=config.PROJECT, env=around("cp1252")
    )
    assert going_on.returncode == 0, going_on.stderr
    assert f" of {len(there)} photos have been judged".encode() in going_on.stderr
    assert broken.read_bytes() == whole.read_bytes()
    printed = going_on.stdout.decode("cp1252").splitlines()
    assert len(printed) == len(there)
    assert [line for line in printed if not is_harmless(line)] == []


@pytest.fixture
def some(tmp_path) -> dict[str, int]:
    """Write photos under every eighth name, by class; give each name the width of its photo."""
    sizes = {}
    for i, name in enumerate(NAMES[::8]):
        place = tmp_path / "walls" / ("cracked" if i % 3 else "sound") / name
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            place.write_bytes(encoded(picture(i, 96 + i, cracked=i % 3 > 0)))
        except OSError:  # As above.
            continue
        if not name.startswith("."):
            sizes[f"{place.parent.name}/{name}"] = 96 + i
    return sizes


def test_heat_maps_of_odd_names_are_those_of_their_rows(some, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CRACKCLS_MODELS", str(config.PROJECT / "models"))
    out, maps = tmp_path / "out.csv", tmp_path / "maps"
    words = ["predict", tmp_path / "walls", "--csv", out, "--heatmaps", maps, "--json"]
    assert main([*map(str, words)]) == 0
    told = json.loads(capsys.readouterr().out)["photos"]
    files = [Path(one["file"]).relative_to(tmp_path / "walls").as_posix() for one in told]
    assert files == sorted(some)
    for one, file in zip(told, files, strict=True):
        with Image.open(maps / one["picture"]) as heat:
            assert heat.width == some[file]
    with out.open(encoding="utf-8", newline="") as content:
        _, *rows = csv.reader(content)
    assert [[tables.unguarded(row[0]), row[1], tables.unguarded(row[7])] for row in rows] == [
        [names.as_text(one["file"]), one["verdict"], names.as_text(one["picture"])] for one in told
    ]


def test_an_evaluation_of_odd_names_gives_each_its_row(some, tmp_path, monkeypatch):
    monkeypatch.setenv("CRACKCLS_MODELS", str(config.PROJECT / "models"))
    for name in some:
        if names.as_text(name) != name:  # Bytes that are no text; labelled images have none.
            (tmp_path / "walls" / name).unlink()
    there = {name for name in some if (tmp_path / "walls" / name).exists()}
    words = ["evaluate", "--data", tmp_path / "walls", "--report", tmp_path / "page.html"]
    assert main([*map(str, words), "--csv", str(tmp_path / "out.csv")]) == 0
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file)
    assert {tables.unguarded(row[0]) for row in rows} == there
    assert [row for row in rows if tables.unguarded(row[0]).partition("/")[0] != row[1]] == []
    page = Page((tmp_path / "page.html").read_text(encoding="utf-8"))
    wrong = {row[0] for row in page.rows if row[0].startswith(("cracked/", "sound/"))}
    assert wrong <= {names.shown(name) for name in there}
    assert {"script", "a"} & {tag for tag, _ in page.tags} == set()
