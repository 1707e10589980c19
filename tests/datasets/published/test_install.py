"""Getting the data set: each way to fail gives one sentence, and the next try succeeds."""

import errno
import hashlib
import itertools
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from crackcls import config
from crackcls.datasets.archives import unpack
from crackcls.datasets.published import facts, install, manifest, transfer
from crackcls.datasets.published.metu import METU
from crackcls.datasets.published.sdnet2018 import IN_WORDS, PUBLISHED, SDNET2018
from crackcls.errors import InputError
from tests.datasets.published import loopback
from tests.datasets.published.small import (
    CONTENT,
    SDNET_CONTENT,
    SDNET_SET,
    SDNET_SMALL,
    SET,
    SMALL,
    ignore,
    in_layout,
    place,
    write,
    zipped,
)

TIMEOUTS = (5.0, 0.3)


ZIP = zipped(CONTENT, "Concrete Crack Images/")
OTHER_ZIP = zipped(dict(reversed(CONTENT.items())), "Concrete Crack Images/")
ONE_MISSING = zipped(dict(itertools.islice(CONTENT.items(), 11)))


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "my sets" / "größe [1]"


def source(url: str, name: str = "zip", checked: bool = True, kind: str = "zip") -> facts.Source:
    checksum = f"sha256:{hashlib.sha256(ZIP).hexdigest()}"
    size, checksum = (len(ZIP), checksum) if checked else (None, None)
    return facts.Source(name, f"{url}/{name}", size, checksum, kind)


def fetch(target: Path, *sources: facts.Source, emit=ignore, name: str | None = None) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("no_proxy", "127.0.0.1,no-such-host.invalid")
        return install.fetch(replace(SET, sources=sources), target, emit, name, timeouts=TIMEOUTS)


def refusal(target: Path, *sources: facts.Source, emit=ignore, name: str | None = None) -> str:
    """Fetch what must fail, check that nothing is left but what waits, give the sentence."""
    with pytest.raises(InputError) as error:
        fetch(target, *sources, emit=emit, name=name)
    assert not target.exists()
    check_nothing_unpacked(target)
    return str(error.value)


def check_nothing_unpacked(target: Path) -> None:
    assert [p.name for p in target.parent.glob("*") if not p.name.endswith(".lock")] == []


def check_right(target: Path) -> None:
    """Check that a folder holds the data set, byte for byte, and what belongs beside it."""
    manifest.verify(place(target), SMALL, ignore)
    assert {name: (target / name).read_bytes() for name in CONTENT} == CONTENT
    texts = {install.ATTRIBUTION_FILE, manifest.FILE}
    assert {p.name for p in target.iterdir()} == {"Negative", "Positive", *texts}
    assert (target / install.ATTRIBUTION_FILE).read_text(encoding="utf-8") == METU.attribution
    lines = (target / manifest.FILE).read_text().splitlines()
    assert hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest() == SMALL.digest


def downloads() -> dict[str, int]:
    """Give what lies in the download folder, with sizes in bytes."""
    folder = config.data_folder() / "downloads" / "metu"
    return {p.name: p.stat().st_size for p in folder.glob("*") if p.name != ".fetch.lock"}


def heard_by(calls: list):
    return lambda kind, **fields: calls.append((kind, fields))


@pytest.mark.parametrize("checked", [True, False])
def test_a_fetched_set_is_whole_and_the_download_is_removed(target, checked: bool):
    with loopback.serve(loopback.ok(ZIP)) as server:
        assert fetch(target, source(server.url, checked=checked)) == target
    check_right(target)
    assert downloads() == {}
    assert server.requests == [loopback.Request("GET", "/zip", None, None)]


def test_the_next_source_is_asked_and_the_reason_noted(target):
    heard = []
    with (
        loopback.serve(loopback.status(404)) as first,
        loopback.serve(loopback.ok(ZIP)) as second,
    ):
        sources = (source(first.url, "one"), source(second.url, "two"))
        fetch(target, *sources, emit=heard_by(heard))
    check_right(target)
    notes = [fields["text"] for kind, fields in heard if kind == "note"]
    assert len(notes) == 1
    assert "'one' gave no data set" in notes[0]
    assert "404 Not Found" in notes[0]


def test_when_all_sources_fail_the_last_reason_is_said(target):
    with (
        loopback.serve(loopback.status(404)) as first,
        loopback.serve(loopback.status(500)) as second,
    ):
        sentence = refusal(target, source(first.url, "one"), source(second.url, "two"))
    assert "None of 2 sources gave the data set. The last, 'two': " in sentence
    assert "500 Internal" in sentence
    assert sentence.endswith(install.AGAIN)


