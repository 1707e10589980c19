"""What the names of class folders mean: a crack, or sound concrete."""

import re
from collections.abc import Mapping, Sequence

CRACK, SOUND = "crack", "sound"
# The classes of a training on several sets, named as METU names them.
CLASSES = ("Negative", "Positive")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Single words, in small letters. A word that is put together with a negation, such as `uncracked`
# or `noncracked`, need not stand here.
WORDS = {
    CRACK: _words(
        "crack cracks cracked cracking crackled positive positives pos cd cp cw defect defects "
        "defective damage damages damaged bad broken faulty fissure fissures fissured fracture "
        "fractures fractured yes"
    ),
    SOUND: _words(
        "sound negative negatives neg ud up uw intact ok okay good clean normal healthy fine "
        "flawless"
    ),
}
NEGATIONS = _words("no non not un none without free")
GLUED_BEFORE, GLUED_AFTER = ("non", "not", "no", "un", "in"), ("free", "less")

# `NonCracked`, `not_cracked` and `UNCRACKED 2` are cut into words; digits say nothing.
_WORD = re.compile(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+(?![^\W\d_A-Z])")


def meaning(name: str) -> str | None:
    """Tell what the name of a class folder means.

    Args:
        name: Such as `Non-cracked`, `crack_free` or `Positive`.

    Returns:
        `CRACK` or `SOUND`; None where the words do not tell.
    """
    words = [part for word in _WORD.findall(name) for part in _unglued(word.lower())]
    said = {kind for kind in WORDS for word in words if word in WORDS[kind]}
    is_denied = not NEGATIONS.isdisjoint(words)
    if said == {CRACK, SOUND}:
        return SOUND if is_denied else None  # `sound, no cracks`; `cracked and sound` is neither.
    if not said:
        return None
    kind = said.pop()
    return opposite(kind) if is_denied else kind


def meanings(names: Sequence[str]) -> Mapping[str, str] | None:
    """Tell what each class means; of two, the one that is not understood is the other's opposite.

    Args:
        names: Names of the class folders.

    Returns:
        `CRACK` or `SOUND` for each name, both at least once; None where the words do not tell.
    """
    found = {name: meaning(name) for name in names}
    known = {name: kind for name, kind in found.items() if kind}
    if len(names) == 2 and len(known) == 1:
        ((_, kind),) = known.items()
        known = {name: known.get(name, opposite(kind)) for name in names}
    return known if len(known) == len(names) and {*known.values()} == {CRACK, SOUND} else None


def opposite(kind: str) -> str:
    """Give the other of the two meanings."""
    return SOUND if kind == CRACK else CRACK


def _unglued(word: str) -> tuple[str, ...]:
    """Cut a negation off a word that is known without it: `uncracked`, `crackfree`."""
    if word in WORDS[CRACK] | WORDS[SOUND]:
        return (word,)
    known = WORDS[CRACK] | {"sound"}
    for negation in GLUED_BEFORE:
        if word.startswith(negation) and word.removeprefix(negation) in known:
            return "not", word.removeprefix(negation)
    for negation in GLUED_AFTER:
        if word.endswith(negation) and word.removesuffix(negation) in known:
            return "not", word.removesuffix(negation)
    return (word,)
