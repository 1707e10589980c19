"""Patterns that a person gives for names of files, searched for aside and in bounded time."""

import json
import subprocess
import sys
from collections.abc import Sequence

from crackcls.errors import InputError

MOST_CHARACTERS, SECONDS = 500, 10
# A search can take longer than the universe is old, and nothing but the end of its process ends it.
SEARCH = """
import json, re, sys
pattern, names = json.load(sys.stdin)
try:
    rule = re.compile(pattern)
except (re.error, OverflowError, RecursionError) as error:
    json.dump(str(error), sys.stdout)
else:
    found = map(rule.search, names)
    json.dump([one and (one[min(1, rule.groups)] or "") or "" for one in found], sys.stdout)
"""


def named(pattern: str, names: Sequence[str]) -> list[str]:
    """Search each name for a pattern.

    Args:
        pattern: A regular expression.
        names: Names of files.

    Returns:
        For each name what the pattern's first group matches, or all of it where it has none;
        empty where it does not fit.

    Raises:
        InputError: The pattern is none, takes too long, or fits no name.
    """
    found = _searched(pattern, names)
    if isinstance(found, str):
        raise _wrong(pattern, f"be a regular expression, and it is none ({found})")
    if not any(found):
        some = f", such as '{names[0]}'" if names else ""
        raise _wrong(pattern, f"fit the files' names, and it fits none of {len(names):,}{some}")
    return found


def _searched(pattern: str, names: Sequence[str]) -> list[str] | str:
    if len(pattern) > MOST_CHARACTERS:
        raise _wrong(pattern[:40] + "…", f"have at most {MOST_CHARACTERS} characters")
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", SEARCH],
            input=json.dumps([pattern, list(names)]).encode(),
            capture_output=True,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise _wrong(
            pattern,
            f"be found in all names within {SECONDS} seconds, and it is not, as happens where one "
            "repetition stands in another",
        ) from None
    return json.loads(done.stdout) if done.returncode == 0 else "it cannot be searched for"


def _wrong(pattern: str, rule: str) -> InputError:
    return InputError(
        f"The pattern that groups files must {rule}, received '{pattern}'. For '7001-115.jpg' and "
        r"others of photograph 7001 it is '(\d+)-'."
    )
