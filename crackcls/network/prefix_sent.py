"""The frozen prefix, sent to another machine and opened there without TensorFlow."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from crackcls.errors import InputError
from crackcls.network import classifier, pipeline
from crackcls.network.pieces import pooling
from crackcls.network.prefix import Prefix, named, nothing_frozen, rows_here


def unopened(prefix: Prefix) -> Prefix:
    """Give a prefix without what runs it, so that it can be sent to another machine.

    Raises:
        InputError: Keras runs it, on a GPU of this machine.
    """
    if prefix.network is None and prefix.run is not nothing_frozen:
        raise InputError(
            "The frozen part must be one that LiteRT runs to be spread over machines, and with "
            "float32 the GPU of this machine runs it. Take int8, or train without --ray."
        )
    return replace(prefix, run=nothing_frozen)


def opened(
    folder: Path, prefix: Prefix
) -> Callable[[Sequence[Path]], Iterator[pipeline.Row | InputError]]:
    """Open a prefix anew, on one core of any machine.

    Args:
        folder: In which its `network` lies, by the name that it has.
        prefix: Without what runs it, see `unopened`.
    """
    run: classifier.Run = nothing_frozen
    if prefix.network:
        content = (folder / prefix.network.name).read_bytes()
        run = named(classifier.sessions(content, threads=1), prefix.output)
    if prefix.pieces:
        run = pooling(run, "cut", prefix.size)
    ready = replace(prefix, run=run)
    return lambda paths: rows_here(paths, ready, workers=1)
