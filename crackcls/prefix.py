"""The frozen prefix of the network, run once per image and cached on disk."""

from collections.abc import Sequence, Set
from pathlib import Path

import numpy as np

from crackcls import cache, classifier, config, copies, events, images, pipeline
from crackcls import model as model_
from crackcls.errors import InputError

ROWS_A_WRITE = 512
FINGERPRINTS = "fingerprints-1"


def feature_store(image_size: int, fine_tune: str, shape: tuple[int, ...]) -> cache.Store:
    """Name the store of prefix outputs of one backbone, input size and cut."""
    return cache.Store(config.cache_folder() / _key(image_size, fine_tune), shape, "float32")


def fingerprint_store() -> cache.Store:
    """Name the store of image fingerprints, which no backbone changes."""
    shape = (copies.FINGERPRINT_BYTES,)
    return cache.Store(config.cache_folder() / FINGERPRINTS, shape, "uint8")


def lite_prefix(prefix, image_size: int, fine_tune: str) -> classifier.Run:
    """Open the prefix as a LiteRT session, exporting it where the cache has none.

    Args:
        prefix: The Keras prefix from `model.cut`.
        image_size: Side of the input square in pixels.
        fine_tune: `head` or `top`.

    Returns:
        A function from images `(n, size, size, 3)`, 0-255, to `{"cut": (n, ...)}`, float32.
    """
    path = config.cache_folder() / f"{_key(image_size, fine_tune)}.tflite"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        model_.export_prefix(prefix, path)
    return classifier.sessions(path, threads=1)


def run_prefix(
    paths: Sequence[Path],
    shas: Sequence[str],
    run: classifier.Run,
    features: cache.Store,
    image_size: int,
    emit: events.Emit,
) -> dict[int, str]:
    """Run the prefix and hash each image whose content the cache does not know yet.

    An image is decoded once for both.

    Args:
        paths: Image files.
        shas: SHA-256 of each file.
        run: The LiteRT prefix.
        features: Store of its outputs.
        image_size: Side of the input square in pixels.
        emit: Hears the progress.

    Returns:
        For each file that could not be read, its index and the reason.
    """
    stores = {"fingerprint": fingerprint_store(), "cut": features}
    known = {name: cache.index(store).keys() for name, store in stores.items()}
    in_all = known["fingerprint"] & known["cut"]
    first = {sha: i for i, sha in reversed(list(enumerate(shas))) if sha not in in_all}
    todo = sorted(first.values())
    rows = pipeline.stream([paths[i] for i in todo], _decoder(image_size), run)
    rows = events.with_progress(emit, "running the backbone", rows, len(todo))
    broken, waiting = {}, {}
    for i, row in zip(todo, rows, strict=True):
        if isinstance(row, InputError):
            broken[shas[i]] = str(row)
            continue
        waiting[shas[i]] = row
        if len(waiting) == ROWS_A_WRITE:
            _store(waiting, stores, known)
    _store(waiting, stores, known)
    return {i: broken[sha] for i, sha in enumerate(shas) if sha in broken}


def read_fingerprints(shas: Sequence[str]) -> np.ndarray:
    """Read the fingerprints of images that `run_prefix` has seen: `(images, 256)`, uint8."""
    rows, where = cache.read(fingerprint_store(), shas)
    return rows[where]


def _decoder(image_size: int) -> pipeline.Decode:
    def decode(data: bytes) -> pipeline.Row:
        photo = images.read_photo(data)
        return {
            "pixels": images.to_square(photo, image_size),
            "fingerprint": copies.fingerprint(photo),
        }

    return decode


def _store(waiting: dict, stores: dict[str, cache.Store], known: dict[str, Set[str]]) -> None:
    for name, store in stores.items():
        new = {sha: row[name] for sha, row in waiting.items() if sha not in known[name]}
        if new:
            cache.append(store, list(new), np.stack(list(new.values())))
    waiting.clear()


def _key(image_size: int, fine_tune: str) -> str:
    return f"prefix-{config.WEIGHTS_SHA256[:8]}-{image_size}-{fine_tune}"
