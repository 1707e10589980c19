"""Photos judged on two nodes give the table of one machine, whatever is lost on the way."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crackcls import config
from crackcls.cluster import spread
from tests.cluster import works
from tests.cluster.test_nodes import needs_ray
from tests.conftest import encoded, picture

PHOTOS, BAD, SECONDS = 400, 130, 120
# Prints what came of some items, one of which ends its process, and where Ray listened.
ON_ONE_MACHINE = f"""
import psutil
from crackcls.cluster import spread
from crackcls.cluster.work import Work
from tests.cluster import works

work = Work(works.opened, {{"greeting": b"hello"}}, works.lost)
items = [*map(str, range(40)), {works.DEADLY!r}, "last"]
heard = []
for result in spread.each(items, work, "local", lambda item, result: heard.append(item)):
    print(result)
    if result.endswith("0 files"):
        ours = {{one.pid for one in psutil.Process().children(recursive=True)}}
        for one in psutil.net_connections("tcp"):
            if one.status == psutil.CONN_LISTEN and one.pid in ours:
                print("at", one.laddr.ip)
print(sorted(heard) == sorted(items))
"""


@pytest.mark.parametrize("count", [0, 1, 3, 4, 9, 600, 100_000])
@pytest.mark.parametrize(("cores", "batch"), [(1, 4), (2, 4), (1000, 64)])
def test_blocks_hold_all_items_and_the_last_ones_are_small(count: int, cores: int, batch: int):
    found = [*spread.sizes(count, cores, batch)]
    assert sum(found) == count
    assert found == sorted(found, reverse=True)
    assert all(size <= spread.MOST_OF_A_BLOCK for size in found)
    assert all(size >= batch for size in found[:-1])


def test_without_items_nothing_is_started():
    assert [*spread.each([], None, "nowhere:1")] == []


@needs_ray
@pytest.mark.slow
def test_an_item_that_ends_its_process_costs_one_result_and_nobody_else_can_reach_ray():
    done = subprocess.run(
        [sys.executable, "-c", ON_ONE_MACHINE], capture_output=True, text=True, cwd=config.PROJECT
    )
    lines = done.stdout.splitlines()
    at = {line for line in lines if line.startswith("at ")}
    *results, same = [line for line in lines if line not in at]
    assert results[:40] == [f"hello {number} files" for number in range(40)]
    assert "ended it 2 times (signal 11)" in results[40]
    assert results[41:] == ["hello last files"]
    assert same == "True"
    assert at and at <= {"at 127.0.0.1", "at ::1", "at ::ffff:127.0.0.1"}, at


# Fills the cache in the first folder alone and that in the second by Ray, and compares them.
THE_CACHE = """
import os, sys
from pathlib import Path
from crackcls.cli.judges import prefix_by_ray
from crackcls.config import TrainConfig
from crackcls.labelled import content_hashes
from crackcls.network import prefix

address, photos, *places = sys.argv[1:]
paths = sorted(Path(photos).iterdir())
shas = [*content_hashes(paths)]
whole = []
for place, rows_of in zip(places, (None, prefix_by_ray(address)), strict=True):
    os.environ["CRACKCLS_CACHE"] = place
    frozen = prefix.open_prefix(TrainConfig(), 2, None)
    files = [*map(str, paths)]
    broken = prefix.run_prefix(files, Path, shas, frozen, lambda *_, **__: None, rows_of)
    found = sorted(path for path in Path(place).rglob("*") if path.is_file())
    content = {str(path.relative_to(place)): path.read_bytes() for path in found}
    whole.append((broken, content))
