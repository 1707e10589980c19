"""Names of any letters: shown whole, in one line, and taken for nothing but text."""

import pytest

from crackcls import names

SHOWN = {
    "wall 1.jpg": "wall 1.jpg",
    "größe ひび割れ.jpg": "größe ひび割れ.jpg",
    "e\u0301.jpg": "e\u0301.jpg",
    "עברית 1.jpg": "עברית 1.jpg",
    "👨\u200d👩\u200d👧 👍🏽 ❤\ufe0f.png": "👨\u200d👩\u200d👧 👍🏽 ❤\ufe0f.png",
    "می\u200cرود.jpg": "می\u200cرود.jpg",
    "9.41\u202fAM\u00a0.png": "9.41\u202fAM\u00a0.png",
    "two\nlines": "two<U+000A>lines",
    "\x1b[31mred\x07\x7f\x9b2J": "<U+001B>[31mred<U+0007><U+007F><U+009B>2J",
    "tab\tcr\r\x00": "tab<U+0009>cr<U+000D><U+0000>",
    "wall\u202egpj.exe": "wall<U+202E>gpj.exe",
    "\u200fa\u2066b\u2069\u200e": "<U+200F>a<U+2066>b<U+2069><U+200E>",
    "a\u200bb\u200dc\u2060d\ufeff\u00ad": "a<U+200B>b<U+200D>c<U+2060>d<U+FEFF><U+00AD>",
    "\u200d": "<U+200D>",
    "\u2028\u2029\u0085": "<U+2028><U+2029><U+0085>",
    "\u3164\u2800": "<U+3164><U+2800>",
    "\U000e0041\ue000": "<U+E0041><U+E000>",
    "caf\udce9.jpg": "caf<0xE9>.jpg",
    "\ud83d.jpg": "<U+D83D>.jpg",
    "<0xE9> <U+202E>": "<U+003C>0xE9> <U+003C>U+202E>",
    "<b> a<2> NA \\n": "<b> a<2> NA \\n",
    "": "",
}


@pytest.mark.parametrize("name", SHOWN)
def test_a_name_is_shown_in_one_line_with_all_its_letters(name: str):
    assert names.shown(name) == SHOWN[name]


def test_names_that_differ_are_shown_apart():
    assert len({*SHOWN.values()}) == len(SHOWN)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("caf\udce9\n\u202e.jpg", "caf<0xE9>\n\u202e.jpg"),
        ("\ud83d", "<U+D83D>"),
        ("<0xE9>", "<U+003C>0xE9>"),
        ("<U+D83D>", "<U+003C>U+D83D>"),
        ("größe <b> <0x41> <U+202E>", "größe <b> <0x41> <U+202E>"),
    ],
)
def test_text_is_a_name_that_can_be_written(name: str, text: str):
    assert names.as_text(name) == text


# What the page shows of these was looked at in a browser, see tests/test_browser.py.
MARKDOWN = {
    "wall 1 (2).jpg": "wall 1 (2).jpg",
    "7001-115.jpg": "7001-115.jpg",
    "a_b*c*`d`~e~": "a\\_b\\*c\\*\\`d\\`\\~e\\~",
    "![x](a.png)": "!\\[x\\](a.png)",
    "# big": "\\# big",
    "<img src=x>": "\\<img src=x\\>",
    "&lt;&#65;": "\\&lt;\\&\\#65;",
    ":red[hi] $x$": "\\:red\\[hi\\] \\$x\\$",
    ":material/home:": "\\:\u2060material/home\\:",
    ":cat: 12:30pm": "\\:\u2060cat\\: 12\\:30pm",
    "http://a.b": "http\u2060\\://a.b",
    "see WWW.a.b": "see WWW\u2060.a.b",
    "me@a.b": "me\u2060@a.b",
    "a -> b <= c": "a -\u2060\\> b \\<\u2060= c",
    "- a": "\\- a",
    "1. a": "1\\. a",
    "1.jpg": "1.jpg",
    "---": "\\---",
    "===": "\\===",
    "two  blanks": "two \u00a0blanks",
    " a ": "\u2060\u00a0a\u00a0\u2060",
    "a\nb": "a\\<U+000A\\>b",
    "a|b": "a\\|b",
}


@pytest.mark.parametrize("name", MARKDOWN)
def test_markdown_takes_a_name_for_text(name: str):
    assert names.markdown(name) == MARKDOWN[name]
