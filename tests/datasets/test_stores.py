"""Labelled images of a store, brought here once; a folder stands in for the store."""

import os
import shutil
from pathlib import Path

import pytest

from crackcls import addresses, config
from crackcls.__main__ import main
from crackcls.addresses import Address
from crackcls.datasets import stores
from crackcls.errors import InputError

WALLS = Address("s3://walls/set 1/")


@pytest.fixture
def data(store: Path) -> Path:
    folder = store / "walls" / "set 1"
    for name in ("Cracked/a.jpg", "Sound/b.jpg", "Sound/.hidden/c.jpg", "labels.csv"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


def names(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def heard(address: Address) -> tuple[Path, int]:
    """Fetch, and count the files that were."""
    counts = []
    folder = stores.fetch(address, lambda kind, **fields: counts.append(fields.get("total")))
    return folder, next(filter(None, counts), 0)


def test_files_are_fetched_once_and_again_where_they_changed(data):
    folder, count = heard(WALLS)
    assert (folder.name, count) == ("set 1", 3)
    assert names(folder) == ["Cracked/a.jpg", "Sound/b.jpg", "labels.csv"]
    assert (folder / "Sound" / "b.jpg").read_text() == "Sound/b.jpg"
    assert heard(WALLS) == (folder, 0)
    os.utime(data / "labels.csv", (1, 1))
    (data / "Cracked" / "a.jpg").unlink()
    assert heard(Address("s3://walls/set 1")) == (folder, 1)
    assert names(folder) == ["Sound/b.jpg", "labels.csv"]
    assert not (folder / "Cracked").exists()


def test_a_store_without_files_is_said(store):
    (store / "empty").mkdir()
    with pytest.raises(InputError, match="'s3://empty' holds none"):
        stores.fetch(Address("s3://empty"), lambda *_, **__: None)


@pytest.mark.parametrize("name", ["../../out.jpg", "/etc/passwd", "a//b.jpg", "a/./b.jpg"])
def test_a_name_that_leads_elsewhere_is_refused(name: str, monkeypatch, tmp_path):
    listed = [(name, Address(f"s3://walls/{name}", "3 1"))]
    monkeypatch.setattr(addresses, "below", lambda folder: iter(listed))
    with pytest.raises(InputError, match="one that a folder here can have"):
        stores.fetch(WALLS, lambda *_, **__: None)
    assert not [*tmp_path.rglob("*.jpg")]


def test_an_evaluation_of_a_store_is_that_of_the_folder(store, concrete, tmp_path, monkeypatch):
    monkeypatch.setenv("CRACKCLS_MODELS", str(config.PROJECT / "models"))
    data = concrete(4, ("Cracked", "Non-cracked"))
    shutil.copytree(data, store / "walls" / data.name)
    tables = []
    for number, source in enumerate([str(data), f"s3://walls/{data.name}"]):
        out = tmp_path / f"{number}.csv"
        assert main(["evaluate", "--data", source, "--csv", str(out)]) == 0
        tables.append(out.read_bytes())
    assert tables[0] == tables[1] and len(tables[0].splitlines()) == 9
