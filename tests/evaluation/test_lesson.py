"""The pure parts of the lesson."""

import pandas as pd

from crackcls import config
from crackcls.evaluation import lesson, splits
from crackcls.evaluation.lesson import STEPS, Copies, Sheet

KINDS = [  # set, actual, predicted, how many
    ("metu", "cracked", "cracked", 5),
    ("metu", "sound", "sound", 5),
    ("metu", "sound", "cracked", 5),
    ("sdnet2018", "cracked", "cracked", 5),
    ("sdnet2018", "cracked", "sound", 5),
    ("sdnet2018", "sound", "sound", 5),
    ("sdnet2018", "sound", "cracked", 5),
    ("roads", "cracked", "cracked", 5),
]
COLUMNS = ["set", "actual", "predicted"]
TABLE = pd.DataFrame([kind[:3] for kind in KINDS for _ in range(kind[3])], columns=COLUMNS)
TABLE["file"] = [f"{number}.jpg" for number in range(len(TABLE))]


def test_the_lesson_takes_45_minutes():
    assert sum(step.minutes for step in STEPS) == 45


def test_ten_photos_half_of_them_cracked_two_of_them_called_wrong():
    ten = lesson.choose_ten(TABLE)
    assert len(set(ten["file"])) == 10
    assert (ten["actual"] == "cracked").sum() == 5
    assert (ten["actual"] != ten["predicted"]).sum() == 2
    assert set(ten["set"]) == {"metu", "sdnet2018"}
    assert not ten["actual"].is_monotonic_increasing, "the order tells the label"
    assert ten.equals(lesson.choose_ten(TABLE))


def test_where_fewer_are_at_hand_there_are_fewer():
    assert len(lesson.choose_ten(TABLE[TABLE["set"] == "metu"])) == 4
    assert lesson.choose_ten(TABLE.head(0)).empty


def test_a_guess_is_right_where_it_is_the_label():
    assert lesson.count_right(["cracked", "", "sound"], ["cracked", "sound", "cracked"]) == 1


def test_errors_on_near_copies_are_told_from_the_others():
    names = ["split", "images", "wrong", "images_without_copy", "accuracy_without_copy"]
    rows = [
        ("grouped", 100, 9, 100, 0.91),
        ("random", 100, 3, 80, 0.975),
        ("random", 100, 1, 0, float("nan")),
    ]
    found = lesson.of_copies(pd.DataFrame(rows, columns=names))
    assert found == Copies(copied=120, wrong_copied=2, others=80, wrong_others=2)


def test_the_shipped_run_errs_on_no_near_copy():
    table = splits.read(config.PROJECT / "models" / "metu" / splits.FILE)
    assert lesson.of_copies(table) == Copies(1802, 0, 4198, 10)


def test_a_worksheet_has_each_question_and_takes_answers_as_text():
    hostile = "<script>alert(1)</script>"
    sheet = Sheet(f"Ada {hostile}", {0: f"lines\nand {hostile}"}, {0: "You: 7 of 10"})
    page = lesson.worksheet(sheet)
    assert hostile not in page
    assert page.count("&lt;script&gt;alert(1)") == 2
    assert "lines<br>and" in page and "You: 7 of 10" in page
    assert all(step.question in page for step in STEPS)
    assert page.count('<div class="answer"></div>') == len(STEPS) - 1
    assert 'id="print"' in page
