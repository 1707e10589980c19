"""The package as others have it: installed by pip, or cloned by Git for Windows."""

import io
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tarfile
import time
import urllib.request
from pathlib import Path

import pandas as pd
import pytest

from crackcls import __version__, config
from crackcls.datasets import shipped_photos
from tests.conftest import encoded, picture

pytestmark = pytest.mark.slow
MODELS = config.PROJECT / "models"
SECONDS_TO_SERVE = 60

needs_git = pytest.mark.skipif(
    not shutil.which("git") or not (config.PROJECT / ".git").exists(),
    reason="the files were not cloned, or there is no git",
)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the clone into a folder of its own; what it depends on is there already."""
    folder = tmp_path_factory.mktemp("installed")
    words = ["install", "--quiet", "--no-deps", "--target", str(folder), str(config.PROJECT)]
    done = subprocess.run([sys.executable, "-m", "pip", *words], capture_output=True, text=True)
    if "Could not find a version that satisfies the requirement hatchling" in done.stderr:
        pytest.skip("the package that builds the wheel cannot be downloaded")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """Give a folder with two photos, away from the clone."""
    folder = tmp_path / "my photos"
    folder.mkdir()
    for number in range(2):
        content = encoded(picture(number, 227, cracked=number > 0))
        (folder / f"wall {number}.jpg").write_bytes(content)
    return folder


def command(installed: Path, *words: object) -> list[str]:
    return [str(installed / "bin" / "crackcls"), *map(str, words)]


def surroundings(installed: Path, user: Path) -> dict[str, str]:
    """Give the environment of a person who has never used the package."""
    ours = ("CRACKCLS_MODELS", "CRACKCLS_CACHE", "CRACKCLS_DATA")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    homes = ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")
    return {**kept, **dict.fromkeys(homes, str(user)), "PYTHONPATH": str(installed)}


def run(installed: Path, folder: Path, user: Path, *words: object) -> str:
    done = subprocess.run(
        command(installed, *words),
        capture_output=True,
        text=True,
        cwd=folder,
        env=surroundings(installed, user),
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_there_is_one_version_number(installed, tmp_path):
    assert run(installed, tmp_path, tmp_path, "--version") == f"crackcls {__version__}\n"
    assert (installed / f"crackcls-{__version__}.dist-info").is_dir()
    places = (config.PROJECT / "pyproject.toml", config.PROJECT / "crackcls" / "__init__.py")
    assert sum(__version__ in place.read_text(encoding="utf-8") for place in places) == 1


def test_predict_works_in_any_folder_and_expands_patterns(installed, elsewhere, tmp_path):
    out = json.loads(run(installed, elsewhere, tmp_path, "predict", "*.jpg", "--json"))
    assert [photo["file"] for photo in out["photos"]] == ["wall 0.jpg", "wall 1.jpg"]


def test_the_shipped_model_lies_among_the_users_models(installed, tmp_path):
    models = json.loads(run(installed, tmp_path, tmp_path, "models", "--json"))
    assert [model["name"] for model in models] == ["default", "metu"]
    place = tmp_path / "crackcls" / "models"
    for file in [*(MODELS / "default").rglob("*.*"), *(MODELS / "metu").rglob("*.*")]:
        if file.name not in ("local.json", "process.json"):
            assert (place / file.relative_to(MODELS)).read_bytes() == file.read_bytes(), file


def test_an_older_shipped_model_is_kept_under_its_version(installed, tmp_path):
    run(installed, tmp_path, tmp_path, "models")
    models = tmp_path / "crackcls" / "models"
    about = json.loads((models / "default" / "model.json").read_text())
    (models / "default" / "model.json").write_text(json.dumps({**about, "sha256": "0" * 64}))
    (models / "default" / "wrong_labels.csv").write_text("file\na.jpg\n")
    listed = json.loads(run(installed, tmp_path, tmp_path, "models", "--json"))
    old = f"default-{__version__.replace('.', '-')}"
    assert {model["name"] for model in listed} == {"default", "metu", old}
    assert (models / old / "wrong_labels.csv").exists()
    assert json.loads((models / "default" / "model.json").read_text()) == about
    # A lock is left, and nothing that was half moved.
    assert [path.name for path in models.glob(".*")] == [".shipped.lock"]


def test_the_app_answers_on_its_port(installed, elsewhere, tmp_path):
    port = free_port()
    words = command(installed, "app", "--no-browser", "--port", port)
    server = subprocess.Popen(words, cwd=elsewhere, env=surroundings(installed, tmp_path))
    try:
        deadline = time.monotonic() + SECONDS_TO_SERVE
        while (text := answer(f"http://127.0.0.1:{port}/")) is None:
            assert server.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.2)
        assert "<title>" in text
    finally:
        server.terminate()
        server.wait(20)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def answer(url: str) -> str | None:
    try:
        with urllib.request.urlopen(url, timeout=5) as reply:
            return reply.read().decode()
    except OSError:
        return None


def test_the_wheel_holds_no_run_of_ours(installed):
    shipped = {path.name for path in (installed / "crackcls" / "project" / "models").iterdir()}
    assert shipped == {
        *config.SHIPPED_MODELS,
        "WEIGHTS.md",
        config.WEIGHTS_FILE,
        config.TEMPLATE_FILE,
        shipped_photos.LIST,
    }


@needs_git
def test_a_clone_of_git_for_windows_has_the_same_bytes(tmp_path):
    clone = tmp_path / "clone"
    words = ["clone", "--quiet", "-c", "core.autocrlf=true", str(config.PROJECT), str(clone)]
    subprocess.run(["git", *words], check=True)
    plain = ["-C", str(config.PROJECT), "-c", "core.autocrlf=false", "archive", "HEAD"]
    archive = subprocess.run(["git", *plain], check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        members = [member for member in files if member.isfile()]
        assert len(members) > 150
        for member in members:
            cloned = (clone / member.name).read_bytes()
            assert cloned == files.extractfile(member).read(), member.name


@pytest.mark.parametrize("file", ["predictions.csv", "split.csv", "splits.csv", "history.csv"])
def test_tables_are_read_alike_with_the_line_ends_of_windows(tmp_path, file: str):
    from crackcls.files import read_csv

    content = (MODELS / "metu" / file).read_bytes()
    (tmp_path / file).write_bytes(content.replace(b"\n", b"\r\n"))
    pd.testing.assert_frame_equal(read_csv(tmp_path / file), read_csv(MODELS / "metu" / file))


def test_a_model_with_the_line_ends_of_windows_shows_the_same(tmp_path, monkeypatch):
    from crackcls.evaluation import store
    from crackcls.runs import folders, status

    monkeypatch.setenv("CRACKCLS_MODELS", str(tmp_path))
    shutil.copytree(MODELS / "default", tmp_path / "default")
    before = said_of(folders, status, store)
    for path in (tmp_path / "default").glob("*"):
        if path.suffix in (".json", ".jsonl", ".csv"):
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    (tmp_path / "in_use.txt").write_bytes(b"default\r\n")
    assert said_of(folders, status, store) == before
    assert folders.in_use() == "default"


def said_of(folders, status, store) -> list[object]:
    run = folders.read_run(folders.folder_of("default"))
    (own,) = store.list_evaluations(run)
    table = store.table_of(own)
    return [run, status.runs_table().to_dict(), list(table), table.to_dict(), store.report_of(own)]


def test_git_keeps_the_bytes_of_data():
    said = (config.PROJECT / ".gitattributes").read_text()
    assert re.search(r"^\* text=auto eol=lf$", said, re.MULTILINE)
    assert re.search(r"^models/\*\* -text$", said, re.MULTILINE)
