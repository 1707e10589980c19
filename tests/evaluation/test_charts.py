"""Charts of an evaluation: literal rows, titles, units, axes that stand still, SVG."""

import json
import math
from xml.etree import ElementTree

import altair as alt
import pandas as pd
import pytest

from crackcls.evaluation import charts as curve_charts
from crackcls.evaluation import svg

ROC = pd.DataFrame(
    {
        "false_alarm_rate": [0.0, 0.0, 0.5, 1.0],
        "recall": [0.0, 0.75, 1.0, 1.0],
        "threshold": [math.inf, 0.9, 0.4, 0.1],
    }
)
PR = pd.DataFrame(
    {"recall": [1.0, 0.75, 0.0], "precision": [0.5, 1.0, 1.0], "threshold": [0.1, 0.9, None]}
)
BINS = pd.DataFrame(
    {
        "from": [0.5, 0.75, 0.9],
        "to": [0.75, 0.9, 1.0],
        "images": [3, 0, 4000],
        "confidence": [0.6, None, 0.98],
        "share_right": [0.5, None, 0.99],
        "low": [0.2, None, 0.98],
        "high": [0.8, None, 1.0],
    }
)
COUNTS = pd.DataFrame(
    {
        "class": ["sound", "sound", "crack", "crack"],
        "from": [0.0, 0.5, 0.0, 0.5],
        "to": [0.5, 1.0, 0.5, 1.0],
        "images": [3999, 1, 2, 998],
    }
)
SPLITS = pd.DataFrame(
    {
        "split": ["random", "random", "grouped", "grouped"],
        "seed": [1, 2, 1, 2],
        "accuracy": [0.998, 0.999, 0.994, 0.996],
        "share_with_copy": [0.31, 0.3, 0.0, None],
    }
)
RELIABILITY, HISTOGRAM = "Reliability (size of a point: images)", "Probabilities by actual class"
EMPTY = pd.DataFrame()
THREE = {"sound": ROC, "crack": ROC, "spall": ROC}

CHARTS = {
    "roc": curve_charts.roc_chart({"crack": ROC}, (0.25, 0.8)),
    "roc of three": curve_charts.roc_chart(THREE, None),
    "precision": curve_charts.precision_recall_chart({"crack": PR}, (0.8, 0.9)),
    "precision of three": curve_charts.precision_recall_chart(dict.fromkeys(THREE, PR), None),
    "reliability": curve_charts.reliability_chart(BINS),
    "histogram": curve_charts.histogram_chart(COUNTS, 0.7, "crack"),
    "confusion": curve_charts.confusion_chart([[3, 1], [0, 6]], ["sound", "crack"]),
    "splits": curve_charts.splits_chart(SPLITS),
}
WITHOUT_ROWS = {
    "roc": curve_charts.roc_chart({}, None),
    "roc of an empty table": curve_charts.roc_chart({"crack": EMPTY}, (0.25, 0.8)),
    "precision": curve_charts.precision_recall_chart({"crack": EMPTY}, None),
    "reliability": curve_charts.reliability_chart(EMPTY),
    "histogram": curve_charts.histogram_chart(EMPTY, None),
    "histogram with a threshold": curve_charts.histogram_chart(EMPTY, 0.5),
    "confusion": curve_charts.confusion_chart([], []),
    "splits": curve_charts.splits_chart(EMPTY),
}


def rows(chart: tuple, **where: object) -> list[dict]:
    """Give the rows of a chart's table that a layer takes, without what they lack."""
    table = json.loads(chart[0].to_json(orient="records"))
    kept = [row for row in table if all(row[key] == value for key, value in where.items())]
    return [{key: value for key, value in row.items() if value is not None} for row in kept]


def layers(chart: tuple, mark: str) -> list[dict]:
    return [layer for layer in chart[1]["layer"] if layer["mark"]["type"] == mark]


def encodings(chart: tuple, channel: str) -> list[dict]:
    """Give what each layer says of a channel."""
    said = [layer["encoding"].get(channel) for layer in chart[1]["layer"]]
    return [encoding for encoding in said if encoding]


def tips(layer: dict) -> list[tuple]:
    return [
        (tip["field"], tip.get("title"), tip.get("format")) for tip in layer["encoding"]["tooltip"]
    ]


def words_of(svg: str) -> list[str]:
    """Give the texts that one sees in a picture."""
    return [element.text for element in ElementTree.fromstring(svg).iter() if element.text]


@pytest.mark.parametrize("chart", [*CHARTS.values(), *WITHOUT_ROWS.values()])
def test_a_specification_is_valid_and_holds_no_data(chart: tuple):
    data, spec = chart
    alt.LayerChart.from_dict(spec)
    assert {"data", "datasets"} & set(spec) == set()
    assert [layer for layer in spec["layer"] if "data" in layer] == []
    assert isinstance(data, pd.DataFrame)


