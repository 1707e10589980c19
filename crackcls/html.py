"""Pages of HTML that need nothing else: no other file, and no script but one that prints them."""

import base64
import hashlib
import html
from collections.abc import Iterable, Sequence
from numbers import Integral, Real
from typing import Any

from crackcls.names import shown

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
# The browser runs this script and no other: its hash stands in the policy of the page.
PRINT = "document.getElementById('print').addEventListener('click', () => window.print());"
PRINT_HASH = base64.b64encode(hashlib.sha256(PRINT.encode()).digest()).decode()
PRINT_BUTTON = (
    '<p class="print"><button id="print" type="button">Save as PDF</button> '
    "In the window that opens choose “Save as PDF” as the printer.</p>"
)
STYLE = """
:root { color-scheme: light }
body { max-width: 54rem; margin: 0 auto; padding: 1rem; color: #1a1a1a; background: #fff;
  font: 1rem/1.45 system-ui, sans-serif }
h1 { font-size: 1.6rem; overflow-wrap: anywhere }
h2 { font-size: 1.2rem; margin-top: 2rem }
.score { font-size: 1.4rem }
.warning { border-left: .3rem solid #c2410c; padding-left: .7rem }
.table { overflow-x: auto }
table { border-collapse: collapse }
th, td { border-bottom: 1px solid #ccc; padding: .3rem .6rem; text-align: left;
  vertical-align: top }
td.number { font-variant-numeric: tabular-nums }
thead + tbody td.number { text-align: right }
td:first-child { overflow-wrap: anywhere; min-width: 6rem }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(19rem, 100%), 1fr));
  gap: 1rem }
figure { margin: 0 }
svg { max-width: 100%; height: auto }
.print button { font: inherit; padding: .5rem 1rem; cursor: pointer }
footer { margin-top: 2rem; white-space: pre-line; overflow-wrap: anywhere; font-size: .85rem }
@media (max-width: 30rem) { th, td { padding: .25rem .3rem; font-size: .8rem } }
@page { size: A4; margin: 15mm }
@media print {
  body { max-width: none; padding: 0; font-size: 10pt }
  figure, tr { break-inside: avoid }
  h2 { break-after: avoid }
  .print { display: none }
}
"""


def page(title: str, body: str, style: str = "", to_print: bool = False) -> str:
    """Write a page that needs nothing else.

    Args:
        title: HTML text.
        body: HTML.
        style: CSS beyond `STYLE`.
        to_print: Whether a button prints it, which is itself not printed.
    """
    policy = f"{POLICY}; script-src 'sha256-{PRINT_HASH}'" if to_print else POLICY
    if to_print:
        body = f"{PRINT_BUTTON}\n{body}\n<script>{PRINT}</script>"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{STYLE}{style}</style>
</head>
<body>
{body}
</body>
</html>
"""


def section(title: str, body: str) -> str:
    """Set a heading over HTML, or give nothing where there is none."""
    return f"<h2>{title}</h2>\n{body}" if body else ""


def lines_of(text: str) -> str:
    """Write a text of several lines."""
    return "<br>".join(text_of(line) for line in text.splitlines())


def bullets(lines: Iterable[str]) -> str:
    """Write a list of plain texts."""
    items = "".join(f"<li>{text_of(line)}</li>" for line in lines)
    return f"<ul>{items}</ul>" if items else ""


def table_of(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Write a table of texts and numbers; without heads it has none."""
    head = "".join(f"<th>{text_of(name)}</th>" for name in heads)
    head = f"<thead><tr>{head}</tr></thead>" if any(heads) else ""
    lines = ["".join(_cell(value) for value in row) for row in rows]
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f'<div class="table"><table>{head}<tbody>{body}</tbody></table></div>'


def _cell(value: Any) -> str:
    tag = 'td class="number"' if isinstance(value, Real) else "td"
    return f"<{tag}>{say(value)}</td>"


def say(value: Any) -> str:
    """Write a number as a reader expects it, what is missing as `-`, and anything else as text."""
    if value is None or value != value:
        return "-"
    if isinstance(value, bool) or not isinstance(value, Real):
        return text_of(value)
    return f"{value:,}" if isinstance(value, Integral) else f"{value:.4f}"


def text_of(value: Any) -> str:
    """Write a value so that HTML takes all of it as text, and all of it is seen."""
    return html.escape(shown(value))
