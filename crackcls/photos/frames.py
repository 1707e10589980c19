"""Judged photos as bytes, between the server and the process that judges.

The bytes come from a process that has decoded a stranger's file, so nothing in them is code.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, BinaryIO

import numpy as np

from crackcls.errors import InputError
from crackcls.photos.judged import Judged
from crackcls.photos.verdict import Analysis

# Each part of a file, and what was seen in it or why it could not be judged.
Seen = list[tuple[str, Judged | InputError]]
# A preview and the arrays of a photo's tiles take less than two million bytes.
MOST_BYTES = 200_000_000
LENGTH = 8
# Files among what is kept of a photo.
PICTURES = "preview", "closeup"


@dataclass(frozen=True)
class File:
    """A visitor's file.

    Attributes:
        name: What the visitor calls it; it is shown, and never used as a path.
        content: All of it.
        most: How many of its pictures are judged.
    """

    name: str
    content: bytes
    most: int = 1


def write(stream: BinaryIO, content: bytes) -> None:
    """Write bytes with their length before them."""
    stream.write(len(content).to_bytes(LENGTH))
    stream.write(content)
    stream.flush()


def read(stream: BinaryIO) -> bytes:
    """Read what `write` wrote.

    Raises:
        EOFError: The other side has ended.
    """
    length = int.from_bytes(_exactly(stream, LENGTH))
    if length > MOST_BYTES:
        raise EOFError(f"a frame of {length:,} bytes")
    return _exactly(stream, length)


def pack(seen: Seen) -> bytes:
    """Turn what was seen in one file into bytes."""
    arrays: dict[str, Any] = {}
    about: list[dict[str, Any]] = []
    for number, (part, one) in enumerate(seen):
        if isinstance(one, InputError):
            about.append({"part": part, "error": str(one)})
            continue
        values = {field.name: getattr(one.analysis, field.name) for field in fields(Analysis)}
        plain = {name: value for name, value in values.items() if not is_array(value)}
        about.append({"part": part, "name": one.name, "analysis": plain})
        arrays |= {f"{number}.{name}": value for name, value in values.items() if is_array(value)}
        for name in PICTURES:
            arrays[f"{number}.{name}"] = np.frombuffer(getattr(one, name), np.uint8)
    return _npz(about, arrays)


def is_array(value: Any) -> bool:
    """Tell whether a value is kept as an array, and not as JSON."""
    return isinstance(value, np.ndarray)


def unpack(content: bytes) -> Seen:
    """Give what `pack` was given.

    Raises:
        ValueError: The bytes are something else.
    """
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        about = json.loads(arrays["about"].tobytes())
        return [(one["part"], _one(number, one, arrays)) for number, one in enumerate(about)]


def _one(
    number: int, about: dict[str, Any], arrays: Mapping[str, np.ndarray]
) -> Judged | InputError:
    if "error" in about:
        return InputError(about["error"])
    # JSON knows no tuples.
    plain: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in about["analysis"].items()
    }
    names = [field.name for field in fields(Analysis) if field.name not in plain]
    values: dict[str, Any] = {name: arrays[f"{number}.{name}"] for name in names}
    pictures = {name: arrays[f"{number}.{name}"].tobytes() for name in PICTURES}
    return Judged(name=about["name"], analysis=Analysis(**values, **plain), **pictures)


def _npz(about: list[dict[str, Any]], arrays: dict[str, Any]) -> bytes:
    buffer = io.BytesIO()
    words = np.frombuffer(json.dumps(about).encode(), np.uint8)
    np.savez(buffer, about=words, **arrays)
    return buffer.getvalue()


def _exactly(stream: BinaryIO, count: int) -> bytes:
    parts = []
    while count:
        part = stream.read(count)
        if not part:
            raise EOFError("the other side has ended")
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
