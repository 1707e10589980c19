"""A test report to one HTML page that needs nothing else: no script, no other file."""

import html
from collections.abc import Iterable, Sequence
from numbers import Integral, Real
from typing import Any

import pandas as pd

from crackcls import metu, photo

WRONG_SHOWN = 50
# Half the width of an A4 page, where a chart's text is still read; a phone shows it whole.
CHART_WIDTH = 400
WRONG_COLUMNS = ["file", "actual", "predicted", "probability"]
ABOUT = {
    **{"model": "Model", "trained_on": "Trained on", "data": "Tested on"},
    **{"images": "Images", "version": "crackcls", "date": "Date"},
}
FIGURES = {
    "roc_auc": "ROC AUC",
    "average_precision": "average precision",
    "expected_calibration_error": "expected calibration error",
}
MADE_UP = (
    "These images are drawn, not photographed. The figures say how the model does on such "
    "drawings, and nothing of photos."
)
LIMITS = (
    "How the model does on other buildings, in other light, from another distance or with another "
    "camera. The figures hold for images like the tested ones.",
    "How wide or deep a crack is, and whether it is a danger. The model tells only cracked from "
    "sound, and a sound verdict is no proof of safety.",
)
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
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
footer { margin-top: 2rem; white-space: pre-line; overflow-wrap: anywhere; font-size: .85rem }
@media (max-width: 30rem) { th, td { padding: .25rem .3rem; font-size: .8rem } }
@page { size: A4; margin: 15mm }
@media print {
  body { max-width: none; padding: 0; font-size: 10pt }
  figure, tr { break-inside: avoid }
  h2 { break-after: avoid }
}
"""


def html_report(
    about: dict[str, Any],
    report: dict[str, Any],
    charts: Sequence[tuple[pd.DataFrame, dict[str, Any]]],
    honesty: Sequence[str],
    wrong: pd.DataFrame,
) -> str:
    """Write a test report.

    Args:
        about: `model`, `data`, `images`, `trained_on`, `synthetic` (whether the images are
            drawn), `settings` (a dict), `version` of the package and `date`.
        report: What `evaluate.make_report` gave; may have `near_copies`, `average_precision`,
            `expected_calibration_error` and `threshold` (figures at the chosen threshold).
        charts: What the functions of `curve_charts` gave.
        honesty: Sentences on what the figures are worth.
        wrong: Wrong predictions, columns `file`, `actual`, `predicted` and `probability`; the
            first are shown.
    """
    title = text_of(f"Test of {about['model']} on {about['data']}")
    sections = [
        f"<h1>{title}</h1>",
        _score(about, report),
        section("About", _about(about)),
        section("By class", _by_class(report)),
        section("Confusion matrix (images)", _confusion(report)),
        section("Further figures", _figures(report)),
        section("At the chosen threshold", _pairs(report.get("threshold"))),
        section("Charts", _charts(charts)),
        section("What the figures are worth", bullets([*_copies(report), *honesty])),
        section("What the score does not tell", bullets(LIMITS)),
        section("Wrong predictions", _wrong(wrong)),
        section("Settings of the training", _settings(about)),
        _credit(about),
    ]
    return page(title, "\n".join(filter(None, sections)))


def page(title: str, body: str, style: str = "") -> str:
    """Write a page that needs nothing else.

    Args:
        title: HTML text.
        body: HTML.
        style: CSS beyond `STYLE`.
    """
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{STYLE}{style}</style>
</head>
<body>
{body}
</body>
</html>
"""


def _score(about: dict[str, Any], report: dict[str, Any]) -> str:
    low, high = report["accuracy_interval"]
    warning = f'<p class="warning">{MADE_UP}</p>\n' if about.get("synthetic") else ""
    return (
        f'<p class="score"><strong>{_percent(report["accuracy"])}</strong> right: '
        f"{_say(report['wrong'])} wrong of {_say(report['images'])} images</p>\n"
        "<p>On images like these, the accuracy lies with 95 % confidence between "
        f"{_percent(low)} and {_percent(high)}.</p>\n{warning}"
    )


