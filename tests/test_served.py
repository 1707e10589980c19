"""The owner of a running server: at the machine, through proxies and tunnels, and forged."""

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from benchmarks import crowd
from benchmarks.app import CHROMIUM, FLAGS
from benchmarks.sessions import wait_until_healthy
from crackcls import config
from crackcls.access import visitors
from crackcls.access.door import MARK
from crackcls.runs import belonging

pytestmark = pytest.mark.slow

OWNER, VISITOR = "You own this server.", "Demo: nothing you upload is kept."
NGINX, SOCAT = shutil.which("nginx", path="/usr/sbin:/usr/bin"), shutil.which("socat")
needs_nginx = pytest.mark.skipif(not NGINX, reason="nginx is not installed (Debian: nginx-light)")
needs_socat = pytest.mark.skipif(not SOCAT, reason="socat is not installed (Debian: socat)")
needs_browser = pytest.mark.skipif(
    not CHROMIUM, reason="Chromium is not installed (Debian package: chromium)"
)
# What nginx needs around a recipe to run it, and where it writes.
AROUND = """
pid {folder}/nginx.pid; error_log {folder}/error.log; daemon off; worker_processes 1;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  {block}
}}
"""
# The shortest recipe that one finds.
RECIPE = """
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://127.0.0.1:{behind};
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection "upgrade";
      {more}
    }}
  }}
"""


@dataclass(frozen=True)
class Server:
    """A server that runs.

    Attributes:
        port: Where it listens.
        log: What it has printed.
        process: Its process.
    """

    port: int
    log: Path
    process: subprocess.Popen

    @property
    def token(self) -> str:
        """The token of the address that it has printed."""
        return re.search(r"\?token=(\w+)", self.log.read_text()).group(1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(command: list[str], log: Path, **environment: str) -> Iterator[subprocess.Popen]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=config.PROJECT,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@contextmanager
def serve(
    folder: Path, *options: str, port: int | None = None, **environment: str
) -> Iterator[Server]:
    """Start the server as the README says, on a folder of models of its own."""
    port = port or free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true"]
    environment |= {"CRACKCLS_MODELS": str(folder / "models"), "CRACKCLS_DATA": str(folder)}
    log = folder / f"{port}.log"
    with running([*command, f"--server.port={port}", *options], log, **environment) as process:
        wait_until_healthy(f"127.0.0.1:{port}")
        yield Server(port, log, process)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Make a folder of models: the shipped one, and one that is the owner's."""
    top = tmp_path_factory.mktemp("served")
    for name in ("default", "private"):
        shutil.copytree(config.PROJECT / "models" / "metu", top / "models" / name)
    return top


@pytest.fixture(scope="module")
def server(folder) -> Iterator[Server]:
    with serve(folder) as started:
        yield started


@contextmanager
def through_nginx(server: Server, folder: Path, more: str = "") -> Iterator[int]:
    """Put nginx in front of the server; give the port of nginx."""
    port = free_port()
    place = folder / f"nginx-{port}"
    place.mkdir()
    conf = place / "nginx.conf"
    block = RECIPE.format(port=port, behind=server.port, more=more)
    conf.write_text(AROUND.format(folder=place, block=block))
    with running([NGINX, "-p", str(place), "-c", str(conf)], place / "log"):
        wait_until_healthy(f"127.0.0.1:{port}")
        yield port


@contextmanager
def through_socat(server: Server, folder: Path) -> Iterator[int]:
    """Put a tunnel in front of the server; give its port."""
    port = free_port()
    listen = f"TCP-LISTEN:{port},fork,reuseaddr,bind=127.0.0.1"
    with running([SOCAT, listen, f"TCP:127.0.0.1:{server.port}"], folder / f"socat-{port}.log"):
        wait_until_healthy(f"127.0.0.1:{port}")
        yield port


@contextmanager
def client(port: int, called: str = "", **headers: str) -> "Iterator[Client]":
    """Connect as a browser does, without being one.

    Args:
        port: Where to connect to.
        called: Host and port that it says it calls.
        headers: Further headers.
    """
    from websockets.sync.client import connect

    address = f"ws://{called or f'localhost:{port}'}/_stcore/stream"
    more = {name.replace("_", "-"): text for name, text in headers.items()}
    with (
        socket.create_connection(("127.0.0.1", port)) as line,
        connect(
            address, sock=line, subprotocols=["streamlit"], max_size=None, additional_headers=more
        ) as connection,
    ):
        yield Client(connection)


class Client:
    """A connection to a page."""

    def __init__(self, connection: Any) -> None:
        self.socket, self.session = connection, ""

    def open(self, page: str = "", widget: str = "", value: str = "") -> tuple[set[str], dict]:
        """Run a page; give the texts that it says, and the ids of its lists of choices."""
        from streamlit.proto.BackMsg_pb2 import BackMsg
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

        ask = BackMsg()
        ask.rerun_script.page_name = page
        if widget:
            state = ask.rerun_script.widget_states.widgets.add()
            state.id, state.string_value = widget, value
        self.socket.send(ask.SerializeToString())
        answer, texts, choices = ForwardMsg(), set(), {}
        while answer.WhichOneof("type") != "script_finished":
            answer.ParseFromString(self.socket.recv(timeout=60))
            self.session = answer.new_session.initialize.session_id or self.session
            element = answer.delta.new_element
            kind = element.WhichOneof("type")
            if kind == "selectbox":
                choices[element.selectbox.label] = element.selectbox.id
            texts |= {str(getattr(getattr(element, kind), "body", ""))} if kind else set()
        assert answer.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
        return texts, choices


def role_of(port: int, **told: str) -> str:
    """Give the line of the sidebar that says who one is."""
    with client(port, **told) as one:
        texts, _ = one.open()
    (line,) = [text for text in texts if text.startswith((OWNER.rstrip("."), VISITOR))]
    return line


LIES = [
    {},
    {"called": "localhost"},
    {"called": "127.0.0.1:{port}", "Origin": "http://127.0.0.1:{port}"},
    {"called": "localhost:{port}", "Origin": "http://localhost:{port}"},
    {"X_Forwarded_For": "127.0.0.1", "X_Real_Ip": "127.0.0.1", "X_Forwarded_Host": "localhost"},
    {"Forwarded": "for=127.0.0.1;host=localhost:{port}", "Via": "1.1 localhost"},
    {"X_Forwarded_For": "", "X_Forwarded_Proto": "https"},
    {"Cookie": "crackcls_owner_{port}=9999999999.00; _streamlit_user=owner"},
    {MARK: "owner"},
    {"User_Agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/150.0.0.0 Safari/537.36"},
]


def told(lie: dict[str, str], server: Server) -> dict[str, str]:
    return {name: text.format(port=server.port) for name, text in lie.items()}


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: " ".join(lie) or "nothing")
def test_a_client_without_a_browser_is_never_the_owner(server, lie):
    assert role_of(server.port, **told(lie, server)) == VISITOR


