"""Which of two classes is looked for, and what a person reads for each class."""

from collections.abc import Mapping, Sequence

from crackcls.classes.meaning import (
    CRACK,
    SIGNS,
    SOUND,
    guess,
    is_of_cracks,
    is_silent,
    meaning,
    pair,
)
from crackcls.classes.words import CODES, OTHER, small, words_of
from crackcls.errors import InputError

# The classes of a training on several sets, named as METU names them.
CLASSES = ("Negative", "Positive")
# What a person reads for the class of cracks, and of a photo without one; the other is `SOUND`.
CRACKED, NO_CRACK = "cracked", "no crack found"


def meanings(names: Sequence[str]) -> Mapping[str, str] | None:
    """Tell what each class means; two are understood by each other.

    Args:
        names: Names of the class folders.

    Returns:
        `CRACK` or `SOUND` for each name, both at least once; None where the words do not tell.
    """
    if len(names) == 2:
        positive = guess_positive(names)
        return {n: CRACK if n == positive else SOUND for n in names} if positive else None
    codes = [CODES.get(small(name)) for name in names]
    kinds = [SIGNS[code] for code in codes if code]
    if len(kinds) == len(names):
        found = {n: CRACK if s > 0 else SOUND for n, s in zip(names, kinds, strict=True)}
    else:
        found = {name: kind for name in names if (kind := meaning(name))}
    return found if len(found) == len(names) and {*found.values()} == {CRACK, SOUND} else None


def guess_positive(classes: Sequence[str]) -> str | None:
    """Guess which of two classes is looked for, from the words in their names.

    Args:
        classes: Names of the class folders.

    Returns:
        One of them; None where the words do not tell, or where there are not two.
    """
    return guess(*classes) if len(classes) == 2 else None


def looked_for(classes: Sequence[str], said: str | None = None) -> str | None:
    """Give the class that is looked for, where a model or a report may not say it.

    Args:
        classes: Class names in the order of the model.
        said: What the model or the report says.

    Returns:
        As said, else as guessed, else the last of two; None of more, whose likeliest is named.
    """
    if said in classes or len(classes) != 2:
        return said if len(classes) == 2 else None
    return guess_positive(classes) or classes[-1]


def settle(classes: Sequence[str], said: str | None = None) -> str | None:
    """Give the class that a new model looks for.

    Args:
        classes: Class names.
        said: What a person says; None leaves it to the words.

    Returns:
        One of two classes; None of more.

    Raises:
        InputError: What was said is no class, or nothing was and the words do not tell.
    """
    listed = " and ".join(f"'{name}'" for name in classes)
    if said is not None and (len(classes) != 2 or said not in classes):
        what = f"one of {listed}" if len(classes) == 2 else f"left out with {len(classes)} classes"
        raise InputError(f"The class looked for must be {what}, received '{said}'.")
    found = said or guess_positive(classes)
    if found is None and len(classes) == 2:
        raise InputError(
            f"Of two classes it must be known which one is looked for, and the names {listed} do "
            "not tell.",
            f"Say it, such as by --positive {classes[0]}.",
        )
    return found


def is_crack(classes: Sequence[str], positive: str | None) -> bool:
    """Tell whether the class that is looked for is that of cracks.

    Args:
        classes: Class names.
        positive: The class looked for; None where there are more than two.
    """
    guessed = guess_positive(classes)
    return guessed is not None and guessed == positive and is_of_cracks(*classes)


def in_words(classes: Sequence[str], positive: str | None) -> dict[str, str]:
    """Give what a person reads for each class.

    Args:
        classes: Class names.
        positive: The class looked for; None where there are more than two.

    Returns:
        `cracked` and `sound` for those of a model of cracks, else the names themselves. The
        class beside that of cracks keeps a name of its own where that is another thing.
    """
    called = {name: name for name in classes}
    if positive is None or not is_crack(classes, positive):
        return called
    other = other_of(classes, positive)
    called[positive] = CRACKED
    words = words_of(other)
    is_plain = is_silent(words) and any(word.says != OTHER for word in words)  # `walls`
    if is_plain or meaning(other) == SOUND or pair(*classes):
        called[other] = SOUND
    return called


def with_folders(classes: Sequence[str], positive: str | None) -> dict[str, str]:
    """Give what a person reads for each class who also knows its folder: `cracked (Positive)`."""
    called = in_words(classes, positive)
    return {n: n if called[n].casefold() == n.casefold() else f"{called[n]} ({n})" for n in classes}


def foremost(classes: Sequence[str], positive: str | None) -> str:
    """Give the class that is set against the rest first: that looked for, or one of cracks."""
    return positive or next((name for name in classes if meaning(name) == CRACK), classes[0])


def not_found(classes: Sequence[str], positive: str) -> str:
    """Give what is said of a photo in which the class looked for was not found."""
    return NO_CRACK if is_crack(classes, positive) else other_of(classes, positive)


def other_of(classes: Sequence[str], positive: str) -> str:
    """Give the other one of two classes."""
    return next(name for name in classes if name != positive)


def opposite(kind: str) -> str:
    """Give the other of the two meanings."""
    return SOUND if kind == CRACK else CRACK
