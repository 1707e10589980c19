"""Where others in the same network find this server: by the machine's own addresses."""

import io
import ipaddress
import socket

import psutil
import segno

from crackcls.access import modes

EVERYWHERE = (None, "", "0.0.0.0", "::", "[::]")
# What the networks of rooms and homes use, the likeliest first, see RFC 1918.
PRIVATE = tuple(map(ipaddress.ip_network, ("192.168.0.0/16", "10.0.0.0/8", "172.16.0.0/12")))
# Networks that lie inside of the machine, as containers and virtual machines have.
INSIDE = ("docker", "br-", "veth", "virbr", "vmnet", "vbox", "vethernet", "podman", "cni")
SQUARE_PIXELS, QUIET_SQUARES = 10, 4


def hosts(bound: str | None) -> list[str]:
    """List the names under which other machines reach a server, the likeliest first.

    Nothing is asked of the network.

    Args:
        bound: What the server is bound to; None is every address of the machine.

    Returns:
        IPv4 addresses of the machine, or what it is bound to; empty where only this machine
        reaches it or there is no network.
    """
    if bound in EVERYWHERE:
        return _of_machine()
    return [] if modes.is_loopback(bound) else [str(bound).strip("[]")]


def url(host: str, port: int, base: str = "", secure: bool = False) -> str:
    """Give the address of the home page.

    Args:
        host: A name or an address.
        port: Of the server.
        base: The path that the app is served at, such as `concrete`, or nothing.
        secure: Whether the server itself speaks TLS.
    """
    place = f"{f'[{host}]' if ':' in host else host}:{port}"
    path = f"{base.strip('/')}/".lstrip("/")
    return f"{'https' if secure else 'http'}://{place}/{path}"


def qr(text: str) -> bytes:
    """Draw a QR code (ISO/IEC 18004) as PNG, black on white with its quiet zone."""
    file = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(file, kind="png", scale=SQUARE_PIXELS, border=QUIET_SQUARES)
    return file.getvalue()


def _of_machine() -> list[str]:
    """List the machine's IPv4 addresses: of the room's network first, none of its own loop."""
    states = psutil.net_if_stats()
    found = [
        (name.lower().startswith(INSIDE), _rank(address), one.address)
        for name, each in psutil.net_if_addrs().items()
        for one in each
        if one.family == socket.AF_INET and (name not in states or states[name].isup)
        if not (address := ipaddress.IPv4Address(one.address)).is_loopback
        and not address.is_link_local
    ]
    return list(dict.fromkeys(address for *_, address in sorted(found)))


def _rank(address: ipaddress.IPv4Address) -> int:
    return next((at for at, each in enumerate(PRIVATE) if address in each), len(PRIVATE))
