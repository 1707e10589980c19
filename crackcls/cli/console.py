"""Standard output and error, whatever letters they can write."""

import codecs
import json
import sys
from typing import Any

from crackcls.names import is_seen, spelt

# What a stream does with a letter that it cannot write, see `prepare`.
SPELT = "crackcls.spelt"


def prepare() -> None:
    """Let both streams spell the letters that they cannot write, in place of an error."""
    codecs.register_error(SPELT, _spell)
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors=SPELT)


def as_json(value: Any) -> str:
    r"""Write a value as JSON that standard output can write, and that no terminal obeys.

    Args:
        value: Dicts, lists, texts and numbers.

    Returns:
        Indented JSON. What cannot be written, and what is not seen, is escaped as `\u202e`: who
        reads it as JSON has the letters again.
    """
    text = json.dumps(value, indent=2, ensure_ascii=False, default=int)
    odd = {c for c in set(text) - {"\n"} if not is_seen(c) or not _is_written(c)}
    return text.translate({ord(c): _escaped(c) for c in odd})


def _spell(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(spelt, error.object[error.start : error.end])), error.end


def _is_written(character: str) -> bool:
    try:
        return bool(character.encode(getattr(sys.stdout, "encoding", None) or "utf-8"))
    except UnicodeEncodeError:
        return False


def _escaped(character: str) -> str:
    escaped = json.dumps(character)[1:-1]
    return escaped if len(escaped) > 1 else f"\\u{ord(character):04x}"
