"""The door: what lets the owner in, what never does, and what each answer says of itself."""

import asyncio
import re
import time
from urllib.parse import urlencode

import pytest

from crackcls.access import browsers, modes, owner, visitors
from crackcls.access.door import MARK, Door

PORT = 8501
COOKIE = f"crackcls_owner_{PORT}"
VISITOR = f"crackcls_visitor_{PORT}"
HOME = {"host": f"localhost:{PORT}", "origin": f"http://localhost:{PORT}"}
MB = 2**20


@pytest.fixture(autouse=True)
def begun(monkeypatch):
    monkeypatch.setenv(owner.SECRET, "")  # So that what begin() sets is taken back.
    monkeypatch.delenv(owner.PASSWORD, raising=False)
    owner.begin()


@pytest.fixture
def at_the_machine(monkeypatch):
    """Let the other end of every connection be a browser of this user."""
    monkeypatch.setattr(browsers, "is_own_browser", lambda peer, here: True)


class Behind:
    """Stands in for Streamlit: remembers what it was asked, and answers."""

    def __init__(self) -> None:
        self.seen = None

    async def __call__(self, scope, receive, send) -> None:
        self.seen = scope
        if scope["type"] == "http":
            headers = [(b"content-type", b"text/html"), (b"referrer-policy", b"no-referrer")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": b"behind"})


def scope_of(kind: str, path: str, headers: dict[str, str], method: str, query: str) -> dict:
    pairs = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    return {
        "type": kind,
        "method": method,
        "scheme": "http",
        "path": path,
        "query_string": query.encode(),
        "headers": pairs,
        "client": ("127.0.0.1", 40_000),
        "server": ("127.0.0.1", PORT),
    }


def ask(door: Door, path="/", headers=None, method="GET", query="", body=b""):
    """Send a request; give status, headers and body of the answer."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        sent.append(message)

    scope = scope_of("http", path, HOME if headers is None else headers, method, query)
    asyncio.run(door(scope, receive, send))
    found = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], found, b"".join(one.get("body", b"") for one in sent[1:])


def comes_in_as(headers: dict[str, str], mode: str = modes.OWN) -> str | None:
    """Open a page's connection; give the mark that the pages see."""
    behind = Behind()
    scope = scope_of("websocket", "/_stcore/stream", headers, "GET", "")
    asyncio.run(Door(behind, lambda: mode, "")(scope, None, None))
    marks = [value.decode() for name, value in behind.seen["headers"] if name.decode() == MARK]
    assert len(marks) == 1
    return owner.read_mark(marks[0])


def with_cookie(value: str, **headers: str) -> dict[str, str]:
    return {**HOME, "cookie": f"_ga=1; {COOKIE}={value}", **headers}


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("localhost:8501", "crackcls_owner_8501"),
        ("concrete.example.org", "crackcls_owner"),
        ("concrete.example.org:8443", "crackcls_owner_8443"),
        ("[::1]:9000", "crackcls_owner_9000"),
        ("concrete.example.org:none", "crackcls_owner"),
        ("", "crackcls_owner"),
    ],
)
def test_a_cookie_is_named_by_the_port_that_the_browser_asks(host, name):
    value = owner.cookie(time.time())
    assert comes_in_as({"host": host, "cookie": f"{name}={value}"}) == "owner"
    assert comes_in_as({"host": host, "cookie": f"{name}_1={value}"}) == ""


def door_of(mode: str = modes.OWN, base: str = "") -> tuple[Door, Behind]:
    behind = Behind()
    return Door(behind, lambda: mode, base), behind


@pytest.mark.parametrize("mode", modes.MODES)
def test_the_cookie_lets_the_owner_in_in_each_mode(mode):
    assert comes_in_as(with_cookie(owner.cookie(time.time())), mode) == "owner"


