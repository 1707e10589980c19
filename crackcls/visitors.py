"""Who is at the page: the person whose machine this is, or a visitor."""

import os
from collections.abc import Mapping
from urllib.parse import urlsplit

OWN_NAMES = ("localhost", "127.0.0.1", "::1")
PROXY_HEADERS = ("X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Forwarded")


def is_own_machine(address: str | None, headers: Mapping[str, str]) -> bool:
    """Tell whether the browser runs on the machine that serves the page.

    A visitor from elsewhere may name no folders of the server and delete no runs. A proxy
    on the same machine shows itself by its headers or by the name that it was called by;
    CRACKCLS_HOSTED=1 makes everybody a visitor.

    Args:
        address: The browser's IP address; None where it is this machine's own.
        headers: The request's headers.
    """
    if os.environ.get("CRACKCLS_HOSTED") == "1" or address is not None:
        return False
    if any(headers.get(name) for name in PROXY_HEADERS):
        return False
    return urlsplit("//" + headers.get("Host", "localhost")).hostname in OWN_NAMES
