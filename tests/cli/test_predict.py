"""The command `predict`: verdicts, CSV and heat maps of photos and folders."""

import json
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from PIL import Image

from crackcls import config
from crackcls.__main__ import main
from crackcls.cli import predict
from tests.conftest import SHARED, encoded, needs_cases, picture
from tests.tiffs import tags_of, tiff

COLUMNS = ["file", "verdict", "probability", "familiarity", "tiles", "cracked_tiles", "caution"]

# What the shipped model says of the photos in ../shared/cases: page 1 of the scan is sound.
OF_THE_CASES = {
    "geotiff_11bit_in_16.tif": "cracked",
    "geotiff_5band.tif": "cracked",
    "scan_three_pages.tif, page 1 of 3": "no crack found",
    "scan_three_pages.tif, page 2 of 3": "cracked",
    "scan_three_pages.tif, page 3 of 3": "cracked",
}


@pytest.fixture(autouse=True)
def shipped(monkeypatch):
    """Use the shipped model."""
    monkeypatch.setenv("CRACKCLS_MODELS", str(config.PROJECT / "models"))


def run(capsys, *words: object) -> tuple[int, str, str]:
    status = main([str(word) for word in words])
    return status, *capsys.readouterr()


@pytest.fixture
def photos(tmp_path):
    """Make a folder with two photos, a broken one and a text."""
    folder = tmp_path / "photos"
    (folder / "inside").mkdir(parents=True)
    (folder / "größe 1.png").write_bytes(encoded(picture(1, 227), "PNG"))
    (folder / "inside" / "a.jpg").write_bytes(encoded(picture(3, 500, cracked=True)))
    (folder / "bad.jpg").write_text("no photo")
    (folder / "notes.txt").write_text("passed over")
    return folder


def test_the_bad_file_is_named_and_the_rest_judged(photos, capsys, tmp_path):
    single, out = tmp_path / "no-ending", tmp_path / "out.csv"
    single.write_bytes(encoded(picture(2, 300)))
    status, text, said = run(capsys, "predict", photos, single, "--csv", out)
    assert status == 1
    table = pd.read_csv(out)
    assert list(table.columns) == COLUMNS
    named = [photos / "größe 1.png", photos / "inside" / "a.jpg", single]
    assert list(table["file"]) == [str(path) for path in named]
    assert list(table["tiles"]) == [1, 338, 1]
    words = {"cracked", "doubtful", "no crack found", "unfamiliar"}
    assert set(table["verdict"]) <= words
    assert "größe 1.png: " in text
    assert f"{photos / 'bad.jpg'}: The file must be a photo" in said
    assert f"passed over {photos / 'notes.txt'}: it is a text." in said


def test_what_is_passed_over_is_named_and_each_page_is_a_row(tmp_path, capsys):
    photos, out = tmp_path / "photos", tmp_path / "out.csv"
    photos.mkdir()
    pages = [picture(i, 227, cracked=i > 0) for i in range(2)]
    scan = encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    moving = encoded(pages[0], "GIF", save_all=True, append_images=pages[1:])
    raw = tiff([({**tags_of((8, 8), 3, 8), 50706: b"\1\4\0\0"}, [bytes(192)])])
    files = {"scan": scan, "a.gif": moving, "b.NEF": raw, "c.dng": raw, "notes.txt": b"hello"}
    for name, content in {**files, "._a.gif": b"x", "Thumbs.db": b"x"}.items():
        (photos / name).write_bytes(content)
    status, text, said = run(capsys, "predict", photos, "--csv", out, "--heatmaps", tmp_path / "h")
    assert status == 0
    named = [f"{photos / 'a.gif'}, first frame of several"]
    named += [f"{photos / 'scan'}, page {number} of 2" for number in (1, 2)]
    assert list(pd.read_csv(out)["file"]) == named
    assert [line.split(": ")[0] for line in text.splitlines()] == named
    assert f"passed over 2 files, each a camera's raw file: {photos / 'b.NEF'}, " in said
    assert f"passed over {photos / 'notes.txt'}: it is a text." in said
    assert "Thumbs" not in said and "._a" not in said
    heat = ["a.gif, first frame of several.png", "scan, page 1 of 2.png", "scan, page 2 of 2.png"]
    assert sorted(path.name for path in (tmp_path / "h").iterdir()) == heat
    _, told, _ = run(capsys, "predict", photos, "--json")
    left = {Path(name).name: why for name, why in json.loads(told)["passed_over"].items()}
    assert left["notes.txt"] == "It is a text. Leave it out."
    assert "Export it as JPEG" in left["b.NEF"]


@needs_cases
def test_the_photos_among_the_cases_are_judged_and_the_rest_is_named(capsys):
    cases = SHARED / "cases"
    status, text, said = run(capsys, "predict", cases, "--json")
    told = json.loads(text)
    assert status == 0
    judged = {Path(one["file"]).name: one["verdict"] for one in told["photos"]}
    assert judged == OF_THE_CASES
    passed = {path.name for path in cases.iterdir() if path.suffix != ".tif"}
    assert {Path(name).name for name in told["passed_over"]} == passed
    assert "passed over 2 files, each a camera's raw file: " in said
    assert "Export it as JPEG" in said
    status, _, said = run(capsys, "predict", cases / "raw_thumbnail_160x120.NEF")
    assert status == 1
    assert "this one is a camera's raw file. Export it as JPEG" in said


