"""Ray is joined where it is; where it is not, a sentence says so."""

import importlib.util

import pytest

from crackcls import config
from crackcls.__main__ import main
from crackcls.cluster import nodes
from crackcls.errors import InputError
from tests.conftest import encoded, picture

needs_ray = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None, reason="Ray is not installed (tests/requirements.txt)"
)


def test_without_ray_the_way_to_it_is_said(monkeypatch):
    monkeypatch.setattr(nodes.PathFinder, "find_spec", lambda name: None)
    with (
        pytest.raises(InputError, match=r'pip install "crackcls\[ray\]"'),
        nodes.joined(nodes.LOCAL),
    ):
        pass


@needs_ray
def test_an_address_where_nothing_answers_is_said(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("CRACKCLS_MODELS", str(config.PROJECT / "models"))
    (tmp_path / "a.png").write_bytes(encoded(picture(1, 227), "PNG"))
    assert main(["predict", str(tmp_path), "--ray", "127.0.0.1:1"]) == 2
    assert "must answer at '127.0.0.1:1', and none does" in capsys.readouterr().err