@needs_nginx
@pytest.mark.parametrize(
    ("more", "lies"),
    [
        ("proxy_set_header Host $http_host;", LIES),
        ("proxy_set_header Host localhost; proxy_set_header X-Forwarded-For 127.0.0.1;", LIES[:1]),
        ("", LIES[:1]),
    ],
)
def test_nobody_is_the_owner_behind_nginx_whatever_they_say(server, folder, more, lies):
    with through_nginx(server, folder, more) as port:
        for lie in lies:
            assert role_of(port, **told(lie, server)) == VISITOR, lie


@needs_socat
def test_nobody_is_the_owner_behind_a_tunnel_whatever_they_say(server, folder):
    with through_socat(server, folder) as port:
        for lie in LIES[:5]:
            assert role_of(port, **told(lie, server)) == VISITOR, lie


def get(port: int, path: str, host: str = "127.0.0.1", **headers: str) -> http.client.HTTPResponse:
    """Ask the server without following where it leads."""
    connection = http.client.HTTPConnection(host, port, timeout=30)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    return answer


def cookie_of(server: Server, token: str) -> str:
    """Change a token for a cookie; give nothing where there is none."""
    answer = get(server.port, f"/?token={token}")
    return (answer.getheader("set-cookie") or "").partition(";")[0]


def test_who_holds_the_token_is_the_owner_and_nobody_who_guesses(server):
    cookie = cookie_of(server, server.token)
    assert role_of(server.port, Cookie=cookie) == OWNER
    assert role_of(server.port, Cookie=cookie, Origin="http://localhost:3000") == VISITOR
    for guess in ("", "owner", server.token[:-1], "0" * 64):
        assert cookie_of(server, guess) == ""


def test_a_visitor_cannot_name_a_run_that_is_not_shown(server):
    def said_of(one: Client, name: str) -> str:
        _, choices = one.open("Train")
        return "\n".join(one.open("Train", choices["Run"], name)[0])

    with client(server.port) as visitor:
        for name in ("private", "../models/private", str(config.PROJECT / "models" / "metu")):
            assert not re.search("'(private|metu)' has finished", said_of(visitor, name))
    with client(server.port, Cookie=cookie_of(server, server.token)) as owner:
        assert "'private' has finished" in said_of(owner, "private")


def upload(server: Server, megabytes: int, cookie: str = "") -> int:
    """Upload as the page does; give the status of the answer."""
    with client(server.port, Cookie=cookie) as one:
        one.open("Predict")
        return put(server, one.session, megabytes, cookie)


def put(server: Server, session: str, megabytes: int, cookie: str) -> int:
    token = get(server.port, "/_stcore/health").getheader("set-cookie").partition(";")[0]
    boundary = "x" * 20
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="wall.zip"\r\n\r\n'
    )
    body = head.encode() + bytes(megabytes * 2**20) + f"\r\n--{boundary}--\r\n".encode()
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    headers = {
        "Cookie": f"{token}; {cookie}",
        "X-Xsrftoken": token.partition("=")[2],
        "Content-Type": f"multipart/form-data; boundary={boundary}",
    }
    try:
        line.request("PUT", f"/_stcore/upload_file/{session}/a-file", body, headers)
        return line.getresponse().status
    except (BrokenPipeError, ConnectionResetError):  # It is refused before it has come.
        return line.getresponse().status if line.sock else 413


