"""How long photos take on this server, told by those that were judged last."""

from collections import deque
from collections.abc import Sequence

# Before the first photo was judged, one of so many megapixels is expected to take so long.
EXPECTED = 12.0, 1.3
# A photo costs as much as so many megapixels before its own are counted.
EACH = 1.0
# How many photos tell the pace: whatever keeps the machine busy now is in what they took.
LAST = 10


class Pace:
    """The sizes of the last photos, and what they took."""

    def __init__(self) -> None:
        self._last: deque[tuple[float, float]] = deque([EXPECTED], maxlen=LAST)

    def add(self, megapixels: float, seconds: float) -> None:
        """Count a photo that was judged."""
        self._last.append((megapixels, seconds))

    def seconds(self, photos: Sequence[float]) -> float:
        """Give how long photos of so many megapixels will take, one after the other."""
        took = sum(seconds for _, seconds in self._last)
        return took / _work([size for size, _ in self._last]) * _work(photos)


def _work(photos: Sequence[float]) -> float:
    return sum(photos) + EACH * len(photos)
