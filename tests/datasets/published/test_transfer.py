"""One file over HTTP: each way to fail gives one sentence, and the next try goes on."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from crackcls import config
from crackcls.datasets.published import install
from crackcls.datasets.published.sets import SETS
from tests.datasets.published import loopback
from tests.datasets.published.small import zipped
from tests.datasets.published.test_install import (
    ONE_MISSING,
    OTHER_ZIP,
    ZIP,
    check_nothing_unpacked,
    check_right,
    downloads,
    fetch,
    heard_by,
    refusal,
    source,
)

HALF = len(ZIP) // 2


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "my sets" / "größe [1]"


def test_progress_is_in_bytes(target):
    heard = []
    with loopback.serve(loopback.ok(ZIP)) as server:
        fetch(target, source(server.url), emit=heard_by(heard))
    assert heard[0] == ("phase", {"phase": "downloading", "total": len(ZIP), "unit": "bytes"})
    fields = heard[1][1]
    assert (fields["phase"], fields["done"], fields["unit"]) == ("downloading", len(ZIP), "bytes")
    assert "checking" in [fields["phase"] for kind, fields in heard if kind == "phase"]


FAILURES = {
    "404": (loopback.status(404), "it answered '404 Not Found'"),
    "403": (loopback.status(403), "it answered '403 Forbidden'"),
    "500": (loopback.status(500), "it answered '500 Internal Server Error'"),
    "416": (loopback.status(416), "it sends another part of it"),
    "204": (loopback.status(204), "it answered '204 No Content'"),
    "cut off": (loopback.cut_off(ZIP, HALF), "must come whole, and the connection broke off"),
    "cut off, no length": (loopback.without_length(ZIP[:HALF]), "and the connection broke off"),
    "stalled": (loopback.stall(ZIP, HALF), "it was silent for 0.3 seconds"),
    "silent": (loopback.silent, "it was silent for 0.3 seconds"),
    "wrong bytes": (loopback.ok(ZIP[:-1] + b"!"), "must have the published checksum"),
    "too short": (loopback.ok(b"<html>"), f"have the published {len(ZIP):,} bytes, and it has 6"),
    "too long": (loopback.ok(ZIP + b"!"), f"and it has {len(ZIP) + 1:,} or more"),
    "endless": (loopback.without_length(ZIP * 9), f"published {len(ZIP):,} bytes"),
    "in circles": (loopback.going_round, "only sends on from one address to another"),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failure_is_said_and_the_second_try_succeeds(target, failure: str):
    behaviour, words = FAILURES[failure]
    with loopback.serve(behaviour) as server:
        sentence = refusal(target, source(server.url))
        assert words in sentence
        assert server.url.removeprefix("http://") in sentence
        assert sentence.endswith(install.AGAIN)
        server.behaviours[:] = [loopback.ok(ZIP)]
        check_right(fetch(target, source(server.url)) and target)
    assert downloads() == {}


@pytest.mark.parametrize("failure", ["cut off", "stalled"])
@pytest.mark.parametrize("checked", [True, False])
def test_the_second_try_asks_only_for_the_rest(target, failure: str, checked: bool):
    with loopback.serve(FAILURES[failure][0], loopback.ok(ZIP)) as server:
        refusal(target, source(server.url, checked=checked))
        came = downloads()["zip.zip.part"]
        assert 0 < came <= HALF
        fetch(target, source(server.url, checked=checked))
    check_right(target)
    assert server.requests[1:] == [loopback.Request("GET", "/zip", f"bytes={came}-", '"1"')]


def test_each_try_adds_to_the_last_one(target):
    cuts = [loopback.cut_off(ZIP, len(ZIP) * n // 4) for n in (1, 2, 3)]
    with loopback.serve(*cuts, loopback.ok(ZIP)) as server:
        came = []
        for _ in cuts:
            refusal(target, source(server.url))
            came.append(downloads()["zip.zip.part"])
        fetch(target, source(server.url))
    check_right(target)
    assert [r.range for r in server.requests] == [None, *(f"bytes={n}-" for n in came)]
    assert came == sorted(set(came))


RESTARTS = {
    "changed": [loopback.ok(OTHER_ZIP, '"2"')],
    "changed, If-Range ignored": [
        loopback.ignoring_if_range(OTHER_ZIP, '"2"'),
        loopback.ok(OTHER_ZIP, '"2"'),
    ],
    "Range ignored": [loopback.ignoring_range(OTHER_ZIP)],
    "416": [loopback.status(416), loopback.ok(OTHER_ZIP, '"2"')],
}


@pytest.mark.parametrize("how", RESTARTS)
def test_the_second_try_starts_over_where_the_rest_does_not_fit(target, how: str):
    with loopback.serve(loopback.cut_off(ZIP, HALF), *RESTARTS[how]) as server:
        refusal(target, source(server.url, checked=False))
        fetch(target, source(server.url, checked=False))
    check_right(target)
    assert server.requests[1].range
    assert [r.range for r in server.requests[2:]] == [None] * (len(RESTARTS[how]) - 1)


def test_a_part_of_a_file_that_has_another_size_now_is_thrown_away(target):
    now = loopback.ignoring_if_range(ZIP + b"!", '"2"')
    with loopback.serve(loopback.cut_off(ZIP, HALF), now, loopback.ok(ZIP)) as server:
        refusal(target, source(server.url))
        assert f"it has {len(ZIP) + 1:,} or more" in refusal(target, source(server.url))
        assert downloads() == {}
        fetch(target, source(server.url))
    check_right(target)


@pytest.mark.parametrize("etag", ["", 'W/"1"'])
def test_without_a_strong_name_of_the_version_the_second_try_starts_over(target, etag: str):
    with loopback.serve(loopback.cut_off(ZIP, HALF, etag), loopback.ok(ZIP)) as server:
        refusal(target, source(server.url))
        fetch(target, source(server.url))
    check_right(target)
    assert server.requests[1].range is None


def test_a_file_of_unknown_length_is_fetched(target):
    with loopback.serve(loopback.without_length(ZIP)) as server:
        fetch(target, source(server.url, checked=False))
    check_right(target)


def test_a_file_of_unknown_size_is_bounded(target):
    for behaviour in (loopback.ok(ZIP), loopback.without_length(ZIP)):
        with loopback.serve(behaviour) as server:
            one = replace(source(server.url, checked=False), most=len(ZIP) - 1)
            sentence = refusal(target, one)
        assert f"must have at most {len(ZIP) - 1:,} bytes, and it has {len(ZIP):,}" in sentence
        assert downloads() == {}


def test_a_published_size_is_the_only_bound(target):
    with loopback.serve(loopback.ok(ZIP)) as server:
        fetch(target, replace(source(server.url), most=1))
    check_right(target)


def test_no_connection_is_said(target):
    with loopback.serve() as server:
        """The port is free again after this."""
    assert "it cannot be reached; check the internet" in refusal(target, source(server.url))


def test_an_unknown_host_is_said(target):
    assert "it cannot be reached" in refusal(target, source("http://no-such-host.invalid"))


def test_a_proxy_that_is_not_there_is_said(target, monkeypatch):
    with loopback.serve() as server:
        """The port is free again after this."""
    monkeypatch.setenv("http_proxy", server.url)
    assert "the proxy that this computer is set to use" in refusal(
        target, source("http://a.invalid")
    )


def test_a_server_without_certificate_is_said(target):
    with loopback.serve(loopback.ok(ZIP)) as server:
        sentence = refusal(target, source(server.url.replace("http:", "https:")))
    assert "its certificate does not hold" in sentence


def test_a_killed_download_leaves_a_part_that_the_next_one_goes_on_with(target):
    code = """