@pytest.mark.parametrize("mode", modes.MODES)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        HOME,
        {"host": "localhost"},
        {"host": "127.0.0.1:8501", "origin": "http://127.0.0.1:8501"},
        {**HOME, "x-forwarded-for": "127.0.0.1"},
        {**HOME, "x-real-ip": "::1", "x-forwarded-host": "localhost"},
        {**HOME, "forwarded": "for=127.0.0.1;host=localhost"},
        {**HOME, MARK: "owner"},
        {**HOME, MARK: "owner.0"},
        {**HOME, MARK.title(): "owner"},
        {**HOME, "authorization": "Bearer owner"},
        with_cookie("owner"),
        with_cookie(""),
        with_cookie("9999999999."),
        with_cookie("9999999999.0" * 200),
    ],
)
def test_no_header_lets_anybody_in(mode, headers, monkeypatch):
    monkeypatch.setattr(browsers, "is_own_browser", lambda peer, here: False)
    assert comes_in_as(headers, mode) == ""


def test_a_browser_at_the_machine_is_the_owner_of_what_is_their_own(at_the_machine):
    for host in ("localhost:8501", "127.0.0.1:8501", "[::1]:8501", "LOCALHOST"):
        assert comes_in_as({"host": host, "origin": f"http://{host}"}) == "owner"
    for mode in (modes.CLASS, modes.DEMO):
        assert comes_in_as(HOME, mode) == ""


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "localhost:8501"},
        {"host": "localhost:8501", "origin": "null"},
        {"host": "localhost:8501", "origin": "http://localhost:3000"},
        {"host": "localhost:8501", "origin": "http://evil.example"},
        {"host": "evil.example:8501", "origin": "http://evil.example:8501"},
        {"host": "localhost.evil.example", "origin": "http://localhost.evil.example"},
        {"host": "localhost@evil.example", "origin": "http://localhost@evil.example"},
        {"host": "[::1", "origin": "http://[::1"},
        {"host": "", "origin": ""},
        *(
            {**HOME, name: "127.0.0.1:40000"}
            for name in ("x-forwarded-for", "x-real-ip", "forwarded", "via", "x-forwarded-host")
        ),
    ],
)
def test_a_page_of_another_site_in_the_owners_browser_is_not_the_owner(headers, at_the_machine):
    assert comes_in_as(headers) == ""


@pytest.mark.parametrize("origin", ["http://localhost:3000", "https://evil.example", "null"])
def test_another_sites_page_that_sends_the_owners_cookie_is_not_the_owner(origin):
    assert comes_in_as(with_cookie(owner.cookie(time.time()), origin=origin)) == ""


def test_the_token_is_changed_for_a_cookie_and_leaves_the_address():
    door, behind = door_of()
    query = urlencode({"model": "a b", "token": owner.token()})
    status, headers, _ = ask(door, "/Train", query=query)
    assert (status, headers["location"]) == (303, "/Train?model=a+b")
    assert behind.seen is None
    value, *rest = headers["set-cookie"].split("; ")
    assert {*rest} == {f"Max-Age={30 * 86_400}", "HttpOnly", "Path=/", "SameSite=strict"}
    assert comes_in_as(with_cookie(value.removeprefix(f"{COOKIE}="))) == "owner"


def test_over_tls_the_cookie_goes_by_tls_alone():
    door, _ = door_of(base="/concrete")
    sent = []

    async def send(message):
        sent.append(message)

    scope = scope_of("http", "/concrete/", HOME, "GET", f"token={owner.token()}")
    asyncio.run(door({**scope, "scheme": "https"}, None, send))
    cookie = dict(sent[0]["headers"])[b"set-cookie"].decode()
    assert "Secure" in cookie.split("; ")
    assert "Path=/concrete" in cookie.split("; ")


def test_a_token_never_leads_to_another_server():
    door, _ = door_of()
    status, headers, _ = ask(door, "//evil.example/x", query=f"token={owner.token()}")
    assert (status, headers["location"]) == (303, "/evil.example/x")


def test_a_wrong_token_is_said_to_be_wrong_and_gets_no_cookie():
    for token in ("", "x", "0" * 64):
        door, behind = door_of()
        status, headers, body = ask(door, query=f"token={token}")
        assert (status, "set-cookie" in headers, behind.seen) == (403, False, None)
        assert b"not the token of this server" in body


