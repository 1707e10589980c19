"""Whether a connection comes from a web browser of the person who runs this process, here.

A fact of the operating system, not of what a client says: which process holds the other end. A
proxy, a tunnel or a script that holds it is no browser, whatever it passes on.
"""

import ipaddress
from pathlib import Path
from typing import Any

import psutil

# Programs that hold a browser's connections, in small letters and without `.exe`.
NAMES = frozenset(
    {
        *("chrome", "chromium", "chromium-browser", "google chrome", "google chrome helper"),
        *("chromium helper", "headless_shell", "chrome-headless-shell"),
        *("firefox", "firefox-bin", "firefox-esr", "librewolf", "waterfox"),
        *("msedge", "microsoft edge", "microsoft edge helper"),
        *("brave", "brave browser", "brave browser helper"),
        *("opera", "opera helper", "vivaldi", "vivaldi-bin", "vivaldi helper"),
        *("safari", "com.apple.webkit.networking", "webkitnetworkprocess", "epiphany", "falkon"),
    }
)
Address = tuple[str, int]


def is_own_browser(peer: Address, here: Address) -> bool:
    """Tell whether the other end of a connection is a browser of this user on this machine.

    Args:
        peer: Address and port of the other end.
        here: Address and port of this end.

    Returns:
        False also where the system does not tell.
    """
    ends = _plain(peer), _plain(here)
    if not ipaddress.ip_address(ends[0][0]).is_loopback:
        return False
    me = _user(psutil.Process())
    return any(_is_browser_of(me, one) and _holds(one, ends) for one in psutil.process_iter())


def _plain(address: Address) -> Address:
    """Give an address as a socket of IPv4 has it: one of both kinds says `::ffff:127.0.0.1`."""
    host = ipaddress.ip_address(address[0])
    mapped = host.ipv4_mapped if isinstance(host, ipaddress.IPv6Address) else None
    return str(mapped or host), address[1]


def _is_browser_of(user: Any, process: psutil.Process) -> bool:
    try:
        try:
            name = Path(process.exe()).name
        except psutil.AccessDenied:
            name = process.name()
        return name.lower().removesuffix(".exe") in NAMES and _user(process) == user
    except psutil.Error:
        return False


def _user(process: psutil.Process) -> Any:
    return process.uids().real if hasattr(process, "uids") else process.username()


def _holds(process: psutil.Process, ends: tuple[Address, Address]) -> bool:
    try:
        return any(
            (tuple(one.laddr), tuple(one.raddr)) == ends
            for one in process.net_connections("tcp")
            if one.raddr
        )
    except psutil.Error:
        return False
