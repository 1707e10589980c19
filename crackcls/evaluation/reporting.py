"""An evaluation as a table of figures and as a self-contained HTML page."""

import datetime
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from crackcls import __version__, compare_splits, config, datasets, evaluations
from crackcls.errors import InputError
from crackcls.files import read_csv
from crackcls.runs import Run

SECONDS_FOR_A_REPORT = 120
SETTINGS = ("images", "split", "seed", "fine_tune", "image_size", "epochs", "batch_size")


def figures_table(report: dict[str, Any]) -> pd.DataFrame:
    """Set a report's figures in a table.

    Args:
        report: What `evaluate.make_report` gave.

    Returns:
        Columns `figure`, `class` (empty where it is of all) and `value`.
    """
    low, high = report["accuracy_interval"]
    of_all = {name: report[name] for name in ("images", "wrong", "accuracy", "roc_auc")}
    of_all |= {"accuracy_interval_low": low, "accuracy_interval_high": high}
    rows = [(name, "", value) for name, value in of_all.items()]
    rows += [
        (name, label, value)
        for label, figures in report["per_class"].items()
        for name, value in figures.items()
    ]
    return pd.DataFrame(rows, columns=["figure", "class", "value"])


def html(run: Run, data: str, table: pd.DataFrame, report: dict[str, Any], at: float) -> str:
    """Write an evaluation as one HTML page without scripts.

    Args:
        run: The model's run.
        data: Name of the data.
        table: The predictions.
        report: Its figures.
        at: Threshold of the last class, 0 to 1.
    """
    from crackcls import curves, threshold
    from crackcls.report import html_report

    problem = threshold.problem(table, report["classes"][-1])
    now = threshold.figures_at(problem, at)
    more = {
        "average_precision": curves.summary(problem)["average_precision"],
        "expected_calibration_error": curves.expected_calibration_error(table),
        "threshold": _in_numbers(now),
    }
    wrong = table[table["actual"] != table["predicted"]]
    charts = _charts(run, table, report["classes"], problem, now)
    return html_report(
        _about(run, data, len(table)), {**report, **more}, charts, _honesty(report), wrong
    )


def in_a_process(chosen: evaluations.Evaluation, at: float) -> str:
    """Write the page of a stored evaluation in another process.

    Drawing takes a JavaScript engine, which the server of the pages shall not hold.

    Raises:
        InputError: It could not be written; with the process's last words.
    """
    with tempfile.TemporaryDirectory() as place:
        out = Path(place) / "report.html"
        words = ["report", "--model", chosen.run.name, "--threshold", str(at), "--out", str(out)]
        words += [] if chosen.is_own else ["--on", chosen.folder.name]
        done = subprocess.run(
            [sys.executable, "-m", "crackcls", *words],
            cwd=config.PROJECT,
            capture_output=True,
            text=True,
            timeout=SECONDS_FOR_A_REPORT,
        )
        if done.returncode:
            raise InputError(f"The report could not be written. {done.stderr[-300:].strip()}")
        return out.read_text(encoding="utf-8")


def _about(run: Run, data: str, images: int) -> dict[str, Any]:
    return {
        "model": run.name,
        "data": data,
        "images": images,
        "trained_on": run.data_in_words,
        "synthetic": datasets.SYNTHETIC_NAME.fullmatch(data) is not None,
        "settings": {name: run.config[name] for name in SETTINGS if name in run.config},
        "version": __version__,
        "date": datetime.date.today().isoformat(),
    }


def _in_numbers(figures: Any) -> dict[str, Any]:
    told = asdict(figures)
    low, high = told.pop("accuracy_interval")
    return {**told, "accuracy_interval_low": low, "accuracy_interval_high": high}


def _charts(run: Run, table: pd.DataFrame, classes: list[str], problem: Any, now: Any) -> list:
    from crackcls import curve_charts, curves

    roc, precision_recall = curves.of_classes(table, classes)
    histogram = curves.histogram_table(problem, names=("the rest", classes[-1]))
    charts = [
        curve_charts.roc_chart(roc, curves.on_roc(now)),
        curve_charts.precision_recall_chart(precision_recall, curves.on_precision_recall(now)),
        curve_charts.reliability_chart(curves.reliability_table(table)),
        curve_charts.histogram_chart(histogram, now.threshold, classes[-1]),
    ]
    splits = run.folder / compare_splits.FILE
    return [*charts, curve_charts.splits_chart(read_csv(splits))] if splits.exists() else charts


def _honesty(report: dict[str, Any]) -> list[str]:
    left_out = report.get("seen_left_out")
    said = f"{left_out or 0:,} images that the model saw in training were left out."
    return [said] if left_out else []
