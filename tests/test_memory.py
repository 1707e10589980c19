"""The limits of containers and services."""

import pytest

from crackcls import memory


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