@pytest.mark.parametrize("chart", [*CHARTS.values(), *WITHOUT_ROWS.values()])
def test_a_chart_becomes_a_picture_of_the_asked_width(chart: tuple):
    before = json.dumps(chart[1])
    drawn = svg.to_svg(*chart, 330)
    assert ElementTree.fromstring(drawn).attrib["width"] == "330"
    assert chart[1]["title"] in words_of(drawn)
    assert json.dumps(chart[1]) == before


@pytest.mark.parametrize(
    ("chart", "title", "x", "y"),
    [
        ("roc", "ROC curve", "false alarms (share of others)", "recall (share found)"),
        ("precision", "Precision and recall", "recall (share found)", "precision (share right)"),
        ("reliability", RELIABILITY, "mean probability", "share of images right"),
        ("histogram", HISTOGRAM, "probability of crack", "images (log scale)"),
        ("confusion", "Confusion matrix (images)", "predicted class", "actual class"),
        ("splits", "Accuracy by split (bar: mean)", "split", "share of images right"),
    ],
)
def test_a_chart_says_what_it_shows(chart: str, title: str, x: str, y: str):
    assert CHARTS[chart][1]["title"] == title
    assert {said["title"] for said in encodings(CHARTS[chart], "x")} == {x}
    assert {said["title"] for said in encodings(CHARTS[chart], "y") if "title" in said} == {y}


@pytest.mark.parametrize("name", ["roc", "precision", "reliability"])
def test_shares_go_from_0_to_1_whatever_the_data(name: str):
    for channel in ("x", "y"):
        said = [at for at in encodings(CHARTS[name], channel) if "scale" in at]
        assert said, channel
        for at in said:
            assert (at["scale"], at["axis"]) == ({"domain": [0, 1]}, {"format": "%"})


def test_a_slider_that_moves_keeps_the_specification():
    first = curve_charts.roc_chart({"crack": ROC}, (0.25, 0.8))
    second = curve_charts.roc_chart({"crack": ROC.head(2)}, (0.5, 0.9))
    assert first[1] is second[1]
    first = curve_charts.precision_recall_chart({"crack": PR}, (0.8, 0.9))
    assert first[1] is curve_charts.precision_recall_chart({"crack": PR}, (0.0, 0.0))[1]
    first = curve_charts.histogram_chart(COUNTS, 0.2)
    assert first[1] is curve_charts.histogram_chart(COUNTS, 0.0)[1]
    assert first[1] is not curve_charts.histogram_chart(COUNTS, None)[1]


def test_a_roc_curve_has_its_rows_the_marker_and_the_diagonal():
    chart = CHARTS["roc"]
    line = {"class": "crack", "kind": "curve", "hover": True, "false_alarm_rate": 0}
    assert rows(chart, kind="curve")[:2] == [
        {**line, "step": 0, "recall": 0},
        {**line, "step": 1, "recall": 0.75, "threshold": 0.9},
    ]
    assert not chart[0]["threshold"].eq(math.inf).any()
    marker = {"class": "chosen threshold", "kind": "chosen threshold", "hover": False}
    assert rows(chart, kind="chosen threshold") == [
        {**marker, "false_alarm_rate": 0.25, "recall": 0.8}
    ]
    guess = {"class": "guessing", "kind": "guessing", "hover": False}
    assert rows(chart, kind="guessing") == [
        {**guess, "false_alarm_rate": 0, "recall": 0},
        {**guess, "false_alarm_rate": 1, "recall": 1},
    ]
    dashed, line = layers(chart, "line")
    assert dashed["mark"]["strokeDash"] == [4, 4]
    assert dashed["transform"] == [{"filter": "(datum.kind === 'guessing')"}]
    assert line["encoding"]["order"]["field"] == "step"
    (point,) = layers(chart, "point")
    assert point["transform"] == [{"filter": "(datum.kind === 'chosen threshold')"}]
    shown = [("false_alarm_rate", "false alarms", ".2%"), ("recall", "recall", ".2%")]
    assert tips(point) == [("kind", None, None), *shown]
    (hover,) = layers(chart, "circle")
    assert tips(hover) == [("class", None, None), *shown, ("said", "threshold", None)]


def test_a_precision_curve_has_a_marker_and_no_diagonal():
    chart = CHARTS["precision"]
    assert {row["kind"] for row in rows(chart)} == {"curve", "chosen threshold"}
    marker = {"class": "chosen threshold", "kind": "chosen threshold", "hover": False}
    assert rows(chart, kind="chosen threshold") == [{**marker, "recall": 0.8, "precision": 0.9}]
    assert [row.get("threshold") for row in rows(chart, kind="curve")] == [0.1, 0.9, None]


def test_three_classes_have_a_line_each_and_no_marker():
    chart = CHARTS["roc of three"]
    assert [row["class"] for row in rows(chart, kind="curve", step=0)] == list(THREE)
    assert rows(chart, kind="chosen threshold") == []
    scale = encodings(chart, "color")[0]["scale"]
    assert scale["domain"] == ["sound", "crack", "spall", "guessing"]
    assert len(set(scale["range"])) == 4


def test_the_second_of_two_classes_has_one_colour_in_all_charts():
    colours = [
        dict(zip(scale["domain"], scale["range"], strict=True))["crack"]
        for scale in (encodings(CHARTS[name], "color")[0]["scale"] for name in ("roc", "histogram"))
    ]
    assert colours == ["#e4572e", "#e4572e"]


