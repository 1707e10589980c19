"""The process in which a worker does its work, so that a photo may end it: see `guarded`.

    python -m crackcls.cluster.child

It reads pickles from standard input: the work, then lists of items. It writes frames, each its
length in 8 bytes and then so many bytes: first the pickle of why it could not begin, or of None,
then that of each result.
"""

import os
import pickle
import struct
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

from crackcls.cluster.work import opened
from crackcls.errors import InputError

LENGTH = struct.Struct(">Q")


def main() -> None:
    """Do work until the other end closes."""
    asked, answers = sys.stdin.buffer, _own_output()
    give = _giving(answers)
    try:
        with opened(pickle.load(asked)) as do:
            give(None)
            _serve(asked, do, give)
    except InputError as error:
        give(str(error))


def read_frame(answers: BinaryIO) -> bytes | None:
    """Read one frame; None where the process has ended."""
    head = answers.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    content = answers.read(length)
    return content if len(content) == length else None


def _serve(asked: BinaryIO, do: Callable[..., Any], give: Callable[[Any], None]) -> None:
    while True:
        try:
            items = pickle.load(asked)
        except EOFError:
            return
        for result in do(items):
            give(result)


def _own_output() -> BinaryIO:
    """Take standard output; what a library prints there goes to standard error."""
    own = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return own


def _giving(answers: BinaryIO) -> Callable[[Any], None]:
    def give(value: Any) -> None:
        content = pickle.dumps(value)
        answers.write(LENGTH.pack(len(content)) + content)
        answers.flush()

    return give


if __name__ == "__main__":
    main()
