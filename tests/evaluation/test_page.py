"""The report: literal figures, every text escaped, nothing from elsewhere."""

import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from crackcls.evaluation import charts as curve_charts
from crackcls.evaluation.page import html_report

ABOUT = {
    **{"model": "default", "data": "walls", "images": "its own test part"},
    **{"trained_on": "bridges", "synthetic": False, "version": "0.1.0", "date": "2025-01-02"},
    "settings": {"epochs": 10, "learning_rate": 1e-05, "seed": 12345, "limit": None},
}
REPORT = {
    **{"images": 1200, "wrong": 2, "accuracy": 0.9983333},
    "accuracy_interval": [0.9939435, 0.9995428],
    "classes": ["Negative", "Positive"],
    "per_class": {
        "Negative": {"precision": 0.9984, "recall": 0.9981, "f1": 0.9982, "images": 590},
        "Positive": {"precision": 0.9985, "recall": 0.9986, "f1": 0.9987, "images": 610},
    },
    "confusion_matrix": [[589, 1], [1, 609]],
    "roc_auc": 0.9912,
}
WRONG = pd.DataFrame(
    {
        "file": ["Positive/a.jpg", "Negative/b.jpg", "Negative/c.jpg"],
        "actual": ["Positive", "Negative", "Negative"],
        "predicted": ["Negative", "Positive", "Positive"],
        "probability": [0.9991, 0.613, None],
    }
)
VOID = {"meta", "link", "img", "br", "hr", "input"}


