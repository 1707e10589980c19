"""The limits of containers and services."""

import re

import pytest

from crackcls import memory
from crackcls.errors import InputError


@pytest.mark.parametrize(
    ("lines", "files", "found"),
    [
        ("0::/app/one\n", {"app/one/memory.max": "max\n", "app/memory.max": "1000\n"}, [1000]),
        ("0::/\n", {"memory.max": "500\n"}, [500]),
        ("0::/gone\n", {"memory.max": "500\n"}, [500]),
        (
            "5:cpu:/x\n4:memory:/x\n0::/\n",
            {"memory/x/memory.limit_in_bytes": "700", "memory/memory.limit_in_bytes": "900"},
            [700, 900],
        ),
        ("nonsense\n", {}, []),
        ("0::/\n", {"memory.max": "\x00"}, []),
    ],
)
def test_limits_of_control_groups(tmp_path, monkeypatch, lines, files, found):
    listed, root = tmp_path / "cgroup", tmp_path / "groups"
    listed.write_text(lines)
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    monkeypatch.setattr(memory, "CGROUP", listed)
    monkeypatch.setattr(memory, "ROOT", root)
    machine = 10**6
    monkeypatch.setattr(memory, "_machine", lambda: machine)
    assert memory.limit() == min([machine, *found])


def test_the_machine_has_some_memory():
    assert 10**8 < memory.limit() < 10**14
    assert 10**6 < memory.used() < memory.limit()


@pytest.mark.parametrize(
    ("said", "found"), [("", 10**10), ("800", 800 * 10**6), ("20000", 10**10), ("500", 5 * 10**8)]
)
def test_a_server_takes_no_more_than_it_is_told(monkeypatch, said, found):
    monkeypatch.setattr(memory, "_machine", lambda: 10**10)
    monkeypatch.setattr(memory, "_control_groups", lambda listed, root: [])
    monkeypatch.setenv(memory.SETTING, said)
    memory.check()
    assert memory.limit() == found


@pytest.mark.parametrize("said", ["499", "0", "-1", "1e3", "half", "800 MB", "٨٠٠", " 800"])
def test_what_is_no_number_of_megabytes_is_refused(monkeypatch, said):
    monkeypatch.setenv(memory.SETTING, said)
    with pytest.raises(InputError, match=re.escape(f"500 or more, received '{said}'")):
        memory.check()
    assert memory.limit() > 10**8
