"""A model is read whole once for each state of its files, not at each drawing of the page."""

import os

import pytest
import streamlit as st

from crackcls.errors import InputError
from crackcls.network import parcel
from crackcls.runs.folders import Run
from crackcls.widgets import take_away


@pytest.fixture
def read(monkeypatch) -> list[str]:
    """Give the names of the models that were read whole."""
    st.cache_resource.clear()
    names: list[str] = []
    monkeypatch.setattr(parcel, "check", lambda run: names.append(run.name))
    return names


def check(run: Run) -> None:
    take_away.check(run, str(run.folder), parcel.state_of(run))


@pytest.fixture
def run(tmp_path) -> Run:
    folder = tmp_path / "wall"
    folder.mkdir()
    (folder / "model.tflite").write_bytes(b"a network")
    return Run(folder, "finished", "", 0.0, {}, None)


def test_a_model_is_checked_once(run, read):
    check(run)
    check(run)
    assert read == ["wall"]


def test_a_file_of_the_same_size_and_time_of_writing_is_another_file(run, read):
    path = run.folder / "model.tflite"
    before = path.stat()
    check(run)
    path.write_bytes(b"A NETWORK")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    check(run)
    (run.folder / "calibration.json").write_text("{}")
    check(run)
    assert read == ["wall"] * 3


def test_a_damaged_model_stays_refused(run, monkeypatch):
    st.cache_resource.clear()

    def refuse(run: Run) -> None:
        raise InputError("damaged")

    monkeypatch.setattr(parcel, "check", refuse)
    for _ in range(2):
        with pytest.raises(InputError, match="damaged"):
            check(run)
