"""Tables for people, as CSV and for Excel: no text of them is run as a formula.

What this program writes for itself, such as `split.csv`, goes through `files` and is exact.
"""

import datetime
import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crackcls.errors import InputError
from crackcls.files import write_atomically
from crackcls.names import as_text

if TYPE_CHECKING:
    import pandas as pd

EXCEL = ".xlsx"
EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_EXCEL_ROWS = 1_048_576
# What makes a spreadsheet take a text for a formula, and the wide forms of the same signs. Where
# the computer's language separates columns by `;`, what follows one in a text is a cell too, and
# so is what follows a line end.
_SIGNS = r"[^\S\r\n]*[=+\-@＝＋－＠]"  # noqa: RUF001
_TO_GUARD = re.compile(rf"\A(?='*(?:[\t\r\n]|{_SIGNS}))|(?<=[;\r\n])(?='*{_SIGNS})")
_GUARDED = re.compile(rf"\A'(?='*(?:[\t\r\n]|{_SIGNS}))|(?<=[;\r\n])'(?='*{_SIGNS})")
# Quoted are also texts that a reader with another separator, or that trims, would change.
_TO_QUOTE = re.compile(r'[",;\t\r\n]|\A\s|\s\Z')
_WIDEST, _NARROWEST = 60, 8


def guarded(text: str) -> str:
    """Put an apostrophe where a spreadsheet would begin a formula; `unguarded` takes it away."""
    return _TO_GUARD.sub("'", text)


def unguarded(text: str) -> str:
    """Give back the text that `guarded` was given."""
    return _GUARDED.sub("", text)


def csv_line(values: Iterable[Any]) -> str:
    """Write one line of CSV (RFC 4180, but for the line end, which is `\\n`)."""
    return ",".join(map(_csv_cell, values)) + "\n"


def csv_of(table: "pd.DataFrame") -> bytes:
    """Write a table as CSV in UTF-8.

    There is no byte order mark: programs would take it for a part of the first column's name.
    For Excel, which needs one, there is `excel_of`.
    """
    return "".join(map(csv_line, [list(table.columns), *_rows(table)])).encode()


def excel_of(table: "pd.DataFrame") -> bytes:
    """Write a table as an Excel workbook of one sheet, its texts as texts.

    Raises:
        InputError: It has more rows than a sheet.
    """
    import xlsxwriter

    if len(table) >= MOST_EXCEL_ROWS:
        raise InputError(
            f"An Excel sheet takes {MOST_EXCEL_ROWS - 1:,} rows, and these are {len(table):,}. "
            "Take CSV."
        )
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    # The time of writing would make two files of one table differ.
    book.set_properties({"created": datetime.datetime(1980, 1, 1)})
    _fill(book.add_worksheet(), book, table)
    book.close()
    return buffer.getvalue()


def write(path: Path, table: "pd.DataFrame") -> None:
    """Write a table as the ending of a path says, for Excel or as CSV, whole or not at all.

    Raises:
        InputError: It has more rows than an Excel sheet.
    """
    is_excel = path.suffix.lower() == EXCEL
    write_atomically(path, excel_of(table) if is_excel else csv_of(table))


def read(path: Path) -> "pd.DataFrame":
    """Read a CSV that `csv_of` wrote, even if a spreadsheet has saved it since.

    Returns:
        Texts, as they were before `guarded`.

    Raises:
        OSError: It cannot be read.
        ValueError: It is no CSV.
    """
    import pandas as pd

    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:  # Excel on Windows, where a person saved it as plain CSV.
        text = content.decode("cp1252", "replace")
    head = text.partition("\n")[0]
    separator = max(",;\t", key=head.count)
    table = pd.read_csv(io.StringIO(text), sep=separator, keep_default_na=False, dtype=str)
    return table.map(unguarded)


def _csv_cell(value: Any) -> str:
    if _is_missing(value):
        return ""
    if not isinstance(value, str):
        return str(value)
    text = guarded(as_text(value))
    return '"{}"'.format(text.replace('"', '""')) if _TO_QUOTE.search(text) else text


def _rows(table: "pd.DataFrame") -> Iterator[Iterable[Any]]:
    # As they are in the columns: a float32 has fewer digits than the float that it becomes.
    return zip(*(column.to_numpy() for _, column in table.items()), strict=True)


def _fill(sheet: Any, book: Any, table: "pd.DataFrame") -> None:
    bold, as_typed = book.add_format({"bold": True}), book.add_format({"quote_prefix": True})
    widths = [_NARROWEST] * len(table.columns)
    for number, row in enumerate([table.columns, *_rows(table)]):
        for at, value in enumerate(row):
            if isinstance(value, str):
                text = as_text(value)
                widths[at] = min(max(widths[at], len(text)), _WIDEST)
                # Excel takes this as typed even after a person has edited the cell.
                style = as_typed if guarded(text) != text else None
                sheet.write_string(number, at, text, bold if number == 0 else style)
            elif not _is_missing(value):
                sheet.write_number(number, at, value)
    for at, width in enumerate(widths):
        sheet.set_column(at, at, width + 1)
    sheet.freeze_panes(1, 0)


def _is_missing(value: Any) -> bool:
    return value is None or value != value
