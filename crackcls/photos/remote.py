"""A child process that judges photos: asked, watched, and replaced where it dies."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, TypeVar, cast

from crackcls import config, memory
from crackcls.errors import InputError
from crackcls.photos import frames
from crackcls.photos.frames import File, Seen

Answer = TypeVar("Answer")

SECONDS = 60.0
# What the server takes before the first visitor and a process that judges before the first photo,
# and what one photo may add. The least is what a photo of 12 megapixels takes; the most what one of
# 80 does.
SERVER, CHILD = 270_000_000, 180_000_000
AT_REST, LEAST, MOST = SERVER + CHILD, 300_000_000, 1_600_000_000
DIED = (
    "A photo must be decoded within the memory and the time that this server has for one, and "
    f"this one was not ({SECONDS:.0f} seconds at most). Save it as JPEG with fewer pixels."
)


def memory_for_one() -> int:
    """Give the bytes that judging one photo may take, by what the machine or the host allows."""
    return min(MOST, max(LEAST, memory.limit() - AT_REST))


def room_for(most: int) -> int:
    """Give the bytes that judging a photo may take now: what visitors hold is no longer there.

    Args:
        most: What it may take where the server holds nothing of anybody.
    """
    return min(most, max(LEAST, memory.limit() - memory.used() - CHILD))


class Worker:
    """One child process, started when it is asked first and again after it died.

    Args:
        seconds: How long it may take for one photo.
        most: Bytes of memory that one photo may take.
    """

    def __init__(self, seconds: float = SECONDS, most: int | None = None):
        self._seconds, self._most = seconds, most or memory_for_one()
        self._child: subprocess.Popen[bytes] | None = None

    def judge(self, file: File, folder: Path, version: str) -> Seen:
        """Judge the pictures of one file; one caller at a time.

        Args:
            file: The file.
            folder: Of the model.
            version: Tells a model that was trained anew or changed apart.

        Raises:
            InputError: The file ended the process.
        """
        about: dict[str, str | int] = {"name": file.name, "most": file.most, "version": version}
        about["folder"] = str(folder.absolute())
        return self._ask(about, file.content, frames.unpack)

    def thumbnail(self, content: bytes) -> bytes:
        """Make a small picture of a file; one caller at a time.

        Args:
            content: The whole file.

        Returns:
            A JPEG without metadata, see `thumbnail.of`; empty where the file cannot be read.

        Raises:
            InputError: The file ended the process.
        """
        return self._ask({"small": True}, content, bytes)

    def _ask(
        self, about: dict[str, str | int], content: bytes, read: Callable[[bytes], Answer]
    ) -> Answer:
        child, about = self._running(), {**about, "bytes": room_for(self._most)}
        watch = threading.Timer(self._seconds, child.kill)
        watch.start()
        try:
            asked, answers = cast(BinaryIO, child.stdin), cast(BinaryIO, child.stdout)
            frames.write(asked, json.dumps(about).encode())
            frames.write(asked, content)
            return read(frames.read(answers))
        except (EOFError, OSError, ValueError) as error:
            self.close()
            raise InputError(DIED) from error
        finally:
            watch.cancel()

    def start(self) -> None:
        """Start the process, so that the first photo need not wait for it."""
        self._running()

    def close(self) -> None:
        """End the process."""
        if self._child:
            self._child.kill()
            self._child.wait()
        self._child = None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "crackcls.photos.worker"],
                cwd=config.PROJECT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,
            )
        return self._child
