"""Judging for all visitors of a server: one line, and a few processes that serve it."""

import io
import os
import queue
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from PIL import Image

from crackcls import config, images, memory
from crackcls.errors import InputError
from crackcls.formats import sizes
from crackcls.photos.frames import File, Seen
from crackcls.photos.line import Line, Ticket
from crackcls.photos.remote import AT_REST, Worker, memory_for_one

Result = TypeVar("Result")

# One photo's tiles keep so many cores at work.
CORES_FOR_ONE = 4
# Formats whose headers are read here, in plain Python; for the others the bytes tell.
READ_HERE = "JPEG", "PNG"
BYTES_A_MEGAPIXEL = 250_000
# A small picture takes so much of the time of a verdict.
SHARE_OF_A_THUMBNAIL = 0.02

# A cache alone would let each of those who ask at once make one.
_opening = threading.Lock()


class Desk:
    """The line and the processes."""

    def __init__(self) -> None:
        count = servers()
        self.line: Line[Any] = Line(count, is_judged=is_judged)
        self._idle: queue.LifoQueue[Worker] = queue.LifoQueue()
        for _ in range(count):
            self._idle.put(Worker())
        threading.Thread(target=self.start, daemon=True).start()

    def start(self) -> None:
        """Start a process, so that the first photo need not wait for it."""
        worker = self._idle.get()
        try:
            worker.start()
        finally:
            self._idle.put(worker)

    def ask(self, visitor: str, file: File, folder: Path, version: str) -> Ticket[Seen]:
        """Put a file into the line.

        Args:
            visitor: Whose it is; photos of one visitor are judged in turn with those of others.
            file: The file.
            folder: Of the model.
            version: Of the model, see `Worker.judge`.

        Raises:
            InputError: Too much is waiting.
        """

        def work() -> Seen:
            return self._by_one(lambda worker: worker.judge(file, folder, version))

        return self.line.join(visitor, megapixels(file.content), work)

    def ask_thumbnail(self, visitor: str, content: bytes) -> Ticket[bytes]:
        """Put a file into the line for a small picture, see `Worker.thumbnail`.

        Args:
            visitor: Whose it is.
            content: The whole file.

        Raises:
            InputError: Too much is waiting.
        """

        def work() -> bytes:
            return self._by_one(lambda worker: worker.thumbnail(content))

        return self.line.join(visitor, SHARE_OF_A_THUMBNAIL * megapixels(content), work)

    def _by_one(self, work: Callable[[Worker], Result]) -> Result:
        worker = self._idle.get()
        try:
            return work(worker)
        finally:
            self._idle.put(worker)


def open_desk() -> Desk:
    """Give the one desk of this process, also where many ask for it at once at first."""
    with _opening:
        return _the_desk()


@cache
def _the_desk() -> Desk:
    return Desk()


def is_judged(seen: Any) -> bool:
    """Tell whether a model saw a picture of a file; a small picture of it is none of that."""
    return isinstance(seen, list) and any(not isinstance(one, InputError) for _, one in seen)


def servers() -> int:
    """Give how many photos are judged at a time, by cores and by memory."""
    by_memory = (memory.limit() - AT_REST) // memory_for_one()
    return max(1, min((os.cpu_count() or 1) // CORES_FOR_ONE, by_memory))


def megapixels(content: bytes) -> float:
    """Tell how large a photo is, about, without decoding it.

    Args:
        content: The whole file, which may be none.

    Returns:
        In millions of pixels; 0 for what is no photo or has more than a photo may have, which is
        refused without decoding it.
    """
    most = config.MAX_PHOTO_PIXELS / 1e6
    try:
        images.check(content)
    except InputError:
        return 0.0
    try:
        size = sizes.of_webp(content) or Image.open(io.BytesIO(content), formats=READ_HERE).size
    except Image.DecompressionBombError:
        return 0.0
    except Exception:  # Of many kinds; the process that decodes it says what is wrong.
        return min(most, len(content) / BYTES_A_MEGAPIXEL)
    found = size[0] * size[1] / 1e6
    return found if found <= most else 0.0
