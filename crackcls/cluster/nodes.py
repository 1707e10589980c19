"""Ray, started here or joined: without its telemetry, its dashboard and its own printing."""

import logging
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.machinery import PathFinder
from tempfile import TemporaryDirectory
from typing import Any

from crackcls.errors import InputError

LOCAL, AUTO = "local", "auto"
# Of a Ray that is started here: rows are small, and no picture comes into it.
STORE_BYTES = 200_000_000
SECONDS_TO_ANSWER = 10
# Ray reads these when it is imported. It reports to nobody.
SETTINGS = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_DATA_DISABLE_PROGRESS_BARS": "1"}
# For a Ray of this machine alone: without it Ray would listen at the machine's address for others,
# whatever address it is given.
ALONE = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
LOOPBACK = "127.0.0.1", "localhost", "::1"


def check_installed() -> None:
    """Check that Ray is there.

    Raises:
        InputError: It is not.
    """
    if PathFinder.find_spec("ray") is None:
        raise InputError(
            "Work on many machines needs Ray, and it is not installed here. Install it by "
            '`pip install "crackcls[ray]"`.'
        )


@contextmanager
def joined(address: str) -> Iterator[int]:
    """Join a cluster, or start Ray on this machine alone.

    Args:
        address: `local`, `auto` for a cluster that this machine is part of, or that of its head,
            `HOST:PORT`.

    Yields:
        How many cores there are now; more may come, and some may go.

    Raises:
        InputError: Ray is not installed, or there is no cluster at this address.
    """
    check_installed()
    host, _, port = address.rpartition(":")
    is_alone = address == LOCAL or host.strip("[]") in LOOPBACK
    os.environ.update({**SETTINGS, **(ALONE if is_alone else {}), **_token(address)})
    if host and port.isdecimal():
        _check_answer(host, int(port))
    import ray

    with _own(address) as options:
        try:
            ray.init(address, logging_level=logging.ERROR, log_to_driver=False, **options)
        except (ConnectionError, ValueError, RuntimeError, TimeoutError) as error:
            raise _no_cluster(address) from error
        try:
            yield max(1, int(ray.cluster_resources().get("CPU", 1)))
        finally:
            with suppress(KeyboardInterrupt):
                ray.shutdown()


@contextmanager
def _own(address: str) -> Iterator[dict[str, Any]]:
    """Give how to start Ray where it is started here; what it writes is gone in the end."""
    if address != LOCAL:
        yield {}
        return
    # A socket's path may have some hundred letters, and Ray's own part of it is long.
    above = "/tmp" if os.name == "posix" else None
    with TemporaryDirectory(prefix="ray-", dir=above, ignore_cleanup_errors=True) as folder:
        yield {
            "num_cpus": os.cpu_count() or 1,
            "include_dashboard": False,
            "object_store_memory": STORE_BYTES,
            "_temp_dir": folder,
        }


def _token(address: str) -> dict[str, str]:
    """Give what lets only this program's processes talk to the Ray that it starts."""
    if address != LOCAL:
        return {}
    return {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}


def _check_answer(host: str, port: int) -> None:
    """Check that something listens: Ray itself would ask for minutes."""
    try:
        socket.create_connection((host.strip("[]"), port), SECONDS_TO_ANSWER).close()
    except OSError as error:
        raise _no_cluster(f"{host}:{port}") from error


def _no_cluster(address: str) -> InputError:
    return InputError(
        f"A Ray cluster must answer at '{address}', and none does. Start one by `ray start "
        "--head`, or take `--ray local`."
    )
