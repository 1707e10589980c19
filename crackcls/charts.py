"""Tables to Altair charts."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

PARTS = {"": "training", "val_": "validation"}
CHART_HEIGHT = 300
COLOURS = {"training": "#4c78a8", "validation": "#e4572e"}


def history_chart(history: pd.DataFrame, metric: str, epochs: int) -> alt.LayerChart:
    """Draw one metric of both parts by epoch.

    The axes follow from the number of epochs and the first values, so that the chart
    stays still while it grows.

    Args:
        history: Columns `epoch`, `METRIC` and `val_METRIC`, one row for each epoch so far.
        metric: `accuracy` or `loss`.
        epochs: How many epochs there will be at most.
    """
    columns = {f"{prefix}{metric}": part for prefix, part in PARTS.items()}
    table = history[["epoch", *columns]].rename(columns=columns)
    table = table.melt("epoch", var_name="part", value_name=metric)
    x = alt.X("epoch:Q", title="epoch", scale=alt.Scale(domain=[1, max(epochs, 2)]))
    title = "share of images right" if metric == "accuracy" else "cross-entropy (nats)"
    y = alt.Y(f"{metric}:Q", title=title, scale=alt.Scale(domain=_domain(table, metric)))
    base = alt.Chart(table).encode(
        x=x.axis(tickMinStep=1, format="d"),
        y=y,
        color=alt.Color("part:N", title=None, scale=_scale(COLOURS)).legend(orient="bottom"),
        tooltip=["part", "epoch", alt.Tooltip(metric, format=".4f")],
    )
    lines, points = base.mark_line(clip=True), base.mark_point(filled=True, size=60, opacity=1)
    return alt.layer(lines, points).properties(title=metric.capitalize(), height=CHART_HEIGHT)


def confusion_chart(matrix: Sequence[Sequence[int]], classes: Sequence[str]) -> alt.LayerChart:
    """Draw a confusion matrix.

    Args:
        matrix: Counts; rows are actual classes, columns predicted ones.
        classes: Class names in the order of rows and columns.
    """
    table = pd.DataFrame(
        [
            {"actual": actual, "predicted": predicted, "images": matrix[i][j]}
            for i, actual in enumerate(classes)
            for j, predicted in enumerate(classes)
        ]
    )
    table["share"] = table["images"] / table.groupby("actual")["images"].transform("sum")
    base = alt.Chart(table).encode(
        x=alt.X("predicted:N", title="predicted", sort=list(classes)).axis(labelAngle=0),
        y=alt.Y("actual:N", title="actual", sort=list(classes)),
        tooltip=["actual", "predicted", "images", alt.Tooltip("share", format=".2%")],
    )
    shade = alt.Scale(domain=[0, 1], scheme="blues")
    cells = base.mark_rect().encode(color=alt.Color("share:Q", scale=shade, legend=None))
    ink = alt.condition("datum.share > 0.5", alt.value("white"), alt.value("black"))
    counts = base.mark_text(fontSize=20).encode(text="images:Q", color=ink)
    return alt.layer(cells, counts).properties(
        title="Confusion matrix (images)", height=CHART_HEIGHT
    )


def _domain(table: pd.DataFrame, metric: str) -> list[float]:
    """Leave room for the first epoch's values, which are the worst as a rule."""
    values = table[metric][np.isfinite(table[metric])]
    if metric == "accuracy":
        lowest = values.min()
        return [next(low for low in (0.95, 0.9, 0.8, 0.5, 0.0) if low <= lowest), 1.0]
    highest = values.max() if len(values) else 1.0
    return [0.0, next((high for high in (0.1, 0.2, 0.5, 1, 2, 5) if high >= highest), highest)]


def _scale(colours: dict[str, str]) -> alt.Scale:
    return alt.Scale(domain=list(colours), range=list(colours.values()))
