"""Charts: titles, units, tooltips, and axes that stand still while a run goes on."""

import json
import math

import pandas as pd
import pytest

from crackcls.runs import history_charts

HISTORY = pd.DataFrame(
    {
        "epoch": range(1, 11),
        "loss": [0.62, *(0.3 / number for number in range(1, 10))],
        "val_loss": [0.41, *(0.2 / number for number in range(1, 10))],
        "accuracy": [0.71, *(1 - 0.1 / number for number in range(1, 10))],
        "val_accuracy": [0.83, *(1 - 0.05 / number for number in range(1, 10))],
        "seconds": [1.5] * 10,
    }
)


def spec_of(chart) -> dict:
    """Give the specification of a chart; a history has it beside its table."""
    return chart[1] if isinstance(chart, tuple) else chart.to_dict()


def layers(chart) -> list[dict]:
    """Give the encodings of a chart's layers, as they go to the browser."""
    drawn = [layer for layer in spec_of(chart)["layer"] if layer["mark"]["type"] != "rule"]
    return [layer["encoding"] for layer in drawn]


def data_of(chart) -> list[dict]:
    if isinstance(chart, tuple):
        return chart[0].drop(columns="best").to_dict("records")
    (rows,) = chart.to_dict()["datasets"].values()
    return rows


def fields(tooltips: list[dict]) -> list[tuple]:
    return [(tip["field"], tip.get("format")) for tip in tooltips]


@pytest.mark.parametrize(
    ("metric", "title", "y_title"),
    [
        ("accuracy", "Accuracy", "share of images right"),
        ("loss", "Loss", "cross-entropy (nats)"),
    ],
)
def test_a_history_says_what_it_shows(metric: str, title: str, y_title: str):
    chart = history_charts.history_chart(HISTORY, metric, 10)
    assert spec_of(chart)["title"] == title
    assert [layer["mark"]["type"] for layer in spec_of(chart)["layer"]] == [
        *("line", "point", "rule")
    ]
    for encoding in layers(chart):
        assert (encoding["x"]["title"], encoding["y"]["title"]) == ("epoch", y_title)
        assert (encoding["x"]["field"], encoding["y"]["field"]) == ("epoch", metric)
        assert encoding["color"]["scale"]["domain"] == ["training", "validation"]
        assert fields(encoding["tooltip"]) == [("part", None), ("epoch", ".3~f"), (metric, ".4f")]


def test_a_history_draws_both_parts_by_epoch():
    chart = history_charts.history_chart(HISTORY.head(2), "loss", 10)
    assert data_of(chart) == [
        {"epoch": 1, "part": "training", "loss": 0.62},
        {"epoch": 2, "part": "training", "loss": 0.3},
        {"epoch": 1, "part": "validation", "loss": 0.41},
        {"epoch": 2, "part": "validation", "loss": 0.2},
    ]


@pytest.mark.parametrize(("epochs", "domain"), [(1, [0, 1]), (2, [0, 2]), (30, [0, 30])])
def test_the_epochs_axis_follows_from_the_settings(epochs: int, domain: list[int]):
    for encoding in layers(history_charts.history_chart(HISTORY.head(1), "loss", epochs)):
        assert encoding["x"]["scale"]["domain"] == domain


@pytest.mark.parametrize(("metric", "domain"), [("accuracy", [0.5, 1]), ("loss", [0, 1])])
def test_the_axes_stand_still_while_a_history_grows(metric: str, domain: list[float]):
    for rows in range(1, 11):
        for encoding in layers(history_charts.history_chart(HISTORY.head(rows), metric, 10)):
            assert encoding["y"]["scale"]["domain"] == domain
            assert encoding["x"]["scale"]["domain"] == [0, 10]


@pytest.mark.parametrize(
    ("metric", "worst", "domain"),
    [
        ("accuracy", 0.97, [0.95, 1]),
        ("accuracy", 0.9, [0.9, 1]),
        ("accuracy", 0.85, [0.8, 1]),
        ("accuracy", 0.3, [0, 1]),
        ("loss", 0.1, [0, 0.1]),
        ("loss", 0.13, [0, 0.2]),
        ("loss", 4.2, [0, 5]),
        ("loss", 7.5, [0, 7.5]),
    ],
)
def test_the_worst_value_is_on_the_chart(metric: str, worst: float, domain: list[float]):
    first = HISTORY.head(1).assign(**{metric: worst, f"val_{metric}": worst})
    for encoding in layers(history_charts.history_chart(first, metric, 10)):
        assert encoding["y"]["scale"]["domain"] == domain


@pytest.mark.parametrize("losses", [[0.5, math.nan], [math.nan, math.nan], [0.5, math.inf]])
def test_a_diverged_loss_makes_a_chart_that_a_browser_can_read(losses: list[float]):
    table = HISTORY.head(2).assign(loss=losses, val_loss=losses)
    text = json.dumps(spec_of(history_charts.history_chart(table, "loss", 10)))
    assert [word for word in ("NaN", "Infinity") if word in text] == []


def test_the_best_epoch_is_the_one_with_the_lowest_validation_loss():
    history = HISTORY.head(3).assign(val_loss=[0.5, 0.2, 0.3])
    table, spec = history_charts.history_chart(history, "accuracy", 10)
    assert list(table["epoch"][table["best"]]) == [2]
    assert spec["layer"][-1]["transform"][0] == {"filter": "datum.best"}


def test_the_running_epoch_is_drawn_before_any_epoch_is_done():
    running = pd.DataFrame({"epoch": [0.5, 1.0], "accuracy": [0.7, 0.8], "loss": [0.6, 0.5]})
    chart = history_charts.history_chart(pd.DataFrame(), "loss", 10, running)
    assert data_of(chart) == [
        {"epoch": 0.5, "part": "this epoch", "loss": 0.6},
        {"epoch": 1.0, "part": "this epoch", "loss": 0.5},
    ]
    assert layers(chart)[0]["color"]["scale"]["domain"][-1] == "this epoch"


def test_an_overlay_draws_the_validation_part_of_each_run():
    chart = history_charts.overlay_chart({"a": HISTORY.head(1), "b": HISTORY.head(1)}, "loss")
    assert data_of(chart) == [
        {"epoch": 1, "loss": 0.41, "run": "a"},
        {"epoch": 1, "loss": 0.41, "run": "b"},
    ]
