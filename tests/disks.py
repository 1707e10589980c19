"""Places that cannot be written, for root too: small disks, mounted where that is allowed."""

import errno
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def disk(folder: Path, options: str) -> Iterator[Path]:
    """Mount a disk in memory, or skip the test where that is not allowed."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("only root on Linux may mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> None:
    """Write until the system says that the disk is full."""
    try:
        with (folder / "filler").open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
    except OSError as error:
        assert error.errno == errno.ENOSPC


@contextmanager
def refusing(kind: str, folder: Path) -> Iterator[Path]:
    """Give a place that refuses to be written, `read-only`, `full` or `a file`."""
    if kind == "a file":
        folder.write_text("in the way")
        yield folder
        return
    with disk(folder, {"read-only": "ro", "full": "size=1m"}[kind]):
        if kind == "full":
            fill(folder)
        yield folder
