"""Work on all cores, in order, in constant memory."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
Other = TypeVar("Other")


def ordered_map(
    work: Callable[[Item], Result], items: Iterable[Item], workers: int | None = None
) -> Iterator[Result]:
    """Map in threads, a bounded way ahead of whoever takes the results.

    Args:
        work: What to do with an item. NumPy, Pillow and LiteRT let threads run side by side.
        items: The items.
        workers: Threads; None takes one for each core.

    Yields:
        The results in the order of the items. Work that waits is dropped where the caller
        stops taking.
    """
    workers = workers or os.cpu_count() or 1
    pool = ThreadPoolExecutor(workers)
    waiting: deque[Future[Result]] = deque()
    try:
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) > 4 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def begin(work: Callable[[], Result]) -> "Future[Result]":
    """Begin work in a thread of its own, which nobody has to wait for."""
    pool = ThreadPoolExecutor(1)
    coming = pool.submit(work)
    pool.shutdown(wait=False)
    return coming


def both(one: Callable[[], Result], other: Callable[[], Other]) -> tuple[Result, Other]:
    """Do two things at the same time, and give the results of both.

    Args:
        one: What to do in a thread of its own.
        other: What to do meanwhile.
    """
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(one)
        found = other()
        return coming.result(), found
