"""A web server on this machine that misbehaves as told, and notes what it was asked."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Request:
    """What one request asked for; header fields that it lacks are None."""

    method: str
    path: str
    range: str | None
    if_range: str | None


@dataclass
class Served:
    """A server that runs.

    Attributes:
        url: Its address, without a last slash.
        requests: What it has been asked so far.
        behaviours: What answers the first request, the second, and so on; the last one
            answers all further ones too. May be changed while it runs.
        leave: Set when the server ends, so that stalled answers end too.
    """

    url: str
    behaviours: list["Behaviour"]
    requests: list[Request] = field(default_factory=list)
    leave: threading.Event = field(default_factory=threading.Event)


Behaviour = Callable[[BaseHTTPRequestHandler, Served], None]


@contextmanager
def serve(*behaviours: Behaviour) -> Iterator[Served]:
    """Run a server on a free port of the loopback device."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # The base class looks for this name.
            number = len(served.requests)
            asked = (self.headers.get("Range"), self.headers.get("If-Range"))
            served.requests.append(Request(self.command, self.path, *asked))
            answer = served.behaviours[min(number, len(served.behaviours) - 1)]
            answer(self, served)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served = Served(f"http://127.0.0.1:{server.server_port}", list(behaviours))
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield served
        finally:
            served.leave.set()
            server.shutdown()
            thread.join()


def ok(content: bytes, etag: str = '"1"') -> Behaviour:
    """Send the file, from where Range says if If-Range names this version."""

    def answer(handler: BaseHTTPRequestHandler, _: Served) -> None:
        _send(handler, content, etag, _start(handler, etag))

    return answer


def ignoring_range(content: bytes, etag: str = '"1"') -> Behaviour:
    """Send the whole file whatever is asked for."""

    def answer(handler: BaseHTTPRequestHandler, _: Served) -> None:
        _send(handler, content, etag, 0)

    return answer


def ignoring_if_range(content: bytes, etag: str) -> Behaviour:
    """Send a range of this version to those who have begun with another."""

    def answer(handler: BaseHTTPRequestHandler, _: Served) -> None:
        _send(handler, content, etag, _start(handler, handler.headers.get("If-Range")))

    return answer


def cut_off(content: bytes, after: int, etag: str = '"1"') -> Behaviour:
    """Announce the whole file and hang up in the middle."""

    def answer(handler: BaseHTTPRequestHandler, _: Served) -> None:
        _send(handler, content, etag, _start(handler, etag), after)

    return answer


def stall(content: bytes, after: int, etag: str = '"1"') -> Behaviour:
    """Announce the whole file and fall silent in the middle."""

    def answer(handler: BaseHTTPRequestHandler, served: Served) -> None:
        _send(handler, content, etag, _start(handler, etag), after)
        handler.wfile.flush()
        served.leave.wait(60)

    return answer


def silent(handler: BaseHTTPRequestHandler, served: Served) -> None:
    """Take the request and never answer."""
    served.leave.wait(60)


def without_length(content: bytes) -> Behaviour:
    """Send the file without saying how long it is or which version."""

    def answer(handler: BaseHTTPRequestHandler, _: Served) -> None:
        handler.send_response(200)
        handler.end_headers()
        _write(handler, content)

    return answer


def cookie(handler: BaseHTTPRequestHandler, _: Served) -> None:
    """Send a page that gives a cookie."""
    handler.send_response(200)
    handler.send_header("Set-Cookie", "seen=yes")
    handler.send_header("Content-Length", "6")
    handler.end_headers()
    _write(handler, b"<html>")


def for_cookie(behaviour: Behaviour) -> Behaviour:
    """Behave so to those who bring the cookie, and forbid the others."""

    def answer(handler: BaseHTTPRequestHandler, served: Served) -> None:
        brought = "seen=yes" in handler.headers.get("Cookie", "")
        (behaviour if brought else status(403))(handler, served)

    return answer


def status(code: int) -> Behaviour:
    """Answer with a status and no file."""

    def answer(handler: BaseHTTPRequestHandler, _: Served) -> None:
        handler.send_error(code)

    return answer


def going_round(handler: BaseHTTPRequestHandler, served: Served) -> None:
    """Send on to the same address."""
    handler.send_response(302)
    handler.send_header("Location", served.url + handler.path)
    handler.end_headers()


def _start(handler: BaseHTTPRequestHandler, etag: str | None) -> int:
    match = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
    return int(match[1]) if match and handler.headers.get("If-Range") == etag else 0


def _send(
    handler: BaseHTTPRequestHandler,
    content: bytes,
    etag: str,
    start: int,
    after: int | None = None,
) -> None:
    handler.send_response(206 if start else 200)
    if start:
        rest = f"bytes {start}-{len(content) - 1}/{len(content)}"
        handler.send_header("Content-Range", rest)
    handler.send_header("Content-Length", str(len(content) - start))
    if etag:
        handler.send_header("ETag", etag)
    handler.end_headers()
    _write(handler, content[start:after])


def _write(handler: BaseHTTPRequestHandler, content: bytes) -> None:
    try:
        handler.wfile.write(content)
    except ConnectionError:
        """The other side has hung up, which some tests want."""
