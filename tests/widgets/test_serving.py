"""The server's beginning: its address with the token, the browser, and both loopbacks."""

import asyncio
import http.client
import socket

import pytest

from crackcls.access import owner
from crackcls.errors import InputError
from crackcls.widgets import serving

OPTIONS = {"server.address": "localhost", "server.port": 8501, "server.headless": False}


@pytest.fixture
def options(monkeypatch):
    """Stand in for Streamlit's options."""
    chosen = {**OPTIONS, "server.baseUrlPath": "", "server.sslCertFile": None}
    monkeypatch.setattr(serving.st, "get_option", chosen.__getitem__)
    monkeypatch.setenv(owner.SECRET, "")  # So that what begin() sets is taken back.
    owner.begin()
    return chosen


@pytest.mark.parametrize(
    ("changed", "start"),
    [
        ({}, "http://localhost:8501/?token="),
        ({"server.address": None}, "http://localhost:8501/?token="),
        ({"server.address": "0.0.0.0"}, "http://localhost:8501/?token="),
        ({"server.address": "127.0.0.1", "server.port": 80}, "http://127.0.0.1:80/?token="),
        ({"server.address": "::1"}, "http://[::1]:8501/?token="),
        ({"server.baseUrlPath": "/concrete/"}, "http://localhost:8501/concrete/?token="),
        ({"server.sslCertFile": "cert.pem"}, "https://localhost:8501/?token="),
    ],
)
def test_the_printed_address_has_the_token(options, changed, start):
    options.update(changed)
    assert serving.address() == start + owner.token()


@pytest.mark.parametrize("headless", [True, False])
def test_the_browser_is_opened_at_the_printed_address(options, monkeypatch, capsys, headless):
    opened: list[str] = []
    monkeypatch.setattr(serving.webbrowser, "open", opened.append)
    options.update({"server.headless": headless, "server.address": "127.0.0.1"})

    async def live() -> None:
        async with serving.living(None):
            await asyncio.sleep(0.2)

    asyncio.run(live())
    assert f"As its owner: {serving.address()}\n" in capsys.readouterr().out
    assert opened == ([] if headless else [serving.address()])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def answer(scope, receive, send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"here"})


def ask(port: int) -> bytes:
    line = http.client.HTTPConnection("::1", port, timeout=10)
    line.request("GET", "/")
    return line.getresponse().read()


def asked_at_other(port: int) -> bytes:
    async def live() -> bytes:
        async with serving.other_loopback(answer):
            return await asyncio.to_thread(ask, port)

    return asyncio.run(live())


needs_ipv6 = pytest.mark.skipif(not socket.has_ipv6, reason="this system has no IPv6")


@needs_ipv6
def test_a_server_at_localhost_answers_at_its_other_address_too_and_stops(options):
    options["server.port"] = port = free_port()
    assert asked_at_other(port) == b"here"
    with pytest.raises(OSError):
        ask(port)


@needs_ipv6
@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0", None])
def test_any_other_address_is_taken_as_it_is(options, address):
    options.update({"server.port": free_port(), "server.address": address})
    with pytest.raises(OSError):
        asked_at_other(options["server.port"])


@needs_ipv6
def test_where_the_other_address_is_taken_the_server_goes_on_without(options):
    with socket.socket(socket.AF_INET6) as taken:
        taken.bind(("::1", 0))
        taken.listen()
        options["server.port"] = taken.getsockname()[1]

        async def live() -> str:
            async with serving.other_loopback(answer):
                return "on"

        assert asyncio.run(live()) == "on"


def test_a_word_that_is_no_mode_makes_the_server_a_demo(options, monkeypatch):
    monkeypatch.delenv("CRACKCLS_HOSTED", raising=False)
    for said, mode in (("class", "class"), ("", "own"), ("private", "demo")):
        monkeypatch.setenv("CRACKCLS_MODE", said)
        assert serving.mode() == mode


def test_work_of_the_server_goes_on_whatever_it_meets():
    meets = [InputError("a start"), OSError("a full disk"), asyncio.CancelledError()]
    done: list[int] = []

    def work() -> None:
        done.append(len(done))
        raise meets[len(done) - 1]

    async def live() -> None:
        await serving.repeat(work, 0)

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(live())
    assert done == [0, 1, 2]
