"""Shared pieces: user data goes to a temporary folder, images are made on the spot."""

import io
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from crackcls import addresses, config

pillow_heif.register_heif_opener(thumbnails=False)

SHARED = config.PROJECT.parent / "shared"
METU = SHARED / "metu"

needs_metu = pytest.mark.skipif(
    not METU.is_dir(), reason="the METU images are not beside the project (../shared/metu)"
)

needs_cases = pytest.mark.skipif(
    not (SHARED / "cases").is_dir(), reason="the cases are not beside the project (../shared/cases)"
)

# `python -m pytest -m fast` takes under a minute: no training, no TensorFlow, no browser.
# A test is slow for one of three reasons, and every other one is fast:
# 1. It uses the fixture `trained`, which trains a model.
# 2. It bears @pytest.mark.slow: it trains, needs TensorFlow, or was measured to take long.
# 3. Its whole file does, by this line. A fast run does not even import such a file.
SLOW_FILE = re.compile(r"^pytestmark = \[?\s*pytest\.mark\.slow\b", re.MULTILINE)
# What cannot be imported in a fast run, so that a test that belongs to the slow ones fails there.
# The stand-ins in this folder forbid it to child processes.
HEAVY = "tensorflow", "keras", "playwright"
STAND_INS = Path(__file__).parent / "heavy"


def is_fast_run(config: pytest.Config) -> bool:
    return config.option.markexpr == "fast"


def pytest_configure(config: pytest.Config) -> None:
    if is_fast_run(config):
        sys.modules.update(dict.fromkeys(HEAVY))
        paths = str(STAND_INS), os.environ.get("PYTHONPATH", "")
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    is_test = collection_path.name.startswith("test_") and collection_path.suffix == ".py"
    if is_fast_run(config) and is_test:
        return bool(SLOW_FILE.search(collection_path.read_text(encoding="utf-8"))) or None
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    for item in items:
        if "trained" in item.fixturenames:
            item.add_marker("slow")
        if not item.get_closest_marker("slow"):
            item.add_marker("fast")


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep models, cache and data of the person who runs the tests untouched."""
    monkeypatch.setenv("CRACKCLS_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("CRACKCLS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("CRACKCLS_DATA", str(tmp_path / "data"))


@pytest.fixture
def store(tmp_path, monkeypatch) -> Path:
    """Let a folder be the store of all buckets."""
    folder = tmp_path / "store"
    folder.mkdir()
    from pyarrow import fs

    opened = fs.SubTreeFileSystem(str(folder), fs.LocalFileSystem())
    monkeypatch.setattr(addresses, "_opened", lambda scheme, bucket: opened)
    return folder


def picture(seed: int, size: int = 64, cracked: bool = False) -> Image.Image:
    """Make a smooth random picture, with a dark stroke across it where cracked."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(90, 190, (8, 8, 3), np.uint8))
    image = np.asarray(coarse.resize((size, size), Image.Resampling.BICUBIC)).copy()
    if cracked:
        column = size // 2 + np.cumsum(rng.integers(-1, 2, size))
        for row, at in enumerate(np.clip(column, 2, size - 3)):
            image[row, at - 1 : at + 2] = 20
    return Image.fromarray(image)


def encoded(image: Image.Image, format_: str = "JPEG", **options) -> bytes:
    """Encode a picture in memory."""
    buffer = io.BytesIO()
    image.save(buffer, format_, **options)
    return buffer.getvalue()


@pytest.fixture
def concrete(tmp_path: Path) -> Callable[..., Path]:
    """Give a function that makes a folder of labelled pictures."""

    def make(per_class: int = 24, classes: tuple[str, ...] = ("Negative", "Positive")) -> Path:
        folder = tmp_path / "concrete"
        for label, name in enumerate(classes):
            (folder / name).mkdir(parents=True)
            for i in range(per_class):
                image = picture(1000 * label + i, cracked=label > 0)
                (folder / name / f"{i:03}.jpg").write_bytes(encoded(image, quality=95))
        return folder

    return make