@pytest.mark.parametrize(("length", "points"), [(1, 1), (2, 2), (100, 100), (4000, 100)])
def test_a_long_curve_has_tooltips_at_some_points_and_both_ends(length: int, points: int):
    curve = pd.DataFrame({"recall": 0.5, "precision": 0.5, "threshold": 0.5}, index=range(length))
    table, _ = curve_charts.precision_recall_chart({"crack": curve}, None)
    assert (len(table), table["hover"].sum()) == (length, points)
    assert table["hover"].iloc[0] and table["hover"].iloc[-1]


def test_a_reliability_chart_leaves_out_empty_bins():
    chart = CHARTS["reliability"]
    first, last = rows(chart, kind="images of a bin")
    assert (first["images"], first["confidence"], first["share_right"]) == (3, 0.6, 0.5)
    assert (last["images"], last["low"], last["high"]) == (4000, 0.98, 1)
    assert rows(chart, kind="perfectly calibrated") == [
        {"kind": "perfectly calibrated", "confidence": 0, "share_right": 0},
        {"kind": "perfectly calibrated", "confidence": 1, "share_right": 1},
    ]
    (rule,), (circle,) = layers(chart, "rule"), layers(chart, "circle")
    assert (rule["encoding"]["y"]["field"], rule["encoding"]["y2"]["field"]) == ("low", "high")
    assert circle["encoding"]["size"]["field"] == "images"
    assert ("images", "images", ",d") in tips(circle)
    assert ("share_right", "share right", ".2%") in tips(circle)


def test_a_histogram_shows_one_image_among_thousands():
    chart = CHARTS["histogram"]
    (bars,), (rule,) = layers(chart, "bar"), layers(chart, "rule")
    assert bars["encoding"]["y"]["scale"] == {"type": "symlog", "domain": [0, 10_000]}
    assert bars["encoding"]["y"]["axis"]["values"] == [0, 1, 10, 100, 1000, 10_000]
    assert bars["encoding"]["y"]["stack"] is None
    assert bars["encoding"]["x"]["scale"] == rule["encoding"]["x"]["scale"] == {"domain": [0, 1]}
    assert tips(bars) == [
        *(("class", None, None), ("from", "from", ".1%"), ("to", "to", ".1%")),
        ("images", "images", ",d"),
    ]
    assert rows(chart, kind="chosen threshold") == [
        {"class": "chosen threshold", "kind": "chosen threshold", "from": 0.7}
    ]
    assert [row["images"] for row in rows(chart, kind="images of a bin")] == [3999, 1, 2, 998]


@pytest.mark.parametrize(("most", "top"), [(0, 10), (9, 10), (10, 100), (999, 1000), (1000, 10000)])
def test_the_highest_bar_of_a_histogram_is_on_the_chart(most: int, top: int):
    chart = curve_charts.histogram_chart(COUNTS.head(1).assign(images=most), None)
    assert layers(chart, "bar")[0]["encoding"]["y"]["scale"]["domain"] == [0, top]
    assert rows(chart, kind="chosen threshold") == []
    assert encodings(chart, "x")[0]["title"] == "probability by the model"


def test_a_confusion_matrix_shows_counts_and_shares():
    chart = curve_charts.confusion_chart([[3, 1], [0, 0]], ["sound", "crack"])
    assert chart[0].to_numpy().tolist() == [
        ["sound", "sound", 3, 0.75, "75.00%"],
        ["sound", "crack", 1, 0.25, "25.00%"],
        ["crack", "sound", 0, 0, "-"],
        ["crack", "crack", 0, 0, "-"],
    ]
    for said in (*encodings(chart, "x"), *encodings(chart, "y")):
        assert said["sort"] == ["sound", "crack"]
    (cells,) = layers(chart, "rect")
    assert tips(cells) == [
        *(("actual", None, None), ("predicted", None, None), ("images", "images", ",d")),
        ("percent", "share of the actual class", None),
    ]


def test_splits_show_each_seed_and_their_mean():
    chart = CHARTS["splits"]
    (mean,), (points,) = layers(chart, "tick"), layers(chart, "point")
    averaged = {"op": "mean", "field": "accuracy", "as": "accuracy"}
    assert mean["transform"][0]["aggregate"][0] == averaged
    assert points["encoding"]["xOffset"]["field"] == "seed"
    assert tips(points) == [
        *(("split", None, None), ("seed", None, None), ("accuracy", "accuracy", ".2%")),
        ("share_with_copy", "have a near copy in training", ".1%"),
    ]
    assert points["encoding"]["x"]["sort"] == ["random", "grouped"]


def test_a_picture_says_the_names_and_counts_as_text():
    chart = curve_charts.confusion_chart([[20599, 1], [0, 6]], ["<script>", 'a"&b'])
    drawn = svg.to_svg(*chart, 400)
    assert {"<script>", 'a"&b', "20,599", "6"} <= set(words_of(drawn))
    assert "<script" not in drawn
