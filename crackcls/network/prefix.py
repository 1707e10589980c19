"""The frozen prefix of the network, run once per image and cached on disk."""

import hashlib
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from crackcls import config, disk, events, images, stored, temporary
from crackcls.config import TrainConfig
from crackcls.datasets import copies
from crackcls.datasets.synthetic import pictures
from crackcls.errors import InputError
from crackcls.files import write_atomically
from crackcls.network import cache, classifier, export, pipeline
from crackcls.network.build import cut, has_gpu
from crackcls.network.pieces import FEATURES, Pieces, pooling, views

if TYPE_CHECKING:
    import keras

ROWS_A_WRITE = 1024
FINGERPRINTS = "fingerprints-1"
# Where the whole network is trained, pixels are kept larger than it takes them, for crops.
PIXELS_TIMES = 6, 5
# Made-up pictures on which the ranges of int8 are measured. Those of METU's photos gave features
# that are no nearer to float32's.
SAMPLES, SAMPLES_SEED = 60, 7

Network = Callable[[], "keras.Model"]


@dataclass(frozen=True)
class Prefix:
    """The frozen part of one network, ready to run.

    Attributes:
        run: A function from images `(n, side, side, 3)`, 0-255, to `{"cut": (n, ...)}`; with
            pieces from `(n, looks, side, side, 3)`.
        store: Of its outputs.
        side: Of the squares that it takes, in pixels.
        size: Images in one call.
        template: The file that `export.fill_template` takes; None where the whole network must
            be converted after training.
        pieces: Into which each photo is cut; None where it is seen whole.
        network: The file that LiteRT runs; None where Keras runs it, or nothing is frozen.
        output: The name of its output.
    """

    run: classifier.Run
    store: cache.Store
    side: int
    size: int = config.BATCH_ON_A_CORE
    template: Path | None = None
    pieces: Pieces | None = None
    network: Path | None = None
    output: str = "cut"


# Takes image files and gives for each `cut` and `fingerprint`, or why it could not be read.
RowsOf = Callable[[Sequence[Path], Prefix], Iterator[pipeline.Row | InputError]]


def open_prefix(
    settings: TrainConfig, classes: int, network: Network, pieces: Pieces | None = None
) -> Prefix:
    """Open the prefix where it runs fastest: float32 on a GPU by Keras, all else by LiteRT.

    With `head` the LiteRT model is a template of the whole classifier, whose features are the
    outputs of the prefix. It is made where neither the repository nor the cache has it.

    Args:
        settings: Of the run.
        classes: How many there are.
        network: Gives what `build.build` gave; asked only where the prefix must be made.
        pieces: Into which each photo is cut, with `head`; None where it is seen whole.
    """
    if settings.fine_tune == "all":
        return _pixels(settings)
    if pieces and settings.fine_tune == "head":
        return _in_pieces(open_prefix(settings, classes, network), pieces)
    by_keras = settings.precision == "float32" and has_gpu()
    if settings.fine_tune == "head" and not by_keras:
        return _from_template(settings, classes, network)
    before, _ = cut(network(), settings.fine_tune)
    key = f"prefix-{config.WEIGHTS_SHA256[:8]}-{settings.image_size}-{settings.fine_tune}"
    shape = before.output.shape[1:]
    if by_keras:
        # A GPU's outputs differ in the last digits, so they have a store of their own.
        store, size = _store(f"{key}-gpu", shape), config.BATCH_ON_A_GPU
        return Prefix(keras_prefix(before), store, settings.image_size, size)
    path = config.cache_folder() / f"{key}.tflite"
    content = _kept(path, lambda: export.export_prefix(before, path))
    run = classifier.sessions(content, threads=1)
    return Prefix(run, _store(key, shape), settings.image_size, network=path)


def make_template(network: "keras.Model", precision: str, path: Path) -> None:
    """Write the template of classifiers on one backbone.

    Args:
        network: What `build.build` gave.
        precision: One of `config.PRECISIONS`.
        path: Where to.
    """
    samples = _samples(network.input.shape[1]) if precision == "int8" else None
    export.export_template(network, path, samples)


def keras_prefix(prefix: "keras.Model") -> classifier.Run:
    """Run the prefix by Keras as one traced function, for batches of any length."""
    import tensorflow as tf

    shape = tf.TensorSpec([None, *prefix.input.shape[1:]], tf.float32)
    call = tf.function(lambda images: prefix(images, training=False), input_signature=[shape])
    return lambda images: {"cut": call(tf.constant(images, tf.float32)).numpy()}


def run_prefix(
    files: Sequence[str],
    path_of: Callable[[str], Path],
    shas: Sequence[str],
    prefix: Prefix,
    emit: events.Emit,
    rows_of: RowsOf | None = None,
) -> dict[int, str]:
    """Run the prefix and hash each image whose content the cache does not know yet.

    An image is decoded once for both.

    Args:
        files: Names of image files.
        path_of: Gives where a file lies.
        shas: SHA-256 of each file.
        prefix: From `open_prefix`.
        emit: Hears the progress.
        rows_of: What makes the rows of files, in order; None for `rows_here`.

    Returns:
        For each file that could not be read, its index and the reason.
    """
    stores = {"fingerprint": fingerprint_store(), "cut": prefix.store}
    known: dict[str, Set[str]] = {n: cache.whole(one, shas) for n, one in stores.items()}
    in_all = known["fingerprint"] & known["cut"]
    first = {sha: i for i, sha in reversed(list(enumerate(shas))) if sha not in in_all}
    todo = sorted(first.values())
    disk.check_space((config.cache_folder(), len(todo) * prefix.store.row_bytes))
    rows = (rows_of or rows_here)([path_of(files[i]) for i in todo], prefix)
    rows = events.with_progress(emit, "running the backbone", rows, len(todo))
    broken, waiting = {}, {}
    for i, row in zip(todo, rows, strict=True):
        if isinstance(row, InputError):
            broken[shas[i]] = str(row)
            continue
        waiting[shas[i]] = row
        if len(waiting) == ROWS_A_WRITE:
            _keep(waiting, stores, known)
    _keep(waiting, stores, known)
    return {i: broken[sha] for i, sha in enumerate(shas) if sha in broken}