print(len(broken), sum(map(len, content.values())) > 1_000_000, whole[0] == whole[1])
"""


@pytest.fixture(scope="module")
def photos(tmp_path_factory) -> Path:
    """Make photos, and one that is none."""
    folder = tmp_path_factory.mktemp("spread") / "photos"
    folder.mkdir()
    for number in range(PHOTOS):
        content = encoded(picture(number, 227, cracked=number % 3 == 0))
        (folder / f"{number:03}.jpg").write_bytes(content)
    (folder / f"{BAD}.jpg").write_text("no photo")
    return folder


@pytest.fixture(scope="module")
def local(photos) -> bytes:
    """Give the table that one machine makes by itself."""
    out = photos.with_name("local.csv")
    assert command(photos, out).wait() == 1, "one photo is bad"
    return out.read_bytes()


@pytest.fixture(scope="module")
def nodes() -> Iterator[subprocess.Popen]:
    """Start two nodes of one core; a line lets the second one die."""
    words = [sys.executable, "-m", "tests.cluster.two_nodes"]
    pipes = dict.fromkeys(("stdin", "stdout"), subprocess.PIPE)
    with subprocess.Popen(words, **pipes, text=True, cwd=config.PROJECT) as started:
        started.address = started.stdout.readline().strip()
        assert started.address
        yield started
        started.stdin.close()


def command(photos: Path, out: Path, *more: str) -> subprocess.Popen:
    """Start `predict`; what it says comes in one file beside the table."""
    return started("predict", photos, "--csv", out, *more)


def started(*words: object) -> subprocess.Popen:
    """Start a command that writes a table; what it prints comes in a file beside the table."""
    whole = [sys.executable, "-m", "crackcls", *map(str, words)]
    out = Path(words[words.index("--csv") + 1]).with_suffix(".said")
    own = {**os.environ, "CRACKCLS_MODELS": str(config.PROJECT / "models")}
    own["CRACKCLS_CACHE"] = str(out.with_suffix(".cache"))
    with out.open("wb") as said:
        return subprocess.Popen(whole, env=own, cwd=config.PROJECT, stdout=said, stderr=said)


def kept(out: Path) -> int:
    """Count the photos that are judged."""
    rows = out.with_name(f"{out.name}.part")
    return rows.read_bytes().count(b"\n") if rows.exists() else 0


def wait_for(happens: Callable[[], bool], process: subprocess.Popen) -> None:
    end = time.monotonic() + SECONDS
    while not happens():
        assert time.monotonic() < end and process.poll() is None
        time.sleep(0.02)


@needs_ray
@pytest.mark.slow
def test_a_command_that_was_killed_goes_on_with_ray_or_without(photos, local, nodes, tmp_path):
    out = tmp_path / "out.csv"
    process = command(photos, out, "--ray", nodes.address)
    wait_for(lambda: kept(out) > 20, process)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert command(photos, out).wait() == 1
    assert b"going on: " in out.with_suffix(".said").read_bytes()
    assert out.read_bytes() == local


@needs_ray
@pytest.mark.slow
def test_the_report_of_an_evaluation_is_that_of_one_machine(nodes, concrete, tmp_path):
    data = concrete(6, ("Cracked", "Non-cracked"))
    (data / "Cracked" / "bad.jpg").write_text("no photo")
    tables, said = [], []
    for number, more in enumerate([(), ("--ray", nodes.address)]):
        out = tmp_path / f"{number}.csv"
        assert started("evaluate", "--data", data, "--csv", out, *more).wait() == 1
        tables.append(out.read_bytes())
        lines = out.with_suffix(".said").read_text().splitlines()
        said.append([line for line in lines if not line.startswith("INFO: ")])
    assert tables[0] == tables[1] and len(tables[0].splitlines()) == 13
    assert said[0] == said[1] and any("bad.jpg" in line for line in said[0])


@needs_ray
@pytest.mark.slow
def test_the_cache_of_a_training_is_that_of_one_machine(photos, nodes, tmp_path):
    words = [sys.executable, "-c", THE_CACHE, nodes.address, photos, tmp_path / "a", tmp_path / "b"]
    done = subprocess.run(words, capture_output=True, text=True, cwd=config.PROJECT)
    assert done.stdout == "1 True True\n", done.stderr


@needs_ray
@pytest.mark.slow
def test_a_node_that_dies_in_mid_run_costs_nothing_and_gives_nothing_twice(
    photos, local, nodes, tmp_path
):
    out = tmp_path / "out.csv"
    process = command(photos, out, "--ray", nodes.address)
    wait_for(lambda: kept(out) > 20, process)
    assert kept(out) < PHOTOS / 2, "the node would die too late"
    nodes.stdin.write("now\n")
    nodes.stdin.flush()
    assert nodes.stdout.readline() == "removed\n"
    assert process.wait() == 1
    assert out.read_bytes() == local
    assert f"{BAD}.jpg: The file must be a photo".encode() in out.with_suffix(".said").read_bytes()
    assert not out.with_name("out.csv.part").exists()
