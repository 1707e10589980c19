"""Tables to Altair charts."""

from functools import lru_cache
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from crackcls.names import shown

PARTS = {"": "training", "val_": "validation"}
RUNNING = "this epoch"
CHART_HEIGHT = 300
COLOURS = {"training": "#4c78a8", "validation": "#e4572e", RUNNING: "#9ecae9"}
METRICS = {"accuracy": "share of images right", "loss": "cross-entropy (nats)"}


def history_chart(
    history: pd.DataFrame, metric: str, epochs: int, running: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Draw one metric of both parts by epoch, with the best epoch marked.

    The axes follow from the number of epochs and the first values, so that the chart
    stays still while it grows. The specification is kept from one refresh to the next, since
    Altair takes longer to make it than a page has.

    Args:
        history: Columns `epoch`, `val_loss`, `METRIC` and `val_METRIC`, one row for each epoch
            so far.
        metric: `accuracy` or `loss`.
        epochs: How many epochs there will be at most.
        running: Columns `epoch` (a fraction) and `METRIC`: the epoch that runs now; None where
            the run has ended.

    Returns:
        The table (columns `epoch`, `part`, `METRIC` and `best`) and the Vega-Lite
        specification that draws it, without data.
    """
    table = pd.concat([_by_part(history, metric), _within(running, metric)], ignore_index=True)
    table = table.astype({"epoch": float, metric: float})
    losses = history.get("val_loss", pd.Series(dtype=float)).dropna()
    best = history["epoch"][losses.index].iloc[losses.argmin()] if len(losses) else None
    table["best"] = (table["part"] == "validation") & (table["epoch"] == best)
    return table, _history_spec(metric, epochs, _domain(table, metric), running is not None)


@lru_cache(maxsize=64)
def _history_spec(
    metric: str, epochs: int, domain: tuple[float, float], is_running: bool
) -> dict[str, Any]:
    colours = {k: v for k, v in COLOURS.items() if k != RUNNING or is_running}
    base = alt.Chart().encode(
        x=_epoch_axis(epochs),
        y=alt.Y(f"{metric}:Q", title=METRICS[metric], scale=alt.Scale(domain=domain)),
        color=alt.Color("part:N", title=None, scale=_scale(colours)).legend(orient="bottom"),
        tooltip=[
            "part:N",
            alt.Tooltip("epoch:Q", format=".3~f"),
            alt.Tooltip(f"{metric}:Q", format=".4f"),
        ],
    )
    points = base.transform_filter(alt.datum.part != RUNNING)
    rule = alt.Chart().transform_filter(alt.datum.best)
    rule = rule.transform_calculate(what="'best epoch: lowest validation loss'")
    layers = [
        base.mark_line(clip=True),
        points.mark_point(filled=True, size=60, opacity=1),
        rule.mark_rule(strokeDash=[4, 4], color="grey").encode(x="epoch:Q", tooltip="what:N"),
    ]
    chart = alt.layer(*layers).properties(title=metric.capitalize(), height=CHART_HEIGHT)
    return chart.to_dict()


def overlay_chart(
    histories: dict[str, pd.DataFrame], metric: str
) -> alt.LayerChart | alt.FacetChart:
    """Draw one metric of the validation part of several runs.

    Args:
        histories: Name of each run and its history, see `history_chart`.
        metric: `accuracy` or `loss`.
    """
    column = f"val_{metric}"
    tables = [table[["epoch", column]].assign(run=shown(name)) for name, table in histories.items()]
    table = pd.concat(tables).rename(columns={column: metric})
    base = alt.Chart(table).encode(
        x=_epoch_axis(int(table["epoch"].max())),
        y=alt.Y(f"{metric}:Q", title=METRICS[metric], scale=alt.Scale(zero=False)),
        color=alt.Color("run:N", title=None).legend(orient="bottom"),
        tooltip=["run", "epoch", alt.Tooltip(metric, format=".4f")],
    )
    layers = [base.mark_line(), base.mark_point(filled=True, size=60, opacity=1)]
    title = f"{metric.capitalize()} on the validation part"
    return alt.layer(*layers).properties(title=title, height=CHART_HEIGHT)


def _by_part(history: pd.DataFrame, metric: str) -> pd.DataFrame:
    columns = {f"{prefix}{metric}": part for prefix, part in PARTS.items()}
    table = history.reindex(columns=["epoch", *columns]).rename(columns=columns)
    return table.melt("epoch", var_name="part", value_name=metric)


def _within(running: pd.DataFrame | None, metric: str) -> pd.DataFrame:
    if running is None or running.empty:
        return pd.DataFrame(columns=["epoch", "part", metric])
    return running[["epoch", metric]].assign(part=RUNNING)


def _epoch_axis(epochs: int) -> alt.X:
    scale = alt.Scale(domain=[0, max(epochs, 1)])
    return alt.X("epoch:Q", title="epoch", scale=scale).axis(tickMinStep=1, format="d")


def _domain(table: pd.DataFrame, metric: str) -> tuple[float, float]:
    """Leave room for the first epoch's values, which are the worst as a rule."""
    values = table[metric][np.isfinite(table[metric])]
    if metric == "accuracy":
        lowest = values.min() if len(values) else 0.5
        return next(low for low in (0.95, 0.9, 0.8, 0.5, 0.0) if low <= lowest), 1.0
    highest = values.max() if len(values) else 1.0
    return 0.0, next((high for high in (0.1, 0.2, 0.5, 1, 2, 5) if high >= highest), highest)


def _scale(colours: dict[str, str]) -> alt.Scale:
    return alt.Scale(domain=list(colours), range=list(colours.values()))