def typed(door: Door, proof: str, path: str = "/owner"):
    return ask(door, path, method="POST", body=urlencode({"proof": proof}).encode())


def test_the_form_takes_the_token_and_the_password(monkeypatch):
    monkeypatch.setenv(owner.PASSWORD, "grün & rau")
    door, behind = door_of(base="/concrete")
    assert b"<form" in ask(door, "/concrete/owner")[2]
    for proof in (owner.token(), "grün & rau"):
        status, headers, _ = typed(door, proof, "/concrete/owner")
        assert (status, headers["location"]) == (303, "/concrete/")
        assert COOKIE in headers["set-cookie"]
    assert behind.seen is None


def test_the_form_refuses_all_else(monkeypatch):
    monkeypatch.setenv(owner.PASSWORD, "grün & rau")
    door, _ = door_of()
    for body in (b"", b"proof=", b"proof=x", b"proof", b"\xff=%ff", b"proof=" + b"x" * 100_000):
        status, headers, said = ask(door, "/owner", method="POST", body=body)
        assert (status, "set-cookie" in headers) == (403, False)
        assert b"neither the token nor the password" in said


def test_guessing_is_slow_and_does_not_lock_the_token_out(monkeypatch):
    monkeypatch.setenv(owner.PASSWORD, "correct horse")
    door, _ = door_of()
    for number in range(10):
        assert b"neither" in typed(door, f"guess {number}")[2]
    status, _, said = typed(door, "correct horse")
    assert status == 403
    assert b"Too many wrong passwords" in said
    assert typed(door, owner.token())[0] == 303


@pytest.mark.parametrize(
    ("mode", "megabytes", "proved", "status"),
    [
        ("demo", 25, False, 200),
        ("demo", 27, False, 413),
        ("demo", 300, True, 200),
        ("demo", 302, True, 413),
        ("own", 27, False, 413),
        ("own", 300, True, 200),
        ("class", 300, False, 200),
        ("class", 302, False, 413),
    ],
)
def test_an_upload_is_as_large_as_its_sender_may_send(mode, megabytes, proved, status):
    door, _ = door_of(mode)
    headers = with_cookie(owner.cookie(time.time())) if proved else HOME
    headers = {**headers, "content-length": str(megabytes * MB)}
    path = "/_stcore/upload_file/session/file"
    assert ask(door, path, headers, method="PUT")[0] == status


@pytest.mark.parametrize("length", [{}, {"content-length": "-1"}, {"content-length": "many"}])
def test_an_upload_that_says_no_length_is_refused(length):
    door, behind = door_of()
    path = "/_stcore/upload_file/session/file"
    assert ask(door, path, {**HOME, **length}, method="PUT")[0] == 411
    assert behind.seen is None


