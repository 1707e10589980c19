"""The server and its children, killed while photos are judged and while a class trains.

The table of docs/files.md says what is lost and what is said. A training that is killed in each of
its phases: `tests/training/test_survive.py`.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from benchmarks import crowd
from benchmarks.visitors import JUDGED, Visitor
from crackcls import config
from crackcls.runs import folders, processes, status, waiting
from tests.pages.driving import wait_for
from tests.test_served import Server, serve

pytestmark = pytest.mark.slow

WORKER = "crackcls.photos.worker"


@pytest.fixture
def served(tmp_path) -> Path:
    """Make the folders of a server, with the shipped model in use."""
    shipped = config.PROJECT / "models" / config.DEFAULT_MODEL
    shutil.copytree(shipped, tmp_path / "models" / config.DEFAULT_MODEL)
    return tmp_path


def judging_process(server: Server) -> psutil.Process:
    """Give the process that judges, once it waits for photos."""
    found: list[psutil.Process] = []

    def is_there() -> bool:
        children = psutil.Process(server.process.pid).children()
        found[:] = [child for child in children if WORKER in child.cmdline()]
        return bool(found)

    wait_for(is_there)
    return found[0]


@contextmanager
def in_mid_photo(server: Server) -> Iterator[tuple[psutil.Process, Visitor, Visitor]]:
    """Hold the process that judges, so that one photo is in it and another one in the line."""
    host, photo = f"127.0.0.1:{server.port}", crowd.wall()
    visitors = Visitor(host), Visitor(host)
    for visitor in visitors:
        visitor.open("Predict")
    process = judging_process(server)
    process.suspend()
    for visitor, words in zip(visitors, ("Judging the photo", "1 photo of others"), strict=True):
        assert visitor.upload([("wall.jpg", photo)]) == [204]
        visitor.wait_for(words)
    yield process, *visitors
    for visitor in visitors:
        visitor.close()


def test_a_judging_process_that_is_killed_costs_its_photo_a_sentence_and_no_other(served):
    with serve(served) as server, in_mid_photo(server) as (process, first, second):
        process.kill()
        assert "decoded within the memory and the time" in first.wait_for_answer(JUDGED)
        assert second.wait_for_answer(JUDGED) == JUDGED


def test_a_server_killed_while_photos_are_judged_leaves_nothing_and_answers_when_it_is_back(served):
    def files() -> list[Path]:
        return sorted(path for path in served.rglob("*") if path.suffix != ".log")

    before = files()
    with serve(served) as server, in_mid_photo(server) as (process, *_):
        server.process.kill()
        server.process.wait()
        process.resume()
        psutil.wait_procs([process], timeout=30)
        assert not process.is_running()
    assert files() == before
    with serve(served) as server:
        assert crowd.comes_after(f"127.0.0.1:{server.port}") is not None


def test_a_class_goes_on_where_its_server_and_a_training_were_killed(served, trained, monkeypatch):
    def reaches(name: str, is_so: Callable[[folders.Run], bool]) -> None:
        wait_for(lambda: is_so(folders.read_run(folders.folder_of(name))))

    monkeypatch.setenv("CRACKCLS_MODELS", str(served / "models"))
    told = {"CRACKCLS_CACHE": str(trained.cache), "CRACKCLS_MODE": "class"}
    for name in ("first", "second", "third"):
        waiting.join(name, ["--data", str(trained.data), "--epochs", "2"], 60)
    with serve(served, **told) as server:
        reaches("first", lambda run: run.state == "running")
        server.process.kill()
    # The training goes on without the server, and nobody begins the next one.
    reaches("first", lambda run: run.state == "finished")
    assert folders.read_run(folders.folder_of("first")).has_model
    assert [place.name for place in waiting.line()] == ["second", "third"]
    with serve(served, **told) as server:
        reaches("second", lambda run: run.state == "running")
        psutil.Process(processes.pid_of(folders.folder_of("second"))).kill()
        reaches("third", lambda run: run.state == "running")
        second = folders.read_run(folders.folder_of("second"))
        assert (second.state, status.read_status(second).phase) == ("interrupted", "starting")
        # Whoever takes the place of the killed one waits as others do.
        waiting.join("second", ["--data", str(trained.data), "--epochs", "2"], 60)
        assert [(place.name, place.ahead) for place in waiting.line()] == [("second", 1)]
        psutil.Process(processes.pid_of(folders.folder_of("third"))).kill()
        reaches("second", lambda run: run.state == "running")
        psutil.Process(processes.pid_of(folders.folder_of("second"))).kill()
