"""Names of files that somebody has, or that an attacker would take."""

import itertools
from collections.abc import Iterator

# Each is a whole name, or what stands in the middle of one.
PIECES = [
    *("![x](http://127.0.0.1:9/x.png)", "# big", "## b\n# c", "[a](http://x.org)", "**b** _i_ ~s~"),
    *("<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "<b>b</b>", "</td></tr>"),
    *("&lt;b&gt; &amp; &#65; &copy;", "&#x3a;red[x]", "`code`", "``a`b", "```\ncode\n```"),
    *(":red[hi] $x^2$", ":blue-badge[x]", ":help[x]", ":red{x}", ":material/home:", ":streamlit:"),
    *(":cat:", ":+1:", "12:30pm", "$x$ and $$y$$", "\\(x\\) \\alpha\\", "a -> b <= c", "--", "---"),
    *("===", "***", "- list", "+ list", "1. list", "> quote", "a|b|c", "[^1]", "- [ ] task"),
    *("http://example.org", "www.example.org", "me@example.org", "<https://x.org>"),
    *("=1+1", "+1", "-1", "@a", "\t=1", "\r=1", "\n=1", " =1", "'=1", "a;=1", "a\n=cmd|'/C x'!A0"),
    *('=HYPERLINK("http://x.org","y")', "＝1", "a,b", 'a"b', "a;b", "a\tb", '"', "'", ",", ";"),  # noqa: RUF001
    *("two\nlines", "a\r\nb", "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x9b2J", "\x7f\x01"),
    *("a\u202egpj", "\u200fmark\u200e", "\u2066iso\u2069", "a\u200bb", "\ufeffbom", "a\u00adb"),
    *(
        "עברית",
        "عربي",
        "日本語",
        "größe",
        "e\u0301",
        "한국어",
        "Ελληνικά",
        "कि",
        "👍🏽",
        "👨\u200d👩\u200d👧",
    ),
    *("\u2028ls\u2029", "\u3164", "\u00a0nb\u202fsp", "\u3000", "\ufffe", "\U0010ffff", "\ue000"),
    *(
        "\udcff\udcfe",
        "caf\udce9",
        "\udce3\udc81",
        "<0xE9>",
        "<U+202E>",
        "NA",
        "None",
        "nan",
        "true",
    ),
    *(
        "007",
        "1e5",
        "-0",
        "inf",
        "{{7*7}} {x} %s",
        "${HOME} `id` $(id)",
        "~user",
        "..",
        "C:\\x\\new",
    ),
    *(
        "CON",
        "nul",
        "a" * 251,
        "ひ" * 83,
        " ",
        "  two  blanks  ",
        ".hidden",
        "%2e%2e%2f",
        "a?b*c|d",
    ),
]


def odd_names(count: int, ending: str = ".jpg") -> list[str]:
    """Give names that differ, none of which is a path; a byte that is no text as PEP 383 has it.

    Args:
        count: How many, 0 to 10,000 or so.
        ending: What they end in.
    """
    return [*itertools.islice(_each(ending), count)]


def _each(ending: str) -> Iterator[str]:
    seen = set()
    pairs = (f"{one} {other}" for one, other in itertools.product(PIECES, reversed(PIECES)))
    for piece in itertools.chain(PIECES, pairs):
        name = piece.replace("/", "\u2215") + ending
        if len(name.encode(errors="surrogateescape")) <= 255 and name not in seen:
            seen.add(name)
            yield name
