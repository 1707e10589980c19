"""The process that decodes and judges strangers' photos, and may die of one.

    python -m crackcls.photos.worker

Takes photos from standard input, and gives back what it saw or small pictures, see
`remote.Worker`.
"""

import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from crackcls import memory
from crackcls.errors import InputError
from crackcls.network import calibration
from crackcls.network.calibration import Calibration
from crackcls.network.classifier import Classifier, load_model
from crackcls.photos import files, frames, memory_rule, thumbnail

# Models that are kept open.
MODELS = 2


def main() -> None:
    """Answer until the server ends."""
    # Whatever prints to standard output must not stand among the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    asked = sys.stdin.buffer
    models: dict[str, tuple[Classifier, Calibration]] = {}
    be_ended_first()
    while True:
        try:
            about = json.loads(frames.read(asked))
            content = frames.read(asked)
        except EOFError:
            return
        if about.get("small"):
            frames.write(answers, _small(content, about["bytes"]))
        else:
            frames.write(answers, frames.pack(_judge(about, content, models)))


def be_ended_first() -> None:
    """Ask Linux to end this process before others where memory is short."""
    with suppress(OSError):  # Other systems have no such file.
        Path("/proc/self/oom_score_adj").write_text("1000")


def _small(content: bytes, most: int) -> bytes:
    """Give a small picture, or nothing: who judges the file says what is wrong with it."""
    try:
        with memory.limited(most):
            return thumbnail.of(content)
    except (InputError, MemoryError):
        return b""


def _judge(
    about: dict[str, Any], content: bytes, models: dict[str, tuple[Classifier, Calibration]]
) -> frames.Seen:
    """Judge one file; where it took too much memory, say so."""
    most = about["bytes"]
    try:
        model = _opened(Path(about["folder"]), about["version"], models)
        with memory.limited(most):
            if memory_rule.is_too_large(content, most):
                return [("", memory_rule.refusal(content, most))]
            seen = files.judge_file(about["name"], content, *model, about["most"])
    except InputError as error:
        return [("", error)]
    except MemoryError:
        return [("", memory_rule.refusal(content, most))]
    is_refused = len(seen) == 1 and isinstance(seen[0][1], InputError)
    if is_refused and memory_rule.hides_it(content, most):
        return [("", memory_rule.refusal(content, most))]
    return seen


def _opened(
    folder: Path, version: str, models: dict[str, tuple[Classifier, Calibration]]
) -> tuple[Classifier, Calibration]:
    """Open a model once, and forget the oldest where there are too many."""
    if version not in models:
        model = load_model(folder), calibration.load(folder)
        while len(models) >= MODELS:
            del models[next(iter(models))]
        models[version] = model
    return models[version]


if __name__ == "__main__":
    main()
