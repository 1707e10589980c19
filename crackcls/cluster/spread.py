"""Items spread over the cores of a cluster by Ray Data, and their results in order.

The set that Ray Data goes through holds items, such as the paths of photos; a worker reads what an
item names. It is a task and no actor: one that was lost with its machine goes to the next free core
at once, while an actor waits for a core of its own. What must be opened once a worker is kept in
its process, see `_guarded`.
"""

import logging
import pickle
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from crackcls.cluster import nodes
from crackcls.cluster.guarded import Guarded
from crackcls.cluster.work import Work
from crackcls.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

Item = TypeVar("Item")
Result = TypeVar("Result")

# Items whose results come back at once: so many that the one process that takes them from all
# others hears some hundred times a second at most.
LEAST, MOST = 4, 64
# A block is what is done anew where a machine is lost. The last ones are small, so that no core
# waits long for another.
MOST_OF_A_BLOCK, BLOCKS_A_CORE = 1024, 4
# So many batches of a worker may wait to be taken; of fewer it would stand still in between.
AHEAD = 32
# So many items Ray has at a time, whatever their number.
AT_ONCE = 1_000_000
# Names in the table that Ray Data goes through.
NUMBER, ITEM, RESULTS = "number", "item", "results"


def each(
    items: Sequence[Item],
    work: Work,
    address: str,
    done: Callable[[Item, Result], None] = lambda *_: None,
    batch: int | None = None,
) -> Iterator[Result]:
    """Do work for items on all cores of a cluster.

    Args:
        items: What `work` takes.
        work: What to do.
        address: Of the cluster, see `nodes.joined`.
        done: Takes each item and its result once, as they come.
        batch: Items whose results come back at once; None chooses by the cores.

    Yields:
        The results in the order of the items. Those that came before their turn wait in memory.

    Raises:
        InputError: There is no such cluster, or the work cannot begin on one of its machines.
    """
    if not items:
        return
    with nodes.joined(address) as cores:
        waiting: dict[int, Result] = {}
        turn = 0
        for number, result in _as_they_come(items, work, cores, batch):
            if number < turn or number in waiting:
                continue  # Work that was lost with a machine, and done twice.
            done(items[number], result)
            waiting[number] = result
            while turn in waiting:
                yield waiting.pop(turn)
                turn += 1
    if turn < len(items):
        raise InputError(
            f"A result must come for each of {len(items):,} items, and {len(items) - turn:,} are "
            "missing. Give the same command again."
        )


def sizes(count: int, cores: int, batch: int) -> Iterator[int]:
    """Give how many items each block has: a share of what is left in whole batches.

    Args:
        count: Of items.
        cores: Of the cluster.
        batch: Items of a batch.
    """
    while count > 0:
        share = min(count // (BLOCKS_A_CORE * cores), MOST_OF_A_BLOCK)
        size = min(max(share // batch, 1) * batch, count)
        yield size
        count -= size


def _as_they_come(
    items: Sequence[Item], work: Work, cores: int, batch: int | None
) -> Iterator[tuple[int, Any]]:
    import ray
    import ray.data

    _calm(ray.data.DataContext.get_current())
    batch = batch or min(max(cores // 4, LEAST), MOST)
    sent = ray.put(work)
    for start in range(0, len(items), AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, len(items)))
        blocks = _blocks(items, numbers, sizes(len(numbers), cores, batch))
        yield from _of_blocks([*blocks], sent, batch)


def _of_blocks(blocks: "list[pa.Table]", sent: Any, batch: int) -> Iterator[tuple[int, Any]]:
    import ray.data

    do: Any = _done  # Ray's types know no function that takes more than the batch.
    results = ray.data.from_arrow(blocks).map_batches(
        do, batch_size=batch, fn_kwargs={"sent": sent, "key": sent.hex()}, num_cpus=1
    )
    for table in results.iter_batches(batch_size=None, batch_format="pyarrow"):
        for content in table[RESULTS]:
            yield from _unpacked(content.as_py())


def _blocks(items: Sequence[Item], numbers: range, lengths: Iterator[int]) -> "Iterator[pa.Table]":
    import pyarrow as pa

    for length in lengths:
        block, numbers = numbers[:length], numbers[length:]
        content = [pickle.dumps(items[number]) for number in block]
        yield pa.table({NUMBER: pa.array(block), ITEM: pa.array(content, pa.binary())})


def _done(batch: dict[str, np.ndarray], sent: Any, key: str) -> dict[str, np.ndarray]:
    """Do the work for a batch, on a worker: one row with all its results."""
    import ray

    items = [pickle.loads(one) for one in batch[ITEM]]
    try:
        results: Any = _guarded(key, lambda: ray.get(sent)).results(items)
    except InputError as error:
        results = str(error)
    row = np.empty(1, object)
    row[0] = pickle.dumps((batch[NUMBER].tolist(), results))
    return {RESULTS: row}


def _unpacked(content: bytes) -> Iterator[tuple[int, Any]]:
    numbers, results = pickle.loads(content)
    if isinstance(results, str):
        raise InputError(results)
    yield from zip(numbers, map(pickle.loads, results), strict=True)


_kept: dict[str, Guarded] = {}


def _guarded(key: str, work: Callable[[], Work]) -> Guarded:
    """Give the process that does the work, opened once in each worker."""
    if key not in _kept:
        while _kept:
            _kept.popitem()[1].close()
        _kept[key] = Guarded(work())
    return _kept[key]


def _calm(context: Any) -> None:
    """Let Ray Data print nothing, and give each batch as soon as it is done."""
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    context.target_max_block_size = 1
    context._max_num_blocks_in_streaming_gen_buffer = AHEAD
    logging.getLogger("ray.data").setLevel(logging.ERROR)