def _about(about: dict[str, Any]) -> str:
    return table_of(["", ""], [[words, about.get(key)] for key, words in ABOUT.items()])


def _by_class(report: dict[str, Any]) -> str:
    keys = ["precision", "recall", "f1", "images"]
    rows = [
        [name, *(figures.get(key) for key in keys)] for name, figures in report["per_class"].items()
    ]
    return table_of(["class", "precision", "recall", "F1", "images"], rows)


def _confusion(report: dict[str, Any]) -> str:
    matrix = zip(report["classes"], report["confusion_matrix"], strict=True)
    heads = [f"predicted {name}" for name in report["classes"]]
    return table_of(["", *heads], [[f"actual {name}", *row] for name, row in matrix])


def _figures(report: dict[str, Any]) -> str:
    rows = [[words, report[key]] for key, words in FIGURES.items() if key in report]
    return table_of(["", ""], rows) if rows else ""


def _pairs(figures: dict[str, Any] | None) -> str:
    rows = [[name.replace("_", " "), value] for name, value in (figures or {}).items()]
    return table_of(["", ""], rows) if rows else ""


def _settings(about: dict[str, Any]) -> str:
    # As typed: a learning rate of 1e-05 is not 0.0000, a seed has no thousands.
    settings = about.get("settings") or {}
    return _pairs({k: value if value is None else str(value) for k, value in settings.items()})


def _charts(charts: Sequence[tuple[pd.DataFrame, dict[str, Any]]]) -> str:
    from crackcls import curve_charts

    figures = [
        f'<figure role="img" aria-label="{text_of(spec["title"])}">'
        f"{curve_charts.to_svg(data, spec, CHART_WIDTH)}</figure>"
        for data, spec in charts
    ]
    return f'<div class="charts">{"".join(figures)}</div>' if figures else ""


def _copies(report: dict[str, Any]) -> list[str]:
    if "near_copies" not in report:
        return []
    copies = report["near_copies"]
    return [
        f"{_say(copies['test_images_with_copy_in_training'])} of the {_say(report['images'])} test "
        f"images have a near copy in training. On the {_say(copies['images_without_copies'])} "
        f"others the accuracy is {_percent(copies['accuracy_without_copies'])}."
    ]


def _wrong(wrong: pd.DataFrame) -> str:
    if wrong.empty:
        return "<p>No prediction is wrong.</p>"
    shown = wrong.reindex(columns=WRONG_COLUMNS).head(WRONG_SHOWN)
    rows = [
        [*names, "-" if pd.isna(probability) else photo.percent(probability)]
        for *names, probability in shown.itertuples(index=False)
    ]
    more = len(wrong) - len(shown)
    return table_of(WRONG_COLUMNS, rows) + (f"\n<p>And {more:,} more.</p>" if more else "")


def _credit(about: dict[str, Any]) -> str:
    if "metu" not in f"{about['data']} {about['trained_on']}".casefold():
        return ""
    # No photo is in the report, so what was changed in the photos is left out.
    source = metu.ATTRIBUTION.partition("Changes:")[0]
    return f"<footer>The METU photos:\n{text_of(source)}</footer>"


def section(title: str, body: str) -> str:
    """Set a heading over HTML, or give nothing where there is none."""
    return f"<h2>{title}</h2>\n{body}" if body else ""


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
    return f"<{tag}>{_say(value)}</td>"


def _say(value: Any) -> str:
    if value is None or value != value:
        return "-"
    if isinstance(value, bool) or not isinstance(value, Real):
        return text_of(value)
    return f"{value:,}" if isinstance(value, Integral) else f"{value:.4f}"


def _percent(share: float | None) -> str:
    return "-" if pd.isna(share) else f"{share:.2%}"


def text_of(value: Any) -> str:
    """Write a value so that HTML takes all of it as text."""
    # A file name may hold bytes that are no text, which cannot be written as UTF-8.
    return html.escape(str(value).encode("utf-8", "replace").decode())