def folder_with(top: Path, *files: str, name: str = "my concrete") -> Path:
    """Make files and, for names that end in a slash, folders."""
    folder = top / name
    folder.mkdir()
    for file in files:
        path = folder / file
        (path if file.endswith("/") else path.parent).mkdir(parents=True, exist_ok=True)
        if not file.endswith("/"):
            path.write_bytes(b"")
    return folder


@dataclass(frozen=True)
class Trained:
    """A small model, trained once for all tests, and what its training said."""

    models: Path
    cache: Path
    data: Path
    output: str = ""


def surroundings(place: Trained) -> dict[str, str]:
    """Give the environment of a process that works on the folders of a trained model."""
    where = {
        "CRACKCLS_MODELS": str(place.models),
        "CRACKCLS_CACHE": str(place.cache),
        "CRACKCLS_DATA": str(place.models.parent / "data"),
    }
    return {**os.environ, **where}


def crackcls(place: Trained, *words: object, check: bool = True) -> subprocess.CompletedProcess:
    """Run `python -m crackcls` on the folders of a trained model."""
    command = [sys.executable, "-m", "crackcls", *map(str, words)]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=config.PROJECT, env=surroundings(place)
    )
    assert done.returncode == 0 or not check, done.stderr
    return done


# The number of a cracked picture among the sound ones. The split puts it into the test part, so
# that one prediction is wrong however well the model learns.
WRONG_LABEL = 12


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Train two epochs on 48 made pictures, one label of them wrong, and two broken files."""
    top = tmp_path_factory.mktemp("trained")
    place = Trained(top / "models", top / "cache", top / "concrete")
    names = {"Negative": "Mauer größe {}.jpg", "Positive": "{}.jpg"}
    for label, (name, pattern) in enumerate(names.items()):
        (place.data / name).mkdir(parents=True)
        for i in range(24):
            is_cracked = label > 0 or i == WRONG_LABEL
            content = encoded(picture(1000 * label + i, cracked=is_cracked), quality=95)
            (place.data / name / pattern.format(i)).write_bytes(content)
    (place.data / "Positive" / "0.jpg").rename(place.data / "Positive" / "ひび割れ.jpg")
    (place.data / "Positive" / "cut off.jpg").write_bytes(encoded(picture(5), quality=95)[:-900])
    (place.data / "Negative" / "text.jpg").write_text("this is no photo")
    words = ("train", "--data", place.data, "--name", "first", "--epochs", "2")
    return replace(place, output=crackcls(place, *words).stderr)


def several_sets(top: Path) -> dict[str, Path]:
    """Make two sets that name their classes in their own way, and a folder of sound pictures.

    Those of `bridge` are pieces of 24 photographs, named as SDNET2018's.
    """
    counts = {"wall/Cracked": 24, "wall/Non-cracked": 24, "bricks/red/old": 20}
    counts |= {"bridge/Positive": 48, "bridge/Negative": 48}
    for number, (name, count) in enumerate(counts.items()):
        (top / name).mkdir(parents=True)
        for i in range(count):
            file = (
                f"decks_{7001 + i // 2}-{i + number * 50}.jpg" if "bridge" in name else f"{i}.jpg"
            )
            cracked = name.endswith(("/Cracked", "/Positive"))
            content = encoded(picture(10_000 * (number + 1) + i, cracked=cracked), quality=95)
            (top / name / file).write_bytes(content)
    return {name: top / name for name in ("wall", "bridge", "bricks")}


@pytest.fixture(scope="session")
def mixed(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Train two epochs on several sets, in folders of their own."""
    top = tmp_path_factory.mktemp("mixed")
    sets = several_sets(top / "data")
    place = Trained(top / "models", trained.cache, top / "data")
    words = ["--data", sets["wall"], "--data", f"sdnet2018={sets['bridge']}"]
    words += ["--sound", sets["bricks"], "--cap", "sdnet2018=80", "--weight", "wall=1.5"]
    done = crackcls(place, "train", *words, "--name", "mixed", "--epochs", "2")
    return replace(place, output=done.stdout + done.stderr)
