"""An evaluation as one HTML page that needs nothing else: no script, no other file."""

import datetime
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd

from crackcls import __version__, html, stored
from crackcls.classes import names as class_names
from crackcls.datasets import catalogue
from crackcls.evaluation import charts as curve_charts
from crackcls.evaluation import (
    curves,
    headline,
    page_pictures,
    sets,
    splits,
    svg,
    threshold,
    verdicts,
    wording,
)
from crackcls.evaluation.sources import Images
from crackcls.evaluation.threshold import Figures
from crackcls.interval import percent
from crackcls.runs.folders import Run

SETTINGS = ("images", "split", "seed", "fine_tune", "image_size", "epochs", "batch_size")
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
    "How wide or deep is what it finds, and whether that is a danger. Where it finds nothing, that "
    "is no proof of safety.",
)


def evaluation_page(
    run: Run,
    data: str,
    table: pd.DataFrame,
    report: dict[str, Any],
    at: float,
    images: Images | None = None,
) -> str:
    """Write an evaluation as one HTML page without scripts.

    Args:
        run: The model's run.
        data: Name of the data.
        table: The predictions.
        report: Its figures.
        at: Threshold of the class that is looked for, 0 to 1.
        images: Where the images are; None where nobody knows, and then there are no pictures.
    """
    honesty = _honesty(run, report)
    table = wording.table_in_words(table, wording.called(report))
    report = wording.report_in_words(report)
    of = class_names.foremost(report["classes"], report["positive"])
    problem = threshold.problem(table, of)
    now = threshold.figures_at(problem, at)
    more = {
        "average_precision": curves.summary(problem)["average_precision"],
        "expected_calibration_error": curves.expected_calibration_error(table),
        "threshold": {"class": of, **_in_numbers(now)},
    }
    wrong = table[table["actual"] != table["predicted"]]
    charts = _charts(run, table, report, now, of)
    facts = _facts(run, data, len(table))
    return html_report(facts, {**report, **more}, charts, honesty, wrong, images)


def html_report(
    about: dict[str, Any],
    report: dict[str, Any],
    charts: Sequence[tuple[pd.DataFrame, dict[str, Any]]],
    honesty: Sequence[str],
    wrong: pd.DataFrame,
    images: Images | None = None,
) -> str:
    """Write a test report.

    Args:
        about: `model`, `data`, `images`, `trained_on`, `synthetic` (whether the images are
            drawn), `settings` (a dict), `version` of the package and `date`.
        report: What `report.make_report` gave; may have `near_copies`, `average_precision`,
            `expected_calibration_error` and `threshold` (figures at the chosen threshold).
        charts: What the functions of `charts` gave.
        honesty: Sentences on what the figures are worth.
        wrong: Wrong predictions, columns `file`, `actual`, `predicted` and `probability`; the
            first are shown.
        images: Where their images are; None where nobody knows.
    """
    pictures = page_pictures.wrong_ones(wrong, images)
    named = f"{about['data']} {about['trained_on']}"
    title = html.text_of(f"Test of {about['model']} on {about['data']}")
    sections = [
        f"<h1>{title}</h1>",
        _score(about, report),
        html.section("Right and wrong (images)", _confusion(report)),
        html.section("Where it is wrong", pictures),
        html.section("About", _about(about)),
        html.section("By data set", _by_set(report)),
        html.section("By class", _by_class(report)),
        html.section("Further figures", _figures(report)),
        html.section("At the chosen threshold", _pairs(report.get("threshold"))),
        html.section("Charts", _drawn(charts)),
        html.section("What the figures are worth", html.bullets([*_copies(report), *honesty])),
        html.section("What the score does not tell", html.bullets(LIMITS)),
        html.section("Wrong predictions", _wrong(wrong)),
        html.section("Settings of the training", _settings(about)),
        _footer(page_pictures.credit(images, named, bool(pictures))),
    ]
    return html.page(title, "\n".join(filter(None, sections)), page_pictures.STYLE)


def _facts(run: Run, data: str, images: int) -> dict[str, Any]:
    return {
        "model": run.name,
        "data": data,
        "images": images,
        "trained_on": run.data_in_words,
        "synthetic": all(map(catalogue.SYNTHETIC_NAME.fullmatch, data.split(" + "))),
        "settings": {name: run.config[name] for name in SETTINGS if name in run.config},
        "version": __version__,
        "date": datetime.date.today().isoformat(),
    }


def _in_numbers(figures: Any) -> dict[str, Any]:
    told = asdict(figures)
    low, high = told.pop("accuracy_interval")
    return {**told, "accuracy_interval_low": low, "accuracy_interval_high": high}


