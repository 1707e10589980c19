"""The door of the server: it sees who comes as the owner, and adds headers to every answer.

It stands in front of Streamlit, so that no page ever has the token of the address, and the cookie
is one that no script can read.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Literal
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request, cookie_parser
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crackcls import html
from crackcls.access import browsers, modes, owner, visitors

# Where the owner types what proves it, below the path that the app is served at.
PATH = "/owner"
# Tells the pages what the door has found out. What a client sends under this name is dropped.
MARK = "x-crackcls-mark"
# Each says that somebody passes the connection on, and the server may then name another peer.
PASSED_ON = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
OWN_NAMES = ("localhost", "127.0.0.1", "::1")
UPLOADS = "/_stcore/upload_file/"
FORM_BYTES, LEAVE = 4096, "leave"
# The two kinds of cookies, and the seconds that each lives.
OWNER, VISITOR = "owner", "visitor"
SECONDS_OF = {OWNER: owner.COOKIE_SECONDS, VISITOR: visitors.COOKIE_SECONDS}
# What wraps a file in an upload.
WRAPPING_BYTES = 2**20
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
    "content-security-policy": "base-uri 'self'; object-src 'none'; form-action 'self'",
}
# Another site that shows the page in a frame could have its owner click on what it covers.
NO_FRAMES = "; frame-ancestors 'self'"
WRONG = {
    "token": "This is not the token of this server. Its terminal shows the address with the "
    "right one, which is another after each start.",
    "proof": "This is neither the token nor the password of this server.",
    "tries": "Too many wrong passwords have been tried. Wait a minute, or take the token.",
}


class Door:
    """ASGI middleware around Streamlit.

    Args:
        app: What is behind the door.
        mode: Gives the mode of the server.
        base: The path that the app is served at, such as `/concrete`, or nothing.
    """

    def __init__(self, app: ASGIApp, mode: Callable[[], str], base: str) -> None:
        self.app, self.mode, self.base = app, mode, base
        self.tries = owner.Tries()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what concerns the owner; let all else through."""
        if scope["type"] == "websocket":
            who = await asyncio.to_thread(self.who, scope)
            await self.app(_marked(scope, who), receive, send)
        elif scope["type"] == "http":
            send = _with_headers(scope, send, await asyncio.to_thread(self.remember, scope))
            answer = await self.answer(Request(scope, receive))
            await (answer or self.app)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def answer(self, request: Request) -> Response | None:
        """Answer a request that concerns the owner; give None where it does not."""
        if request.method in ("GET", "HEAD") and "token" in request.query_params:
            return self.take_token(request)
        if request.scope["path"] == self.base + PATH:
            return await self.take_form(request)
        if request.method == "PUT" and UPLOADS in request.scope["path"]:
            return await asyncio.to_thread(self.refuse_upload, request)
        return None

    def take_token(self, request: Request) -> Response:
        """Change the token of an address for a cookie, and take it out of the address."""
        if not owner.is_token(request.query_params["token"]):
            return _form(WRONG["token"])
        rest = [pair for pair in request.query_params.multi_items() if pair[0] != "token"]
        return self.welcome(
            request, request.scope["path"] + ("?" + urlencode(rest) if rest else "")
        )

    async def take_form(self, request: Request) -> Response:
        """Ask for the token or the password, or take what was typed; let an owner leave."""
        if request.method != "POST":
            kept = owner.is_cookie(_cookie(request.scope, OWNER), time.time())
            return _way_out() if kept else _form("")
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > FORM_BYTES:
                return _form(WRONG["proof"])
        typed = parse_qs(body.decode("utf-8", "replace"))
        if LEAVE in typed:
            return self.see_off(request)
        said = typed.get("proof", [""])[0]
        if owner.is_token(said.strip()):
            return self.welcome(request, self.base + "/")
        if not self.tries.are_left():
            return _form(WRONG["tries"])
        if owner.is_password(said):
            return self.welcome(request, self.base + "/")
        self.tries.count()
        return _form(WRONG["proof"])

    def welcome(self, request: Request, path: str) -> Response:
        """Give the owner a cookie and lead to a page."""
        answer = RedirectResponse("/" + path.lstrip("/"), 303, {"cache-control": "no-store"})
        _set(answer, request.scope, OWNER, owner.cookie(time.time()), self.base, "strict")
        return answer

    def see_off(self, request: Request) -> Response:
        """Take the owner's cookie away from this browser, and lead home."""
        answer = RedirectResponse(self.base + "/", 303, {"cache-control": "no-store"})
        if not _is_foreign(request.headers):
            answer.delete_cookie(_cookie_name(request.scope, OWNER), self.base or "/")
        return answer

    def refuse_upload(self, request: Request) -> Response | None:
        """Refuse an upload that is larger than its sender may send, before it is read."""
        length = request.headers.get("content-length", "")
        if not length.isdecimal():
            return PlainTextResponse("An upload must say its length.", 411)
        role = modes.STRANGERS[self.mode()]
        if not _fits(length, role) and self.is_owner(request.scope):
            role = modes.OWNER
        if _fits(length, role):
            return None
        most = modes.LIMITS[role].upload_mb
        return PlainTextResponse(f"An upload may have at most {most} MB.", 413)

    def who(self, scope: Scope) -> str:
        """Give the mark of a connection: the owner's, a visitor's who has come before, or none."""
        if self.is_owner(scope):
            return modes.OWNER
        if not self.knows_visitors() or _is_foreign(Headers(scope=scope)):
            return ""
        identity = visitors.identity_of(_cookie(scope, VISITOR), time.time())
        return visitors.called(identity) if identity else ""

    def knows_visitors(self) -> bool:
        """Tell whether anything can be a visitor's own in this mode."""
        return modes.may(modes.STRANGERS[self.mode()], modes.Action.MANAGE_OWN)

    def remember(self, scope: Scope) -> str | None:
        """Make the cookie of a visitor who has none, or whose soon runs out; give the header."""
        if scope["method"] != "GET" or not self.knows_visitors():
            return None
        kept, now = _cookie(scope, VISITOR), time.time()
        if visitors.is_young(kept, now):
            return None
        identity = visitors.identity_of(kept, now) or visitors.new()
        holder = Response()
        # Not `strict`: whoever comes by a link on another site would get another identity.
        _set(holder, scope, VISITOR, visitors.cookie(identity, now), self.base, "lax")
        return holder.headers["set-cookie"]

    def is_owner(self, scope: Scope) -> bool:
        """Tell whether a connection is the owner's: by its cookie, or by its other end.

        Headers prove nothing. They only take away: a page of another site may send the owner's
        cookie, and the name of that site may lead to this machine.
        """
        headers = Headers(scope=scope)
        origin, host = headers.get("origin"), headers.get("host", "")
        if _is_foreign(headers):
            return False
        if owner.is_cookie(_cookie(scope, OWNER), time.time()):
            return True
        if self.mode() != modes.OWN or origin is None or not _is_own_name(host):
            return False
        if any(name in headers for name in PASSED_ON):
            return False
        return browsers.is_own_browser(scope["client"], scope["server"])


