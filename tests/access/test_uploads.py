"""The gate for uploads."""

import asyncio

import pytest

from crackcls.access import uploads
from crackcls.access.uploads import Gate, Room

MB = 10**6


class Behind:
    """What is behind the gate: keeps how much was let through at a time."""

    def __init__(self, room: Room):
        self.room, self.paths, self.most = room, [], 0

    async def __call__(self, scope, receive, send):
        self.paths.append(scope["path"])
        self.most = max(self.most, self.room.under_way)
        await asyncio.sleep(0.01)


def ask(gate: Gate, *wanted: tuple[str, str, int | None]) -> list[int | None]:
    """Ask for paths all at once; give the status of each answer, None where it came through."""

    async def one(method: str, path: str, size: int | None) -> int | None:
        found = []

        async def send(message):
            found.append(message.get("status"))

        headers = [] if size is None else [(b"content-length", str(size).encode())]
        scope = {"type": "http", "method": method, "path": path, "headers": headers}
        await gate(scope, None, send)
        return found[0] if found else None

    async def together():
        return await asyncio.gather(*(one(*each) for each in wanted))

    return asyncio.run(together())


def gate_of(stored: dict[str, int], limit: int = 1000 * MB) -> tuple[Gate, Behind]:
    room = Room({"here", "full"}, limit=limit)
    behind = Behind(room)
    return Gate(behind, room, lambda: stored), behind


@pytest.mark.parametrize(
    ("method", "path", "size", "status"),
    [
        ("PUT", "/_stcore/upload_file/here/1", 5 * MB, None),
        ("PUT", "/base/_stcore/upload_file/here/1", 5 * MB, None),
        ("PUT", "/_stcore/upload_file/elsewhere/1", 5 * MB, 403),
        ("PUT", "/_stcore/upload_file/", 5 * MB, 403),
        ("PUT", "/_stcore/upload_file/full/1", 5 * MB, 413),  # It holds 149 of 150 MB.
        ("PUT", "/_stcore/upload_file/here/1", 160 * MB, 413),
        ("PUT", "/_stcore/upload_file/here/1", None, 413),  # It may be of any size.
        ("DELETE", "/_stcore/upload_file/elsewhere/1", None, None),
        ("GET", "/Predict", None, None),
    ],
)
def test_who_may_upload(method, path, size, status):
    gate, behind = gate_of({"full": 149 * MB})
    assert ask(gate, (method, path, size)) == [status]
    assert behind.paths == ([] if status else [path])
    assert gate.room.under_way == 0


def test_all_visitors_together_may_hold_so_much():
    gate, _ = gate_of({"a": 100 * MB, "b": 100 * MB, "c": 97 * MB})
    path = "/_stcore/upload_file/here/1"
    assert ask(gate, ("PUT", path, 4 * MB)) == [413]
    assert ask(gate, ("PUT", path, 3 * MB)) == [None]


def test_uploads_wait_until_those_before_them_are_read(monkeypatch):
    monkeypatch.setattr(uploads, "SECONDS_BETWEEN_LOOKS", 0.001)
    gate, behind = gate_of({})
    wanted = [("PUT", f"/_stcore/upload_file/here/{i}", 40 * MB) for i in range(6)]
    assert ask(gate, *wanted) == [None] * 6
    assert behind.most == 80 * MB


def test_an_upload_that_waits_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(uploads, "SECONDS_TO_WAIT", 0.005)
    monkeypatch.setattr(uploads, "SECONDS_BETWEEN_LOOKS", 0.001)
    gate, _ = gate_of({})
    gate.room.under_way = 99 * MB
    assert ask(gate, ("PUT", "/_stcore/upload_file/here/1", 2 * MB)) == [503]
