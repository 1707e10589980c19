"""Work for tests, in functions that a worker can import."""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from crackcls.errors import InputError

# An item that ends the process each time, one that does so where the file that it names is not
# there yet, and one that is a mistake in the work.
DEADLY, ONCE, WRONG = "deadly", "once ", "wrong"


def opened(folder: Path) -> Callable[[Sequence[str]], Iterator[str]]:
    """Give work that answers with the item and the content of a file that was sent."""
    greeting = (folder / "greeting").read_text()

    def one(item: str) -> str:
        mark = Path(item.removeprefix(ONCE))
        if item == DEADLY or (item.startswith(ONCE) and not mark.exists()):
            if item != DEADLY:
                mark.touch()
            os.kill(os.getpid(), signal.SIGSEGV)
        if item == WRONG:
            raise KeyError(item)
        print("a library's own words")
        return f"{greeting} {item} {folder.name}"

    return lambda items: map(one, items)


def refused(folder: Path) -> Callable[[Sequence[str]], Iterator[str]]:
    """Give no work."""
    raise InputError("A model must be whole, and this one is not.")


def broken(folder: Path) -> Callable[[Sequence[str]], Iterator[str]]:
    """End before the work begins."""
    os._exit(3)


def lost(reason: InputError) -> str:
    """Give the reason as the result."""
    return str(reason)
