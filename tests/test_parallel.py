"""Work in threads: in order, a bounded way ahead."""

import threading
import time

import pytest

from crackcls import parallel


def test_results_come_in_the_order_of_the_items():
    def work(item: int) -> int:
        time.sleep(0.002 * (item % 3))
        return item * item

    assert list(parallel.ordered_map(work, range(100), 4)) == [i * i for i in range(100)]


def test_the_items_are_taken_a_bounded_way_ahead():
    taken = []

    def items():
        for item in range(1000):
            taken.append(item)
            yield item

    results = parallel.ordered_map(lambda item: item, items(), 2)
    next(results)
    assert len(taken) <= 10
    results.close()
    assert len(taken) <= 10


def test_an_error_reaches_the_caller():
    with pytest.raises(ZeroDivisionError):
        list(parallel.ordered_map(lambda item: 1 / item, [1, 0]))


def test_work_that_waits_is_dropped_where_the_caller_stops():
    done = []
    gate = threading.Event()

    def work(item: int) -> int:
        if item:
            gate.wait(10)
        done.append(item)
        return item

    results = parallel.ordered_map(work, range(100), 1)
    next(results)
    gate.set()
    results.close()
    assert len(done) < 10
