"""Work in threads: in order, a bounded way ahead."""

import os
import subprocess
import sys
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


def test_two_things_are_done_at_the_same_time():
    met = threading.Barrier(2, timeout=10)
    assert parallel.both(lambda: met.wait() >= 0, lambda: met.wait() >= 0) == (True, True)


@pytest.mark.parametrize("which", [0, 1])
def test_an_error_in_one_of_two_reaches_the_caller(which):
    work = [lambda: 1, lambda: 1]
    work[which] = lambda: 1 // 0
    with pytest.raises(ZeroDivisionError):
        parallel.both(*work)


@pytest.mark.parametrize(("chosen", "threads"), [(None, 1), ("2", 2)])
def test_matrix_products_bring_no_threads_beside_ours(chosen, threads):
    script = (
        "import crackcls, numpy, threadpoolctl\n"
        "print([one['num_threads'] for one in threadpoolctl.threadpool_info()])"
    )
    names = {k: v for k, v in os.environ.items() if k != "OPENBLAS_NUM_THREADS"}
    if chosen:
        names["OPENBLAS_NUM_THREADS"] = chosen
    done = subprocess.run(
        [sys.executable, "-c", script], env=names, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str([min(threads, os.cpu_count() or 1)])


def test_begun_work_goes_on_while_others_do_something_else():
    ready = threading.Event()
    coming = parallel.begin(lambda: ready.wait(30))
    assert not coming.done()
    ready.set()
    assert coming.result(30)
