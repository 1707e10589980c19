"""The server behind the pages: its door, its address with the token, and how it begins."""

import asyncio
import logging
import os
import socket
import sys
import time
import webbrowser
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import streamlit as st
import uvicorn
from starlette.middleware import Middleware
from starlette.types import ASGIApp

from crackcls.access import modes, owner, reach
from crackcls.access.door import Door
from crackcls.access.uploads import Gate
from crackcls.datasets import keeping
from crackcls.errors import InputError
from crackcls.runs import waiting
from crackcls.widgets import turns, uploads

# A thread that makes a page lets the one that talks to browsers go on after so long.
SECONDS_A_THREAD = 0.001


def parts() -> dict[str, Any]:
    """Give what `st.App` takes beside the path of the script."""
    owner.begin()
    sys.setswitchinterval(SECONDS_A_THREAD)
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    door = Middleware(Door, mode=mode, base="/" + base if base else "")
    gate = Middleware(Gate, room=uploads.ROOM, stored=uploads.stored)
    return {"middleware": [door, gate], "lifespan": living}


def mode() -> str:
    """Give the mode of this server; where none can be told, the one that allows least."""
    try:
        return modes.mode_of(st.get_option("server.address"))
    except InputError:
        return modes.DEMO


@asynccontextmanager
async def living(app: ASGIApp) -> AsyncIterator[dict[str, Any]]:
    """Print the owner's address and open it in a browser; end with the server."""
    print(f"  As its owner: {address()}\n", flush=True)
    if not st.get_option("server.headless"):
        asyncio.get_running_loop().run_in_executor(None, webbrowser.open, address())
    tasks = [
        asyncio.create_task(repeat(lambda: keeping.clear_expired(time.time()), 3600)),
        asyncio.create_task(repeat(waiting.advance, 1)),
        asyncio.create_task(repeat(turns.collect_garbage, 5)),
    ]
    try:
        async with other_loopback(app):
            yield {}
    finally:
        for task in tasks:
            task.cancel()


async def repeat(work: Callable[[], None], seconds: float) -> None:
    """Do work now and again after each wait, whatever it meets."""
    while True:
        try:
            await asyncio.to_thread(work)
        except InputError:  # A run is being started elsewhere.
            pass
        except Exception:  # Such as a full disk: the next time may be better.
            logging.getLogger(__name__).exception("work of the server failed")
        await asyncio.sleep(seconds)


def address() -> str:
    """Give the address of the home page with the token in it."""
    named = st.get_option("server.address")
    return f"{url('localhost' if named in reach.EVERYWHERE else str(named))}?token={owner.token()}"


def url(host: str) -> str:
    """Give the address of this server's home page under a name of its machine."""
    base = str(st.get_option("server.baseUrlPath") or "")
    secure = bool(st.get_option("server.sslCertFile"))
    return reach.url(host, int(st.get_option("server.port")), base, secure)


@asynccontextmanager
async def other_loopback(app: ASGIApp) -> AsyncIterator[None]:
    """Answer at [::1] too where the server is told to answer at `localhost`.

    Streamlit then listens at 127.0.0.1 alone, and an address of the other kind would be dead.
    """
    listening = _listen_at_other(int(st.get_option("server.port")))
    if listening is None:
        yield
        return
    settings = uvicorn.Config(app, lifespan="off", access_log=False, log_config=None)
    settings.load()
    server = uvicorn.Server(settings)
    server.lifespan = settings.lifespan_class(settings)
    await server.startup(sockets=[listening])
    task = asyncio.create_task(server.main_loop())
    try:
        yield
    finally:
        server.should_exit = True
        await task
        await server.shutdown(sockets=[listening])


def _listen_at_other(port: int) -> socket.socket | None:
    """Listen at [::1], or give None where that is not wanted, taken or not there."""
    secure = st.get_option("server.sslCertFile")
    if st.get_option("server.address") != "localhost" or secure or not socket.has_ipv6:
        return None
    listening = socket.socket(socket.AF_INET6)
    with suppress(OSError):
        listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if os.name != "nt":  # There it would share the port with another server.
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("::1", port))
        listening.listen()
        listening.setblocking(False)
        return listening
    listening.close()
    return None
