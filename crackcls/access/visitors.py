"""A visitor who comes again: a random identity in a cookie that this server has signed.

The cookie holds the identity, and what is kept of a visitor holds a hash of it, so that nobody who
reads the files can make up the cookie. The key outlives the server, as runs and uploads do.
"""

import hashlib
import hmac
import secrets
import threading
from contextlib import suppress
from functools import cache
from pathlib import Path

from filelock import FileLock

from crackcls import config, files
from crackcls.errors import InputError

COOKIE_SECONDS = 30 * 24 * 3600
KEY_FILE, KEY_BYTES = ".visitors.key", 32
LOCK, SECONDS_TO_WAIT = ".visitors.lock", 10.0


def new() -> str:
    """Make an identity."""
    return secrets.token_hex(16)


def called(identity: str) -> str:
    """Give the hash by which files and pages know a visitor."""
    return hashlib.sha256(f"visitor:{identity}".encode()).hexdigest()


def cookie(identity: str, now: float) -> str:
    """Give the value of a cookie that keeps an identity.

    Args:
        identity: See `new`.
        now: Seconds since 1970.
    """
    value = f"{identity}.{int(now) + COOKIE_SECONDS}"
    return f"{value}.{_sign(value)}"


def identity_of(value: str, now: float) -> str | None:
    """Read the identity of a cookie; None where it is not from us or has run out."""
    read = _read(value)
    return read[0] if read and now < read[1] else None


def is_young(value: str, now: float) -> bool:
    """Tell whether a cookie has at least half of its life before it."""
    read = _read(value)
    return read is not None and read[1] - now >= COOKIE_SECONDS / 2


def _read(value: str) -> tuple[str, int] | None:
    said, _, signature = value.rpartition(".")
    expected = _sign(said).encode()
    if not hmac.compare_digest(signature.encode("utf-8", "replace"), expected):
        return None
    identity, _, until = said.partition(".")
    return identity, int(until)


def _sign(value: str) -> str:
    with _reading:
        key = _key(config.data_folder())
    return hmac.new(key, value.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


# Those who come first at once must not make a key each; nor must two servers, see `LOCK`.
_reading = threading.Lock()


@cache
def _key(folder: Path) -> bytes:
    """Read the key, or make one; where it cannot be kept it ends with this process."""
    path, made = folder / KEY_FILE, secrets.token_bytes(KEY_BYTES)
    if kept := _kept(path):
        return kept
    with suppress(OSError):  # Such as a disk that may only be read.
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / LOCK, timeout=SECONDS_TO_WAIT):
            if kept := _kept(path):
                return kept
            with files.writing(path) as file:
                Path(file.name).chmod(0o600)
                file.write(made)
    return made


def _kept(path: Path) -> bytes:
    try:
        kept = files.read_bytes(path, KEY_BYTES)
    except InputError:
        return b""
    return kept if len(kept) == KEY_BYTES else b""