def test_only_the_named_source_is_asked(target):
    with loopback.serve(loopback.ok(ZIP)) as first, loopback.serve(loopback.ok(ZIP)) as second:
        fetch(target, source(first.url, "one"), source(second.url, "two"), name="two")
    assert (len(first.requests), len(second.requests)) == (0, 1)


def test_an_unknown_source_is_refused_and_the_names_are_given(target):
    sources = (source("http://a.invalid", "one"), source("http://a.invalid", "two"))
    assert "one of one, two, received 'three'" in refusal(target, *sources, name="three")


@pytest.mark.parametrize("kind", ["rar", "rar in zip"])
def test_a_rar_is_not_downloaded_where_nothing_unpacks_it(target, monkeypatch, kind: str):
    monkeypatch.setattr(unpack, "rar_tools", list)
    heard = []
    with loopback.serve(loopback.ok(ZIP)) as server:
        rar, plain = source(server.url, "one", kind=kind), source(server.url, "two")
        fetch(target, rar, plain, emit=heard_by(heard))
        assert [r.path for r in server.requests] == ["/two"]
        shutil.rmtree(target)
        assert "A RAR archive needs one of the programs" in refusal(target, rar, plain, name="one")
    told = next(fields["text"] for kind, fields in heard if kind == "note")
    assert "A RAR archive needs one of the programs" in told


def test_a_rar_is_downloaded_where_a_program_unpacks_it(target, monkeypatch):
    monkeypatch.setattr(unpack, "rar_tools", lambda: ["unrar"])
    with loopback.serve(loopback.ok(ZIP)) as server:
        fetch(target, source(server.url, "one", kind="rar"))
    check_right(target)


def test_what_a_killed_unpacking_left_is_removed(target):
    left = target.parent / f".{target.name}.{16 * 'a'}.part"
    write(CONTENT, left / "new")
    with loopback.serve(loopback.ok(ZIP)) as server:
        fetch(target, source(server.url))
    check_right(target)
    assert not left.exists()


def test_two_fetches_at_once_do_not_mix(target):
    sentences = []

    def fetch_too(kind: str, **fields: object) -> None:
        if kind == "phase":
            with pytest.raises(InputError) as error:
                fetch(target, source(server.url))
            sentences.append(str(error.value))

    with loopback.serve(loopback.ok(ZIP)) as server:
        fetch(target, source(server.url), emit=fetch_too)
    check_right(target)
    assert len(server.requests) == 1
    assert "One command at a time" in sentences[0]


def test_an_install_waits_for_nobody(target, tmp_path):
    target.parent.mkdir()
    lock = FileLock(target.parent / f".{target.name}.lock")
    with lock, pytest.raises(InputError, match="One command at a time"):
        install.install_folder(SET, write(CONTENT, tmp_path / "set"), target, ignore)


def test_a_disk_without_room_is_said_before_the_download(target, monkeypatch):
    usage = shutil.disk_usage(config.PROJECT)
    need = len(ZIP) + SMALL.size + 12 * 4096
    with loopback.serve(loopback.ok(ZIP)) as server:
        with monkeypatch.context() as full:
            full.setattr(shutil, "disk_usage", lambda _: usage._replace(free=need - 1))
            assert "MB free, and it has" in refusal(target, source(server.url))
        assert server.requests == []
        monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=need))
        fetch(target, source(server.url))
    check_right(target)


def test_an_archive_in_an_archive_needs_room_for_both(target, monkeypatch):
    usage = shutil.disk_usage(config.PROJECT)
    need = 2 * len(ZIP) + SMALL.size + 12 * 4096
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=need - 1))
    one = source("http://a.invalid", kind="zip in zip")
    assert "MB free, and it has" in refusal(target, one)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES])
@pytest.mark.parametrize("step", ["downloading", "unpacking"])
def test_a_disk_that_refuses_is_said(target, monkeypatch, code: int, step: str):
    def refuse(*args: object) -> None:
        raise OSError(code, "no", "file")

    where = (transfer, "_append") if step == "downloading" else (install, "extract_all")
    with loopback.serve(loopback.ok(ZIP)) as server:
        with monkeypatch.context() as broken:
            broken.setattr(*where, refuse)
            words = "is full" if code == errno.ENOSPC else "the system refuses"
            assert words in refusal(target, source(server.url))
        fetch(target, source(server.url))
    check_right(target)


def test_a_set_that_is_there_is_left_and_not_asked_for(target):
    write(CONTENT, target)
    heard = []
    with loopback.serve(loopback.ok(ZIP)) as server:
        assert fetch(target, source(server.url), emit=heard_by(heard)) == target
    assert server.requests == []
    assert f"already in '{target}'" in heard[-1][1]["text"]


