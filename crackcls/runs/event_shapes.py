"""What the events of a run's log hold, as far as a reader counts on it."""

from typing import Annotated, Any, NotRequired, TypedDict

from msgspec import Meta

from crackcls.events import End
from crackcls.runs.shapes import Count, Number, Sha256, Share, Text

Watches = Meta(min_length=1, max_length=12)


class Dated(TypedDict):
    """When an event was written, in seconds since 1970."""

    time: Number


class Timed(TypedDict):
    """An event that tells how long something took."""

    seconds: Number


class Counted(TypedDict):
    """The event `phase` of one that counts what it does."""

    time: Number
    phase: Text
    total: Count


class Split(TypedDict):
    """The event `split`: how many images each part has."""

    train: Annotated[int, Meta(ge=1, le=10**12)]
    validation: Count
    test: Count


class Phase(TypedDict):
    """The event `phase`: what a run does now."""

    phase: Text


class Progress(TypedDict):
    """The event `progress`: how far a phase is."""

    phase: Text
    done: Number
    total: Annotated[float, Meta(gt=0, le=1e15)]
    per_second: Number
    seconds_left: Number
    unit: NotRequired[Text]


class Batch(TypedDict):
    """Where training is within an epoch; a loss that diverged is no number."""

    epoch: Annotated[int, Meta(ge=1, le=10**6)]
    batch: Count
    batches: Annotated[int, Meta(ge=1, le=10**12)]
    accuracy: float
    loss: float


class Epoch(TypedDict):
    """The event `epoch`: the figures of one that is done."""

    epoch: Annotated[int, Meta(ge=1, le=10**6)]
    accuracy: float
    loss: float
    val_accuracy: float
    val_loss: float
    seconds: NotRequired[Number]


class Watching(TypedDict):
    """The event `watching`: the validation pictures whose verdicts are told by epoch."""

    files: Annotated[list[Text], Watches]
    sha256: Annotated[list[Sha256], Watches]
    actual: Annotated[list[Annotated[int, Meta(ge=0, le=1000)]], Watches]


class Watched(TypedDict):
    """The event `watched`: how likely each class is for each picture, after an epoch."""

    epoch: Annotated[int, Meta(ge=1, le=10**6)]
    probabilities: Annotated[list[Annotated[list[Share], Meta(min_length=2)]], Watches]


class NotRead(TypedDict):
    """The event `left out`: an image that could not be read."""

    file: Text
    reason: Text


EVENTS: dict[str, Any] = {
    "phase": Phase,
    "progress": Progress,
    "epoch": Epoch,
    "watching": Watching,
    "watched": Watched,
    "left out": NotRead,
    "end": End,
}
