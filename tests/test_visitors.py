"""Who may touch the files of the machine."""

import pytest

from crackcls import visitors


@pytest.mark.parametrize(
    ("address", "headers", "own"),
    [
        (None, {"Host": "localhost:8501"}, True),
        (None, {"Host": "127.0.0.1:8501"}, True),
        (None, {"Host": "[::1]:8501"}, True),
        (None, {}, True),
        (None, {"Host": "crack.example.org"}, False),
        (None, {"Host": "localhost.example.org"}, False),
        (None, {"Host": "localhost", "X-Forwarded-For": "203.0.113.9"}, False),
        (None, {"Host": "localhost", "Forwarded": "for=203.0.113.9"}, False),
        ("192.168.1.20", {"Host": "192.168.1.5:8501"}, False),
        ("203.0.113.9", {"Host": "localhost"}, False),
    ],
)
def test_only_a_browser_on_the_machine_itself_owns_it(address, headers, own):
    assert visitors.is_own_machine(address, headers) == own


def test_on_a_hosted_demo_everybody_is_a_visitor(monkeypatch):
    monkeypatch.setenv("CRACKCLS_HOSTED", "1")
    assert not visitors.is_own_machine(None, {"Host": "localhost"})
