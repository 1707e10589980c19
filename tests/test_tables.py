"""Tables for people: texts stay texts in any spreadsheet, and our own reader gets them back."""

import csv
import io
import re
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from crackcls import tables
from crackcls.errors import InputError

TABLE = pd.DataFrame(
    {
        "file": ["wall.jpg", 'a "b", c.jpg'],
        "probability": np.float32([0.9987, 0.1]),
        "share": [1.0, None],
        "tiles": [2, 12345],
    }
)


def test_a_table_is_csv():
    assert tables.csv_of(TABLE) == (
        b'file,probability,share,tiles\nwall.jpg,0.9987,1.0,2\n"a ""b"", c.jpg",0.1,,12345\n'
    )
    assert tables.csv_of(TABLE.head(0)) == b"file,probability,share,tiles\n"


GUARDED = {
    "=1+1.jpg": "'=1+1.jpg",
    '=HYPERLINK("http://a","b").jpg': '\'=HYPERLINK("http://a","b").jpg',
    "+1.jpg": "'+1.jpg",
    "-1.jpg": "'-1.jpg",
    "@a.jpg": "'@a.jpg",
    "  =a.jpg": "'  =a.jpg",
    "\u00a0=a.jpg": "'\u00a0=a.jpg",
    "\t=a.jpg": "'\t=a.jpg",
    "\ta.jpg": "'\ta.jpg",
    "\ra.jpg": "'\ra.jpg",
    "＝1.jpg": "'＝1.jpg",  # noqa: RUF001
    "'=1": "''=1",
    "''\t=1": "'''\t=1",
    "a;=1": "a;'=1",
    "a; =1;-2": "a;' =1;'-2",
    "a\n=1": "a\n'=1",
    "a;\n=1": "a;\n'=1",
    "\n\n=1": "'\n\n'=1",
    "=1;'=2": "'=1;''=2",
    "a=1.jpg": "a=1.jpg",
    "a;b;c": "a;b;c",
    "'quoted'": "'quoted'",
    "a\nb,c.jpg": "a\nb,c.jpg",
    "größe ひび.jpg": "größe ひび.jpg",
    "caf\udce9.jpg": "caf<0xE9>.jpg",
    " a ": " a ",
    '"': '"',
    "NA": "NA",
    "007": "007",
    "": "",
}


@pytest.mark.parametrize("name", GUARDED)
def test_no_text_of_a_table_is_a_formula_and_the_name_comes_back(name: str, tmp_path: Path):
    table = pd.DataFrame({"file": [name], "sha256": [name], "probability": -0.5}, dtype=object)
    content = tables.csv_of(table)
    text = io.StringIO(content.decode(), newline="")
    assert [*csv.reader(text)][1:] == [[GUARDED[name], GUARDED[name], "-0.5"]]
    (tmp_path / "list.csv").write_bytes(content)
    known = name.replace("\udce9", "<0xE9>")
    assert list(tables.read(tmp_path / "list.csv")["file"]) == [known]


def test_no_name_moves_a_column_where_all_usual_separators_are_taken():
    """LibreOffice offers to separate at commas, semicolons and tabs at once."""
    names = ["a;b", "c\td", "e,f", 'g"h', " i", "j"]
    cells = re.findall(r'("(?:[^"]|"")*"|[^,;\t\n]+)[,;\t\n]', tables.csv_line(names))
    assert [re.sub('^"|"$', "", cell).replace('""', '"') for cell in cells] == names


def test_a_list_that_a_spreadsheet_has_saved_is_read(tmp_path: Path):
    path = tmp_path / "list.csv"
    for content in (
        "\ufefffile;sha256\r\n'=größe;1.jpg".encode().replace(b";1", b",1") + b";01\r\n",
        "file\tsha256\n'=größe,1.jpg\t01\n".encode(),
        "file;sha256\r\n'=größe,1.jpg;01\r\n".encode("cp1252"),
    ):
        path.write_bytes(content)
        assert tables.read(path).to_dict("records") == [{"file": "=größe,1.jpg", "sha256": "01"}]


def sheet_of(content: bytes) -> list[tuple]:
    return [*openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows()]


def test_an_excel_sheet_holds_the_same_table(tmp_path: Path):
    tables.write(tmp_path / "a.XLSX", TABLE)
    rows = sheet_of((tmp_path / "a.XLSX").read_bytes())
    assert [[cell.value for cell in row] for row in rows] == [
        ["file", "probability", "share", "tiles"],
        ["wall.jpg", pytest.approx(0.9987), 1, 2],
        ['a "b", c.jpg', pytest.approx(0.1), None, 12345],
    ]
    assert tables.excel_of(TABLE) == tables.excel_of(TABLE)
    tables.write(tmp_path / "a.csv", TABLE)
    assert (tmp_path / "a.csv").read_bytes() == tables.csv_of(TABLE)


def test_in_an_excel_sheet_each_text_is_a_text(tmp_path: Path):
    names = [*GUARDED, "http://a.b", "mailto:a@b.c", "_x0041_", "\x1b[2J\x00", "x" * 255, "\ufffe"]
    table = pd.DataFrame({"file": names, "=head": names}, dtype=object)
    cells = [row[0] for row in sheet_of(tables.excel_of(table))[1:]]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    assert {cell.hyperlink for cell in cells} == {None}
    prefixed = {cell.value for cell in cells if cell.quotePrefix}
    assert {"=1+1.jpg", "-1.jpg", "'=1"} <= prefixed
    assert not {"wall.jpg", "a;b;c", "NA"} & prefixed
    plain = [name for name in names if name.isprintable() and name and "_x" not in name]
    assert [cell.value for cell in cells if cell.value in plain] == plain


def test_too_many_rows_for_excel_are_said(monkeypatch):
    monkeypatch.setattr(tables, "MOST_EXCEL_ROWS", 2)
    with pytest.raises(InputError, match="takes 1 rows, and these are 2"):
        tables.excel_of(TABLE)