def test_good_photos_end_with_status_0(capsys, photos):
    status, text, _ = run(capsys, "predict", photos / "größe 1.png", "--json")
    assert status == 0
    answer = json.loads(text)
    assert [list(one) for one in answer["photos"]] == [COLUMNS]
    assert answer["failed"] == {}


def test_heat_maps_lie_in_folders_like_those_of_the_photos(capsys, photos, tmp_path):
    out = tmp_path / "heat"
    run(capsys, "predict", photos, "--heatmaps", out)
    made = sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())
    assert made == ["größe 1.png.png", "inside/a.jpg.png"]
    heat = Image.open(out / "inside" / "a.jpg.png")
    assert (heat.size, heat.mode) == ((500, 500), "RGB")


def test_a_lower_threshold_counts_more_tiles(capsys, photos):
    def cracked(threshold: float) -> int:
        words = ("predict", photos / "inside" / "a.jpg", "--json", "--threshold", threshold)
        return json.loads(run(capsys, *words)[1])["photos"][0]["cracked_tiles"]

    assert cracked(0.001) > cracked(0.999)


def test_photos_of_one_name_get_heat_maps_of_their_own(tmp_path):
    files = [tmp_path / "a" / "x.jpg", tmp_path / "b" / "X.jpg"]
    places = predict.heat_map_places(files, files, tmp_path / "heat")
    assert {place.name for place in places.values()} == {"x.jpg.png", "X.jpg-2.png"}


def test_a_column_joins_photos_of_one_name_to_their_heat_maps(tmp_path, capsys):
    """Two cameras count from IMG_0001 on."""
    sizes = {"left": 96, "right": 120}
    cameras = [tmp_path / "site" / camera for camera in sizes]
    photos = [camera / "IMG_0001.JPG" for camera in cameras]
    for photo, size in zip(photos, sizes.values(), strict=True):
        photo.parent.mkdir(parents=True)
        photo.write_bytes(encoded(picture(1, size)))
    maps = tmp_path / "maps"
    for number, named in enumerate([photos, cameras, [tmp_path / "site"]]):
        out = tmp_path / f"{number}.csv"
        assert run(capsys, "predict", *named, "--csv", out, "--heatmaps", maps)[0] == 0
        table = pd.read_csv(out)
        assert [*table] == [*COLUMNS, "picture"]
        assert [*table["file"]] == [*map(str, photos)]
        widths = [Image.open(maps / name).width for name in table["picture"]]
        assert widths == [*sizes.values()]


def test_no_photo_is_said(capsys, tmp_path):
    status, _, said = run(capsys, "predict", tmp_path)
    assert status == 2
    assert "holds none" in said


@pytest.mark.parametrize("out", ["missing/out.csv"])
def test_a_csv_that_cannot_be_written_is_said(capsys, photos, tmp_path, out):
    status, _, said = run(capsys, "predict", photos, "--csv", tmp_path / out)
    assert status == 2
    assert "missing" in said


def test_a_table_for_excel_is_written(capsys, photos, tmp_path):
    out = tmp_path / "out.xlsx"
    assert run(capsys, "predict", photos / "größe 1.png", "--csv", out)[0] == 0
    head, row = openpyxl.load_workbook(out).active.values
    assert list(head) == COLUMNS
    assert row[0] == str(photos / "größe 1.png")


@pytest.fixture
def stopped(capsys, photos, tmp_path, monkeypatch):
    """Stop a command after its first photo; give the words of the command."""
    words = ["predict", photos, "--csv", tmp_path / "out.csv"]

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(predict, "_in_words", stop)
        status, _, said = run(capsys, *words)
    assert status == 130
    assert "out.csv; the same command goes on" in said
    return words


def test_a_command_that_was_stopped_goes_on(capsys, stopped, tmp_path):
    assert (tmp_path / "out.csv").read_text().count("größe 1.png") == 1
    status, text, said = run(capsys, *stopped)
    assert status == 1, "a photo is broken"
    assert "of 3 photos have been judged" in said
    assert len(text.splitlines()) == 2
    other = tmp_path / "whole.csv"
    run(capsys, *stopped[:-1], other)
    assert (tmp_path / "out.csv").read_bytes() == other.read_bytes()
    assert not [*tmp_path.glob("*.part")]


@pytest.mark.parametrize("option", [["--threshold", "0.4"], ["--model", "metu"]])
def test_another_option_is_refused_and_nothing_is_lost(capsys, stopped, tmp_path, option):
    before = (tmp_path / "out.csv.part").read_bytes()
    status, _, said = run(capsys, *stopped, *option)
    assert status == 2
    assert f"{option[0].strip('-')} " in said and f"now {option[1]}" in said
    assert (tmp_path / "out.csv.part").read_bytes() == before


@pytest.mark.slow
def test_thousands_of_photos_are_never_all_in_memory(photos, monkeypatch):
    """A photo is let go once its line is there; only those in the queue are alive."""
    import gc

    from crackcls.network.calibration import load
    from crackcls.network.classifier import load_model
    from crackcls.photos.files import each_file
    from crackcls.photos.verdict import Analysis

    folder = config.PROJECT / "models" / "metu"
    files = [photos / "größe 1.png"] * 60
    alive = []

    def count() -> int:
        gc.collect()
        return sum(isinstance(one, Analysis) for one in gc.get_objects())

    def use(file, part, upright, analysis) -> None:
        alive.append(count())

    model, known = load_model(folder), load(folder)
    gc.freeze()  # What stands now is not looked through again.
    try:
        for _ in each_file(files, model, known, use):
            pass
    finally:
        gc.unfreeze()
    assert 0 < max(alive) <= 16
