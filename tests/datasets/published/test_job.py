"""Fetching a data set as a job: its log tells how it went, and the next try goes on."""

import io
import os
import shutil
from dataclasses import replace

import psutil
import pytest

from crackcls import config, events
from crackcls.datasets.published import install
from crackcls.datasets.published import job as fetch_job
from crackcls.errors import InputError
from crackcls.runs import folders, jobs, processes, status
from tests.datasets.published import loopback
from tests.datasets.published.small import CONTENT, SDNET_SET, SET, ignore
from tests.datasets.published.test_install import TIMEOUTS, ZIP, source


@pytest.fixture
def served(monkeypatch):
    """Let the job fetch a small set from a server on this machine; give the server."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    fetch = install.fetch

    with loopback.serve(loopback.ok(ZIP)) as server:

        def small(facts, target, emit, name):
            one = replace(facts, sources=(source(server.url),))
            return fetch(one, target, emit, name, timeouts=TIMEOUTS)

        monkeypatch.setattr(install, "fetch", small)
        yield server


def test_a_job_puts_the_photos_into_the_data_folder(served):
    assert jobs.read_job(fetch_job.folder(SET)) is None
    folder = fetch_job.fetch(SET, ignore, None, None, None)
    assert folder == config.data_folder() / "metu"
    assert all((folder / name).exists() for name in CONTENT)
    assert jobs.read_job(fetch_job.folder(SET)).state == "finished"


def test_a_failed_job_says_why_and_the_next_one_goes_on(served):
    served.behaviours[:] = [loopback.cut_off(ZIP, len(ZIP) - 1), loopback.ok(ZIP)]
    with pytest.raises(InputError) as error:
        fetch_job.fetch(SET, ignore, None, None, None)
    failed = jobs.read_job(fetch_job.folder(SET))
    assert (failed.state, failed.message) == ("failed", error.value.public)
    assert "pass it with --archive" in str(error.value) and "--" not in failed.message
    assert not (config.data_folder() / "metu").exists()
    assert fetch_job.fetch(SET, ignore, None, None, None)
    assert jobs.read_job(fetch_job.folder(SET)).state == "finished"
    assert int(served.requests[-1].range[6:-1]) > 0


def test_a_job_stops_when_asked_and_keeps_what_has_come(served):
    def stop_at_phase(kind: str, phase: str = "", **fields: object) -> None:
        if kind == "phase" and phase == "unpacking":
            jobs.stop_job(fetch_job.folder(SET))

    assert fetch_job.fetch(SET, stop_at_phase, None, None, None) is None
    assert jobs.read_job(fetch_job.folder(SET)).state == "stopped"
    assert not (config.data_folder() / "metu").exists()


def test_the_log_tells_of_bytes_in_megabytes():
    folder = fetch_job.folder(SET)
    folder.mkdir(parents=True)
    emit = events.log_to(folder / "events.jsonl")
    numbers = {"done": 60_300_000, "total": 241_363_336, "per_second": 5e6, "seconds_left": 36.2}
    emit("progress", phase="downloading", unit="bytes", **numbers)
    now = status.read_status(folders.read_run(folder))
    assert now.detail == "60 of 241 MB, 5 MB/s, 36 s left"


def start() -> None:
    jobs.start_job(fetch_job.folder(SET), fetch_job.words(SET))


def test_a_second_job_is_refused_while_one_is_at_work(monkeypatch):
    launched = []
    monkeypatch.setattr(jobs, "launch", lambda folder, words: launched.append(words))
    start()
    processes.record(fetch_job.folder(SET), psutil.Process(os.getppid()))
    for begin in (start, lambda: fetch_job.fetch(SET, ignore, None, None, None)):
        with pytest.raises(InputError, match="being done already"):
            begin()
    assert launched == [("data", "fetch", "metu")]
    assert jobs.read_job(fetch_job.folder(SET)).state == "running"


def test_an_archive_and_a_folder_are_taken_instead(monkeypatch, tmp_path):
    taken = []
    for name in ("install_archive", "install_folder"):
        monkeypatch.setattr(
            install, name, lambda facts, path, target, emit, name=name: taken.append((name, path))
        )
    fetch_job.fetch(SET, ignore, None, tmp_path / "a.rar", None)
    fetch_job.fetch(SET, ignore, None, None, tmp_path)
    expected = [("install_archive", tmp_path / "a.rar"), ("install_folder", tmp_path)]
    assert taken == expected


def test_an_uploaded_archive_is_taken_and_gone_once_it_is_unpacked():
    path = fetch_job.keep(SET, io.BytesIO(ZIP))
    assert path.read_bytes() == ZIP
    assert fetch_job.words(SET, path)[2:] == ("metu", "--archive", str(path))
    folder = fetch_job.fetch(SET, ignore, None, path, None)
    assert all((folder / name).exists() for name in CONTENT)
    assert not path.exists()


def test_an_uploaded_archive_that_is_another_one_is_gone_too_and_an_own_file_stays(tmp_path):
    own = tmp_path / "own.zip"
    own.write_bytes(b"no archive")
    for path in (fetch_job.keep(SET, io.BytesIO(b"no archive")), own):
        with pytest.raises(InputError):
            fetch_job.fetch(SET, ignore, None, path, None)
    assert [path.exists() for path in (fetch_job.folder(SET) / fetch_job.ARCHIVE, own)] == [
        *(False, True),
    ]


def test_without_room_no_archive_is_kept(monkeypatch):
    usage = shutil.disk_usage(config.PROJECT)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage._replace(free=3))
    with pytest.raises(InputError, match="free, and it has 0 MB"):
        fetch_job.keep(SET, io.BytesIO(ZIP))
    assert not (fetch_job.folder(SET) / fetch_job.ARCHIVE).exists()


def test_a_job_of_one_set_is_in_the_way_of_no_other(monkeypatch):
    launched = []
    monkeypatch.setattr(jobs, "launch", lambda folder, words: launched.append((folder, words)))
    start()
    processes.record(fetch_job.folder(SET), psutil.Process(os.getppid()))
    assert jobs.read_job(fetch_job.folder(SDNET_SET)) is None
    jobs.start_job(fetch_job.folder(SDNET_SET), fetch_job.words(SDNET_SET))
    folder = config.data_folder() / "fetch" / "sdnet2018"
    assert launched[-1] == (folder, ("data", "fetch", "sdnet2018"))
