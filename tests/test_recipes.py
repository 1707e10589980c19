"""The recipes of docs/hosting.md, run: nginx with TLS, a frame on another site, a container."""

import re
import shlex
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from benchmarks.app import CHROMIUM, FLAGS
from crackcls import config
from tests.conftest import encoded, picture
from tests.pages.driving import wait_for
from tests.test_browser import VERDICT
from tests.test_served import AROUND, NGINX, free_port, needs_browser, needs_nginx, running, serve

pytestmark = pytest.mark.slow

HOSTING = (config.PROJECT / "docs" / "hosting.md").read_text(encoding="utf-8")
DOCKERFILE = (config.PROJECT / "Dockerfile").read_text(encoding="utf-8")
HOST, OTHER = "concrete.example.org", "news.example.com"


def block(language: str, heading: str) -> str:
    """Give the one block in a language below a heading of the page."""
    part = HOSTING.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", part, re.MULTILINE | re.DOTALL)
    return found


def replaced(text: str, *pairs: tuple[str, object]) -> str:
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, str(new))
    return text


@pytest.fixture(scope="module")
def models(tmp_path_factory) -> Path:
    """Give a folder with the shipped models."""
    top = tmp_path_factory.mktemp("recipes")
    (top / "models").symlink_to(config.shipped_folder())
    return top


@contextmanager
def by_tls(folder: Path, heading: str, *behind: int) -> Iterator[int]:
    """Start nginx with a block of the page and a certificate of its own; give its port.

    Args:
        folder: Where it works.
        heading: What the block stands below.
        behind: The ports of the servers, in the order of the page's.
    """
    port, pem, key = free_port(), folder / "a.pem", folder / "a.key"
    make = f"openssl req -x509 -newkey rsa:2048 -nodes -subj /CN={HOST} -out {pem} -keyout {key}"
    subprocess.run(shlex.split(make), check=True, capture_output=True)
    recipe = replaced(
        block("nginx", heading),
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("/etc/ssl/concrete.pem", pem),
        ("/etc/ssl/concrete.key", key),
        *((f":{8501 + at}", f":{port}") for at, port in enumerate(behind)),
    )
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, block=recipe))
    words = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")]
    with running(words, folder / "nginx.log"):
        wait_for(lambda: is_open(port), 30)
        yield port


def is_open(port: int) -> bool:
    """Tell whether somebody listens at a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def browser() -> Iterator[object]:
    """Open a page in Chromium, which finds all names at this machine."""
    from playwright.sync_api import sync_playwright

    rules = f"--host-resolver-rules=MAP {HOST} 127.0.0.1, MAP {OTHER} 127.0.0.1"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, rules])
        page = chromium.new_context(ignore_https_errors=True).new_page()
        page.set_default_timeout(60_000)
        yield page
        chromium.close()


def hand_in(place: object) -> None:
    photo = encoded(picture(3, 400))
    file = {"name": "wall.jpg", "mimeType": "image/jpeg", "buffer": photo}
    place.locator("input[type=file]").first.set_input_files(file)


@needs_browser
@needs_nginx
def test_a_photo_is_judged_through_nginx_with_tls(models, tmp_path):
    with (
        serve(models, "--server.address=127.0.0.1", CRACKCLS_MODE="demo") as server,
        by_tls(tmp_path, "Behind nginx, with TLS", server.port) as port,
        browser() as page,
    ):
        there = f"https://{HOST}:{port}"
        answer = page.goto(f"{there}/Predict?token={server.token}")
        headers = [(one["name"].lower(), one["value"]) for one in answer.headers_array()]
        assert ("content-security-policy", "frame-ancestors 'self'") in headers
        assert ("strict-transport-security", "max-age=31536000") in headers
        hand_in(page)
        page.get_by_text(VERDICT).first.wait_for()
        kept = [one for one in page.context.cookies() if one["name"].startswith("crackcls")]
        assert [one["secure"] for one in kept] == [True]


@contextmanager
def site_with_frame(address: str) -> Iterator[int]:
    """Serve another site, whose one page shows the app in a frame; give its port."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(f"<iframe src='{address}' height='900' width='900'>".encode())

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    site = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    try:
        yield site.server_port
    finally:
        site.shutdown()
        site.server_close()


@needs_browser
@pytest.mark.parametrize(("variables", "status"), [(False, 403), (True, 204)])
def test_a_frame_on_another_site_takes_photos_once_it_is_told_to(models, variables, status):
    setting = dict(re.findall(r"^(STREAMLIT_\w+)=(\w+) ", HOSTING, re.MULTILINE))
    assert setting
    told = {"CRACKCLS_MODE": "demo", **(setting if variables else {})}
    with (
        serve(models, "--server.address=127.0.0.1", **told) as server,
        site_with_frame(f"http://{HOST}:{server.port}/Predict?embed=true") as port,
        browser() as page,
    ):
        page.goto(f"http://{OTHER}:{port}/")
        frame = page.frame_locator("iframe")
        with page.expect_response(re.compile("/_stcore/upload_file/")) as answer:
            hand_in(frame)
        assert answer.value.status == status
        if status == 204:
            frame.get_by_text(VERDICT).first.wait_for()


def test_the_container_copies_what_there_is_and_serves_as_nobody():
    copied = [words.split()[:-1] for words in re.findall(r"^COPY (.+)$", DOCKERFILE, re.MULTILINE)]
    names = {name for words in copied for name in words}
    assert not [name for name in names if not (config.PROJECT / name).exists()]
    let_in = (config.PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert names <= {line[1:] for line in let_in if line.startswith("!")}
    assert "\nUSER 1000\n" in DOCKERFILE
    assert "CRACKCLS_MODE=demo" in DOCKERFILE


def test_the_constraints_pin_each_requirement_within_its_bounds():
    lines = (config.PROJECT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines)
    for line in (config.PROJECT / "requirements.txt").read_text(encoding="utf-8").splitlines():
        wanted = Requirement(line)
        if wanted.name != "tensorflow":  # On Linux it is tensorflow-cpu.
            assert wanted.specifier.contains(pins[wanted.name.lower().replace("_", "-")]), line