@pytest.mark.parametrize("way", ["fetch", "archive", "folder"])
def test_another_folder_in_the_way_is_named_and_left(target, tmp_path, way: str):
    write(CONTENT, target)
    (target / "Positive/00003.jpg").unlink()
    (target / "thesis.txt").write_text("mine")
    (tmp_path / "set.zip").write_bytes(ZIP)
    ways = {
        "fetch": lambda: fetch(target, source("http://a.invalid")),
        "archive": lambda: install.install_archive(SET, tmp_path / "set.zip", target, ignore),
        "folder": lambda: install.install_folder(
            SET, write(CONTENT, tmp_path / "set"), target, ignore
        ),
    }
    words = "is in the way .* missing: 1 .Positive/00003.jpg.* Delete that folder"
    with pytest.raises(InputError, match=words):
        ways[way]()
    assert (target / "thesis.txt").read_text() == "mine"


@pytest.mark.parametrize("top", ["", "Concrete/", "a/b/"])
def test_an_archive_is_installed_and_stays(target, tmp_path, top: str):
    archive = tmp_path / "download (1).zip"
    archive.write_bytes(
        zipped({**CONTENT, ".DS_Store": b"", "readme.txt": b"hi"}, top) if top else zipped(CONTENT)
    )
    assert install.install_archive(SET, archive, target, ignore) == target
    manifest.verify(place(target), SMALL, ignore)
    assert archive.exists()


