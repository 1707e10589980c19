"""A visitor's cookie: what it is read as, how long, and what is none."""

import stat
import subprocess
import sys

import pytest

from crackcls import config
from crackcls.access import owner, visitors

NOW, DAY = 1_800_000_000.0, 86_400
ONE = "0123456789abcdef" * 2


def test_an_identity_is_random_and_known_by_its_hash():
    one, other = visitors.new(), visitors.new()
    assert len(one) == 32
    assert one != other
    assert len(visitors.called(one)) == 64
    assert one not in visitors.called(one)
    assert visitors.called(one) != visitors.called(other)


def test_a_cookie_keeps_an_identity_for_thirty_days():
    value = visitors.cookie(ONE, NOW)
    assert visitors.identity_of(value, NOW) == ONE
    assert visitors.identity_of(value, NOW + 30 * DAY - 1) == ONE
    assert visitors.identity_of(value, NOW + 30 * DAY) is None
    assert visitors.is_young(value, NOW + 15 * DAY)
    assert not visitors.is_young(value, NOW + 15 * DAY + 1)


@pytest.mark.parametrize(
    "change",
    [
        lambda value: "",
        lambda value: "." + value,
        lambda value: value[:-1],
        lambda value: value[:-1] + ("0" if value[-1] != "0" else "1"),
        lambda value: "f" + value[1:],
        lambda value: value.replace(".1", ".9", 1),
        lambda value: value.rpartition(".")[0],
        lambda value: value.rpartition(".")[2],
        lambda value: value + ".x",
        lambda value: value + "\udcff",
        lambda value: visitors.called(ONE),
        lambda value: f"{ONE}.9999999999.{'0' * 64}",
    ],
)
def test_a_changed_cookie_is_nobodys(change):
    changed = change(visitors.cookie(ONE, NOW))
    assert visitors.identity_of(changed, NOW) is None
    assert not visitors.is_young(changed, NOW)


def test_the_owners_cookie_is_no_visitors_and_a_visitors_not_the_owners(monkeypatch):
    monkeypatch.setenv(owner.SECRET, "")  # So that what begin() sets is taken back.
    owner.begin()
    assert visitors.identity_of(owner.cookie(NOW), NOW) is None
    assert not owner.is_cookie(visitors.cookie(ONE, NOW), NOW)


def test_the_key_outlives_the_server_and_nobody_else_reads_it():
    value = visitors.cookie(ONE, NOW)
    path = config.data_folder() / visitors.KEY_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    forget_keys()
    assert visitors.identity_of(value, NOW) == ONE


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 33])
def test_a_damaged_key_is_made_anew(content):
    value = visitors.cookie(ONE, NOW)
    path = config.data_folder() / visitors.KEY_FILE
    path.write_bytes(content)
    forget_keys()
    assert visitors.identity_of(value, NOW) is None
    assert len(path.read_bytes()) == 32


def test_where_no_key_can_be_kept_one_holds_as_long_as_the_process():
    config.data_folder().parent.mkdir(exist_ok=True)
    config.data_folder().write_bytes(b"no folder")
    assert visitors.identity_of(visitors.cookie(ONE, NOW), NOW) == ONE


def test_servers_that_begin_at_one_moment_sign_with_one_key():
    words = (
        "from crackcls.access import visitors; print(visitors.cookie('0' * 32, 1_800_000_000.0))"
    )
    begun = [
        subprocess.Popen([sys.executable, "-c", words], stdout=subprocess.PIPE, cwd=config.PROJECT)
        for _ in range(6)
    ]
    assert len({one.communicate()[0] for one in begun}) == 1


def forget_keys() -> None:
    """Do what a new process would: know no key."""
    visitors._key.cache_clear()