import json, sys
from dataclasses import replace
from pathlib import Path
from crackcls.datasets.published import facts, install, metu
one, target = facts.Source(**json.loads(sys.argv[1])), Path(sys.argv[2])
install.fetch(replace(metu.METU, sources=(one,)), target, lambda *_, **__: None)
"""
    with loopback.serve(loopback.stall(ZIP, HALF), loopback.ok(ZIP)) as server:
        words = [json.dumps(asdict(source(server.url))), str(target)]
        child = subprocess.Popen(
            [sys.executable, "-c", code, *words],
            cwd=config.PROJECT,
            env={**os.environ, "no_proxy": "127.0.0.1"},
        )
        part = config.data_folder() / "downloads" / "metu" / "zip.zip.part"
        try:
            while child.poll() is None and not (part.exists() and part.stat().st_size):
                time.sleep(0.02)
        finally:
            child.kill()
        assert child.wait() == -signal.SIGKILL or sys.platform == "win32"
        check_nothing_unpacked(target)
        came = downloads()["zip.zip.part"]
        fetch(target, source(server.url))
    assert server.requests[1].range == f"bytes={came}-"
    check_right(target)
    assert downloads() == {}


@pytest.mark.parametrize(
    "content", [b"<html>log in</html>", zipped({"a/1.jpg": b"1"}), ONE_MISSING]
)
def test_a_file_without_checksum_that_is_not_the_set_is_fetched_anew(target, content: bytes):
    with loopback.serve(loopback.ok(content), loopback.ok(ZIP, '"2"')) as server:
        refusal(target, source(server.url, checked=False))
        assert downloads() == {}
        fetch(target, source(server.url, checked=False))
    check_right(target)


@pytest.mark.parametrize("phase", ["downloading", "checking"])
def test_an_interruption_leaves_nothing_that_looks_whole(target, phase: str):
    def interrupt(kind: str, **fields: object) -> None:
        if kind == "progress" and fields["phase"] == phase:
            raise KeyboardInterrupt

    with loopback.serve(loopback.ok(ZIP)) as server:
        with pytest.raises(KeyboardInterrupt):
            fetch(target, source(server.url), emit=interrupt)
        check_nothing_unpacked(target)
        assert set(downloads()) <= {"zip.zip.part", "zip.zip.part.version", "zip.zip"}
        fetch(target, source(server.url))
    check_right(target)


def test_a_site_that_wants_its_page_to_be_opened_first_gives_the_file_then(target):
    with loopback.serve(loopback.cookie, loopback.for_cookie(loopback.ok(ZIP))) as server:
        one = replace(source(server.url), page=f"{server.url}/page")
        fetch(target, one)
    check_right(target)
    assert [request.path for request in server.requests] == ["/page", "/zip"]


def test_a_site_that_keeps_the_file_to_itself_is_named(target):
    with loopback.serve(loopback.for_cookie(loopback.ok(ZIP))) as server:
        one = replace(source(server.url), page=f"{server.url}/page")
        assert "it answered '403 Forbidden'" in refusal(target, one)


@pytest.mark.parametrize("name", SETS)
def test_the_published_sizes_fit_the_limits(name: str):
    facts = SETS[name]
    assert facts.manifest().size < facts.limits.size
    assert len(facts.manifest().names) == facts.images < facts.limits.files
    largest = max(source.size or 0 for source in facts.sources)
    assert round(largest / 1e6) == facts.megabytes
    assert all(source.most > largest for source in facts.sources if source.size is None)
    assert largest < facts.limits.size