BAD_ARCHIVES = {
    "absent": (None, "must be a file that exists, received"),
    "text": (b"text", "ZIP"),
    "other": (zipped({"a/b.jpg": b"1"}), "must hold the folders 'Negative' and 'Positive'"),
    "one missing": (ONE_MISSING, "missing: 1 (Positive/00006.jpg)"),
    "one altered": (zipped(CONTENT | {"Positive/00006.jpg": b""}), "1 is not (Positive/00006.jpg)"),
    "cut off": (ZIP[: len(ZIP) // 2], "ZIP"),
}


@pytest.mark.parametrize("kind", BAD_ARCHIVES)
def test_an_archive_that_is_not_the_set_is_refused(target, tmp_path, kind: str):
    content, words = BAD_ARCHIVES[kind]
    if content is not None:
        (tmp_path / "set.zip").write_bytes(content)
    with pytest.raises(InputError) as error:
        install.install_archive(SET, tmp_path / "set.zip", target, ignore)
    assert words in str(error.value)
    check_nothing_unpacked(target)


def test_a_folder_is_copied_and_stays(target, tmp_path):
    write(CONTENT, tmp_path / "from" / "inner")
    (tmp_path / "from" / "inner" / "notes.txt").write_text("not copied")
    assert install.install_folder(SET, tmp_path / "from", target, ignore) == target
    check_right(target)
    assert (tmp_path / "from" / "inner" / "notes.txt").exists()
    manifest.verify(place(tmp_path / "from" / "inner"), SMALL, ignore)


def test_a_folder_that_is_not_the_set_is_refused(target, tmp_path):
    folder = write(CONTENT, tmp_path / "from")
    (folder / "Negative/00001.jpg").unlink()
    with pytest.raises(InputError, match=r"missing: 1 \(Negative/00001.jpg\)"):
        install.install_folder(SET, folder, target, ignore)
    with pytest.raises(InputError, match=r"nowhere' does not exist"):
        install.install_folder(SET, tmp_path / "nowhere", target, ignore)
    check_nothing_unpacked(target)


def test_a_copy_that_came_out_wrong_is_not_installed(target, tmp_path, monkeypatch):
    folder = write(CONTENT, tmp_path / "from")
    monkeypatch.setattr(shutil, "copyfile", lambda _, to: to.write_bytes(b""))
    with pytest.raises(InputError, match="12 are not"):
        install.install_folder(SET, folder, target, ignore)
    check_nothing_unpacked(target)


LAYOUTS = {"installed": SDNET2018.layouts[0], "published": PUBLISHED, "in words": IN_WORDS}
WAYS = {"archive": install.install_archive, "folder": install.install_folder}


def given(way: str, content: dict[str, bytes], folder: Path) -> Path:
    """Give files as an archive or as a folder."""
    if way == "folder":
        return write(content, folder / "set")
    (folder / "set.zip").write_bytes(zipped(content, "SDNET2018/"))
    return folder / "set.zip"


def check_right_sdnet(target: Path) -> None:
    manifest.verify(place(target, SDNET_SET), SDNET_SMALL, ignore)
    assert {name: (target / name).read_bytes() for name in SDNET_CONTENT} == SDNET_CONTENT
    texts = {install.ATTRIBUTION_FILE, manifest.FILE}
    assert {path.name for path in target.iterdir()} == {"Cracked", "Non-cracked", *texts}
    assert (target / install.ATTRIBUTION_FILE).read_text("utf-8") == SDNET2018.attribution


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("way", WAYS)
def test_each_layout_is_installed_as_a_folder_a_class(target, tmp_path, layout: str, way: str):
    taken = given(way, in_layout(SDNET_CONTENT, LAYOUTS[layout]), tmp_path)
    assert WAYS[way](SDNET_SET, taken, target, ignore) == target
    check_right_sdnet(target)
    assert taken.exists()


def nested(content: dict[str, bytes]) -> bytes:
    """Pack files as the whole record of SDNET2018 is packed: a README and a ZIP."""
    inner = zipped(in_layout(content, PUBLISHED), "SDNET2018/")
    return zipped({"ALL/README.txt": b"hi", "__MACOSX/._a.zip": b"", "ALL/SDNET2018.zip": inner})


def fetch_sdnet(target: Path, content: bytes, *behaviours: Callable) -> loopback.Served:
    """Fetch from the sources of SDNET2018, as far as they can be on this machine."""
    checksum = f"md5:{hashlib.md5(content).hexdigest()}"
    with loopback.serve(*behaviours) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("no_proxy", "127.0.0.1")
        first = replace(SDNET2018.sources[0], size=len(content), checksum=checksum)
        sources = [
            replace(one, url=f"{server.url}/{one.name}", page=f"{server.url}/page")
            for one in (first, SDNET2018.sources[1])
        ]
        facts = replace(SDNET_SET, sources=tuple(sources))
        install.fetch(facts, target, ignore, timeouts=TIMEOUTS)
    return server


def test_the_whole_record_is_fetched_with_a_zip_in_a_zip(target):
    content = nested(SDNET_CONTENT)
    ok = loopback.for_cookie(loopback.ok(content))
    served = fetch_sdnet(target, content, loopback.cookie, ok)
    check_right_sdnet(target)
    assert [request.path for request in served.requests] == ["/page", "/usu"]
    assert not list((config.data_folder() / "downloads" / "sdnet2018").glob("usu*"))


def test_the_photos_alone_are_fetched_where_the_whole_record_is_not_to_be_had(target):
    alone = loopback.ok(zipped(in_layout(SDNET_CONTENT, PUBLISHED)))
    content, page = nested(SDNET_CONTENT), loopback.cookie
    served = fetch_sdnet(target, content, page, loopback.status(404), page, alone)
    check_right_sdnet(target)
    assert [request.path for request in served.requests] == ["/page", "/usu", "/page", "/usu-zip"]


ONE = "Cracked/walls_7069-110.jpg"
SDNET_BAD = {
    "one missing": (lambda c: {k: v for k, v in c.items() if k != ONE}, "missing: 1 (W/CW/7069-"),
    "one more": (lambda c: c | {"Cracked/walls_9.jpg": b""}, "extra: 1 (W/CW/9.jpg)"),
    "one altered": (lambda c: c | {ONE: c[ONE][:-999]}, "1 is not (W/CW/7069-110.jpg)"),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", SDNET_BAD)
def test_what_is_not_the_set_is_refused_by_name(target, tmp_path, kind: str, way: str):
    change, words = SDNET_BAD[kind]
    taken = given(way, in_layout(change(SDNET_CONTENT), PUBLISHED), tmp_path)
    with pytest.raises(InputError) as error:
        WAYS[way](SDNET_SET, taken, target, ignore)
    assert words in str(error.value)
    check_nothing_unpacked(target)


def test_an_archive_of_another_set_is_refused_with_what_it_holds(target, tmp_path):
    (tmp_path / "metu.zip").write_bytes(zipped(CONTENT))
    (tmp_path / "sdnet.zip").write_bytes(nested(SDNET_CONTENT))
    with pytest.raises(InputError) as error:
        install.install_archive(SDNET_SET, tmp_path / "metu.zip", target, ignore)
    must = "'Cracked' and 'Non-cracked', or 'D', 'P' and 'W', or 'Decks', 'Pavements' and 'Walls'"
    holds = "'metu.zip' does not, it holds Negative, Positive. Choose another."
    assert str(error.value) == f"The archive must hold the folders {must}, and {holds}"
    with pytest.raises(InputError, match=r"'sdnet\.zip' does not, it holds ALL"):
        install.install_archive(SET, tmp_path / "sdnet.zip", target, ignore)
    check_nothing_unpacked(target)


def test_two_sets_are_fetched_at_once(target):
    served = []

    def fetch_the_other(kind: str, **fields: object) -> None:
        if kind == "phase" and not served:
            content = nested(SDNET_CONTENT)
            served.append(fetch_sdnet(target.with_name("other"), content, loopback.ok(content)))

    with loopback.serve(loopback.ok(ZIP)) as server:
        fetch(target, source(server.url), emit=fetch_the_other)
    check_right(target)
    check_right_sdnet(target.with_name("other"))
