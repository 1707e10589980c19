"""The verdict on one photo, from its tiles."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from crackcls import config
from crackcls.classes.names import in_words, is_crack, not_found
from crackcls.network import calibration, familiarity, heatmap
from crackcls.network.calibration import Calibration
from crackcls.network.classifier import Classifier
from crackcls.photos import layout, seams, stitch
from crackcls.photos.looks import Seen, look

FOUND, DOUBTFUL, NOT_FOUND, UNFAMILIAR = "found", "doubtful", "not found", "unfamiliar"
# Below this familiarity a photo gets a caution in place of a verdict.
FAMILIAR = 0.5
# A place that one scale holds for impossible is not ruled out by it.
LEAST = 1e-4
# Heat is raised to this power, which leaves less of it where a place is half sure.
CONTRAST = 2
COLUMNS = (
    *("file", "verdict", "probability", "familiarity", "tiles", "cracked_tiles"),
    "caution",
)
# One more where there are pictures: the name of the photo's own among them.
PICTURE = "picture"


@dataclass(frozen=True)
class Analysis:
    """What a model saw in one photo, without a threshold.

    Attributes:
        size: Width and height of the photo in pixels.
        classes: Class names in the order of the model.
        places: Shape `(tiles, 4)`, int: left, top, width and height in pixels of the photo.
        scale: Shape `(tiles,)`, int: the scale of each tile, 0 for the largest tiles.
        needed: For each scale, how many tiles must be found, see `calibration.needed`.
        probabilities: Shape `(tiles, classes)`, float32, calibrated.
        familiarity: Shape `(tiles,)`, float32, 0 to 1, see `familiarity.weights`.
        heat: Shape of `stitch.grid_of(size)`, float32, 0 to 1: where the class `label` is seen;
            empty where it was not asked for.
        label: Index of the class that is looked for; of more than two classes the likeliest.
        caution: What speaks against the photo itself, such as its size; mostly nothing.
        is_of_old: Whether the model is of a version that knew not what it was trained on.
    """

    size: tuple[int, int]
    classes: tuple[str, ...]
    places: np.ndarray
    scale: np.ndarray
    needed: tuple[int, ...]
    probabilities: np.ndarray
    familiarity: np.ndarray
    heat: np.ndarray
    label: int
    caution: str = ""
    is_of_old: bool = False

    @property
    def positive(self) -> str | None:
        """The class that is looked for; None where there are more than two."""
        return self.classes[self.label] if len(self.classes) == 2 else None

    @property
    def is_crack(self) -> bool:
        """Whether the class looked for is that of cracks."""
        return is_crack(self.classes, self.positive)

    @property
    def called(self) -> str:
        """What a person reads for the class looked for, or for the likeliest."""
        return in_words(self.classes, self.positive)[self.classes[self.label]]

    @property
    def has_whole(self) -> bool:
        """Whether the whole photo is a tile: nobody knows how seldom that looks so by mistake."""
        return 1 in np.bincount(self.scale)

    @property
    def votes(self) -> np.ndarray:
        """The probability of the class looked for, weighted by familiarity: `(tiles,)`.

        Of a photo of one tile the familiarity only decides whether there is a verdict; an old
        model goes on as it did.
        """
        chances = self.probabilities[:, self.label]
        is_plain = len(chances) == 1 and not self.is_of_old
        return chances if is_plain else chances * self.familiarity


@dataclass(frozen=True)
class Verdict:
    """What is said of one photo at a threshold.

    Attributes:
        kind: `found`, `doubtful`, `not found` or `unfamiliar`.
        words: The verdict in words.
        probability: The lowest vote of the tiles that would make the verdict: so many tiles as
            are needed have it or more. For a photo of one tile, its probability.
        familiarity: Mean over the tiles of the scale that looks most familiar, 0 to 1.
        tiles: How many were judged.
        found_tiles: How many of them voted for the class, at the threshold or above.
        is_probability: Whether `probability` is one: the photo is one familiar tile.
        caution: As in `Analysis`.
    """

    kind: str
    words: str
    probability: float
    familiarity: float
    tiles: int
    found_tiles: int
    is_probability: bool
    caution: str = ""


@dataclass(frozen=True)
class Scale:
    """The tiles of one scale that vote, those across seams among them.

    Attributes:
        places: Shape `(tiles, 4)`, int: left, top, width and height in pixels of the photo.
        scores: Shape `(tiles, classes)`, float: before softmax.
        maps: Shape `(tiles, rows, columns, classes)`, float32: the scores of places.
        familiarity: Shape `(tiles,)`, float32, 0 to 1, see `familiarity.weights`.
    """

    places: np.ndarray
    scores: np.ndarray
    maps: np.ndarray
    familiarity: np.ndarray


def analyse(
    upright: Image.Image,
    classifier: Classifier,
    known: Calibration,
    workers: int | None = None,
    with_heat: bool = True,
) -> Analysis:
    """Judge the tiles of one photo at all scales and stitch their heat.

    Args:
        upright: The photo from `images.read_photo`.
        classifier: The model.
        known: The model's calibration.
        workers: Threads; None takes one for each core.
        with_heat: Whether to stitch the heat, which takes a few milliseconds.
    """
    return analyse_seen(
        upright.size, look(upright, classifier, workers), classifier, known, with_heat
    )


def analyse_seen(
    size: tuple[int, int],
    seen: Sequence[Seen],
    classifier: Classifier,
    known: Calibration,
    with_heat: bool = True,
) -> Analysis:
    """Judge what a model saw of a photo, as `analyse` does.

    Args:
        size: Width and height of the photo in pixels.
        seen: From `looks.look`, or without heat from `looks.of_features`.
        classifier: The model.
        known: The model's calibration.
        with_heat: As in `analyse`.
    """
    scales = [_closed(one, size, known) for one in seen]
    scores = np.concatenate([scale.scores for scale in scales])
    probabilities = calibration.softmax(scores / known.temperature)
    likeliest = int(probabilities.mean(axis=0).argmax())
    label = likeliest if classifier.label is None else classifier.label
    rate = known.false_alarm_rates[label]
    weights = [scale.familiarity for scale in scales]
    return Analysis(
        size=size,
        classes=classifier.classes,
        places=np.concatenate([scale.places for scale in scales]),
        scale=np.repeat(np.arange(len(scales)), [len(weight) for weight in weights]),
        needed=tuple(calibration.needed(len(w), rate) for w in weights),
        probabilities=probabilities.astype(np.float32),
        familiarity=np.concatenate(weights),
        heat=_heat(size, scales, label) if with_heat else np.zeros((0, 0), np.float32),
        label=label,
        caution=layout.caution(size, classifier.trained_on),
        is_of_old=classifier.trained_on is None,
    )


def decide(analysis: Analysis, threshold: float = config.THRESHOLD) -> Verdict:
    """Say what a photo shows.

    A class is found where at one scale at least as many tiles vote for it, at the threshold or
    above, as a photo without it would show less than once in a hundred times; fewer make it
    doubtful. With more than two classes the likeliest one is named.

    Args:
        analysis: From `analyse`.
        threshold: The lowest vote that counts, above 0 to 1.
    """
    kind = _kind(analysis, threshold)
    known, votes = _familiarity(analysis), analysis.votes
    return Verdict(
        kind=kind,
        words=_words(kind, analysis),
        probability=max(_kth_vote(analysis, k, scale) for scale, k in enumerate(analysis.needed)),
        familiarity=known,
        tiles=len(votes),
        found_tiles=int((votes >= threshold).sum()),
        is_probability=len(votes) == 1 and known >= (1 if analysis.is_of_old else FAMILIAR),
        caution=analysis.caution,
    )


def row_of(name: str, verdict: Verdict) -> dict[str, str | float | int]:
    """Give the line of a table of photos: a value for each of `COLUMNS`.

    Args:
        name: What the photo is called.
        verdict: What is said of it.
    """
    figures = round(verdict.probability, 6), round(verdict.familiarity, 4)
    counts = verdict.tiles, verdict.found_tiles
    values = name, verdict.words, *figures, *counts, verdict.caution
    return dict(zip(COLUMNS, values, strict=True))


def _closed(seen: Seen, size: tuple[int, int], known: Calibration) -> Scale:
    """Put the tiles across the seams among those that a model saw."""
    weights = familiarity.weights(known.familiarity, seen.features)
    if seen.grid is None:
        return Scale(seen.places, seen.scores, seen.maps, weights)
    cells, maps = seen.maps.shape[1], seams.maps(seen.maps, seen.grid)
    boxes = seams.boxes(seen.grid, cells) * np.tile(np.divide(size, seen.grid.size), 2)
    weights = seams.weights(weights, seen.grid, cells)
    return Scale(np.rint(boxes).astype(int), maps.mean(axis=(1, 2)), maps, weights)


def _heat(size: tuple[int, int], scales: Sequence[Scale], label: int) -> np.ndarray:
    """Stitch the heat of each scale, and take their geometric mean, weighted by familiarity.

    Heat at a place of a tile is the probability of the place alone times that of the tile. Their
    mean is squared: on made-up walls that raised the share of heat at cracks, see
    docs/experiments.md.
    """
    logs, counts = [], []
    for scale in scales:
        chances = calibration.softmax(scale.scores)[:, label, None, None]
        seen = heatmap.evidence(scale.maps, label) * chances
        stitched, count = stitch.stitch(size, scale.places, seen, scale.familiarity)
        logs.append(np.log(np.clip(stitched, LEAST, 1)))
        counts.append(count + 1e-6)
    mean = np.average(logs, axis=0, weights=counts)
    heat = ((np.exp(mean) - LEAST) * np.max(counts, axis=0)).clip(0, 1)
    return (heat**CONTRAST).astype(np.float32)


def _kind(analysis: Analysis, threshold: float) -> str:
    if _familiarity(analysis) < FAMILIAR:
        return UNFAMILIAR
    if len(analysis.classes) > 2:
        return FOUND
    votes = analysis.votes >= threshold
    counts = np.bincount(analysis.scale[votes], minlength=len(analysis.needed))
    if (counts >= analysis.needed).any():
        return FOUND
    return DOUBTFUL if counts.any() else NOT_FOUND


def _words(kind: str, analysis: Analysis) -> str:
    if kind in (DOUBTFUL, UNFAMILIAR):
        return kind
    if kind == FOUND or analysis.positive is None:
        return analysis.called
    return not_found(analysis.classes, analysis.positive)


def _familiarity(analysis: Analysis) -> float:
    scales = range(len(analysis.needed))
    return float(max(analysis.familiarity[analysis.scale == scale].mean() for scale in scales))


def _kth_vote(analysis: Analysis, k: int, scale: int) -> float:
    return float(np.sort(analysis.votes[analysis.scale == scale])[-k])
