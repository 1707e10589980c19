"""The page that judges photos in the browser, written as a folder of files."""

import base64
import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from crackcls import config, files, stored
from crackcls.errors import InputError
from crackcls.network import calibration, classifier, parcel
from crackcls.network.calibration import Calibration
from crackcls.network.classifier import Classifier
from crackcls.photos import examples
from crackcls.runs import folders
from crackcls.runs.folders import Run
from crackcls.temporary import folder_beside
from crackcls.web import facts, icons, runtime

PAGE = Path(__file__).with_name("page")
# What a worker runs beside the runtime; the page has those that stand in index.html.
OF_WORKER = "resize.js", "tiles.js", "verdict.js", "network.js", "worker.js"
OF_WORKER_ALONE = "network.js", "worker.js"
# It tells an earlier export from a folder of somebody's.
MARK = "crackcls-web.json"
MOST_MARK = 1_000_000


def write(run: Run, folder: Path, archive: Path | None = None) -> None:
    """Write the page of a model, whole or not at all.

    Args:
        run: A run that has left a model.
        folder: Where to. An earlier export is replaced.
        archive: The runtime's package, see `runtime.read`.

    Raises:
        InputError: The model cannot judge photos, the runtime did not come, or the folder holds
            what no export wrote.
    """
    folder = folder.absolute()
    check_folder(folder)
    made = dict(contents(run, archive))
    made["files.js"] = kept_offline(made)
    mark = {"model": run.name, "files": sorted(made)}
    with folder_beside(folder) as work:
        new = work / "new"
        for name, content in {**made, MARK: files.json_bytes(mark)}.items():
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        _put(new, folder, work / "old")


def check_folder(folder: Path) -> None:
    """Check that a page can be written to a folder.

    Raises:
        InputError: It holds what no export wrote.
    """
    if not folder.exists() and not folder.is_symlink():
        return
    if folder.is_symlink() or not folder.is_dir():
        said = f"The page needs a folder of its own, and '{folder}' is none. Name another."
        raise InputError(said)
    known = {MARK, *_marked(folder)}
    there = [path for path in folder.rglob("*") if not path.is_dir() or path.is_symlink()]
    names = (path.relative_to(folder).as_posix() for path in there)
    other = next((name for name in names if name not in known), None)
    if other is not None:
        raise InputError(
            f"The page needs a folder of its own, and '{folder}' holds '{other}', which no earlier "
            "export wrote. Name another folder, or a new one in it."
        )


def contents(run: Run, archive: Path | None = None) -> Iterator[tuple[str, bytes]]:
    """Give the files of the page by their names.

    Args:
        run: A run that has left a model.
        archive: The runtime's package, see `runtime.read`.

    Raises:
        InputError: As `write`.
    """
    model = classifier.load_model(run.folder)
    known = calibration.load(run.folder)
    page = {path.name: path.read_bytes() for path in sorted(PAGE.iterdir()) if path.is_file()}
    worker = "\n".join(page[name].decode() for name in OF_WORKER)
    parts = {**runtime_parts(archive), "model": _arrays(run, model, known), "worker": worker}
    parts |= {f"example_{at}": picture for at, picture in enumerate(_drawings())}
    about = facts.of_page(run, model, known)
    build = _sha256(files.json_bytes([about, parts]))
    yield from ((name, content) for name, content in page.items() if name not in OF_WORKER_ALONE)
    yield "facts.js", f"self.FACTS = {_script({**about, 'build': build})};\n".encode()
    for name, content in parts.items():
        yield f"parts/{name}.js", _part(name, build, content)
    for at, name in enumerate(examples.EXAMPLES):
        yield f"examples/{at}.jpg", examples.thumbnail(name).read_bytes()
    for side in icons.SIDES:
        yield f"icon-{side}.png", icons.icon(side)
    yield "manifest.webmanifest", files.json_bytes(manifest(about["title"]))
    yield "LICENSE.txt", (config.PROJECT / "LICENSE").read_bytes()
    yield "NOTICE.txt", notice(run).encode()


def kept_offline(made: Mapping[str, bytes]) -> bytes:
    """Write the script that tells the service worker what to keep, and when it has changed.

    Args:
        made: The files of the page.
    """
    version = _sha256(files.json_bytes({name: _sha256(made[name]) for name in sorted(made)}))
    names = sorted(set(made) - {"sw.js"})
    return f"self.FILES = {_script({'version': version, 'names': names})};\n".encode()


def manifest(title: str) -> dict[str, Any]:
    """Give what a phone must know to keep the page among its apps.

    Args:
        title: The page's.
    """
    icon = {"type": "image/png", "purpose": "any maskable"}
    sizes = [{"src": f"icon-{side}.png", "sizes": f"{side}x{side}", **icon} for side in icons.SIDES]
    return {
        "name": title,
        "short_name": "crackcls",
        "start_url": "./",
        "scope": "./",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#c2410c",
        "icons": sizes,
    }


def runtime_parts(archive: Path | None) -> dict[str, dict[str, str]]:
    """Give the runtime for the browsers with relaxed SIMD and for those without.

    Args:
        archive: See `runtime.read`.
    """
    variants = runtime.read(archive)
    return {
        name: {key: _packed(content) for key, content in variant.items()}
        for name, variant in variants.items()
    }


def notice(run: Run) -> str:
    """Say whose the parts of the page are.

    Args:
        run: The model's.
    """
    return "\n".join(
        [
            "The page is part of crackcls, Apache-2.0; LICENSE.txt has the text.",
            f"parts/runtime.js and parts/runtime_compat.js hold {runtime.LICENCE}, unchanged.",
            "",
            parcel.credits_of(run.config),
        ]
    )


def _put(new: Path, folder: Path, old: Path) -> None:
    """Give a new folder the name of one that is there, which gets another."""
    if folder.exists():
        folder.rename(old)
    try:
        new.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise


def _arrays(run: Run, model: Classifier, known: Calibration) -> dict[str, Any]:
    sha256 = folders.model_hash(run)
    network = classifier.checked(run.folder / "model.tflite", sha256)
    usual = np.vstack([known.familiarity.mean, known.familiarity.components])
    arrays = {"network": _packed(network), "familiarity": _packed(_floats(usual))}
    if model.head is not None:
        arrays["head"] = _packed(_floats(np.vstack([model.head.kernel, model.head.bias])))
    return arrays


def _drawings() -> Iterator[str]:
    for name in examples.EXAMPLES:
        yield base64.b64encode(examples.picture(name)).decode()


def _part(name: str, build: str, content: Any) -> bytes:
    """Write a part as a script: a page that is opened from a file may load nothing else."""
    made = _script({"build": build, "content": content})
    return f"(self.PARTS ??= {{}}).{name} = {made};\n".encode()


def _script(value: Any) -> str:
    """Write a value as JSON that may stand in a script."""
    return json.dumps(value, ensure_ascii=True).replace("<", "\\u003c")


def _packed(content: bytes) -> str:
    return base64.b64encode(gzip.compress(content, 6, mtime=0)).decode()


def _floats(values: np.ndarray) -> bytes:
    return np.ascontiguousarray(values, "<f4").tobytes()


def _marked(folder: Path) -> list[str]:
    """Give the names of the files of an earlier export; none where there was no export."""
    path = folder / MARK
    if not stored.is_there(path):
        return []
    try:
        kept = json.loads(files.read_bytes(path, MOST_MARK))
        return [*map(str, kept["files"])]
    except (ValueError, TypeError, KeyError):
        return []


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
