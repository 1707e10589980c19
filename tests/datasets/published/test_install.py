"""Getting the data set: each way to fail gives one sentence, and the next try succeeds."""

import errno
import hashlib
import io
import itertools
import shutil
import zipfile
from pathlib import Path

import pytest
from filelock import FileLock

from crackcls import config
from crackcls.datasets.archives import unpack
from crackcls.datasets.published import install, metu, transfer
from crackcls.errors import InputError
from tests.datasets.published import loopback
from tests.datasets.published.test_metu import CONTENT, SMALL, ignore, write_small

TIMEOUTS = (5.0, 0.3)


def zipped(content: dict[str, bytes], top: str = "") -> bytes:
    """Pack files in memory."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in content.items():
            archive.writestr(top + name, data)
    return buffer.getvalue()


ZIP = zipped(CONTENT, "Concrete Crack Images/")
OTHER_ZIP = zipped(dict(reversed(CONTENT.items())), "Concrete Crack Images/")
ONE_MISSING = zipped(dict(itertools.islice(CONTENT.items(), 11)))


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "my sets" / "größe [1]"


def source(url: str, name: str = "zip", checked: bool = True, kind: str = "zip") -> metu.Source:
    size, sha256 = (len(ZIP), hashlib.sha256(ZIP).hexdigest()) if checked else (None, None)
    return metu.Source(name, f"{url}/{name}", size, sha256, kind)


def fetch(target: Path, *sources: metu.Source, emit=ignore, name: str | None = None) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("no_proxy", "127.0.0.1,no-such-host.invalid")
        return install.fetch(target, emit, name, sources, SMALL, timeouts=TIMEOUTS)


def refusal(target: Path, *sources: metu.Source, emit=ignore, name: str | None = None) -> str:
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
    metu.verify(target, SMALL, ignore)
    assert {name: (target / name).read_bytes() for name in CONTENT} == CONTENT
    texts = {metu.ATTRIBUTION_FILE, metu.MANIFEST_FILE}
    assert {p.name for p in target.iterdir()} == {"Negative", "Positive", *texts}
    assert (target / metu.ATTRIBUTION_FILE).read_text(encoding="utf-8") == metu.ATTRIBUTION
    lines = (target / metu.MANIFEST_FILE).read_text().splitlines()
    assert hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest() == SMALL.digest


def downloads() -> dict[str, int]:
    """Give what lies in the download folder, with sizes in bytes."""
    folder = config.data_folder() / "downloads"
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
    left = target.parent / f".{target.name}.abc.tmp"
    write_small(left / "new")
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
        install.install_folder(write_small(tmp_path / "set"), target, ignore, SMALL)


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
    write_small(target)
    heard = []
    with loopback.serve(loopback.ok(ZIP)) as server:
        assert fetch(target, source(server.url), emit=heard_by(heard)) == target
    assert server.requests == []
    assert f"already in '{target}'" in heard[-1][1]["text"]


@pytest.mark.parametrize("way", ["fetch", "archive", "folder"])
def test_another_folder_in_the_way_is_named_and_left(target, tmp_path, way: str):
    write_small(target)
    (target / "Positive/00003.jpg").unlink()
    (target / "thesis.txt").write_text("mine")
    (tmp_path / "set.zip").write_bytes(ZIP)
    ways = {
        "fetch": lambda: fetch(target, source("http://a.invalid")),
        "archive": lambda: install.install_archive(tmp_path / "set.zip", target, ignore, SMALL),
        "folder": lambda: install.install_folder(
            write_small(tmp_path / "set"), target, ignore, SMALL
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
    assert install.install_archive(archive, target, ignore, SMALL) == target
    metu.verify(target, SMALL, ignore)
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
        install.install_archive(tmp_path / "set.zip", target, ignore, SMALL)
    assert words in str(error.value)
    check_nothing_unpacked(target)


def test_a_folder_is_copied_and_stays(target, tmp_path):
    write_small(tmp_path / "from" / "inner")
    (tmp_path / "from" / "inner" / "notes.txt").write_text("not copied")
    assert install.install_folder(tmp_path / "from", target, ignore, SMALL) == target
    check_right(target)
    assert (tmp_path / "from" / "inner" / "notes.txt").exists()
    metu.verify(tmp_path / "from" / "inner", SMALL, ignore)


def test_a_folder_that_is_not_the_set_is_refused(target, tmp_path):
    folder = write_small(tmp_path / "from")
    (folder / "Negative/00001.jpg").unlink()
    with pytest.raises(InputError, match=r"missing: 1 \(Negative/00001.jpg\)"):
        install.install_folder(folder, target, ignore, SMALL)
    with pytest.raises(InputError, match=r"nowhere' does not exist"):
        install.install_folder(tmp_path / "nowhere", target, ignore, SMALL)
    check_nothing_unpacked(target)


def test_a_copy_that_came_out_wrong_is_not_installed(target, tmp_path, monkeypatch):
    folder = write_small(tmp_path / "from")
    monkeypatch.setattr(shutil, "copyfile", lambda _, to: to.write_bytes(b""))
    with pytest.raises(InputError, match="12 are not"):
        install.install_folder(folder, target, ignore, SMALL)
    check_nothing_unpacked(target)
