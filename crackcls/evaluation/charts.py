"""Tables of an evaluation to Vega-Lite specifications, without data.

Each chart is the table to draw and the specification that draws it. Its markers and diagonals
are rows of the table, told apart by the column `kind`. A specification is made once for its few
parameters, so that a slider that moves costs a table alone.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import cycle
from typing import Any, TypeVar

import altair as alt
import numpy as np
import pandas as pd

from crackcls.names import shown
from crackcls.runs.history_charts import COLOURS, METRICS, RUNNING

Spec = dict[str, Any]
Drawing = tuple[pd.DataFrame, Spec]
Point = tuple[float, float]
Axes = tuple[str, str]
Channel = TypeVar("Channel", alt.X, alt.Y)

# In Streamlit the title and a legend of two rows are within the height.
HEIGHT = 360
CURVE, BIN, CHOSEN = "curve", "images of a bin", "chosen threshold"
GUESSING, CALIBRATED = "guessing", "perfectly calibrated"
MARKER, REFERENCE = "grey", COLOURS[RUNNING]
# Two colours of the other charts, then four of Tableau 10 that differ from them.
PALETTE = (COLOURS["training"], COLOURS["validation"], "#54a24b", "#b279a2", "#eeca3b", "#9d755d")
SPLIT_COLOURS = {"random": PALETTE[1], "grouped": PALETTE[0]}
# What a reader has picked in a chart, by its name in the specification.
PICKED = "picked"
# Invisible points carry the tooltips of a curve; one for each row would swell an SVG.
HOVER_POINTS = 100
RATES = {
    "false_alarm_rate": ("false alarms", "share of others"),
    "recall": ("recall", "share found"),
    "precision": ("precision", "share right"),
}


def roc_chart(curves: dict[str, pd.DataFrame], point: Point | None) -> Drawing:
    """Draw recall by false alarms, one line for each class against the rest.

    Args:
        curves: Class names and tables with columns `false_alarm_rate`, `recall` and
            `threshold`; one entry where there are two classes.
        point: False alarm rate and recall at the chosen threshold; None where none is chosen.
    """
    axes = ("false_alarm_rate", "recall")
    guesses = _diagonal(GUESSING, *axes).assign(**{"class": GUESSING}, hover=False)
    table = _stack(*_lines(curves, axes), _marker(point, axes), guesses)
    return table, _curve_spec("ROC curve", axes, tuple(curves), bool(point))


def precision_recall_chart(curves: dict[str, pd.DataFrame], point: Point | None) -> Drawing:
    """Draw precision by recall, one line for each class against the rest.

    Args:
        curves: Class names and tables with columns `recall`, `precision` and `threshold`; one
            entry where there are two classes.
        point: Recall and precision at the chosen threshold; None where none is chosen.
    """
    axes = ("recall", "precision")
    table = _stack(*_lines(curves, axes), _marker(point, axes))
    return table, _curve_spec("Precision and recall", axes, tuple(curves), bool(point))


def reliability_chart(table: pd.DataFrame) -> Drawing:
    """Draw the share of right images by the probability that the model gave.

    Args:
        table: One row for each bin of probabilities: columns `from`, `to`, `images`,
            `confidence` (mean probability), `share_right`, `low` and `high` (its interval).
            Bins without images are left out.
    """
    columns = ["from", "to", "images", "confidence", "share_right", "low", "high"]
    bins = table.reindex(columns=columns).astype(float)
    bins = bins[bins["images"] > 0].assign(kind=BIN)
    return _stack(bins, _diagonal(CALIBRATED, "confidence", "share_right")), _reliability_spec()


def histogram_chart(table: pd.DataFrame, threshold: float | None, of: str = "") -> Drawing:
    """Draw how many images of each class got which probability; one among thousands shows.

    Args:
        table: Columns `class`, `from`, `to` (a bin of probabilities) and `images`.
        threshold: Where to draw the rule; None for none.
        of: The class whose probability it is.
    """
    bars = table.reindex(columns=["class", "from", "to", "images"])
    bars = bars.astype(dict.fromkeys(["from", "to", "images"], float)).assign(kind=BIN)
    classes, bars["class"] = tuple(bars["class"].unique()), bars["class"].map(shown)
    top = 10 ** len(str(int(bars["images"].max()))) if len(bars) else 10
    spec = _histogram_spec(classes, top, threshold is not None, of)
    rule = [] if threshold is None else [{"class": CHOSEN, "from": threshold, "kind": CHOSEN}]
    return _stack(bars, pd.DataFrame(rule)), spec


def confusion_chart(matrix: Sequence[Sequence[int]], classes: Sequence[str]) -> Drawing:
    """Draw a confusion matrix.

    Args:
        matrix: Counts; rows are actual classes, columns predicted ones.
        classes: Class names in the order of rows and columns.
    """
    rows, classes = [], [*map(shown, classes)]
    for actual, counts in zip(classes, matrix, strict=True):
        total = sum(counts)
        for predicted, images in zip(classes, counts, strict=True):
            share = images / total if total else 0.0
            rows.append([actual, predicted, images, share, f"{share:.2%}" if total else "-"])
    columns = ["actual", "predicted", "images", "share", "percent"]
    return pd.DataFrame(rows, columns=columns), _confusion_spec(tuple(classes))


def splits_chart(table: pd.DataFrame) -> Drawing:
    """Draw the accuracy of several seeds by how their images were split.

    Args:
        table: Columns `split` (`random` or `grouped`), `seed`, `accuracy` and
            `share_with_copy` (of the test images, in training).
    """
    return table.reindex(columns=["split", "seed", "accuracy", "share_with_copy"]), _splits_spec()


def _lines(curves: dict[str, pd.DataFrame], axes: Axes) -> list[pd.DataFrame]:
    columns = [*axes, "threshold"]
    return [_line(it.reindex(columns=columns).astype(float), name) for name, it in curves.items()]


def _line(curve: pd.DataFrame, name: str) -> pd.DataFrame:
    # The first threshold of a ROC curve is infinite, which JSON cannot say.
    curve["threshold"] = curve["threshold"].where(np.isfinite(curve["threshold"]))
    last, hover = max(len(curve) - 1, 0), np.zeros(len(curve), bool)
    hover[np.linspace(0, last, min(len(curve), HOVER_POINTS)).round().astype(int)] = True
    curve["class"] = shown(name)
    return curve.assign(kind=CURVE, step=np.arange(len(curve)), hover=hover)


def _marker(point: Point | None, axes: Axes) -> pd.DataFrame:
    row = pd.DataFrame([point] if point else [], columns=list(axes), dtype=float)
    return row.assign(**{"class": CHOSEN}, kind=CHOSEN, hover=False)


def _diagonal(kind: str, x: str, y: str) -> pd.DataFrame:
    return pd.DataFrame({"kind": kind, x: [0.0, 1.0], y: [0.0, 1.0]})


def _stack(*tables: pd.DataFrame) -> pd.DataFrame:
    """Put tables under each other; pandas warns of empty ones."""
    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else tables[0]


@lru_cache(maxsize=64)
def _curve_spec(title: str, axes: Axes, classes: tuple[str, ...], is_chosen: bool) -> Spec:
    x, y = ("{} ({})".format(*RATES[at]) for at in axes)
    marks = {GUESSING: REFERENCE} if "false_alarm_rate" in axes else {}
    marks |= {CHOSEN: MARKER} if is_chosen else {}
    base = alt.Chart().encode(
        x=_share(alt.X, axes[0], x),
        y=_share(alt.Y, axes[1], y),
        color=_colour("class", _colours(classes) | marks),
    )
    said = "isValid(datum.threshold) ? format(datum.threshold, '.4f') : '-'"
    rates = [_tip(at, RATES[at][0], ".2%") for at in axes]
    points = base.transform_filter(alt.datum.hover).transform_calculate(said=said)
    tips: list[str | alt.Tooltip] = ["class:N", *rates, alt.Tooltip("said:N", title="threshold")]
    chosen = _only(base, CHOSEN).encode(tooltip=["kind:N", *rates])
    layers = [
        _dashed(base, GUESSING),
        _only(base, CURVE).encode(order="step:Q").mark_line(),
        points.encode(tooltip=tips).mark_circle(size=80, opacity=0),
        chosen.mark_point(filled=True, shape="diamond", size=160, opacity=1),
    ]
    return _spec(title, layers)


@lru_cache(maxsize=1)
def _reliability_spec() -> Spec:
    base = alt.Chart().encode(
        x=_share(alt.X, "confidence", "mean probability"),
        y=_share(alt.Y, "share_right", METRICS["accuracy"]),
        color=_colour("kind", {BIN: PALETTE[0], CALIBRATED: REFERENCE}),
    )
    size = alt.Size("images:Q", scale=alt.Scale(type="sqrt", range=[20, 400]), legend=None)
    shares = {"confidence": "mean probability", "share_right": "share right"}
    shares |= {"low": "interval from", "high": "interval to"}
    ends = [_tip("from", "bin from", ".0%"), _tip("to", "bin to", ".0%")]
    tips = [*ends, _tip("images", "images", ",d"), *(_tip(*it, ".2%") for it in shares.items())]
    bins = _only(base, BIN).encode(tooltip=tips)
    rules = bins.mark_rule(strokeWidth=2).encode(y="low:Q", y2="high:Q")
    picked = alt.selection_point(name=PICKED, fields=["from", "to"], nearest=True)
    faint = alt.condition(picked, alt.value(1), alt.value(0.35))
    points = bins.mark_circle().encode(size=size, opacity=faint).add_params(picked)
    layers = [_dashed(base, CALIBRATED), rules, points]
    return _spec("Reliability (size of a point: images)", layers)


@lru_cache(maxsize=64)
def _histogram_spec(classes: tuple[str, ...], top: int, is_chosen: bool, of: str) -> Spec:
    axis = _share(alt.X, "from", f"probability {f'of {shown(of)}' if of else 'by the model'}")
    ticks = [0, *(10**power for power in range(len(str(top))))]
    count = alt.Y("images:Q", title="images (log scale)", stack=None)
    count = count.scale(type="symlog", domain=[0, top]).axis(values=ticks, format=",d")
    colours = _colours(classes) | ({CHOSEN: MARKER} if is_chosen else {})
    base = alt.Chart().encode(color=_colour("class", colours))
    tips = [_tip("from", "from", ".1%"), _tip("to", "to", ".1%"), _tip("images", "images", ",d")]
    bars = _only(base, BIN).encode(x=axis.bin("binned"), x2="to:Q", y=count)
    picked = alt.selection_point(name=PICKED, fields=["from", "to"])
    faint = alt.condition(picked, alt.value(0.65), alt.value(0.25))
    drawn = bars.mark_bar().encode(opacity=faint, tooltip=["class:N", *tips]).add_params(picked)
    rule = _only(base, CHOSEN).encode(x=axis, tooltip=["kind:N", _tip("from", "at", ".2%")])
    layers = [
        drawn,
        rule.mark_rule(strokeWidth=2, strokeDash=[4, 4]),
    ]
    return _spec("Probabilities by actual class", layers)


@lru_cache(maxsize=64)
def _confusion_spec(classes: tuple[str, ...]) -> Spec:
    names, room = list(classes), 240 // max(len(classes), 1)
    share = alt.Tooltip("percent:N", title="share of the actual class")
    x = alt.X("predicted:N", title="predicted class", sort=names)
    base = alt.Chart().encode(
        x=x.axis(labelAngle=0, labelLimit=room),
        y=alt.Y("actual:N", title="actual class", sort=names).axis(labelLimit=80),
        tooltip=["actual:N", "predicted:N", _tip("images", "images", ",d"), share],
    )
    shade = alt.Scale(domain=[0, 1], scheme="blues")
    cells = base.mark_rect().encode(color=alt.Color("share:Q", scale=shade, legend=None))
    ink = alt.condition("datum.share > 0.5", alt.value("white"), alt.value("black"))
    counts = base.encode(text=alt.Text("images:Q", format=",d"), color=ink)
    texts = counts.mark_text(fontSize=20 if len(classes) < 4 else 12)
    return _spec("Confusion matrix (images)", [cells, texts])


@lru_cache(maxsize=1)
def _splits_spec() -> Spec:
    x = alt.X("split:N", title="split", sort=list(SPLIT_COLOURS)).axis(labelAngle=0)
    y = alt.Y("accuracy:Q", title=METRICS["accuracy"])
    base = alt.Chart().encode(x=x, y=y.scale(zero=False, padding=10).axis(format=".2%"))
    points = base.encode(xOffset="seed:N", color=_colour("split", SPLIT_COLOURS).legend(None))
    copies = _tip("share_with_copy", "have a near copy in training", ".1%")
    tips = ["split:N", "seed:N", _tip("accuracy", "accuracy", ".2%"), copies]
    means = base.transform_aggregate(accuracy="mean(accuracy)", seeds="count()", groupby=["split"])
    mean = _tip("accuracy", "mean accuracy", ".2%")
    bars = means.encode(tooltip=["split:N", mean, "seeds:Q"])
    layers = [
        bars.mark_tick(thickness=3, size=90, color=MARKER),
        points.mark_point(filled=True, size=80, opacity=1).encode(tooltip=tips),
    ]
    return _spec("Accuracy by split (bar: mean)", layers)


def _spec(title: str, layers: list[alt.Chart]) -> Spec:
    # Without a name for the data, Altair puts an empty row into each layer.
    chart = alt.layer(*layers, data=alt.NamedData("table")).properties(title=title, height=HEIGHT)
    return {key: value for key, value in chart.to_dict().items() if key != "data"}


def _only(base: alt.Chart, kind: str) -> alt.Chart:
    return base.transform_filter(alt.datum.kind == kind)


def _dashed(base: alt.Chart, kind: str) -> alt.Chart:
    return _only(base, kind).encode(tooltip="kind:N").mark_line(strokeDash=[4, 4])


def _share(make: type[Channel], column: str, title: str) -> Channel:
    return make(f"{column}:Q", title=title, scale=alt.Scale(domain=[0, 1])).axis(format="%")


def _tip(column: str, title: str, form: str) -> alt.Tooltip:
    return alt.Tooltip(f"{column}:Q", title=title, format=form)


def _colours(classes: Sequence[str]) -> dict[str, str]:
    """Give each class a colour; a single curve is that of the class looked for."""
    palette = PALETTE[1:] if len(classes) == 1 else PALETTE
    return dict(zip(map(shown, classes), cycle(palette), strict=False))


def _colour(column: str, colours: dict[str, str]) -> alt.Color:
    scale = alt.Scale(domain=list(colours), range=list(colours.values()))
    colour = alt.Color(f"{column}:N", title=None, scale=scale)
    return colour.legend(orient="bottom", columns=2, labelLimit=120)
