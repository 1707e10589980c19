"""Work in a process of its own: an item that ends it costs one result and not the worker."""

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, cast

from crackcls.cluster.child import read_frame
from crackcls.cluster.work import Work
from crackcls.errors import InputError

# A process may end for another reason, such as memory that others took.
TRIES = 2


class Guarded:
    """Work in a child process, which is started anew where an item has ended it."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._child: subprocess.Popen[bytes] | None = None
        self._ended = ""

    def results(self, items: Sequence[Any]) -> list[bytes]:
        """Do the work for items.

        Where the process ends, the item that it was at is tried alone, then the others go on.

        Returns:
            For each, in order, the pickle of its result, or of what stands for it.

        Raises:
            InputError: The work cannot begin on this machine.
        """
        done = [*self._asked(items)]
        while len(done) < len(items):
            done.append(self._alone(items[len(done)]))
            done += self._asked(items[len(done) :])
        return done

    def close(self) -> None:
        """End the process."""
        if self._child:
            self._child.kill()
            self._child.wait()
            self._child = None

    def _alone(self, item: Any) -> bytes:
        for _ in range(TRIES):
            for result in self._asked([item]):
                return result
        reason = InputError(
            f"A photo must leave the process that judges it alive, and this one ended it {TRIES} "
            f"times ({self._ended}). Save it anew with another program."
        )
        return pickle.dumps(self._work.lost(reason))

    def _asked(self, items: Sequence[Any]) -> Iterator[bytes]:
        """Give results until there are no more, or the process ends."""
        if not items:
            return
        self._child = self._child or self._started()
        _send(self._child, list(items))
        for _ in items:
            result = _answer(self._child)
            if result is None:
                self._ended = _how_ended(self._child)
                self._child = None
                return
            yield result

    def _started(self) -> "subprocess.Popen[bytes]":
        # The package may stand where only this process looks for it, as in a clone.
        paths = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        words = [sys.executable, "-m", "crackcls.cluster.child"]
        own, pipe = {**os.environ, **paths}, subprocess.PIPE
        child = subprocess.Popen(words, env=own, stdin=pipe, stdout=pipe)
        _send(child, self._work)
        answer = _answer(child)
        if answer is None:
            why = f"A worker must be able to begin, and its process did not ({_how_ended(child)})."
        else:
            why = pickle.loads(answer)
        if why:
            raise InputError(why)
        return child


def _send(child: "subprocess.Popen[bytes]", value: Any) -> None:
    asked = cast(BinaryIO, child.stdin)
    try:
        asked.write(pickle.dumps(value))
        asked.flush()
    except BrokenPipeError:
        pass  # It has ended, which its answer tells.


def _answer(child: "subprocess.Popen[bytes]") -> bytes | None:
    return read_frame(cast(BinaryIO, child.stdout))


def _how_ended(child: "subprocess.Popen[bytes]") -> str:
    status = child.wait()
    return f"signal {-status}" if status < 0 else f"status {status}"
