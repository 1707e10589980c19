"""The table of judged photos, and the names of their pictures, by which each row finds its own."""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from crackcls.names import file_stem
from crackcls.photos.judged import Judged
from crackcls.photos.verdict import COLUMNS, PICTURE, Analysis, decide, row_of

if TYPE_CHECKING:
    import pandas as pd

NAMELESS = "photo"


def table_of(all_judged: Sequence[Judged], threshold: float) -> "pd.DataFrame":
    """List photos with what is said of them at a threshold.

    Args:
        all_judged: Judged photos.
        threshold: The lowest vote that counts, above 0 to 1.

    Returns:
        One row a photo, in order, with the columns of the command `predict`: `file`, `verdict`,
        `probability` and `familiarity` (0 to 1), `tiles`, `cracked_tiles` and `caution`; and
        `picture`, the name in `export.zip_of`, which tells photos of one name apart.
    """
    import pandas as pd

    rows = [row_of(judged.name, decide(judged.analysis, threshold)) for judged in all_judged]
    # As objects, since a text of pandas's own cannot hold a byte that is no text.
    table = pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)
    table[PICTURE] = picture_names([judged.name for judged in all_judged])
    return table.astype(dict.fromkeys(COLUMNS[2:4], float) | dict.fromkeys(COLUMNS[4:6], int))


def found_in(analysis: Analysis) -> str:
    """Name what the column `cracked_tiles` counts, as a person reads it."""
    return "Cracked tiles" if analysis.is_crack else f"Tiles of '{analysis.called}'"


def told_apart(all_judged: Sequence[Judged]) -> list[Judged]:
    """Give photos that share a name their picture's name with it, such as `1.jpg (1.jpg-2.png)`."""
    names = [judged.name for judged in all_judged]
    counts = Counter(names)
    return [
        replace(judged, name=f"{judged.name} ({picture})") if counts[judged.name] > 1 else judged
        for judged, picture in zip(all_judged, picture_names(names), strict=True)
    ]


def picture_names(names: Sequence[str]) -> list[str]:
    """Make file names that every system takes, each once, also where case does not count.

    Args:
        names: A visitor's file names: any text.

    Returns:
        For each its base name without control characters, and `.png` at the end; a number tells
        apart what would be the same.
    """
    safe: list[str] = []
    taken: set[str] = set()
    for stem in (file_stem(name) or NAMELESS for name in names):
        number, name = 1, f"{stem}.png"
        while _folded(name) in taken:
            number += 1
            name = f"{stem}-{number}.png"
        taken.add(_folded(name))
        safe.append(name)
    return safe


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
