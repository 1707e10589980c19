"""Jobs: one at a time, started, stopped, resumed."""

import os
import subprocess
import sys
import time

import pytest

from crackcls import config
from crackcls.errors import InputError
from crackcls.runs import folders, jobs, status
from crackcls.runs.work import STOP


def wait_for(condition, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.slow
def test_one_training_at_a_time_and_the_lock_dies_with_its_process():
    code = (
        "import sys, time\nfrom crackcls.runs import jobs\n"
        "with jobs.training_lock():\n"
        "    print('held', flush=True)\n    time.sleep(60)\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=config.PROJECT
    )
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(InputError, match="One training runs at a time"), jobs.training_lock():
        pass
    holder.kill()
    holder.communicate()
    with jobs.training_lock():
        pass


def test_a_started_run_that_is_refused_says_why(tmp_path):
    jobs.start("mine", ["--data", str(tmp_path / "nowhere")])
    folder = config.models_folder() / "mine"
    wait_for(lambda: folders.read_run(folder).state != "running")
    run = folders.read_run(folder)
    assert run.state == "interrupted"
    assert "The data must be a folder that exists" in run.message
    jobs.start("mine", ["--data", str(tmp_path / "nowhere")])


@pytest.mark.slow
def test_a_second_start_is_refused_and_says_what_runs_since_when(concrete):
    words = ["--data", str(concrete(per_class=24)), "--epochs", "1"]
    jobs.start("first", words)
    try:
        with pytest.raises(InputError) as error:
            jobs.start("second", words)
        clock = time.strftime("%H:")
        assert f"'first' has been running since {clock}" in str(error.value)
        assert not (config.models_folder() / "second").exists()
    finally:
        kill("first")


def kill(name: str) -> None:
    import psutil

    from crackcls.files import read_json

    record = read_json(config.models_folder() / name / "process.json")
    psutil.Process(record["pid"]).kill()


@pytest.mark.parametrize(
    ("name", "said"), [("none", "'none' is not there"), ("../up", "received '../up'")]
)
def test_what_is_no_run_is_not_resumed(name, said):
    with pytest.raises(InputError, match=said):
        jobs.resume(name)


def test_a_finished_run_is_not_resumed(trained, monkeypatch):
    monkeypatch.setenv("CRACKCLS_MODELS", str(trained.models))
    with pytest.raises(InputError, match="'first' has finished"):
        jobs.resume("first")


@pytest.mark.slow
def test_of_starts_at_the_same_instant_one_runs(concrete):
    folder = concrete(per_class=24)
    code = (
        "import sys, time\nfrom crackcls.runs import jobs\n"
        "time.sleep(max(0, float(sys.argv[1]) - time.time()))\n"
        "jobs.start(sys.argv[2], ['--data', sys.argv[3]])\n"
    )
    for turn in range(50 if os.environ.get("CRACKCLS_FULL") == "1" else 5):
        names = [f"run-{turn}-{i}" for i in range(2)]
        instant = str(time.time() + 1)
        starters = [
            subprocess.Popen(
                [sys.executable, "-c", code, instant, name, str(folder)],
                cwd=config.PROJECT,
                stderr=subprocess.PIPE,
                text=True,
            )
            for name in names
        ]
        said = [starter.communicate()[1] for starter in starters]
        assert sorted(starter.returncode for starter in starters) == [0, 1], said
        assert sum("One training runs at a time" in text for text in said) == 1
        there = [name for name in names if (config.models_folder() / name).exists()]
        assert len(there) == 1
        kill(there[0])
        wait_for(lambda: not [r for r in folders.list_runs() if r.state == "running"])


def test_a_stopped_run_keeps_its_best_weights_and_goes_on_to_the_same_end(trained, monkeypatch):
    monkeypatch.setenv("CRACKCLS_CACHE", str(trained.cache))
    words = ["--data", str(trained.data), "--epochs", "60"]
    jobs.start("whole", words)
    wait_for(lambda: folders.list_runs()[0].state != "running")
    jobs.start("parted", words)
    folder = config.models_folder() / "parted"
    wait_for(lambda: len(status.history_of("parted")) >= 3)
    jobs.stop("parted")
    wait_for(lambda: folders.read_run(folder).state != "running")
    run = folders.read_run(folder)
    assert (run.state, run.has_model, run.report) == ("stopped", True, None)
    assert 3 <= len(status.history_of("parted")) < 60
    jobs.resume("parted")
    wait_for(lambda: folders.read_run(folder).state != "running")
    assert folders.read_run(folder).state == "finished"
    for file in ("split.csv", "predictions.csv", "model.tflite"):
        whole = (config.models_folder() / "whole" / file).read_bytes()
        assert (folder / file).read_bytes() == whole, file
    assert list(status.history_of("parted")["epoch"]) == list(status.history_of("whole")["epoch"])
    assert not list(folder.glob(".*")) + [p for p in folder.iterdir() if p.name == STOP]
