"""How many pages are made at a time, so that a crowd does not keep the server from answering.

Python runs one thread at a time. Where hundreds of pages are made at once, the thread that talks
to all browsers comes to its turn after seconds, and connections time out.
"""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# More would make no page earlier.
MOST = 8
# A page that has waited so long is made beside the others: they may be held up.
SECONDS = 30.0

# Set where a page was made since garbage was collected.
_made = threading.Event()
_free = threading.BoundedSemaphore(MOST)
_mine = threading.local()


@contextmanager
def one() -> Iterator[None]:
    """Wait for a turn, and have it for as long as a page is made."""
    _take()
    try:
        yield
    finally:
        _made.set()
        _give()


@contextmanager
def aside() -> Iterator[None]:
    """Let others have the turn while a page waits for something else.

    Where that ends by an exception the page ends too, and needs no turn again.
    """
    had = getattr(_mine, "turn", False)
    _give()
    yield
    if had:
        _take()


def collect_garbage() -> None:
    """Free what pages have left behind; once for all that were made since the last time.

    Streamlit would do so after each page, which takes longer than most pages do. What stands when
    the first page is made is there to the end, modules above all, and is not looked through again:
    that keeps all threads waiting for 0.1 s each time.
    """
    if _made.is_set():
        _made.clear()
        gc.collect()
        if not gc.get_freeze_count():
            gc.freeze()


def _take() -> None:
    _mine.turn = _free.acquire(timeout=SECONDS)


def _give() -> None:
    if getattr(_mine, "turn", False):
        _mine.turn = False
        _free.release()