def rows_here(
    paths: Sequence[Path], prefix: Prefix, workers: int | None = None
) -> Iterator[pipeline.Row | InputError]:
    """Make the rows of image files in threads of this process, see `pipeline.stream`."""
    decode = _decoder(prefix.side, prefix.pieces)
    return pipeline.stream(paths, decode, prefix.run, workers, prefix.size)


def nothing_frozen(images: np.ndarray) -> pipeline.Row:
    """Give the pixels themselves."""
    return {"cut": images}


def named(run: classifier.Run, output: str) -> classifier.Run:
    """Give of what a network puts out what the rest of it takes."""
    return lambda images: {"cut": run(images)[output]}


def fingerprint_store() -> cache.Store:
    """Name the store of image fingerprints, which no backbone changes."""
    return _store(FINGERPRINTS, (copies.FINGERPRINT_BYTES,), "uint8")


def read_fingerprints(shas: Sequence[str]) -> np.ndarray:
    """Read the fingerprints of images that `run_prefix` has seen: `(images, 256)`, uint8."""
    rows, where = cache.read(fingerprint_store(), shas)
    return rows[where]


def _from_template(settings: TrainConfig, classes: int, network: Network) -> Prefix:
    path, content = _template(settings, classes, network)
    run = classifier.sessions(content, threads=1)
    key = f"features-{hashlib.sha256(content).hexdigest()[:16]}"
    store = _store(key, (FEATURES,))
    side = settings.image_size
    output = "features"
    return Prefix(named(run, output), store, side, template=path, network=path, output=output)


def _in_pieces(whole: Prefix, pieces: Pieces) -> Prefix:
    """Pool the features of the pieces of each photo; they have a store of their own."""
    folder = whole.store.folder
    store = replace(
        whole.store, folder=folder.with_name(f"{folder.name}-{pieces.along}x{pieces.across}")
    )
    run = pooling(whole.run, "cut", whole.size)
    return replace(whole, run=run, store=store, pieces=pieces)


def _pixels(settings: TrainConfig) -> Prefix:
    """Keep the decoded pixels themselves: nothing is frozen."""
    side = settings.image_size * PIXELS_TIMES[0] // PIXELS_TIMES[1]
    store = _store(f"pixels-{side}", (side, side, 3), "uint8")
    return Prefix(nothing_frozen, store, side)


def _template(settings: TrainConfig, classes: int, network: Network) -> tuple[Path, bytes]:
    """Give the template and its content: that of the repository where it fits and is whole."""
    fits = settings.precision, settings.image_size, classes
    if fits == config.TEMPLATE_FITS:
        with suppress(InputError):
            path = config.template_path()
            return path, classifier.checked(path, config.TEMPLATE_SHA256)
    name = "-".join(map(str, ("template", config.WEIGHTS_SHA256[:8], *fits)))
    path = config.cache_folder() / f"{name}.tflite"
    return path, _kept(path, lambda: make_template(network(), settings.precision, path))


def _kept(path: Path, write: Callable[[], None]) -> bytes:
    """Give the content of a file of the cache; one that is not as it was written is made anew."""
    note = path.with_suffix(".sha256")
    try:
        return classifier.checked(path, stored.read_bytes(note, 64).decode("ascii", "replace"))
    except InputError:
        for odd in (path, note):
            temporary.discard(odd)
    path.parent.mkdir(parents=True, exist_ok=True)
    write()
    content = path.read_bytes()
    write_atomically(note, hashlib.sha256(content).hexdigest().encode())
    return content


def _samples(size: int) -> np.ndarray:
    made = (
        pictures.picture(SAMPLES_SEED, number, label)
        for number in range(SAMPLES // 2)
        for label in pictures.CLASSES
    )
    return np.stack([images.to_square(images.read_photo(one), size) for one in made])


def _store(key: str, shape: Sequence[int], dtype: str = "float32") -> cache.Store:
    return cache.Store(config.cache_folder() / key, tuple(shape), dtype)


def _decoder(image_size: int, pieces: Pieces | None) -> pipeline.Decode:
    def decode(data: bytes) -> pipeline.Row:
        photo = images.read_photo(data)
        looks = views(photo, pieces, image_size)
        return {
            "pixels": looks if pieces else looks[0],
            "fingerprint": copies.fingerprint(photo),
        }

    return decode


def _keep(
    waiting: dict[str, pipeline.Row], stores: dict[str, cache.Store], known: dict[str, Set[str]]
) -> None:
    for name, store in stores.items():
        new = {sha: row[name] for sha, row in waiting.items() if sha not in known[name]}
        if new:
            cache.append(store, list(new), np.stack(list(new.values())))
    waiting.clear()