def test_each_answer_has_headers_that_a_public_page_should_have():
    door, _ = door_of()
    for path in ("/", "/media/a.png", "/owner"):
        _, headers, _ = ask(door, path)
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["permissions-policy"].startswith("camera=(self), geolocation=()")
        policy = headers["content-security-policy"]
        assert re.search(r"\bobject-src 'none'", policy)
        assert policy.endswith("frame-ancestors 'self'")
    assert ask(door)[1]["referrer-policy"] == "no-referrer"
    assert ask(door, "/owner")[1]["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("host", ["", "[::1", "a b", "ä", "x:y:z"])
def test_a_host_that_is_none_ends_nothing(host):
    door, _ = door_of()
    assert ask(door, headers={"host": host})[0] == 200
    assert ask(door, headers={"host": host}, query=f"token={owner.token()}")[0] == 303
    assert comes_in_as({"host": host, "origin": f"http://{host}"}) == ""


def test_a_public_name_may_be_shown_in_a_frame_of_another_site():
    door, _ = door_of()
    policy = ask(door, headers={"host": "concrete.example.org"})[1]["content-security-policy"]
    assert "frame-ancestors" not in policy


def given(cookie: str = "", mode: str = modes.CLASS, **asked: str) -> str | None:
    """Open a page with a visitor's cookie; give the header that sets another, if any."""
    headers = {**HOME, "cookie": f"{VISITOR}={cookie}"}
    return ask(door_of(mode)[0], headers=headers, **asked)[1].get("set-cookie")


def visitor_of(cookie: str, mode: str = modes.CLASS, **headers: str) -> str | None:
    return comes_in_as({**HOME, "cookie": f"{VISITOR}={cookie}", **headers}, mode)


def test_a_visitor_of_a_class_gets_a_cookie_and_comes_back_with_it():
    value, *rest = given().removeprefix(f"{VISITOR}=").split("; ")
    assert {*rest} == {f"Max-Age={30 * 86_400}", "HttpOnly", "Path=/", "SameSite=lax"}
    first = visitor_of(value)
    assert len(first) == 64
    assert value.partition(".")[0] not in first
    assert visitor_of(value) == first
    assert given(value) is None
    other = given().removeprefix(f"{VISITOR}=").partition(";")[0]
    assert visitor_of(other) != first


def test_a_visitors_cookie_is_renewed_before_it_runs_out_and_stays_the_visitors():
    old = visitors.cookie("0a" * 16, time.time() - 20 * 86_400)
    renewed = given(old).removeprefix(f"{VISITOR}=").partition(";")[0]
    assert renewed != old
    assert visitor_of(renewed) == visitor_of(old) == visitors.called("0a" * 16)
    gone = visitors.cookie("0a" * 16, time.time() - 31 * 86_400)
    assert visitor_of(gone) == ""
    assert "0a" * 16 not in given(gone)


@pytest.mark.parametrize("mode", [modes.OWN, modes.DEMO])
def test_where_nothing_can_be_a_visitors_own_none_is_known(mode):
    assert given(mode=mode) is None
    assert visitor_of(visitors.cookie("0a" * 16, time.time()), mode) == ""


def test_only_a_page_brings_the_cookie():
    assert given(method="HEAD") is None
    door = Door(Plain(), lambda: modes.CLASS, "")
    assert "set-cookie" not in ask(door, "/static/app.js")[1]


class Plain(Behind):
    """Answers with what is no page."""

    async def __call__(self, scope, receive, send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"1"})


@pytest.mark.parametrize(
    "forge",
    [
        lambda value: "",
        lambda value: value[:-1],
        lambda value: visitors.called(value.partition(".")[0]),
        lambda value: f"{'0a' * 16}.9999999999.{value.rpartition('.')[2]}",
        lambda value: owner.mark(visitors.called("0a" * 16)),
        lambda value: owner.cookie(time.time()),
    ],
)
def test_a_forged_cookie_of_a_visitor_does_nothing(forge):
    value = visitors.cookie("0a" * 16, time.time())
    assert visitor_of(forge(value)) == ""
    assert visitor_of(value, **{MARK: owner.mark("owner") + "0"}) == visitor_of(value)


def test_another_sites_page_does_not_come_in_as_the_visitor():
    value = visitors.cookie("0a" * 16, time.time())
    assert visitor_of(value, origin="https://evil.example") == ""


@pytest.mark.parametrize("base", ["", "/concrete"])
def test_the_owner_leaves_and_is_asked_again(base):
    door, behind = door_of(modes.CLASS, base)
    mine = with_cookie(owner.cookie(time.time()))
    status, _, body = ask(door, f"{base}/owner", mine)
    assert (status, b"You own this server" in body) == (200, True)
    status, headers, _ = ask(door, f"{base}/owner", mine, method="POST", body=b"leave=1")
    assert (status, headers["location"], behind.seen) == (303, f"{base}/", None)
    gone, *about = headers["set-cookie"].split("; ")
    assert gone.partition("=")[::2] == (COOKIE, '""')
    assert {"Max-Age=0", f"Path={base or '/'}"} <= {*about}
    assert b"Is this your server?" in ask(door, f"{base}/owner")[2]


def test_a_page_of_another_site_does_not_make_the_owner_leave():
    mine = with_cookie(owner.cookie(time.time()), origin="https://evil.example")
    answer = ask(door_of(modes.CLASS)[0], "/owner", mine, method="POST", body=b"leave=1")
    assert "set-cookie" not in answer[1]
