"""A table of many photos: broken off anywhere, gone on with, and equal to one in one go."""

import os
from pathlib import Path

import openpyxl
import pytest

from crackcls import kept
from crackcls.errors import InputError
from crackcls.photos import growing

ABOUT = {"model": "default", "threshold": 0.5}
COLUMNS = b"file,verdict,probability,familiarity,tiles,cracked_tiles\n"


def line_of(file: Path, at: float = 0.1) -> growing.Line:
    values = (str(file), "cracked", at, 1.0, 200, 3)
    return dict(zip(COLUMNS.decode().strip().split(","), values, strict=True))


def parts_of(file: Path) -> growing.Parts:
    """Give what came of a file of one picture, and of one whose second page is broken."""
    first = line_of(file, 1 / 3)
    return (
        [("page 1", first), ("page 2", InputError("Broken."))]
        if "3" in file.name
        else [("", first)]
    )


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    folder = tmp_path / "photos"
    folder.mkdir()
    paths = [folder / f"{i}.jpg" for i in range(5)]
    for path in paths:
        path.write_bytes(b"x")
    return paths


def judge(out: Path, files: list[Path], stop: int = 99, maps=None, about=ABOUT) -> list[str]:
    """Judge photos until so many are judged; give the names of those."""
    judged, map_of = [], (lambda file, part: maps[file]) if maps else None
    with growing.open_table(out, about, files, map_of) as table:
        for file in files:
            if len(judged) == stop:
                raise KeyboardInterrupt
            if file not in table.known:
                judged.append(file.name)
                if maps:
                    maps[file].write_bytes(b"heat")
                table.keep(file, parts_of(file))
            for _, line in table.known.get(file, parts_of(file)):
                if not isinstance(line, InputError):
                    table.write(line)
    return judged


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
@pytest.mark.parametrize("stop", range(5))
def test_a_table_that_broke_off_is_in_the_end_that_of_one_go(tmp_path, files, name, stop):
    out, whole = tmp_path / name, tmp_path / f"whole {name}"
    assert judge(whole, files) == [file.name for file in files]
    with pytest.raises(KeyboardInterrupt):
        judge(out, files, stop)
    if out.suffix == ".csv":
        assert whole.read_bytes().startswith(out.read_bytes())
        assert out.read_bytes().count(b"\n") == 1 + stop
    assert judge(out, files) == [file.name for file in files[stop:]]
    assert out.read_bytes() == whole.read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {name, f"whole {name}", "photos"}


def test_an_excel_table_has_the_lines_in_order(tmp_path, files):
    judge(tmp_path / "out.XLSX", files)
    rows = [*openpyxl.load_workbook(tmp_path / "out.XLSX").active.values]
    assert [row[0] for row in rows] == ["file", *map(str, files)]
    assert rows[1][1:] == ("cracked", 1 / 3, 1, 200, 3, None)


def test_lines_come_in_the_order_of_the_files_and_new_ones_in_their_place(tmp_path, files):
    out = tmp_path / "out.csv"
    with pytest.raises(KeyboardInterrupt):
        judge(out, files[::2], 2)
    assert judge(out, files) == ["1.jpg", "3.jpg", "4.jpg"]
    rows = out.read_text().splitlines()[1:]
    assert [row.partition(",")[0] for row in rows] == list(map(str, files))


def test_a_photo_that_has_changed_is_judged_again(tmp_path, files):
    out = tmp_path / "out.csv"
    with pytest.raises(KeyboardInterrupt):
        judge(out, files, 3)
    files[0].write_bytes(b"larger")
    os.utime(files[1], (1, 1))
    assert judge(out, files) == ["0.jpg", "1.jpg", "3.jpg", "4.jpg"]


def test_a_photo_whose_heat_map_is_missing_is_judged_again(tmp_path, files):
    out, maps = tmp_path / "out.csv", {file: tmp_path / f"{file.name}.png" for file in files}
    with pytest.raises(KeyboardInterrupt):
        judge(out, files, 3, maps)
    maps[files[1]].unlink()
    assert judge(out, files, maps=maps) == ["1.jpg", "3.jpg", "4.jpg"]
    with pytest.raises(KeyboardInterrupt):
        judge(out, files, 3)
    assert judge(out, files, maps=maps) == [file.name for file in files]


def test_what_was_wrong_with_a_part_is_known_too(tmp_path, files):
    out = tmp_path / "out.csv"
    with pytest.raises(KeyboardInterrupt):
        judge(out, files, 4)
    with pytest.raises(KeyboardInterrupt), growing.open_table(out, ABOUT, files) as table:
        (_, line), (part, error) = table.known[files[3]]
        assert (line, part, str(error)) == (line_of(files[3], 1 / 3), "page 2", "Broken.")
        raise KeyboardInterrupt


def test_lines_of_another_model_are_neither_taken_nor_lost(tmp_path, files):
    out = tmp_path / "out.csv"
    with pytest.raises(KeyboardInterrupt):
        judge(out, files, 3)
    before = out.read_bytes()
    with pytest.raises(InputError, match="model default, now metu"):
        judge(out, files, about={**ABOUT, "model": "metu"})
    assert out.read_bytes() == before
    assert judge(out, files) == ["3.jpg", "4.jpg"]


def test_without_a_file_nothing_is_written(tmp_path, files):
    assert judge(None, files) == [file.name for file in files]
    assert [path.name for path in tmp_path.iterdir()] == ["photos"]


def test_a_disk_that_fails_is_said_and_what_is_judged_is_kept(tmp_path, files, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "out.xlsx")

    out = tmp_path / "out.xlsx"
    with monkeypatch.context() as patch:
        patch.setattr(growing.tables, "write", full)
        with pytest.raises(InputError, match=r"that disk is full.*'.*out\.xlsx\.part'"):
            judge(out, files)
    assert len(kept.read(kept.beside(out), ABOUT)) == 5
    assert judge(out, files) == []


def test_a_reader_that_has_gone_is_no_full_disk(tmp_path, files):
    with (
        pytest.raises(BrokenPipeError),
        growing.open_table(tmp_path / "out.csv", ABOUT, files),
    ):
        raise BrokenPipeError