def _charts(
    run: Run, table: pd.DataFrame, report: dict[str, Any], now: Figures, of: str
) -> list[curve_charts.Drawing]:
    roc, precision_recall = curves.of_classes(table, report["classes"], report["positive"])
    names = (wording.rest_of(report["classes"], of), of)
    histogram = curves.histogram_table(threshold.problem(table, of), names=names)
    charts = [
        curve_charts.roc_chart(roc, curves.on_roc(now)),
        curve_charts.precision_recall_chart(precision_recall, curves.on_precision_recall(now)),
        curve_charts.reliability_chart(curves.reliability_table(table)),
        curve_charts.histogram_chart(histogram, now.threshold, of),
    ]
    compared = run.folder / splits.FILE
    if stored.is_there(compared):
        charts.append(curve_charts.splits_chart(splits.read(compared)))
    return charts


def _honesty(run: Run, report: dict[str, Any]) -> list[str]:
    said = [*filter(None, (wording.matched_in_words(report), verdicts.in_words(report)))]
    if left_out := report.get("seen_left_out"):
        said.append(f"{left_out:,} images that the model saw in training were left out.")
    if labels := (run.report or {}).get("left_out_labels"):
        said.append(
            f"The model was trained without {labels['images']:,} images that a list "
            "leaves out. None of them was taken out of its test part."
        )
    return said


def _score(about: dict[str, Any], report: dict[str, Any]) -> str:
    low, high = report["accuracy_interval"]
    warning = f'<p class="warning">{MADE_UP}</p>\n' if about.get("synthetic") else ""
    return (
        f"{headline.as_html(report)}<p>On images like these, the accuracy lies with 95 % "
        f"confidence between {_percent(low)} and {_percent(high)}.</p>\n{warning}"
    )


def _about(about: dict[str, Any]) -> str:
    return html.table_of(["", ""], [[words, about.get(key)] for key, words in ABOUT.items()])


def _by_set(report: dict[str, Any]) -> str:
    rows = sets.rows(report)
    return html.table_of(list(sets.HEADS), rows) if rows else ""


def _by_class(report: dict[str, Any]) -> str:
    keys = ["precision", "recall", "f1", "images"]
    rows = [
        [name, *(figures.get(key) for key in keys)] for name, figures in report["per_class"].items()
    ]
    return html.table_of(["class", "precision", "recall", "F1", "images"], rows)


def _confusion(report: dict[str, Any]) -> str:
    matrix = zip(report["classes"], report["confusion_matrix"], strict=True)
    heads = [f"predicted {name}" for name in report["classes"]]
    return html.table_of(["", *heads], [[f"actual {name}", *row] for name, row in matrix])


def _figures(report: dict[str, Any]) -> str:
    rows = [[words, report[key]] for key, words in FIGURES.items() if key in report]
    return html.table_of(["", ""], rows) if rows else ""


def _pairs(figures: dict[str, Any] | None) -> str:
    rows = [[name.replace("_", " "), value] for name, value in (figures or {}).items()]
    return html.table_of(["", ""], rows) if rows else ""


def _settings(about: dict[str, Any]) -> str:
    # As typed: a learning rate of 1e-05 is not 0.0000, a seed has no thousands.
    settings = about.get("settings") or {}
    return _pairs({k: value if value is None else str(value) for k, value in settings.items()})


def _drawn(charts: Sequence[tuple[pd.DataFrame, dict[str, Any]]]) -> str:
    figures = [
        f'<figure role="img" aria-label="{html.text_of(spec["title"])}">'
        f"{svg.to_svg(data, spec, CHART_WIDTH)}</figure>"
        for data, spec in charts
    ]
    return f'<div class="charts">{"".join(figures)}</div>' if figures else ""


def _copies(report: dict[str, Any]) -> list[str]:
    if "near_copies" not in report:
        return []
    copies = report["near_copies"]
    return [
        f"{html.say(copies['test_images_with_copy_in_training'])} of the "
        f"{html.say(report['images'])} test images have a near copy in training. On the "
        f"{html.say(copies['images_without_copies'])} others the accuracy is "
        f"{_percent(copies['accuracy_without_copies'])}."
    ]


def _wrong(wrong: pd.DataFrame) -> str:
    if wrong.empty:
        return "<p>No prediction is wrong.</p>"
    shown = wrong.reindex(columns=WRONG_COLUMNS).head(WRONG_SHOWN)
    rows = [
        [*names, "-" if pd.isna(probability) else percent(probability)]
        for *names, probability in shown.itertuples(index=False)
    ]
    more = len(wrong) - len(shown)
    return html.table_of(WRONG_COLUMNS, rows) + (f"\n<p>And {more:,} more.</p>" if more else "")


def _footer(credit: str) -> str:
    return f"<footer>{html.text_of(credit)}</footer>" if credit else ""


def _percent(share: float | None) -> str:
    return "-" if pd.isna(share) else f"{share:.2%}"