def _cookie_name(scope: Scope, whose: str) -> str:
    """Name a cookie by the port that the browser asks: all ports of a name share their cookies.

    Several servers behind one address so read the same one.
    """
    try:
        port = urlsplit("//" + Headers(scope=scope).get("host", "")).port
    except ValueError:
        port = None
    return f"crackcls_{whose}_{port}" if port else f"crackcls_{whose}"


def _cookie(scope: Scope, whose: str) -> str:
    """Give the value of a cookie that came with a request; nothing where none did."""
    kept = cookie_parser(Headers(scope=scope).get("cookie", ""))
    return kept.get(_cookie_name(scope, whose), "")


def _set(
    answer: Response,
    scope: Scope,
    whose: str,
    value: str,
    base: str,
    sent_by: Literal["lax", "strict"],
) -> None:
    """Set a cookie that no script reads, for as long as its kind lives."""
    answer.set_cookie(
        _cookie_name(scope, whose),
        value,
        max_age=SECONDS_OF[whose],
        path=base or "/",
        secure=scope["scheme"] == "https",
        httponly=True,
        samesite=sent_by,
    )


def _is_foreign(headers: Headers) -> bool:
    """Tell whether a page of another site asks."""
    origin = headers.get("origin")
    return origin is not None and origin.partition("://")[2] != headers.get("host", "")


def _is_own_name(host: str) -> bool:
    try:
        return urlsplit("//" + host).hostname in OWN_NAMES
    except ValueError:
        return False


def _fits(length: str, role: str) -> bool:
    return int(length) <= modes.LIMITS[role].upload_mb * 2**20 + WRAPPING_BYTES


def _marked(scope: Scope, who: str) -> Scope:
    """Give a connection the mark of the door in place of one that it may have brought."""
    name = MARK.encode()
    kept = [pair for pair in scope["headers"] if pair[0].lower() != name]
    return {**scope, "headers": [*kept, (name, owner.mark(who).encode())]}


def _with_headers(scope: Scope, send: Send, cookie: str | None) -> Send:
    """Add headers to an answer, but for those that it has; a cookie goes with pages alone."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            if _is_own_name(Headers(scope=scope).get("host", "")):
                headers["content-security-policy"] += NO_FRAMES
            if cookie and headers.get("content-type", "").startswith("text/html"):
                headers.append("set-cookie", cookie)
        await send(message)

    return sending


def _form(wrong: str) -> Response:
    """Ask for what proves the owner, and say what was wrong with the last answer."""
    said = f'<p class="warning">{html.text_of(wrong)}</p>' if wrong else ""
    asked = "The token, or the password" if owner.has_password() else "The token"
    body = f"""<h1>Is this your server?</h1>
{said}<p>Its terminal shows an address with a token. Open that address, or type here what follows
<code>token=</code> in it{", or the password" if owner.has_password() else ""}.</p>
<form method="post"><p><label>{asked}<br>
<input type="password" name="proof" autocomplete="current-password" autofocus></label>
<button>Enter</button></p></form>"""
    return _page("Is this your server?", body, 403 if wrong else 200)


def _way_out() -> Response:
    """Offer the owner to leave, as on a machine that others use too."""
    body = f"""<h1>You own this server</h1>
<p>This browser has a cookie that proves it. Leave where others use this browser too: then whoever
comes next is a visitor, until the address with the token or the password is given again. Close
other open pages of this server as well, they stay yours until then.</p>
<form method="post"><p><input type="hidden" name="{LEAVE}" value="1">
<button>Leave</button></p></form>
<p><a href="./">Stay</a></p>"""
    return _page("You own this server", body, 200)


def _page(title: str, body: str, status: int) -> Response:
    page = html.page(f"{title} · crackcls", body)
    return HTMLResponse(page, status, {"cache-control": "no-store"})
