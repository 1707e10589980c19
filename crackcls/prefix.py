"""The frozen prefix of the network, run once per image and cached on disk."""

from collections.abc import Callable, Sequence, Set
from pathlib import Path

import numpy as np

from crackcls import cache, classifier, config, copies, events, images, pipeline
from crackcls import model as model_
from crackcls.errors import InputError

ROWS_A_WRITE = 512
FINGERPRINTS = "fingerprints-1"


def feature_store(image_size: int, fine_tune: str, shape: tuple[int, ...]) -> cache.Store:
    """Name the store of prefix outputs of one backbone, input size, cut and kind of device.

    A GPU's outputs differ in the last digits, so they have a store of their own.
    """
    device = "-gpu" if model_.has_gpu() else ""
    folder = config.cache_folder() / f"{_key(image_size, fine_tune)}{device}"
    return cache.Store(folder, shape, "float32")


def fingerprint_store() -> cache.Store:
    """Name the store of image fingerprints, which no backbone changes."""
    shape = (copies.FINGERPRINT_BYTES,)
    return cache.Store(config.cache_folder() / FINGERPRINTS, shape, "uint8")


def open_prefix(network, cut, image_size: int, fine_tune: str) -> classifier.Run:
    """Open the prefix where it runs fastest: on a GPU by Keras, else as a LiteRT session.

    The LiteRT model is exported where the cache has none. With `head` it is the template of
    the whole classifier, whose features are the outputs of the prefix.

    Args:
        network: What `model.build` gave.
        cut: Its prefix from `model.cut`.
        image_size: Side of the input square in pixels.
        fine_tune: `head` or `top`.

    Returns:
        A function from images `(n, size, size, 3)`, 0-255, to `{"cut": (n, ...)}`, float32.
    """
    if model_.has_gpu():
        return keras_prefix(cut)
    if fine_tune == "head":
        path = template_path(network, image_size)
        _make(path, lambda: model_.export_template(network, path))
        run = classifier.sessions(path, threads=1)
        return lambda images: {"cut": run(images)["features"]}
    path = config.cache_folder() / f"{_key(image_size, fine_tune)}.tflite"
    _make(path, lambda: model_.export_prefix(cut, path))
    return classifier.sessions(path, threads=1)


def template_path(network, image_size: int) -> Path:
    """Name the template of classifiers of one size and number of classes."""
    name = f"template-{config.WEIGHTS_SHA256[:8]}-{image_size}-{network.output.shape[-1]}.tflite"
    return config.cache_folder() / name


def _make(path: Path, export: Callable[[], None]) -> None:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        export()


def keras_prefix(prefix) -> classifier.Run:
    """Run the prefix by Keras as one traced function, for batches of any length."""
    import tensorflow as tf

    shape = tf.TensorSpec([None, *prefix.input.shape[1:]], tf.float32)
    call = tf.function(lambda images: prefix(images, training=False), input_signature=[shape])
    return lambda images: {"cut": call(tf.constant(images, tf.float32)).numpy()}


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
        run: The prefix from `open_prefix`.
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
    size = config.BATCH_ON_A_GPU if model_.has_gpu() else config.BATCH_ON_A_CORE
    rows = pipeline.stream([paths[i] for i in todo], _decoder(image_size), run, size=size)
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
