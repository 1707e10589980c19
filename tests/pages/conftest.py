"""What the pages are driven on: a small trained model, on a machine of our own."""

import shutil
from collections.abc import Iterator

import pytest
import streamlit as st

from tests.conftest import Trained


@pytest.fixture(autouse=True)
def nothing_unforeseen(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail where a page says that something unforeseen went wrong, which is no exception."""
    yield
    guard = [one for one in caplog.get_records("call") if one.name == "crackcls.widgets.guard"]
    assert not [one.exc_info for one in guard if one.getMessage() == "a page failed"]


@pytest.fixture
def place(trained: Trained, monkeypatch: pytest.MonkeyPatch) -> Trained:
    """Point the pages at the trained model."""
    monkeypatch.setenv("CRACKCLS_MODELS", str(trained.models))
    monkeypatch.setenv("CRACKCLS_CACHE", str(trained.cache))
    return trained


@pytest.fixture
def ended(trained: Trained, tmp_path, monkeypatch: pytest.MonkeyPatch):
    """Give two runs of our own that have ended, one of them stopped."""
    st.cache_resource.clear()  # It knows a model by its name and hash, not by its folder.
    models = tmp_path / "models"
    monkeypatch.setenv("CRACKCLS_MODELS", str(models))
    shutil.copytree(trained.models / "first", models / "first")
    stopped = shutil.copytree(trained.models / "first", models / "second")
    (stopped / "report.json").unlink()
    log = stopped / "events.jsonl"
    log.write_text(log.read_text().replace('"status": "finished"', '"status": "stopped"'))
    return models
