"""Files in object stores; a folder here stands in for the store."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType

import pandas as pd
import pytest

from crackcls import addresses, config, typed
from crackcls.__main__ import main
from crackcls.addresses import Address
from crackcls.errors import InputError
from crackcls.files import read_bytes
from crackcls.formats import photo_files
from tests.conftest import encoded, picture


@pytest.fixture
def photos(store) -> Path:
    """Put photos and others into the store."""
    folder = store / "walls"
    (folder / "größe 1" / "@eaDir").mkdir(parents=True)
    (folder / "größe 1" / "a%20b.png").write_bytes(encoded(picture(1, 227), "PNG"))
    (folder / "größe 1" / "@eaDir" / "c.jpg").write_bytes(encoded(picture(2, 99)))
    (folder / "größe-1.jpg").write_bytes(encoded(picture(3, 227, cracked=True)))
    (folder / "scan").write_bytes(encoded(picture(4, 227), "TIFF"))
    (folder / "bad.jpg").write_text("no photo")
    (folder / "notes.txt").write_text("passed over")
    return folder


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("s3://walls", True),
        ("gs://walls/a b.jpg", True),
        ("s3://", False),
        ("s3:/walls", False),
        ("file:///walls", False),
        ("/walls/s3://", False),
    ],
)
def test_what_is_an_address(text: str, is_one: bool):
    assert addresses.is_address(text) == is_one
    assert isinstance(typed.place(f" '{text}' "), Address) == is_one


def test_files_below_come_in_the_order_of_names_as_in_a_folder(photos):
    found, passed_over = photo_files.below_address(Address("s3://walls/"))
    here = photo_files.below(photos)
    assert [one.url for one in found] == [f"s3://walls/{name}" for name in here.photos]
    assert passed_over == {f"s3://walls/{name}": kind for name, kind in here.passed_over.items()}
    assert here.photos == ["bad.jpg", "größe 1/a%20b.png", "größe-1.jpg", "scan"]


def test_a_file_is_read_up_to_a_limit_and_a_missing_one_is_said(photos):
    content = (photos / "größe-1.jpg").read_bytes()
    there = Address("gs://walls/größe-1.jpg")
    assert read_bytes(there) == content
    assert read_bytes(there, 9) == content[:10]
    with pytest.raises(InputError, match="must be readable, and it is not"):
        read_bytes(Address("s3://walls/missing.jpg"))


def test_a_file_that_changes_has_another_state(photos):
    there = Address("s3://walls/bad.jpg")
    before = addresses.state_of(there)
    listed = dict(addresses.below(Address("s3://walls")))["bad.jpg"]
    assert addresses.state_of(listed) == before
    assert listed == there, "the state is no part of the name"
    (photos / "bad.jpg").write_text("another text")
    assert addresses.state_of(there) != before
    assert addresses.state_of(Address("s3://walls/missing")) == "unreadable"


@pytest.mark.parametrize(
    ("file", "folder", "path"),
    [
        (Address("s3://walls/a/b.jpg"), Address("s3://walls"), "a/b.jpg"),
        (Address("s3://walls/a/b.jpg"), Address("s3://walls/a/"), "b.jpg"),
        (Address("s3://walls2/b.jpg"), Address("s3://walls"), None),
        (Path("walls/a/b.jpg"), Path("walls"), "a/b.jpg"),
        (Path("walls/b.jpg"), Address("s3://walls"), None),
    ],
)
def test_the_path_of_a_file_from_a_folder_on(file, folder, path):
    assert addresses.inside(file, folder) == path


def test_a_store_that_does_not_answer_is_said(monkeypatch):
    def refuse(scheme: str, bucket: str) -> None:
        raise OSError("no route")

    monkeypatch.setattr(addresses, "_opened", refuse)
    with pytest.raises(InputError, match=r"'s3://walls' must answer.*\(no route\)"):
        addresses.is_folder(Address("s3://walls"))


class Google(BaseHTTPRequestHandler):
    """Answers what pyarrow asks of Google's store: one photo in a folder of the bucket `walls`."""

    content = encoded(picture(3, 227, cracked=True))
    about = MappingProxyType({"name": "a/b c.jpg", "bucket": "walls", "size": str(len(content))})

    def do_GET(self) -> None:
        place, _, query = self.path.partition("?")
        if place.endswith("/walls/o") and "prefix=a%2F" in query:
            self.answer(json.dumps({"items": [dict(self.about)]}).encode())
        elif place.endswith("/walls/o/a%2Fb%20c.jpg"):
            about = json.dumps(dict(self.about)).encode()
            self.answer(self.content if "alt=media" in query else about)
        else:
            self.send_error(404)

    def answer(self, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *words: object) -> None:
        """Say nothing."""


def test_photos_of_googles_store_are_judged(tmp_path, capsys, monkeypatch):
    addresses._opened.cache_clear()
    monkeypatch.setenv("CRACKCLS_MODELS", str(config.PROJECT / "models"))
    with ThreadingHTTPServer(("127.0.0.1", 0), Google) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{server.server_port}")
        assert main(["predict", "gs://walls/a", "--csv", str(tmp_path / "a.csv")]) == 0
        server.shutdown()
    addresses._opened.cache_clear()
    assert [*pd.read_csv(tmp_path / "a.csv")["file"]] == ["gs://walls/a/b c.jpg"]
    assert "gs://walls/a/b c.jpg: " in capsys.readouterr().out


def test_of_what_a_store_says_the_first_sentence_is_told(monkeypatch):
    def refuse(scheme: str, bucket: str) -> None:
        raise OSError(f"no token {'x' * 300}. Learn more")

    monkeypatch.setattr(addresses, "_opened", refuse)
    with pytest.raises(InputError, match=r"\(no token x{191}\)"):
        addresses.is_folder(Address("gs://walls"))


def test_the_table_of_a_store_is_that_of_the_folder(photos, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("CRACKCLS_MODELS", str(config.PROJECT / "models"))
    tables = []
    for number, place in enumerate([str(photos), "s3://walls"]):
        out, maps = tmp_path / f"{number}.csv", tmp_path / f"maps {number}"
        words = ["predict", place, "--csv", str(out), "--heatmaps", str(maps)]
        assert main(words) == 1, "a photo is bad"
        assert f"{place}/bad.jpg: The file must be a photo" in capsys.readouterr().err
        table = pd.read_csv(out)
        assert all(table["file"].str.startswith(f"{place}/"))
        assert all((maps / name).is_file() for name in table["picture"])
        tables.append(table.assign(file=table["file"].str.removeprefix(f"{place}/")))
    pd.testing.assert_frame_equal(*tables)
    assert len(tables[0]) == 3
