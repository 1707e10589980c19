"""Processes that are measured: each in folders of its own, timed, its peak memory taken.

Linux counts what a parent holds into the peak of a child that it starts. So whatever is
measured runs in a child, and nothing large is imported in the process that starts it.

It works on Linux and macOS.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from crackcls import config

FOLDERS = {"CRACKCLS_CACHE": "cache", "CRACKCLS_MODELS": "models", "CRACKCLS_DATA": "data"}
UNIT = 1 if sys.platform == "darwin" else 1024


@contextmanager
def place(with_model: bool = False) -> Iterator[Path]:
    """Make a temporary folder for the cache, the models and the data of a child.

    Args:
        with_model: Whether the shipped model lies in it.
    """
    with tempfile.TemporaryDirectory(prefix="crackcls-benchmark-") as top:
        folder = Path(top)
        for name in FOLDERS.values():
            (folder / name).mkdir()
        if with_model:
            shipped = config.PROJECT / "models" / config.DEFAULT_MODEL
            shutil.copytree(shipped, folder / "models" / config.DEFAULT_MODEL)
        yield folder


def surroundings(folder: Path) -> dict[str, str]:
    """Give the environment of a child that works in a folder from `place`."""
    own = {variable: str(folder / name) for variable, name in FOLDERS.items()}
    # What a child computes with sets this by itself: an earlier commit did not.
    rest = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    return {**rest, "TF_CPP_MIN_LOG_LEVEL": "3", **own}


def run(
    command: Sequence[object], folder: Path, settings: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Run a command to its end.

    Args:
        command: Words after the Python interpreter's name.
        folder: From `place`.
        settings: Environment variables of its own.

    Returns:
        `output`, what it wrote to standard output, `seconds` from its start to its end, and
        `peak`, bytes of memory of the largest process among it and its children.

    Raises:
        RuntimeError: It failed. The message ends with what it said.
    """
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as error:
        words = [sys.executable, *map(str, command)]
        about = {**surroundings(folder), **(settings or {})}
        start = time.perf_counter()
        child = subprocess.Popen(words, cwd=config.PROJECT, env=about, stdout=out, stderr=error)
        _, status, used = os.wait4(child.pid, 0)
        took = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise RuntimeError(f"{' '.join(words)} failed:\n{_text(error)[-3000:]}")
        return {"output": _text(out), "seconds": took, "peak": used.ru_maxrss * UNIT}


def call(function: str, folder: Path, /, **arguments: Any) -> dict[str, Any]:
    """Call a function in a child.

    Args:
        function: `module:name`, of a module of this package.
        folder: From `place`.
        arguments: The function's, of kinds that JSON knows.

    Returns:
        As `run`, with the function's value, of kinds that JSON knows, in `value`.
    """
    done = run(["-m", "benchmarks.processes", function, json.dumps(arguments)], folder)
    done["value"] = json.loads(done.pop("output").splitlines()[-1])
    return done


def say(text: str) -> None:
    """Tell the person who waits what is done now."""
    print(text, file=sys.stderr, flush=True)


def _text(file) -> str:
    file.seek(0)
    return file.read()


def _answer(function: str, arguments: str) -> None:
    """Be the child of `call`."""
    import importlib

    module, name = function.split(":")
    value = getattr(importlib.import_module(f"benchmarks.{module}"), name)(**json.loads(arguments))
    print(f"\n{json.dumps(value)}")


if __name__ == "__main__":
    _answer(*sys.argv[1:])
