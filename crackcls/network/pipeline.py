"""Files through a decoder and a model on all cores, in order."""

import os
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from crackcls import config, images, parallel
from crackcls.addresses import File
from crackcls.errors import InputError
from crackcls.files import read_bytes
from crackcls.network import calibration, pieces
from crackcls.network.classifier import Classifier, Run

Row = dict[str, np.ndarray]
Decode = Callable[[bytes], Row]


def stream(
    paths: Sequence[File],
    decode: Decode,
    run: Run,
    workers: int | None = None,
    size: int = config.BATCH_ON_A_CORE,
) -> Iterator[Row | InputError]:
    """Read, decode and classify files, a few at a time in every worker.

    Args:
        paths: The files.
        decode: Takes a file's bytes and gives `pixels`, shape `(size, size, 3)`, uint8,
            and whatever else the row shall carry. May raise InputError.
        run: Takes a batch of pixels and gives named outputs, see `classifier.sessions`;
            open it with one thread, since the workers call it at once.
        workers: Threads; None takes two for each core, so that one decodes while another
            waits for a session.
        size: Images in one call of `run`.

    Yields:
        For each file, in order: what `decode` and `run` gave for it without the pixels, or
        the InputError that says why it was left out.
    """
    workers = workers or 2 * (os.cpu_count() or 1)
    chunks = (paths[start : start + size] for start in range(0, len(paths), size))
    for rows in parallel.ordered_map(lambda chunk: _run_chunk(chunk, decode, run), chunks, workers):
        yield from rows


def classify(
    paths: Sequence[File], classifier: Classifier, workers: int | None = None
) -> Iterator[Row | InputError]:
    """Classify photos, each as a whole, or seen in pieces as for the training.

    Args:
        paths: The files.
        classifier: The model.
        workers: Threads, as in `stream`.

    Returns:
        For each file, in order, the model's named outputs, or why it could not be read.
    """

    cut = classifier.pieces

    def decode(content: bytes) -> Row:
        looks = pieces.views(images.read_photo(content), cut, classifier.image_size)
        return {"pixels": looks if cut else looks[0]}

    run = classifier.run if len(paths) > 1 else classifier.run_alone
    run = _pooled(run, classifier.head) if classifier.head else run
    return stream(paths, decode, run, workers)


def _pooled(run: Run, head: pieces.Head) -> Run:
    """Judge photos that are seen in pieces by their pooled features."""
    features_of = pieces.pooling(run, "features", config.BATCH_ON_A_CORE)

    def call(photos: np.ndarray) -> Row:
        features = features_of(photos)["features"]
        scores = calibration.softmax(head.scores(features)).astype(np.float32)
        return {"features": features, "probabilities": scores}

    return call


def _run_chunk(paths: Sequence[File], decode: Decode, run: Run) -> list[Row | InputError]:
    rows = [_decode_file(path, decode) for path in paths]
    good = [row for row in rows if not isinstance(row, InputError)]
    if good:
        outputs = run(np.stack([row.pop("pixels") for row in good]))
        for i, row in enumerate(good):
            row.update({name: values[i] for name, values in outputs.items()})
    return rows


def _decode_file(path: File, decode: Decode) -> Row | InputError:
    try:
        return decode(read_bytes(path))
    except InputError as error:
        return error
