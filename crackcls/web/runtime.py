"""LiteRT for browsers: the published package, fetched once by npm, checked and kept."""

import base64
import hashlib
import io
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from crackcls import config, files
from crackcls.errors import InputError

PACKAGE, VERSION = "@litertjs/core", "2.5.3"
SHA512 = "PlGmbMOq9WitX7FO0jhbdJw9GthatsyuCQXjTt/wJZo0FLaw48q4tz8IwqgqCIkviYGr9OFDL1kCnN4nzWoyJQ=="
FILE = f"litertjs-core-{VERSION}.tgz"
LICENCE = f"LiteRT.js ({PACKAGE} {VERSION}), Copyright Google LLC, Apache-2.0"
# For browsers with relaxed SIMD, and for those without.
VARIANTS = {"runtime": "litert_wasm_internal", "runtime_compat": "litert_wasm_compat_internal"}
MOST_BYTES, MOST_OF_A_FILE, SECONDS = 20_000_000, 20_000_000, 300


def read(archive: Path | None) -> dict[str, dict[str, bytes]]:
    """Give the runtime's files, fetched where they are not kept yet.

    Args:
        archive: The package as `npm pack` writes it; None takes the one in the cache, or npm's.

    Returns:
        For each of `VARIANTS` its `script` and its `wasm`.

    Raises:
        InputError: The package did not come, or is another one.
    """
    content = _checked(archive) if archive else _kept()
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as package:
        return {part: _files(package, name) for part, name in VARIANTS.items()}


def _files(package: tarfile.TarFile, name: str) -> dict[str, bytes]:
    return {"script": _member(package, f"{name}.js"), "wasm": _member(package, f"{name}.wasm")}


def _kept() -> bytes:
    path = config.cache_folder() / "web" / FILE
    if path.is_file():
        content = files.read_bytes(path, MOST_BYTES)
        if _is_right(content):
            return content
    content = _fetched()
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write_atomically(path, content)
    return content


def _fetched() -> bytes:
    """Let npm fetch the package from the registry that it is set up for."""
    npm = shutil.which("npm")
    if npm is None:
        raise _not_there("npm is not installed")
    with tempfile.TemporaryDirectory() as folder:
        words = [npm, "pack", f"{PACKAGE}@{VERSION}", "--ignore-scripts", "--silent"]
        try:
            subprocess.run(
                words,
                cwd=folder,
                check=True,
                capture_output=True,
                stdin=subprocess.DEVNULL,
                timeout=SECONDS,
            )
        except (subprocess.SubprocessError, OSError) as error:
            raise _not_there("npm could not fetch it") from error
        return _checked(Path(folder) / FILE)


def _checked(path: Path) -> bytes:
    content = files.read_bytes(path, MOST_BYTES)
    if not _is_right(content):
        raise InputError(
            f"The runtime must be {FILE} as it was published, and '{path.name}' has another "
            f"SHA-512. Fetch it by `npm pack {PACKAGE}@{VERSION}`."
        )
    return content


def _is_right(content: bytes) -> bool:
    return base64.b64encode(hashlib.sha512(content).digest()).decode() == SHA512


def _member(package: tarfile.TarFile, name: str) -> bytes:
    file = package.extractfile(f"package/wasm/{name}")
    assert file is not None  # The archive's hash was checked.
    return file.read(MOST_OF_A_FILE)


def _not_there(why: str) -> InputError:
    return InputError(
        f"The page needs LiteRT's runtime for browsers ({PACKAGE} {VERSION}), and {why}.",
        f"Run `npm pack {PACKAGE}@{VERSION}` where there is a network, and name the file that it "
        "writes by --runtime.",
    )
