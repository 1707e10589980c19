"""An evaluation's figures, and what another threshold makes of them."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from crackcls import config
from crackcls.classes import names as class_names
from crackcls.errors import InputError
from crackcls.evaluation import bins, curves, store, threshold, verdicts, wording
from crackcls.evaluation import charts as curve_charts
from crackcls.evaluation.store import Evaluation
from crackcls.names import markdown, shown
from crackcls.widgets import by_set, headline, samples, tell
from crackcls.widgets.evaluation import table_in_words
from crackcls.widgets.guard import guarded

WIDTH, WIDE = 136, 216
# Streamlit forgets a widget's value while another view is open, so it is kept under a second key.
KEPT = "threshold-kept"
# Counts the clicks on presets. Each makes a slider of its own, whose first value is the preset's:
# a value put into the session may be lost on its way to a browser that has just asked for more.
PRESETS = "threshold-presets"


# From here on a curve is a corner, and is told in words.
PERFECT = 0.9995


def show(chosen: Evaluation) -> None:
    """Show the figures at the model's own decision, then at a threshold."""
    report, table = in_words(chosen)
    show_report(chosen, report)
    st.header("Another threshold")
    explore(chosen, report, table)
    st.header("Is the probability a probability?")
    show_reliability(chosen, table)


def show_headline(chosen: Evaluation) -> None:
    """Show what is said first of a test."""
    headline.show(wording.report_in_words(store.report_of(chosen)), chosen.is_own)


def in_words(chosen: Evaluation) -> tuple[dict[str, Any], pd.DataFrame]:
    """Give report and predictions with the names that a person reads."""
    report = store.report_of(chosen)
    return wording.report_in_words(report), table_in_words(chosen, wording.called(report))


def show_report(chosen: Evaluation, report: dict[str, Any]) -> None:
    """Show the interval of the accuracy, the figures by set and class, and what was left out."""
    low, high = report["accuracy_interval"]
    st.write(
        f"Trained on {markdown(chosen.run.data_in_words)}, judged on {markdown(chosen.title)}. On "
        "images like these, "
        f"the accuracy lies with 95 % confidence between {low:.2%} and {high:.2%}. Photos from "
        "elsewhere can do far worse."
    )
    by_set.show(report)
    if matched := wording.matched_in_words(store.report_of(chosen)):
        st.caption(markdown(matched))
    if left_out := report.get("seen_left_out"):
        st.caption(f"{left_out:,} images that the model saw in training are left out.")
    if without := verdicts.in_words(report):
        st.caption(without)
    if labels := (chosen.run.report or {}).get("left_out_labels"):
        st.caption(f"Trained without {labels['images']:,} images that a list leaves out.")
    if len(report["classes"]) > 2:
        by_class = pd.DataFrame(report["per_class"]).T.rename_axis("class").reset_index()
        tell.table(by_class.astype({"images": int}))


@st.fragment
@guarded()
def explore(chosen: Evaluation, report: dict[str, Any], table: pd.DataFrame) -> None:
    """Let a slider move the threshold of one class, and with it all that depends on it."""
    classes = report["classes"]
    positive = class_names.foremost(classes, report["positive"])
    if len(classes) > 2:
        first = classes.index(positive)
        positive = st.selectbox("Class against the rest", classes, first, format_func=shown)
    problem = threshold.problem(table, positive)
    miss = st.number_input(
        f"A missed '{markdown(positive)}' costs as much as … false alarms",
        1.0,
        1000.0,
        10.0,
        help="For the button 'least cost'. To miss one is worse than a second look.",
    )
    show_presets(problem, miss)
    at = ask_threshold(positive)
    st.caption(
        "The model itself decides at 0.5. A threshold that was chosen on these images flatters "
        "the figures on them: check it on others."
    )
    now = threshold.figures_at(problem, at)
    show_figures(now, positive, miss)
    show_curves(table, report, positive, problem, now)
    show_histogram(chosen, table, report, positive, problem, now)


def ask_threshold(positive: str) -> float:
    """Ask for the threshold, beginning with the last one of the session."""
    at = st.slider(
        f"Called '{markdown(positive)}' from a probability of",
        0.0,
        1.0,
        st.session_state.get(KEPT, config.THRESHOLD),
        step=0.001,
        format="%.3f",
        key=f"threshold-{st.session_state.get(PRESETS, 0)}",
    )
    st.session_state[KEPT] = at
    return at


def show_presets(problem: threshold.Problem, miss: float) -> None:
    """Offer thresholds by a rule, one click each."""
    rules = {
        "Model's own": lambda _: config.THRESHOLD,
        "Best F1": threshold.best_f1,
        "Recall ≥ 99 %": threshold.recall_at_least,
        "Equal error": threshold.equal_error,
        "Least cost": lambda problem: threshold.cheapest(problem, miss),
    }
    with st.container(horizontal=True):
        for label, rule in rules.items():
            st.button(label, on_click=set_threshold, args=(rule, problem))


def set_threshold(rule: Callable[[threshold.Problem], float], problem: threshold.Problem) -> None:
    """Put the slider where a rule wants it."""
    try:
        st.session_state[KEPT] = float(rule(problem))
        st.session_state[PRESETS] = st.session_state.get(PRESETS, 0) + 1
    except InputError as error:
        st.session_state["refused"] = str(error)


