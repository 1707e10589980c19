"""The table of judged photos, and the names of their pictures."""

import pytest

from crackcls.photos.table import picture_names, table_of, told_apart
from tests.photos.test_judged import made_up


def test_the_table_lists_photos_at_a_threshold():
    photos = [
        made_up([0.9, 0.8, 0.1, 0.1], name="a.jpg"),
        made_up([0.9, 0.2, 0.1, 0.1], name="b.jpg"),
        made_up([0.1, 0.2, 0.1, 0.1], name="c.jpg"),
        made_up([0.3, 0.2, 0.1, 0.1], name="d.jpg", familiar=0.4),
        made_up([0.7], name="e.jpg", needed=1),
    ]
    table = table_of(photos, 0.5)
    columns = ["file", "verdict", "probability", "familiarity", "tiles", "cracked_tiles"]
    assert [*table] == [*columns, "caution", "picture"]
    assert table[columns].to_numpy().tolist() == [
        ["a.jpg", "cracked", 0.8, 1.0, 4, 2],
        ["b.jpg", "doubtful", 0.2, 1.0, 4, 1],
        ["c.jpg", "no crack found", 0.1, 1.0, 4, 0],
        ["d.jpg", "unfamiliar", 0.2, 0.4, 4, 0],
        ["e.jpg", "cracked", 0.7, 1.0, 1, 1],
    ]
    verdicts = ["cracked", "cracked", "doubtful", "unfamiliar", "cracked"]
    assert table_of(photos, 0.15)["verdict"].tolist() == verdicts
    assert [*table_of([], 0.5)] == [*table]


def test_photos_of_one_name_from_two_cameras_have_a_picture_each():
    cameras = [made_up([vote], name="IMG_0001.JPG") for vote in (0.9, 0.1)]
    table = table_of([*cameras, made_up([0.1], name="IMG_0002.JPG")], 0.5)
    assert table["file"].tolist() == ["IMG_0001.JPG", "IMG_0001.JPG", "IMG_0002.JPG"]
    assert table["picture"].tolist() == [
        *("IMG_0001.JPG.png", "IMG_0001.JPG-2.png", "IMG_0002.JPG.png"),
    ]
    assert table["probability"].tolist() == [0.9, 0.1, 0.1]
    named = told_apart([*cameras, made_up([0.1], name="IMG_0002.JPG")])
    assert [one.name for one in named] == [
        *("IMG_0001.JPG (IMG_0001.JPG.png)", "IMG_0001.JPG (IMG_0001.JPG-2.png)", "IMG_0002.JPG"),
    ]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("wall.jpg", "wall.jpg.png"),
        ("größe ひび割れ.jpg", "größe ひび割れ.jpg.png"),
        ("gro\u0308ße.jpg", "größe.jpg.png"),
        ("../../etc/passwd", "passwd.png"),
        ("C:\\photos\\a.jpg", "a.jpg.png"),
        ("/", "photo.png"),
        ("..", "photo.png"),
        ("", "photo.png"),
        (" .a. ", "a.png"),
        ("a\x00b\n\x1b[0m\u202egpj.exe", "ab[0mgpj.exe.png"),
        ('a<b>c:d"e|f?g*h', "a_b_c_d_e_f_g_h.png"),
        ("CON", "_CON.png"),
        ("nul.jpg", "_nul.jpg.png"),
        ("com1 .jpg", "_com1 .jpg.png"),
        ("LPT².jpg", "_LPT².jpg.png"),
        ("conin$", "_conin$.png"),
        ("console.jpg", "console.jpg.png"),
        ("com10.jpg", "com10.jpg.png"),
        ("x" * 300, "x" * 200 + ".png"),
        ("割" * 100, "割" * 66 + ".png"),
    ],
)
def test_names_in_a_zip_are_safe(name: str, safe: str):
    assert picture_names([name]) == [safe]


def test_names_in_a_zip_are_there_once():
    names = ["a.jpg", "A.JPG", "b/a.jpg", "a.jpg-2", "straße", "STRASSE", "", "?"]
    assert picture_names(names) == [
        *("a.jpg.png", "A.JPG-2.png", "a.jpg-3.png", "a.jpg-2-2.png"),
        *("straße.png", "STRASSE-2.png", "photo.png", "_.png"),
    ]
