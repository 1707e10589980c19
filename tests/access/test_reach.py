"""The addresses that a class opens: of this machine, the room's network first, without a token."""

import io
import socket
from types import SimpleNamespace

import psutil
import pytest
import segno
from PIL import Image

from crackcls.access import reach

NETWORKS = {
    "lo": "127.0.0.1",
    "docker0": "192.168.99.1",
    "tun0": "172.20.0.9",
    "ham0": "25.1.2.3",
    "eth0": "10.1.2.3",
    "down": "192.168.7.7",
    "auto": "169.254.3.4",
    "wlan0": "192.168.1.23",
}


@pytest.fixture
def networks(monkeypatch):
    found = {
        name: [
            SimpleNamespace(family=socket.AF_INET6, address="fe80::1"),
            SimpleNamespace(family=socket.AF_INET, address=address),
        ]
        for name, address in NETWORKS.items()
    }
    states = {name: SimpleNamespace(isup=name != "down") for name in NETWORKS if name != "ham0"}
    monkeypatch.setattr(psutil, "net_if_addrs", lambda: found)
    monkeypatch.setattr(psutil, "net_if_stats", lambda: states)
    return found


@pytest.mark.parametrize("bound", [None, "", "0.0.0.0", "::", "[::]"])
def test_the_room_comes_first_and_what_nobody_reaches_not_at_all(networks, bound):
    assert reach.hosts(bound) == [
        *("192.168.1.23", "10.1.2.3", "172.20.0.9", "25.1.2.3", "192.168.99.1")
    ]


def test_without_a_network_there_is_no_address(networks):
    for name in networks.keys() - {"lo", "down", "auto"}:
        del networks[name]
    assert reach.hosts(None) == []


@pytest.mark.parametrize(
    ("bound", "hosts"),
    [
        *(("localhost", []), ("127.0.0.1", []), ("127.8.0.1", []), ("::1", []), ("[::1]", [])),
        *(("10.0.0.7", ["10.0.0.7"]), ("my-laptop", ["my-laptop"]), ("[fd00::7]", ["fd00::7"])),
    ],
)
def test_a_server_bound_to_one_address_is_found_there(networks, bound, hosts):
    assert reach.hosts(bound) == hosts


@pytest.mark.parametrize(
    ("words", "address"),
    [
        (("10.0.0.7", 8501), "http://10.0.0.7:8501/"),
        (("my-laptop", 80, "/concrete/", True), "https://my-laptop:80/concrete/"),
        (("fd00::7", 8501, "a/b"), "http://[fd00::7]:8501/a/b/"),
    ],
)
def test_the_address_has_the_port_and_the_path(words, address):
    assert reach.url(*words) == address


def test_the_code_is_the_square_of_its_text_in_black_on_white_with_a_margin():
    text = "http://192.168.1.23:8501/"
    picture = Image.open(io.BytesIO(reach.qr(text))).convert("1")
    rows = [list(row) for row in segno.make(text, error="m", micro=False).matrix]
    margin, step = reach.QUIET_SQUARES, reach.SQUARE_PIXELS
    assert picture.size == ((len(rows) + 2 * margin) * step,) * 2
    at = [(margin + i) * step + step // 2 for i in range(len(rows))]
    assert [[int(not picture.getpixel((x, y))) for x in at] for y in at] == rows
    edge = picture.crop((0, 0, picture.width, margin * step))
    assert edge.getextrema() == (255, 255)
