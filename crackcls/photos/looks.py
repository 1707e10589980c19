"""What a model sees of a photo: the whole as in training, parts of that size, or tiles."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from crackcls import config, parallel
from crackcls.network import pieces
from crackcls.network.classifier import Classifier
from crackcls.photos import layout, tiles

# Smallest parts of a photo, each of which takes one look of the model.
MOST_LOOKS = tiles.MOST_NATIVE


@dataclass(frozen=True)
class Seen:
    """What a model saw in the tiles of one scale.

    Attributes:
        places: Shape `(tiles, 4)`, int: left, top, width and height in pixels of the photo.
        features: Shape `(tiles, features)`, float32.
        scores: Shape `(tiles, classes)`, float: before softmax.
        maps: Shape `(tiles, rows, columns, classes)`, float32: the scores of places.
        grid: Where the tiles lie; None where they are parts of other sizes.
    """

    places: np.ndarray
    features: np.ndarray
    scores: np.ndarray
    maps: np.ndarray
    grid: tiles.Grid | None = None


def look(upright: Image.Image, classifier: Classifier, workers: int | None) -> list[Seen]:
    """Run a model on a photo.

    Args:
        upright: The photo from `images.read_photo`.
        classifier: The model.
        workers: Threads; None takes one for each core.

    Returns:
        What it saw, a scale after another, the largest tiles first. Of more than two classes
        there is one scale.
    """
    known, most = classifier.trained_on, None if classifier.label is not None else 1
    if known and layout.is_one(upright.size, known):
        return [_parts(upright, np.array([[0, 0, *upright.size]]), classifier, workers)]
    if known is None or known.is_of_patches:
        sides = tiles.sides(upright.size) if most is None else (float(min(upright.size)),)
        return _tiles(upright, sides, classifier, workers)
    looks = classifier.pieces.looks if classifier.pieces else 1
    places = layout.parts(upright.size, known, MOST_LOOKS // looks)
    return [_parts(upright, one, classifier, workers) for one in places[:most]]


def of_features(size: tuple[int, int], features: np.ndarray, head: pieces.Head) -> Seen:
    """Give what a model sees of a photo that is judged whole, where its features are known.

    Args:
        size: Width and height of the photo in pixels.
        features: Shape `(features,)`, float32: what the model's own network gave for it.
        head: The model's last layer.

    Returns:
        What `look` gives, but for the scores of places, which are none.
    """
    places, scores = np.array([[0, 0, *size]]), head.scores(features[None])
    return Seen(places, features[None], scores, np.zeros((1, 0, 0, scores.shape[1]), np.float32))


def _tiles(
    upright: Image.Image, sides: Sequence[float], classifier: Classifier, workers: int | None
) -> list[Seen]:
    """See a photo in tiles; all scales in one go, so that no core waits between."""
    grids = tiles.grids(upright.size, sides, classifier.image_size)
    cuts = tiles.cut(upright, grids, workers)
    found = run([one for of_scale in cuts for one in of_scale], classifier, workers)
    ends = np.cumsum([len(of_scale) for of_scale in cuts])[:-1]
    features, maps = (np.split(found[name], ends) for name in ("features", "activation_map"))
    return [
        Seen(
            tiles.places(upright.size, grid), features[i], maps[i].mean(axis=(1, 2)), maps[i], grid
        )
        for i, grid in enumerate(grids)
    ]


def _parts(
    upright: Image.Image, places: np.ndarray, classifier: Classifier, workers: int | None
) -> Seen:
    """See parts of a photo as the photos of the training were seen."""
    cuts = [
        pieces.views(_cropped(upright, place), classifier.pieces, classifier.image_size)
        for place in places
    ]
    found = run([one for cut in cuts for one in cut], classifier, workers)
    maps = found["activation_map"]
    if classifier.head is None or classifier.pieces is None:
        scores = maps.mean(axis=(1, 2))
        return Seen(places, found["features"], scores, maps)
    of_each = found["features"].reshape(len(places), classifier.pieces.looks, -1)
    features = pieces.pooled(of_each)
    scores = classifier.head.scores(features)
    grid = classifier.pieces.grid(tuple(places[0, 2:]))
    labels = scores.argmax(axis=1) if classifier.label is None else [classifier.label] * len(scores)
    each = zip(maps.reshape(len(places), -1, *maps.shape[1:]), scores, labels, strict=True)
    joined = np.stack([pieces.map_of(*one, grid) for one in each])
    return Seen(places, features, scores, joined)


def _cropped(upright: Image.Image, place: np.ndarray) -> Image.Image:
    left, top, width, height = place.tolist()
    if (width, height) == upright.size:
        return upright
    return upright.crop((left, top, left + width, top + height))


def run(
    cuts: Sequence[np.ndarray], classifier: Classifier, workers: int | None
) -> dict[str, np.ndarray]:
    """Give the model's outputs on squares of its size, in order.

    Args:
        cuts: Each of shape `(side, side, 3)`, uint8.
        classifier: The model.
        workers: Threads; None takes one for each core.
    """
    step = config.BATCH_ON_A_CORE
    starts = range(0, len(cuts), step)
    # The numbers that LiteRT takes, so that they are copied once.
    batches = (np.stack(cuts[start : start + step], dtype=np.float32) for start in starts)
    if workers == 1:
        outputs = [classifier.run(batch) for batch in batches]
    elif len(cuts) <= step:
        outputs = [classifier.run_alone(batch) for batch in batches]
    else:
        outputs = list(parallel.ordered_map(classifier.run, batches, workers))
    return {name: np.concatenate([output[name] for output in outputs]) for name in outputs[0]}