class Page(HTMLParser):
    """Reads a page: its cells by row, its texts, its tags; complains of tags left open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.rows: list[list[str]] = []
        self.tags: list[tuple[str, dict]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open += [tag] if tag not in VOID else []
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_startendtag(self, tag: str, attrs: list) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("td", "th"):
            self.rows[-1][-1] += data
        elif data.strip():
            self.texts.append(data.strip())


def page_of(about=ABOUT, figures=REPORT, charts=(), honesty=(), wrong=WRONG) -> Page:
    return Page(html_report(about, figures, charts, honesty, wrong))


def said(page: Page) -> str:
    return " ".join(" ".join(page.texts).split())


def test_a_report_says_the_score_and_what_it_is_of():
    page = page_of()
    assert "99.84% Recall of 'Positive': 609 of 610" in said(page)
    assert "0.17% False alarms: 1 of 590" in said(page)
    assert "99.83% right: 2 wrong of 1,200 images" in said(page)
    assert "The test has" not in said(page)
    assert "between 99.39% and 99.95%" in said(page)
    assert page.texts.count("Test of default on walls") == 2
    for row in (["Trained on", "bridges"], ["Date", "2025-01-02"], ["crackcls", "0.1.0"]):
        assert row in page.rows
    for words in ("other buildings", "another distance", "How wide or deep is what it finds"):
        assert words in said(page)


def test_a_report_of_few_cracks_says_a_range():
    few = {"images": 202, "wrong": 17, "confusion_matrix": [[176, 14], [3, 9]]}
    page = page_of(figures={**REPORT, **few})
    assert "47% to 91% Recall of 'Positive': 9 of 12" in said(page)
    assert "87% to 95% right: 17 wrong of 202 images" in said(page)
    assert "The test has 12 images of 'Positive'." in said(page)


def test_a_report_has_the_figures_by_class_and_the_matrix():
    rows = page_of().rows
    assert ["class", "precision", "recall", "F1", "images"] in rows
    assert ["Negative", "0.9984", "0.9981", "0.9982", "590"] in rows
    at = rows.index(["", "predicted Negative", "predicted Positive"])
    assert rows[at + 1 : at + 3] == [
        *(["actual Negative", "589", "1"], ["actual Positive", "1", "609"])
    ]
    assert ["ROC AUC", "0.9912"] in rows


def test_settings_are_shown_as_typed():
    rows = page_of().rows
    for row in (["learning rate", "1e-05"], ["seed", "12345"], ["limit", "-"]):
        assert row in rows


def test_missing_figures_are_a_dash():
    names = REPORT["per_class"]["Negative"]
    figures = {
        **REPORT,
        **{"roc_auc": None, "average_precision": 0.9876, "expected_calibration_error": np.nan},
        "per_class": {"Negative": {**names, "precision": None}, "Positive": {"images": 0}},
    }
    rows = page_of(figures=figures).rows
    for row in (
        ["ROC AUC", "-"],
        ["average precision", "0.9876"],
        ["expected calibration error", "-"],
        ["Negative", "-", "0.9981", "0.9982", "590"],
        ["Positive", "-", "-", "-", "0"],
    ):
        assert row in rows


def test_the_chosen_threshold_has_its_figures():
    threshold = {"threshold": 0.35, "false_alarms": np.int64(1234), "recall": None}
    rows = page_of(figures={**REPORT, "threshold": threshold}).rows
    for row in (["threshold", "0.3500"], ["false alarms", "1,234"], ["recall", "-"]):
        assert row in rows
    assert "At the chosen threshold" not in said(page_of())


def test_near_copies_and_honesty_are_said():
    copies = {
        **{"test_images_with_copy_in_training": 376, "share_of_test_images": 0.3133},
        **{"images_without_copies": 824, "accuracy_without_copies": None},
    }
    page = page_of(figures={**REPORT, "near_copies": copies}, honesty=["Chosen on <these> images."])
    assert "376 of the 1,200 test images have a near copy in training" in said(page)
    assert "On the 824 others the accuracy is -." in said(page)
    assert "Chosen on <these> images." in page.texts
    assert "What the figures are worth" not in said(page_of())


@pytest.mark.parametrize("is_synthetic", [True, False])
def test_drawn_images_are_told_from_photos(is_synthetic: bool):
    page = page_of({**ABOUT, "synthetic": is_synthetic})
    assert ("drawn, not photographed" in said(page)) == is_synthetic


def test_wrong_predictions_are_never_certain():
    rows = page_of().rows
    at = rows.index(["file", "actual", "predicted", "probability"])
    assert rows[at + 1 : at + 4] == [
        ["Positive/a.jpg", "Positive", "Negative", "over 99.9%"],
        ["Negative/b.jpg", "Negative", "Positive", "61.3%"],
        ["Negative/c.jpg", "Negative", "Positive", "-"],
    ]


@pytest.mark.parametrize(("count", "shown", "more"), [(50, 50, None), (51, 50, "1"), (1284, 50, 0)])
def test_the_first_50_wrong_predictions_are_shown(count: int, shown: int, more: str | None):
    names = [f"Positive/{i}.jpg" for i in range(count)]
    wrong = pd.DataFrame({"file": names, "actual": "x", "predicted": "y", "probability": 0.6})
    page = page_of(wrong=wrong)
    assert [row[0] for row in page.rows if row[0].startswith("Positive/")] == names[:shown]
    told = re.findall(r"And ([\d,]+) more", said(page))
    assert told == ([] if more is None else [more or "1,234"])


def test_a_report_without_wrong_predictions_says_so():
    assert "No prediction is wrong." in said(page_of(wrong=WRONG.head(0)))


def test_any_name_is_only_text():
    evil = "</td></style><script>alert(1)</script><img src=x onerror='a()'>\"&\udcff"
    about = dict.fromkeys(ABOUT, evil) | {"settings": {evil: evil}, "synthetic": True}
    figures = {
        **REPORT,
        "classes": [evil, "Positive"],
        "per_class": {evil: REPORT["per_class"]["Negative"]},
        "threshold": {evil: evil},
    }
    charts = [curve_charts.confusion_chart([[1, 2], [3, 4]], [evil[:-1], "b"])]
    names = pd.Series([evil] * 3, dtype=object)
    wrong = WRONG.assign(file=names, actual=names)
    text = html_report(about, figures, charts, [evil], wrong)
    page = Page(text)
    assert {tag for tag, _ in page.tags} & {"script", "img"} == set()
    shown = evil.replace("\udcff", "<0xFF>")
    assert [shown, shown, "Negative", "over 99.9%"] in page.rows
    assert text.encode("utf-8")


def test_a_report_needs_nothing_else():
    charts = [
        curve_charts.confusion_chart(REPORT["confusion_matrix"], REPORT["classes"]),
        curve_charts.roc_chart({}, (0.1, 0.9)),
    ]
    text = html_report(ABOUT, REPORT, charts, [], WRONG)
    page = Page(text)
    figures = [attributes for tag, attributes in page.tags if tag == "figure"]
    assert [figure["aria-label"] for figure in figures] == [
        *("Confusion matrix (images)", "ROC curve")
    ]
    assert [tag for tag, _ in page.tags].count("svg") == 2
    assert {"589", "609"} <= set(page.texts)
    assert [word for word in ("<script", 'src="', "href=", "url(", "@import") if word in text] == []
    assert "default-src 'none'" in text
    assert "size: A4" in text


def test_two_drawings_of_a_page_share_no_names():
    charts = [curve_charts.confusion_chart([[1, 2], [3, 4]], ["a", "b"])] * 2
    page = page_of(charts=charts)
    assert [attributes for _, attributes in page.tags if "id" in attributes] == []


def test_three_classes_have_a_matrix_of_three():
    figures = {
        **REPORT,
        "classes": ["a", "b", "c"],
        "per_class": dict.fromkeys("abc", REPORT["per_class"]["Negative"]),
        "confusion_matrix": [[1, 2, 3], [4, 5, 6], [7, 8, 9]],
    }
    rows = page_of(figures=figures).rows
    at = rows.index(["", "predicted a", "predicted b", "predicted c"])
    assert rows[at + 2] == ["actual b", "4", "5", "6"]
    assert ["c", "0.9984", "0.9981", "0.9982", "590"] in rows


@pytest.mark.parametrize(
    ("data", "trained_on", "is_credited"),
    [("metu", "bridges", True), ("walls", "METU", True), ("walls", "bridges", False)],
)
def test_metu_is_credited(data: str, trained_on: str, is_credited: bool):
    page = page_of({**ABOUT, "data": data, "trained_on": trained_on})
    for words in ("Ç. F. Özgenel", "https://doi.org/10.17632/5y9wdsg2zt.2", "CC BY 4.0"):
        assert (words in said(page)) == is_credited
