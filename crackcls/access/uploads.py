"""The gate for uploads: only where a page asks for files, and only as many bytes as there is room.

Streamlit takes files for every open session and keeps them as long as the session lives.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from crackcls import memory

PATH = "/_stcore/upload_file/"
# Shares of the memory that the server may take: what the uploads of all visitors may hold, what
# those of one may, and what may be under way at a time.
ALL, ONE, UNDER_WAY = 0.3, 0.15, 0.1
SECONDS_TO_WAIT, SECONDS_BETWEEN_LOOKS = 30.0, 0.05
NOT_ASKED = "This page takes no files."
FULL = (
    "The server has no room for this file now: the uploads of all visitors may hold {all:,} MB "
    "and those of one {one:,} MB. Take photos away, or try again in a minute."
)


@dataclass
class Room:
    """What the server knows of uploads.

    Attributes:
        expected: The sessions whose page asks for files.
        under_way: Bytes that are being read.
        limit: Bytes of memory that the server may take.
    """

    expected: set[str] = field(default_factory=set)
    under_way: int = 0
    limit: int = field(default_factory=memory.limit)

    @property
    def full(self) -> str:
        """What is said where there is no room."""
        return FULL.format(all=round(ALL * self.limit / 1e6), one=round(ONE * self.limit / 1e6))


class Gate:
    """ASGI middleware around Streamlit.

    Args:
        app: What is behind the gate.
        room: What the pages tell, and how much there is.
        stored: Gives the bytes that each session's uploads hold.
    """

    def __init__(self, app: ASGIApp, room: Room, stored: Callable[[], Mapping[str, int]]) -> None:
        self.app, self.room, self.stored = app, room, stored

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let an upload through in its turn, or refuse it; let all else through."""
        if scope["type"] != "http" or scope["method"] != "PUT" or PATH not in scope["path"]:
            return await self.app(scope, receive, send)
        session = scope["path"].partition(PATH)[2].partition("/")[0]
        length = Request(scope).headers.get("content-length", "")
        size = int(length) if length.isdecimal() else self.room.limit
        refusal = self.refuse(session, size) or await self.wait(size)
        if refusal:
            return await refusal(scope, receive, send)
        self.room.under_way += size
        try:
            await self.app(scope, receive, send)
        finally:
            self.room.under_way -= size
        return None

    def refuse(self, session: str, size: int) -> PlainTextResponse | None:
        """Refuse an upload before it is read, or give None."""
        if session not in self.room.expected:
            return PlainTextResponse(NOT_ASKED, 403)
        held, limit = self.stored(), self.room.limit
        if held.get(session, 0) + size > ONE * limit or sum(held.values()) + size > ALL * limit:
            return PlainTextResponse(self.room.full, 413)
        return None

    async def wait(self, size: int) -> PlainTextResponse | None:
        """Wait while too much of others is under way; give a refusal where that takes long."""
        for _ in range(round(SECONDS_TO_WAIT / SECONDS_BETWEEN_LOOKS)):
            busy = self.room.under_way
            if not busy or busy + size <= UNDER_WAY * self.room.limit:
                return None
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        return PlainTextResponse(self.room.full, 503)