def test_the_owner_uploads_more_than_a_photo_and_a_visitor_does_not(server):
    cookie = cookie_of(server, server.token)
    assert upload(server, 40, cookie) == 204
    assert upload(server, 40) == 413
    assert upload(server, 1) == 204


@pytest.fixture(scope="module")
def browse(tmp_path_factory) -> Iterator[Callable[[str], tuple]]:
    """Open addresses in Chromium, each with a profile of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, ExitStack() as stack:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        stack.callback(chromium.close)

        def opened(*addresses: str) -> tuple[list[str], list[dict]]:
            page = chromium.new_context().new_page()
            page.set_default_timeout(60_000)
            lines = []
            for address in addresses:
                page.goto(address)
                line = page.get_by_text(re.compile(f"{OWNER}|{VISITOR}"))
                lines.append(line.inner_text())
                assert "token" not in page.url
            cookies = page.context.cookies()
            page.context.close()
            return lines, cookies

        yield opened


@needs_browser
def test_the_person_at_the_machine_is_the_owner_by_each_name_of_it(server, browse):
    hosts = ("localhost", "127.0.0.1", "[::1]")
    lines, cookies = browse(*(f"http://{host}:{server.port}/Train" for host in hosts))
    assert lines == [OWNER] * 3
    assert not [one for one in cookies if one["name"].startswith("crackcls")]


@needs_browser
@needs_socat
def test_through_a_tunnel_the_token_makes_the_owner_and_nothing_else(server, folder, browse):
    with through_socat(server, folder) as port:
        there = f"http://localhost:{port}"
        lines, cookies = browse(there, f"{there}/Train?token={server.token}", f"{there}/Predict")
    assert lines == [VISITOR, OWNER, OWNER]
    (cookie,) = [one for one in cookies if one["name"].startswith("crackcls")]
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")


@needs_browser
@needs_nginx
def test_behind_nginx_a_browser_is_the_owner_by_the_token_alone(server, folder, browse):
    with through_nginx(server, folder, "proxy_set_header Host $http_host;") as port:
        there = f"http://127.0.0.1:{port}"
        assert browse(there, f"{there}/?token={server.token}")[0] == [VISITOR, OWNER]


def test_only_this_machine_reaches_a_server_of_ones_own(server):
    probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with probe:
        probe.connect(("192.0.2.1", 9))  # Sends nothing; tells which address would be used.
        address = probe.getsockname()[0]
    if address.startswith("127."):
        pytest.skip("this machine has no address in a network")
    with pytest.raises(OSError):
        socket.create_connection((address, server.port), timeout=5)
    for host in ("127.0.0.1", "::1"):
        for path in ("/healthz", "/_stcore/health", "/Train"):
            assert get(server.port, path, host).status == 200


def typed(server: Server, password: str) -> str:
    """Type a password into the form; give the cookie that comes for it."""
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    line.request("POST", "/owner", urlencode({"proof": password}))
    return (line.getresponse().getheader("set-cookie") or "").partition(";")[0]


@needs_browser
def test_where_no_mode_is_said_and_the_network_reaches_it_the_server_is_a_demo(folder, browse):
    with serve(folder, "--server.address=0.0.0.0", CRACKCLS_PASSWORD="sand and gravel") as server:
        there = f"http://127.0.0.1:{server.port}"
        assert browse(there)[0] == [VISITOR]
        for cookie in (cookie_of(server, server.token), typed(server, "sand and gravel")):
            assert "the others see a demo" in role_of(server.port, Cookie=cookie)
        assert typed(server, "sand") == ""


def test_a_student_finds_the_own_run_after_a_reload_and_nobody_else_does(folder):
    def sees(server: Server, cookie: str) -> bool:
        with client(server.port, Cookie=cookie) as one:
            said, _ = one.open("Train", one.open("Train")[1]["Run"], "ours")
            return any("'ours' has finished" in text for text in said)

    def cookie_of_page(server: Server) -> str:
        return (get(server.port, "/Train").getheader("set-cookie") or "").partition(";")[0]

    shutil.copytree(folder / "models" / "private", folder / "models" / "ours")
    with serve(folder, CRACKCLS_MODE="class") as server:
        mine, another = cookie_of_page(server), cookie_of_page(server)
        identity = mine.partition("=")[2].partition(".")[0]
        belonging.give(folder / "models" / "ours", visitors.called(identity))
        name = mine.partition("=")[0]
        forged = f"{name}={visitors.called(identity)}"
        found = [sees(server, cookie) for cookie in (mine, mine, another, forged, "")]
        assert found == [True, True, False, False, False]


def test_a_crowd_of_those_who_leave_or_upload_junk_is_answered_and_so_is_who_comes_after(server):
    host, kinds = f"127.0.0.1:{server.port}", crowd.kinds()
    del kinds["upload 79 megapixels"]  # Takes long, and is refused by the limit of one gigabyte.
    found = crowd.come(host, 40, kinds, seconds=120)
    assert [*found["kinds"].values()] == [[8, 8]] * 5
    assert crowd.comes_after(host) is not None
