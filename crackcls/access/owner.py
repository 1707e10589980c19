"""The owner's proof: a token or a password, changed for a cookie that this server has signed.

All of it hangs on one secret, made anew at each start and kept in the environment of the process,
so that what imports this module twice has the same. Several servers behind one address are told
the same one.
"""

import hashlib
import hmac
import os
import secrets
import time

from crackcls.errors import InputError

SECRET, PASSWORD = "CRACKCLS_SECRET", "CRACKCLS_PASSWORD"
SHORTEST = {PASSWORD: 8, SECRET: 32}
COOKIE_SECONDS = 30 * 24 * 3600
# Wrong passwords that all askers together may try, and the seconds in which they count.
TRIES, TRIES_WITHIN = 10, 60.0


def begin() -> None:
    """Make the secret of a server that starts; proofs of the last start are worth nothing.

    One that is told stays, with all that it has signed.
    """
    if not os.environ.get(SECRET):
        os.environ[SECRET] = secrets.token_hex(32)


def check() -> None:
    """Check that the password and the secret, where told, are such as cannot be guessed soon.

    Raises:
        InputError: One is too short.
    """
    for setting, shortest in SHORTEST.items():
        length = len(os.environ.get(setting, ""))
        if 0 < length < shortest:
            raise InputError(
                f"{setting} must have at least {shortest} characters, received {length}."
            )


def has_password() -> bool:
    """Tell whether the owner may prove it by a password."""
    return len(os.environ.get(PASSWORD, "")) >= SHORTEST[PASSWORD]


def token() -> str:
    """Give the token of the printed address."""
    return _sign("token")


def is_token(said: str) -> bool:
    """Tell whether this is the token, in a time that tells nothing of it."""
    return _is_begun() and _same(said, token())


def is_password(said: str) -> bool:
    """Tell whether this is the password, in a time that tells nothing of it."""
    return has_password() and _same(said, os.environ[PASSWORD])


def cookie(now: float) -> str:
    """Give the value of a cookie that proves the owner.

    Args:
        now: Seconds since 1970.
    """
    return _signed("cookie", str(int(now) + COOKIE_SECONDS))


def is_cookie(value: str, now: float) -> bool:
    """Tell whether the owner has this cookie from us, and it has not run out."""
    until = _read_signed("cookie", value)
    return until is not None and now < int(until)


def mark(who: str) -> str:
    """Sign whom the door has found, for the pages behind it."""
    return _signed("mark", who)


def read_mark(value: str) -> str | None:
    """Read whom the door has found; None where it has not signed this."""
    return _read_signed("mark", value)


class Tries:
    """Counts wrong passwords of all askers together; the token and the cookie do not wait."""

    def __init__(self) -> None:
        self.wrong: list[float] = []

    def are_left(self) -> bool:
        """Tell whether another password may be tried now."""
        since = time.monotonic() - TRIES_WITHIN
        self.wrong = [at for at in self.wrong if at > since]
        return len(self.wrong) < TRIES

    def count(self) -> None:
        """Count a wrong one."""
        self.wrong.append(time.monotonic())


def _is_begun() -> bool:
    return len(os.environ.get(SECRET, "")) >= SHORTEST[SECRET]


def _sign(what: str) -> str:
    key = os.environ[SECRET].encode()
    return hmac.new(key, what.encode(), hashlib.sha256).hexdigest()


def _signed(kind: str, value: str) -> str:
    return f"{value}.{_sign(f'{kind}:{value}')}"


def _read_signed(kind: str, text: str) -> str | None:
    value, _, signature = text.rpartition(".")
    return value if _is_begun() and _same(signature, _sign(f"{kind}:{value}")) else None


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))
