"""The runtime's package: taken once, by its hash, and a sentence where it does not come."""

import base64
import hashlib
import io
import os
import stat
import tarfile

import pytest

from crackcls import config
from crackcls.errors import InputError
from crackcls.web import runtime

FILES = {
    f"{name}.{end}": f"{name} {end}".encode()
    for name in runtime.VARIANTS.values()
    for end in ("js", "wasm")
}


@pytest.fixture
def package(monkeypatch) -> bytes:
    """Make a package, and let its hash be the one that is asked for."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in FILES.items():
            about = tarfile.TarInfo(f"package/wasm/{name}")
            about.size = len(content)
            archive.addfile(about, io.BytesIO(content))
    content = buffer.getvalue()
    told = base64.b64encode(hashlib.sha512(content).digest()).decode()
    monkeypatch.setattr(runtime, "SHA512", told)
    return content


@pytest.fixture
def npm(tmp_path, monkeypatch):
    """Put a command `npm` in the path, which writes what it is told and counts its calls."""

    def install(content: bytes | None) -> None:
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        (folder / "content").write_bytes(content or b"")
        ending = f'cp "{folder}/content" {runtime.FILE}' if content is not None else "exit 1"
        script = folder / "npm"
        script.write_text(f'#!/bin/sh\necho "$@" >> "{folder}/calls"\n{ending}\n')
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    return install


def calls(tmp_path) -> list[str]:
    return (tmp_path / "bin" / "calls").read_text().splitlines()


def test_a_file_is_taken_by_its_hash(package, tmp_path):
    path = tmp_path / "any name.tgz"
    path.write_bytes(package)
    read = runtime.read(path)
    assert {*read} == {"runtime", "runtime_compat"}
    assert read["runtime"]["script"] == b"litert_wasm_internal js"
    assert read["runtime_compat"]["wasm"] == b"litert_wasm_compat_internal wasm"
    path.write_bytes(package + b"x")
    with pytest.raises(InputError, match="has another SHA-512"):
        runtime.read(path)
    with pytest.raises(InputError, match="must be readable"):
        runtime.read(tmp_path / "gone.tgz")


@pytest.mark.skipif(os.name == "nt", reason="npm is a shell script here")
def test_npm_is_asked_once(package, npm, tmp_path):
    npm(package)
    assert runtime.read(None) == runtime.read(None)
    package = f"{runtime.PACKAGE}@{runtime.VERSION}"
    assert calls(tmp_path) == [f"pack {package} --ignore-scripts --silent"]
    (config.cache_folder() / "web" / runtime.FILE).write_bytes(b"damaged")
    runtime.read(None)
    assert len(calls(tmp_path)) == 2


@pytest.mark.skipif(os.name == "nt", reason="npm is a shell script here")
@pytest.mark.parametrize(
    ("content", "sentence"), [(None, "npm could not fetch it"), (b"another", "another SHA-512")]
)
def test_what_npm_does_not_bring_is_a_sentence(package, npm, content, sentence):
    npm(content)
    with pytest.raises(InputError, match=sentence):
        runtime.read(None)
    assert not (config.cache_folder() / "web").exists()


def test_without_npm_it_is_said_what_to_do(package, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match="npm is not installed") as error:
        runtime.read(None)
    assert "--runtime" in error.value.advice
