"""Which process holds the other end of a connection; real sockets and processes."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from crackcls.access import browsers

BASH = shutil.which("bash")
# Connects to a port of this machine and holds the connection until its input ends.
HOLD = "exec 3<>/dev/tcp/{}/{}; echo here; read -r end"
NOBODY = 65_534

pytestmark = pytest.mark.skipif(
    os.name != "posix" or not BASH, reason="bash connects in place of a browser"
)


@contextmanager
def connected(program: Path, host: str = "127.0.0.1", user: int | None = None) -> Iterator[tuple]:
    """Connect from a process of another program; give both ends as a server sees them."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as listening:
        listening.bind((host, 0))
        listening.listen()
        command = [str(program), "-c", HOLD.format(host, listening.getsockname()[1])]
        child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd="/", user=user
        )
        try:
            accepted, peer = listening.accept()
            assert child.stdout.readline() == "here\n"
            with accepted:
                yield peer[:2], accepted.getsockname()[:2]
        finally:
            child.communicate()


@pytest.fixture(scope="module")
def programs() -> Iterator[Path]:
    """Give a folder where bash has names of other programs, which every user may run."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    for name in ("chromium", "Firefox-Bin", "nginx", "chromium-relay"):
        shutil.copy(BASH, folder / name)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
@pytest.mark.parametrize("name", ["chromium", "Firefox-Bin"])
def test_a_browser_of_this_user_is_known_at_both_loopbacks(programs, name, host):
    with connected(programs / name, host) as (peer, here):
        assert browsers.is_own_browser(peer, here)


def test_a_server_of_both_kinds_of_address_sees_the_same_browser(programs):
    with connected(programs / "chromium") as (peer, here):
        assert browsers.is_own_browser(("::ffff:127.0.0.1", peer[1]), ("::ffff:127.0.0.1", here[1]))


@pytest.mark.parametrize("name", ["nginx", "chromium-relay"])
def test_another_program_is_no_browser(programs, name):
    with connected(programs / name) as (peer, here):
        assert not browsers.is_own_browser(peer, here)


def test_a_browser_that_holds_another_connection_proves_nothing(programs):
    nginx, chromium = programs / "nginx", programs / "chromium"
    with connected(chromium) as (peer, here), connected(nginx) as (relayed, there):
        assert not browsers.is_own_browser(relayed, there)
        assert not browsers.is_own_browser(relayed, here)
        assert not browsers.is_own_browser(peer, there)
        assert not browsers.is_own_browser((peer[0], 0), here)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root is others")
def test_a_browser_of_another_user_proves_nothing(programs):
    with connected(programs / "chromium", user=NOBODY) as (peer, here):
        assert not browsers.is_own_browser(peer, here)


def test_an_address_of_the_network_proves_nothing(programs):
    with connected(programs / "chromium") as (peer, here):
        assert not browsers.is_own_browser(("192.168.1.7", peer[1]), here)


def test_where_the_system_does_not_tell_nobody_is_known(programs, monkeypatch):
    def refuse(*_: object) -> None:
        raise psutil.AccessDenied

    with connected(programs / "chromium") as (peer, here):
        monkeypatch.setattr(psutil.Process, "net_connections", refuse)
        assert not browsers.is_own_browser(peer, here)
