"""The page as a folder of files: what is in it, what is replaced and what is refused."""

import base64
import gzip
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from crackcls import config
from crackcls.errors import InputError
from crackcls.files import write_json
from crackcls.network import calibration, pieces
from crackcls.network.classifier import load_model
from crackcls.photos import examples
from crackcls.runs import folders
from crackcls.web import export, facts, icons, runtime

RUNTIME = {name: {"script": b"// glue", "wasm": b"\0asm"} for name in runtime.VARIANTS}
CREATIVE_COMMONS = "https://creativecommons.org"
# Addresses that a file may name; none of them is opened.
NAMED = tuple(f"{at}/" for at in ("http://www.apache.org", "https://doi.org", CREATIVE_COMMONS))


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Leave the runtime and the drawings out."""
    monkeypatch.setattr(runtime, "read", lambda archive: RUNTIME)
    monkeypatch.setattr(examples, "picture", lambda name: name.encode())


@pytest.fixture
def model(tmp_path) -> Path:
    """Put a shipped model where models are."""
    shipped = config.PROJECT / "models" / config.DEFAULT_MODEL
    return shutil.copytree(shipped, tmp_path / "models" / "wall")


def exported(folder: Path) -> dict[str, bytes]:
    export.write(folders.open_run("wall"), folder)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def call_classes(model: Path, names: list[str]) -> None:
    for name in ("config.json", "model.json"):
        kept = json.loads((model / name).read_text())
        write_json(model / name, {**kept, "classes": names, "positive": None})
    (model / "report.json").unlink()


def part_of(script: bytes) -> dict:
    """Read what a part holds, as the page does."""
    found = re.fullmatch(r"\(self\.PARTS \?\?= \{\}\)\.(\w+) = (\{.*\});\n", script.decode())
    return json.loads(found[2])


def unpacked(base64_text: str) -> bytes:
    return gzip.decompress(base64.b64decode(base64_text))


def test_it_holds_the_very_model_and_all_that_the_page_names(model, tmp_path):
    made = exported(tmp_path / "site")
    parts = {name: part_of(made[name]) for name in made if name.startswith("parts/")}
    network = parts["parts/model.js"]["content"]
    assert unpacked(network["network"]) == (model / "model.tflite").read_bytes()
    known = calibration.load(model).familiarity
    usual = np.frombuffer(unpacked(network["familiarity"]), "<f4").reshape(-1, 1280)
    assert np.array_equal(usual, np.vstack([known.mean, known.components]))
    told = json.loads(made["facts.js"].decode().removeprefix("self.FACTS = ").removesuffix(";\n"))
    assert {part["build"] for part in parts.values()} == {told["build"]}
    page = made["index.html"].decode()
    for name in re.findall(r'(?:src|href)="([^"]+)"', page):
        assert name in made
    assert {f"examples/{at}.jpg" for at in range(4)} <= {*made}
    assert {icon["src"] for icon in json.loads(made["manifest.webmanifest"])["icons"]} <= {*made}
    kept = json.loads(made["files.js"].decode().removeprefix("self.FILES = ").removesuffix(";\n"))
    assert {*kept["names"], "sw.js", "files.js", export.MARK} == {*made}
    assert b"Apache License" in made["LICENSE.txt"]
    assert b"@litertjs/core" in made["NOTICE.txt"] and b"5y9wdsg2zt" in made["NOTICE.txt"]


def test_nothing_in_it_names_another_machine_or_a_folder_of_this_one(model, tmp_path):
    made = exported(tmp_path / "site")
    text = "\n".join(content.decode("latin-1") for content in made.values())
    addresses = set(re.findall(r"https?://[^\s\"'`)]*", text))
    assert not {one for one in addresses if not one.startswith(NAMED)}
    assert str(tmp_path) not in text
    assert "connect-src 'self'" in made["index.html"].decode()


def test_a_model_in_pieces_brings_its_head(model, tmp_path):
    about = folders.model_of(model)
    scale = {"long": [1200] * 3, "short": [900] * 3}
    write_json(
        model / "model.json", {**about, "trained_on": scale, "pieces": {"along": 4, "across": 3}}
    )
    head = pieces.Head(np.ones((pieces.FEATURES, 2), "f4"), np.array([3, 4], "f4"))
    pieces.save(head, model)
    made = exported(tmp_path / "site")
    kept = unpacked(part_of(made["parts/model.js"])["content"]["head"])
    assert np.frombuffer(kept, "<f4").reshape(-1, 2)[-1].tolist() == [3, 4]
    assert b'"pieces": {"along": 4, "across": 3}' in made["facts.js"]


def test_an_earlier_export_is_replaced_whole(model, tmp_path):
    site = tmp_path / "new" / "site"
    first = exported(site)
    call_classes(model, ["plain", "</script>"])
    (model / "predictions.csv").unlink()
    second = exported(site)
    assert second["facts.js"] != first["facts.js"]
    assert second["files.js"] != first["files.js"]
    assert b"</script>" not in second["facts.js"]
    assert [path.name for path in site.parent.iterdir()] == ["site"]


def test_an_empty_folder_is_taken(model, tmp_path):
    (tmp_path / "site").mkdir()
    assert "index.html" in exported(tmp_path / "site")


@pytest.mark.parametrize("other", ["CNAME", "parts/mine.js", ".git/config"])
def test_what_somebody_else_put_there_is_never_removed(model, tmp_path, other):
    site = tmp_path / "site"
    exported(site)
    (site / other).parent.mkdir(exist_ok=True)
    (site / other).write_text("mine")
    with pytest.raises(InputError, match=f"holds '{re.escape(other)}'"):
        exported(site)
    assert (site / other).read_text() == "mine"


@pytest.mark.parametrize(
    "mark", [None, "{", "[]", '{"files": 3}', '{"files": ["index.html"]}', '{"files": {"a": 1}}']
)
def test_a_folder_without_a_whole_mark_is_somebody_s(model, tmp_path, mark):
    site = tmp_path / "site"
    exported(site)
    (site / export.MARK).unlink()
    if mark is not None:
        (site / export.MARK).write_text(mark)
    with pytest.raises(InputError, match="which no earlier export wrote"):
        exported(site)


@pytest.mark.parametrize("kind", ["file", "link"])
def test_a_file_or_a_link_is_no_folder(model, tmp_path, kind):
    site = tmp_path / "site"
    if kind == "file":
        site.write_text("mine")
    else:
        (tmp_path / "elsewhere").mkdir()
        site.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="needs a folder of its own"):
        exported(site)


def test_what_fails_leaves_the_earlier_export_and_nothing_else(model, tmp_path, monkeypatch):
    site = tmp_path / "sites" / "site"
    before = exported(site)
    (model / "model.tflite").write_bytes(b"other")
    with pytest.raises(InputError, match=r"'wall/model\.tflite'"):
        exported(site)
    assert {*before} == {p.relative_to(site).as_posix() for p in site.rglob("*") if p.is_file()}
    assert [path.name for path in site.parent.iterdir()] == ["site"]


def test_of_several_classes_the_page_asks_what_is_shown(model):
    call_classes(model, ["a", "b", "<U+202E>\u202e"])
    shipped = calibration.load(config.PROJECT / "models" / "metu").familiarity
    known = calibration.Calibration(1.0, (0.1,) * 3, shipped)
    page = facts.of_page(folders.open_run("wall"), load_model(model), known)
    assert page["title"] == "What does this photo show?"
    assert "crack" not in page["promise"]
    assert page["model"]["label"] is None
    assert page["model"]["called"][2].isprintable()


def test_the_icon_is_a_picture_of_its_size():
    assert icons.icon(192)[:8] == b"\x89PNG\r\n\x1a\n"
