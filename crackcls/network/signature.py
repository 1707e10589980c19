"""What a LiteRT file takes and gives, read from its bytes without opening the network."""

import struct
from dataclasses import dataclass

MARK = b"TFL3"
VERSION = 3
CUSTOM = 32
# The places of fields in the tables of LiteRT's format, `schema.fbs` of TensorFlow Lite.
OPERATORS, SUBGRAPHS, SIGNATURES = 1, 2, 7
MOST = 100_000


@dataclass(frozen=True)
class Signature:
    """What the one signature of a network takes and gives.

    Attributes:
        inputs: The shape of each input by its name, -1 for any number.
        outputs: The same of each output.
        is_plain: Whether all its operators are LiteRT's own.
    """

    inputs: dict[str, tuple[int, ...]]
    outputs: dict[str, tuple[int, ...]]
    is_plain: bool


def read(content: bytes) -> Signature:
    """Read the signature of a LiteRT file.

    Source: the FlatBuffers format, flatbuffers.dev/internals, and `schema.fbs` of TensorFlow Lite.

    Args:
        content: The bytes of the file.

    Raises:
        ValueError: It is no LiteRT file with one signature.
    """
    if content[4:8] != MARK:
        raise ValueError("it is no LiteRT file")
    try:
        top = _Table(content, _number(content, "<I", 0))
        if top.number(0, "<I") != VERSION:
            raise ValueError("it is of another version of LiteRT's format")
        (signature,) = top.tables(SIGNATURES)
        graphs = top.tables(SUBGRAPHS)
        tensors = graphs[signature.number(4, "<I")].tables(0)
        shapes = [_shape(tensor) for tensor in tensors]
        inputs, outputs = (
            {one.text(0): shapes[one.number(1, "<I")] for one in signature.tables(at)}
            for at in (0, 1)
        )
        return Signature(inputs, outputs, all(map(_is_plain, top.tables(OPERATORS))))
    except (struct.error, IndexError, UnicodeError) as error:
        raise ValueError("its tables point to nowhere") from error


class _Table:
    """A table of a FlatBuffer: each field is found through a list of places before it."""

    def __init__(self, content: bytes, at: int) -> None:
        self.content, self.at = content, at
        self.places = at - _number(content, "<i", at)
        if self.places < 0:
            raise IndexError(at)
        self.size = _number(content, "<H", self.places)

    def place(self, field: int) -> int:
        """Give where a field lies; 0 where it is left out."""
        entry = 4 + 2 * field
        if entry + 2 > self.size:
            return 0
        offset = _number(self.content, "<H", self.places + entry)
        return self.at + offset if offset else 0

    def number(self, field: int, kind: str) -> int:
        """Give a number; 0 where it is left out."""
        place = self.place(field)
        return _number(self.content, kind, place) if place else 0

    def vector(self, field: int) -> tuple[int, int]:
        """Give where the items of a vector begin and how many they are."""
        place = self.place(field)
        if not place:
            return 0, 0
        start = place + _number(self.content, "<I", place)
        count = _number(self.content, "<I", start)
        if count > MOST:
            raise IndexError(count)
        return start + 4, count

    def tables(self, field: int) -> "list[_Table]":
        """Give the tables of a vector."""
        start, count = self.vector(field)
        places = range(start, start + 4 * count, 4)
        return [_Table(self.content, at + _number(self.content, "<I", at)) for at in places]

    def integers(self, field: int) -> tuple[int, ...]:
        """Give the 32-bit numbers of a vector."""
        start, count = self.vector(field)
        return struct.unpack_from(f"<{count}i", self.content, start)

    def text(self, field: int) -> str:
        """Give a text."""
        start, count = self.vector(field)
        return self.content[start : start + count].decode()


def _number(content: bytes, kind: str, at: int) -> int:
    return struct.unpack_from(kind, content, at)[0]


def _shape(tensor: _Table) -> tuple[int, ...]:
    """Give a tensor's shape, with -1 where its signature leaves a side open."""
    return tensor.integers(7) or tensor.integers(0)


def _is_plain(operator: _Table) -> bool:
    codes = operator.number(0, "<b"), operator.number(3, "<i")
    return CUSTOM not in codes and not operator.place(1)
