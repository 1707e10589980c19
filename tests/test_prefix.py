"""The frozen prefix: by LiteRT on the processor and by Keras where there is a GPU."""

import hashlib

import numpy as np
import pytest

from crackcls import cache, model, prefix
from tests.conftest import encoded, picture

SIZE = 96


@pytest.fixture(scope="module")
def network():
    return model.build(2, SIZE)


@pytest.fixture
def photos(tmp_path):
    """Write five photos and a broken one; give their paths and hashes."""
    contents = [encoded(picture(i, 120)) for i in range(5)] + [b"no photo"]
    paths = [tmp_path / f"{i}.jpg" for i in range(6)]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    return paths, [hashlib.sha256(content).hexdigest() for content in contents]


def features(network, photos) -> tuple[np.ndarray, dict, cache.Store]:
    paths, shas = photos
    store = prefix.feature_store(SIZE, "head", (1280,))
    cut, _ = model.cut(network, "head")
    run = prefix.open_prefix(network, cut, SIZE, "head")
    broken = prefix.run_prefix(paths, shas, run, store, SIZE, lambda *_, **__: None)
    rows, where = cache.read(store, shas[:5])
    return np.array(rows[where]), broken, store


def test_a_gpu_gives_the_same_features_in_a_store_of_its_own(network, photos, monkeypatch):
    lite, broken, store = features(network, photos)
    assert list(broken) == [5]
    monkeypatch.setattr(model, "has_gpu", lambda: True)
    keras, broken_too, other = features(network, photos)
    assert broken_too == broken
    assert other.folder.name == f"{store.folder.name}-gpu"
    assert keras == pytest.approx(lite, abs=1e-3)
    assert keras.std() > 0.1


def test_what_is_in_the_cache_is_not_run_again(network, photos):
    _, _, store = features(network, photos)
    paths, shas = photos

    def never(images):
        raise AssertionError("the prefix ran again")

    prefix.run_prefix(paths[:5], shas[:5], never, store, SIZE, lambda *_, **__: None)
    assert len(cache.index(store)) == 5
