"""What is said of a photo, and what that rests on."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from crackcls import config
from crackcls.interval import percent
from crackcls.names import markdown, shown
from crackcls.network import calibration
from crackcls.photos.verdict import DOUBTFUL, FOUND, NOT_FOUND, UNFAMILIAR, Analysis, Verdict

SIGNS = {
    FOUND: ("red", ":material/error:"),
    DOUBTFUL: ("orange", ":material/help:"),
    NOT_FOUND: ("green", ":material/search_off:"),
    UNFAMILIAR: ("violet", ":material/question_mark:"),
}
SIZES = {1: ("",), 2: ("large", "small"), 3: ("large", "middle-sized", "small")}
ROWS, COLUMNS = ("top", "middle", "bottom"), ("left", "middle", "right")
ONE_TILE = "The photo is one tile: where in it the model looks cannot be told."
DECIDING = "the lowest vote of the tiles that decide"
CAUTION = "This does not look like the concrete this model knows."


def headline(verdict: Verdict, analysis: Analysis) -> str:
    """Give the verdict in a line, with colour and sign."""
    colour, sign = sign_of(verdict.kind, analysis)
    return f":{colour}[{sign} {markdown(capital(verdict.words))}{extent(verdict, analysis)}]"


def extent(verdict: Verdict, analysis: Analysis) -> str:
    """Say how many tiles voted, where there are several and that is not what the words say."""
    if not verdict.found_tiles or verdict.tiles == 1 or len(analysis.classes) > 2:
        return ""
    return f", {verdict.found_tiles:,} of {verdict.tiles:,} tiles"


def summary(verdicts: Sequence[Verdict], one: Analysis) -> str:
    """Count the verdicts on several photos, of which one is enough to tell the model's classes."""
    counts = Counter((verdict.kind, verdict.words) for verdict in verdicts)
    order = list(SIGNS)
    badges = []
    for (kind, words), count in sorted(counts.items(), key=lambda one: order.index(one[0][0])):
        colour, sign = sign_of(kind, one)
        badges.append(f":{colour}-badge[{sign} {count} {markdown(words)}]")
    return f"**{len(verdicts)} photos** " + " ".join(badges)


def reasons(verdict: Verdict, analysis: Analysis, threshold: float) -> str:
    """Say what a verdict rests on."""
    if len(analysis.classes) > 2:
        return f"The likeliest of the {len(analysis.classes)} classes that this model knows."
    if verdict.is_probability:
        return ONE_TILE
    if verdict.kind == UNFAMILIAR:
        return f"{taken_for_known(analysis, threshold)} That says little here."
    counted = tiles(verdict, analysis, threshold)
    if verdict.kind == DOUBTFUL:
        return f"{counted} A verdict takes {enough(analysis)}. Look closer, or go nearer."
    if verdict.kind == FOUND and not analysis.has_whole:
        return f"{counted} {mistakes(analysis, threshold)}"
    return counted


def tiles(verdict: Verdict, analysis: Analysis, threshold: float) -> str:
    """Count the tiles that vote for the class."""
    look = looks(analysis, verdict.found_tiles)
    if not verdict.found_tiles:
        return f"None of the {verdict.tiles} tiles {looks(analysis, 1)}."
    found = analysis.scale[analysis.votes >= threshold]
    counts = np.bincount(found, minlength=len(analysis.needed))
    parts = [f"{count} {size}" for count, size in zip(counts, sizes(analysis), strict=True)]
    detail = f": {' and '.join(parts)}" if len(parts) > 1 else ""
    return f"{verdict.found_tiles} of {verdict.tiles} tiles {look}{detail}."


def taken_for_known(analysis: Analysis, threshold: float) -> str:
    """Count the tiles of an unfamiliar photo that would vote for the class were they familiar."""
    seen = analysis.probabilities[:, analysis.label] >= threshold
    if len(seen) == 1:
        return f"Taken for familiar, it would {'' if seen[0] else 'not '}look {what(analysis)}."
    return f"Taken for familiar, {sum(seen)} of {len(seen)} tiles would look {what(analysis)}."


def mistakes(analysis: Analysis, threshold: float) -> str:
    """Say how seldom a photo without the class shows so many tiles."""
    if threshold < config.THRESHOLD:
        return f"Below a vote of {config.THRESHOLD:.0%} more tiles do so by mistake."
    return (
        f"A photo without {'a crack' if analysis.is_crack else 'that class'} shows "
        f"{enough(analysis)} by mistake less than once in {1 / calibration.BY_MISTAKE:.0f} times."
    )


def enough(analysis: Analysis) -> str:
    """Say how many tiles it takes: '3 large ones or 4 small ones'."""
    if len(analysis.needed) == 1:
        return f"{analysis.needed[0]} of them"
    pairs = zip(analysis.needed, sizes(analysis), strict=True)
    return " or ".join(f"{count} {size} {'one' if count == 1 else 'ones'}" for count, size in pairs)


def sizes(analysis: Analysis) -> tuple[str, ...]:
    """Name the scales, the largest first."""
    return SIZES[len(analysis.needed)]


def measures(verdict: Verdict, analysis: Analysis) -> str:
    """Give the figures of a photo by the names that the table has for them."""
    said = f"Probability of {subject(analysis)}: {percent(verdict.probability)}"
    if not verdict.is_probability and len(analysis.classes) == 2:
        said += f", {DECIDING}"
    return f"{said} · Familiarity: {verdict.familiarity:.0%}"


def looks(analysis: Analysis, count: int) -> str:
    """Say what tiles look like, in the singular or the plural."""
    look = "looks" if count == 1 else "look"
    return f"{look} {what(analysis)}"


def what(analysis: Analysis) -> str:
    """Name the class that is looked for."""
    return analysis.called if analysis.is_crack else f"like '{markdown(analysis.called)}'"


def subject(analysis: Analysis) -> str:
    """Name what there is a probability of."""
    return "a crack" if analysis.is_crack else markdown(analysis.called)


def seen(name: str, verdict: Verdict, analysis: Analysis) -> str:
    """Say what a picture shows to whoever does not see it: the verdict, and the strongest place."""
    words = f"{shown(name)}: {shown(verdict.words)}"
    if verdict.tiles == 1 or not verdict.found_tiles:
        return words
    return f"{words}, strongest {place(analysis)}"


def closeup(name: str, analysis: Analysis) -> str:
    """Say the same of the strongest place alone."""
    return f"{shown(name)}: the strongest place, {place(analysis)}, enlarged"


def place(analysis: Analysis) -> str:
    """Say where in the photo the strongest tile lies, by thirds."""
    left, top, width, height = analysis.places[int(np.argmax(analysis.votes))]
    middle = np.array([left + width / 2, top + height / 2]) / analysis.size
    across, down = np.clip(middle * 3, 0, 2).astype(int)
    words = ROWS[down], COLUMNS[across]
    return "in the middle" if words == ("middle", "middle") else f"at the {' '.join(words)}"


def sign_of(kind: str, analysis: Analysis) -> tuple[str, str]:
    """Give colour and sign; red and green only where it is known which class is the bad one."""
    if analysis.is_crack or kind in (DOUBTFUL, UNFAMILIAR):
        return SIGNS[kind]
    return "blue", ":material/label:"


def capital(text: str) -> str:
    """Begin with a capital letter and leave the rest as it is."""
    return text[:1].upper() + text[1:]
