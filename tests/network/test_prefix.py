"""The frozen prefix: by LiteRT on the processor and by Keras where there is a GPU."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from crackcls import config, images
from crackcls.config import TrainConfig
from crackcls.network import cache, classifier, prefix
from crackcls.network.build import build
from tests import damaging
from tests.conftest import METU, encoded, needs_metu, picture

pytestmark = pytest.mark.slow

SIZE = 96
FLOAT32 = TrainConfig(image_size=SIZE, precision="float32")


@pytest.fixture(scope="module")
def network():
    return build(2, SIZE)


@pytest.fixture
def photos(tmp_path):
    """Write five photos and a broken one; give their paths and hashes."""
    contents = [encoded(picture(i, 120)) for i in range(5)] + [b"no photo"]
    paths = [tmp_path / f"{i}.jpg" for i in range(6)]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    return paths, [hashlib.sha256(content).hexdigest() for content in contents]


def features(network, photos, settings=FLOAT32) -> tuple[np.ndarray, dict, cache.Store]:
    paths, shas = photos
    frozen = prefix.open_prefix(settings, 2, lambda: network)
    broken = prefix.run_prefix([*map(str, paths)], Path, shas, frozen, lambda *_, **__: None)
    rows, where = cache.read(frozen.store, shas[:5])
    return np.array(rows[where]), broken, frozen.store


def test_a_gpu_gives_the_same_features_in_a_store_of_its_own(network, photos, monkeypatch):
    lite, broken, store = features(network, photos)
    assert list(broken) == [5]
    monkeypatch.setattr(prefix, "has_gpu", lambda: True)
    keras, broken_too, other = features(network, photos)
    assert broken_too == broken
    assert other.folder != store.folder and other.folder.name.endswith("-gpu")
    assert keras == pytest.approx(lite, abs=1e-3)
    assert keras.std() > 0.1


def test_int8_gives_nearly_the_features_of_float32_in_a_store_of_its_own(network, photos):
    exact, _, store = features(network, photos)
    near, _, other = features(network, photos, replace(FLOAT32, precision="int8"))
    assert other.folder != store.folder
    cosines = (exact * near).sum(axis=1) / np.linalg.norm(exact, axis=1)
    assert (cosines / np.linalg.norm(near, axis=1)).min() > 0.9
    assert np.abs(exact - near).max() > 1e-3, "these are not of int8"


def test_what_is_in_the_cache_is_not_run_again(network, photos):
    _, _, store = features(network, photos)
    paths, shas = photos

    def never(images):
        raise AssertionError("the prefix ran again")

    frozen = prefix.Prefix(never, store, SIZE)
    prefix.run_prefix([*map(str, paths[:5])], Path, shas[:5], frozen, lambda *_, **__: None)
    assert len(cache.index(store)) == 5


def test_the_default_needs_no_network_to_begin():
    def never():
        raise AssertionError("the shipped template was not taken")

    frozen = prefix.open_prefix(TrainConfig(), 2, never)
    assert frozen.template.parent == config.weights_path().parent


@needs_metu
def test_the_shipped_template_is_what_this_code_makes(tmp_path):
    prefix.make_template(build(2, 160), "int8", tmp_path / "made.tflite")
    photos = [
        images.read_photo(path.read_bytes())
        for name in ("Negative", "Positive")
        for path in sorted((METU / name).iterdir())[:4]
    ]
    batch = np.stack([images.to_square(photo, 160) for photo in photos])
    paths = tmp_path / "made.tflite", config.template_path()
    made, kept = (classifier.sessions(path.read_bytes(), 1)(batch) for path in paths)
    assert made["features"].std() > 0.1
    # The ranges of int8 come from activations, whose last digits are others on another processor:
    # 0.9957 was seen. To the features of float32 it is 0.976.
    norms = [np.linalg.norm(one["features"], axis=1) for one in (made, kept)]
    cosines = (made["features"] * kept["features"]).sum(axis=1) / norms[0] / norms[1]
    assert cosines.min() > 0.99


@pytest.mark.parametrize("file", [".tflite", ".sha256"])
@pytest.mark.parametrize("damage", ["cut off", "random bytes", "empty", "missing", "a folder"])
def test_a_damaged_template_of_the_cache_is_made_anew(monkeypatch, file, damage):
    made = []

    def make(network, precision, path):
        made.append(path)
        path.write_bytes(b"a template")

    monkeypatch.setattr(prefix, "make_template", make)
    monkeypatch.setattr(classifier, "sessions", lambda content, threads: content)
    for _ in range(2):
        prefix.open_prefix(FLOAT32, 2, lambda: None)
    assert len(made) == 1
    damaging.DAMAGES[damage](made[0].with_suffix(file))
    for _ in range(2):
        frozen = prefix.open_prefix(FLOAT32, 2, lambda: None)
    assert len(made) == 2
    assert frozen.template.read_bytes() == b"a template"