def show_figures(at: threshold.Figures, positive: str, miss: float) -> None:
    """Show the figures at a threshold."""
    if refusal := st.session_state.pop("refused", None):
        tell.refusal(refusal)
    positive = markdown(positive)
    figures = {
        "Wrong": (f"{at.wrong:,} of {at.images:,}", "Missed ones and false alarms."),
        "Precision": (share(at.precision), f"Share of those called '{positive}' that are."),
        "Recall": (share(at.recall), f"Share of the '{positive}' that are found."),
        "F1": (share(at.f1), "Harmonic mean of precision and recall."),
        "False alarms": (share(at.false_alarm_rate), "Share of the rest that is called so."),
        "Missed": (f"{at.false_negatives:,}", f"'{positive}' that is called something else."),
        "Cost": (f"{threshold.cost(at, miss):,.0f}", "False alarms, and what the missed cost."),
    }
    with st.container(horizontal=True):
        for label, (value, help_) in figures.items():
            st.metric(label, value, help=help_, width=WIDE if label == "Wrong" else WIDTH)


def share(value: float | None) -> str:
    """Say a share in percent, or that there is none."""
    return "-" if value is None else f"{value:.2%}"


def show_curves(
    table: pd.DataFrame,
    report: dict[str, Any],
    positive: str,
    problem: threshold.Problem,
    now: threshold.Figures,
) -> None:
    """Show matrix, curves and histogram with the threshold marked."""
    matrix = [
        [now.true_negatives, now.false_positives],
        [now.false_negatives, now.true_positives],
    ]
    rest = wording.rest_of(report["classes"], positive)
    chart = curve_charts.confusion_chart(matrix, [rest, positive])
    st.vega_lite_chart(*chart, width="stretch", key="confusion-at")
    by_class = threshold.by_class(problem, now.threshold, (rest, positive))
    tell.table(by_class)
    auc = report["roc_auc"]
    if auc is None:
        st.write("A ROC curve needs images of more than one class, and these are of one.")
        return
    if auc >= PERFECT:
        st.write(perfect_in_words(problem, positive))
        return
    roc, precision_recall = curves_of(table, report)
    charts = {
        "roc": curve_charts.roc_chart(roc, curves.on_roc(now)),
        "pr": curve_charts.precision_recall_chart(
            precision_recall, curves.on_precision_recall(now)
        ),
    }
    for column, (key, chart) in zip(st.columns(2), charts.items(), strict=True):
        column.vega_lite_chart(*chart, width="stretch", key=key)
    st.caption(f"ROC AUC {auc:.3f}")


def perfect_in_words(problem: threshold.Problem, positive: str) -> str:
    """Say in numbers what curves would show that are nothing but a corner."""
    auc = curves.summary(problem)["roc_auc"] or 0.0
    pairs = int(problem.actual.sum()) * int((~problem.actual).sum())
    wrong = round((1 - auc) * pairs)
    return (
        f"ROC AUC {auc:.3f}: a curve would be nothing but a corner. Of {pairs:,} pairs of a "
        f"'{markdown(positive)}' and another image, the model gives the higher probability to the "
        f"wrong one in {wrong:,}."
    )


def show_histogram(
    chosen: Evaluation,
    table: pd.DataFrame,
    report: dict[str, Any],
    positive: str,
    problem: threshold.Problem,
    now: threshold.Figures,
) -> None:
    """Show how the probabilities lie; a tap on a bar opens its images."""
    rest = wording.rest_of(report["classes"], positive)
    histogram = curves.histogram_table(problem, names=(rest, positive))
    chart = curve_charts.histogram_chart(histogram, now.threshold, positive)
    picked = st.vega_lite_chart(*chart, width="stretch", key="histogram", on_select="rerun")
    st.caption("Tap a bar to see its images.")
    if bar := bins.picked(picked):
        samples.show_strip(chosen, bins.of_bar(table, problem, bar))


def curves_of(
    table: pd.DataFrame, report: dict[str, Any]
) -> tuple[dict[str, pd.DataFrame], dict[str, pd.DataFrame]]:
    """Give `curves.of_classes`, made once for a table: no threshold changes them."""
    if st.session_state.get("curves-table") is not table:
        classes, positive = report["classes"], report["positive"]
        st.session_state["curves-table"] = table
        st.session_state["curves"] = curves.of_classes(table, classes, positive)
    return st.session_state["curves"]


def show_reliability(chosen: Evaluation, table: pd.DataFrame) -> None:
    """Show how often the model is right when it says how sure it is."""
    error = curves.expected_calibration_error(table)
    st.metric("Expected calibration error", f"{error:.3f}", width=WIDE)
    if (table["actual"] == table["predicted"]).all():
        st.write("The model was right on all, however sure it was: there is nothing to compare.")
        return
    chart = curve_charts.reliability_chart(curves.reliability_table(table))
    picked = st.vega_lite_chart(*chart, width="stretch", key="reliability", on_select="rerun")
    st.caption("Tap a point to see its images.")
    if point := bins.picked(picked):
        samples.show_strip(chosen, bins.of_point(table, point))
