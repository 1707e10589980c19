"""What a run said of a few validation pictures after each epoch, from its event log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Picture:
    """One picture.

    Attributes:
        file: As `Labelled.files` names it.
        sha256: Of its bytes.
        actual: The number of its class.
        probabilities: For each class, by epochs in order.
    """

    file: str
    sha256: str
    actual: int
    probabilities: Mapping[int, Sequence[float]]

    def said(self, epoch: int) -> tuple[int, float]:
        """Give the number of the likeliest class after an epoch, and how likely it is."""
        shares = self.probabilities[epoch]
        called = max(range(len(shares)), key=shares.__getitem__)
        return called, shares[called]

    def is_right(self, epoch: int) -> bool:
        """Tell whether it was called what it is."""
        return self.said(epoch)[0] == self.actual


@dataclass(frozen=True)
class Watched:
    """Some pictures, class by class, and the epochs after which they were judged, in order."""

    pictures: Sequence[Picture]
    epochs: Sequence[int]

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return len(self.pictures[0].probabilities[self.epochs[0]])


def of_log(log: Sequence[Mapping[str, Any]]) -> Watched | None:
    """Find the pictures and their verdicts in a log; an epoch that ran again counts once.

    Args:
        log: Events of the shapes `Watching` and `Watched`, among others.

    Returns:
        None where there are none, or what is told of them does not fit together.
    """
    about = next((one for one in reversed(log) if one["kind"] == "watching"), None)
    if not about or len({len(about[name]) for name in ("files", "sha256", "actual")}) > 1:
        return None
    told = {one["epoch"]: one["probabilities"] for one in log if one["kind"] == "watched"}
    classes = len(next(iter(told.values()), [[]])[0])
    fitting = {
        epoch: rows
        for epoch, rows in sorted(told.items())
        if len(rows) == len(about["files"]) and {*map(len, rows)} == {classes}
    }
    if not fitting or max(about["actual"]) >= classes:
        return None
    pictures = [
        Picture(file, sha256, actual, {epoch: rows[number] for epoch, rows in fitting.items()})
        for number, (file, sha256, actual) in enumerate(
            zip(about["files"], about["sha256"], about["actual"], strict=True)
        )
    ]
    return Watched(pictures, [*fitting])
