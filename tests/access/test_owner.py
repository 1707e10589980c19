"""The owner's proof: what is taken for it, and what never is."""

import pytest

from crackcls.access import owner
from crackcls.errors import InputError

NOW = 1_800_000_000.0


@pytest.fixture(autouse=True)
def begun(monkeypatch):
    monkeypatch.setenv(owner.SECRET, "")  # So that what begin() sets is taken back.
    monkeypatch.delenv(owner.PASSWORD, raising=False)
    owner.begin()


def test_the_token_is_long_and_another_after_each_start(monkeypatch):
    first = owner.token()
    assert len(first) == 64
    assert owner.is_token(first)
    begin_anew(monkeypatch)
    assert owner.token() != first
    assert not owner.is_token(first)


@pytest.mark.parametrize("said", ["", "token", "0" * 64, "ä", "\udcff", "None"])
def test_nothing_else_is_the_token(said):
    assert not owner.is_token(said)
    assert not owner.is_token(owner.token()[:-1])
    assert not owner.is_token(owner.token() + said) or not said


def test_a_cookie_proves_the_owner_for_thirty_days():
    value = owner.cookie(NOW)
    assert owner.is_cookie(value, NOW)
    assert owner.is_cookie(value, NOW + 30 * 86_400 - 1)
    assert not owner.is_cookie(value, NOW + 30 * 86_400)


@pytest.mark.parametrize(
    "change",
    [
        lambda value: "",
        lambda value: "." + value,
        lambda value: value[:-1],
        lambda value: value[:-1] + ("0" if value[-1] != "0" else "1"),
        lambda value: "9" + value,
        lambda value: value.partition(".")[0] + ".",
        lambda value: value.partition(".")[2],
        lambda value: value + ".x",
        lambda value: "٣" + value[1:],
        lambda value: owner.token(),
        lambda value: owner.mark("owner"),
        lambda value: owner.mark("9999999999"),
    ],
)
def test_a_changed_cookie_proves_nothing(change):
    assert not owner.is_cookie(change(owner.cookie(NOW)), NOW)


def test_a_cookie_of_the_last_start_proves_nothing(monkeypatch):
    value = owner.cookie(NOW)
    begin_anew(monkeypatch)
    assert not owner.is_cookie(value, NOW)


def test_servers_that_are_told_one_secret_take_one_proof(monkeypatch):
    monkeypatch.setenv(owner.SECRET, "0123456789abcdef" * 2)
    owner.check()
    owner.begin()
    token, value = owner.token(), owner.cookie(NOW)
    owner.begin()
    assert owner.is_token(token)
    assert owner.is_cookie(value, NOW)


def test_a_short_secret_is_refused_and_proves_nothing(monkeypatch):
    monkeypatch.setenv(owner.SECRET, "0123456789abcdef" + "0123456789abcde")
    owner.begin()
    with pytest.raises(InputError, match="at least 32 characters, received 31"):
        owner.check()
    assert not owner.is_token(owner.token())
    assert owner.read_mark(owner.mark("owner")) is None


def begin_anew(monkeypatch) -> None:
    """Do what another start does, which is told no secret."""
    monkeypatch.setenv(owner.SECRET, "")
    owner.begin()


def test_the_mark_is_read_as_it_was_signed_and_no_other():
    assert owner.read_mark(owner.mark("owner")) == "owner"
    assert owner.read_mark(owner.mark("")) == ""
    for forged in ("", "owner", "owner.", "owner.00", owner.cookie(NOW), owner.token()):
        assert owner.read_mark(forged) != "owner"


def test_where_no_server_has_begun_nothing_is_proved(monkeypatch):
    token, cookie, mark = owner.token(), owner.cookie(NOW), owner.mark("owner")
    monkeypatch.delenv(owner.SECRET)
    assert not owner.is_token(token)
    assert not owner.is_token("")
    assert not owner.is_cookie(cookie, NOW)
    assert owner.read_mark(mark) is None


def test_a_password_is_taken_where_there_is_one(monkeypatch):
    assert not owner.is_password("")
    monkeypatch.setenv(owner.PASSWORD, "grün und rau")
    owner.check()
    assert owner.is_password("grün und rau")
    for said in ("", "grün", "grün und rau ", "GRÜN UND RAU"):
        assert not owner.is_password(said)


def test_a_short_password_is_refused_and_never_taken(monkeypatch):
    monkeypatch.setenv(owner.PASSWORD, "concret")
    assert not owner.is_password("concret")
    with pytest.raises(InputError, match="at least 8 characters, received 7"):
        owner.check()


def test_ten_wrong_passwords_a_minute_and_no_more(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(owner.time, "monotonic", lambda: now[0])
    tries = owner.Tries()
    for _ in range(10):
        assert tries.are_left()
        tries.count()
        now[0] += 1
    assert not tries.are_left()
    now[0] = 160.5
    assert tries.are_left()
