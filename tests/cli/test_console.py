"""What the command line writes where a console lacks letters."""

import io
import json
import sys
from collections.abc import Callable

import pytest

from crackcls.cli import console

NAMES = ["größe.jpg", "ひび.jpg", "\U0001f44d", "a\u202eb", "\x9b2J\x7f\x1b", "caf\udce9", "a\nb"]


@pytest.fixture
def printed(monkeypatch) -> Callable[[str, Callable[[], str]], str]:
    """Give a function that prints on a console of a code page, and gives what comes out."""

    def on(encoding: str, make: Callable[[], str]) -> str:
        stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="")
        monkeypatch.setattr(sys, "stdout", stream)
        console.prepare()
        print(make())
        stream.flush()
        return stream.buffer.getvalue().decode(encoding)

    return on


@pytest.mark.parametrize(
    ("encoding", "spelt"),
    [
        ("ascii", "gr<U+00F6><U+00DF>e <U+3072><U+3073> <0xE9> <U+2026>\n"),
        ("cp1252", "größe <U+3072><U+3073> <0xE9> …\n"),
        ("utf-8", "größe ひび <0xE9> …\n"),
    ],
)
def test_a_letter_that_a_console_lacks_is_spelt(printed, encoding, spelt):
    assert printed(encoding, lambda: "größe ひび \udce9 …") == spelt


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_json_gives_the_names_back_and_no_terminal_obeys_it(printed, encoding):
    text = printed(encoding, lambda: console.as_json({name: [name] for name in NAMES}))
    assert json.loads(text) == {name: [name] for name in NAMES}
    assert [c for c in text if not c.isprintable() and c != "\n"] == []


def test_json_keeps_the_letters_that_a_console_has():
    assert console.as_json(["größe", 1]) == '[\n  "größe",\n  1\n]'
