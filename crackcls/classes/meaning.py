"""What a name of a class folder means, and which of two names is that of cracks."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from crackcls.classes import words as class_words
from crackcls.classes.words import (
    BAD,
    FILLER,
    NOT_AFTER_IT,
    NOT_BEFORE_IT,
    OTHER,
    PAIRS,
    THERE,
    WELL,
    Word,
    squeezed,
    words_of,
)

CRACK, SOUND = "crack", "sound"

SIGNS = {class_words.CRACK: 1, BAD: 1, WELL: -1}
NOTS = NOT_AFTER_IT, NOT_BEFORE_IT
# Words begin alike that are forms of one: `rusty` and `rust`.
ALIKE = 4


def meaning(name: str) -> str | None:
    """Tell what the name of a class folder means.

    Args:
        name: Such as `Non-cracked`, `crack_free`, `rissfrei` or `Positive`.

    Returns:
        `CRACK` or `SOUND`; None where the words do not tell.
    """
    return _meaning(words_of(name))


@lru_cache(maxsize=256)
def guess(one: str, other: str) -> str | None:
    """Guess which of two names is that of the class looked for; None where they do not tell."""
    if positive := pair(one, other):
        return positive
    names = {name: words_of(name) for name in (one, other)}
    kinds = {name: _meaning(words) for name, words in names.items()}
    # What both have in common tells nothing: `good_crack`, `bad_crack`.
    apart = {one: _without(names[one], names[other]), other: _without(names[other], names[one])}
    for found in (kinds, {name: _meaning(words) for name, words in apart.items()}):
        told = {kind: name for name, kind in found.items() if kind}
        if len(told) == 2:
            return told[CRACK]
        if len(told) == 1 and any(is_silent(names[name]) for name in names if not found[name]):
            ((kind, name),) = told.items()
            return name if kind == CRACK else other if name == one else one
    return _denied(names) or _denied_at_once(one, other)


def pair(one: str, other: str) -> str | None:
    """Find two names that tell only beside each other: `CD` and `UD`, `damage_1` and `damage_0`."""
    first, second = words_of(one), words_of(other)
    apart = _joined(_without(first, second)), _joined(_without(second, first))
    return _as_pair(one, other, squeezed(one), squeezed(other)) or _as_pair(one, other, *apart)


def _as_pair(one: str, other: str, first: str, second: str) -> str | None:
    """Give the name of cracks where their texts are one of the pairs."""
    if (first, second) in PAIRS:
        return one
    return other if (second, first) in PAIRS else None


def _denied(names: Mapping[str, Sequence[Word]]) -> str | None:
    """Find the thing that one name has and the other denies: `rust`, `no rust`."""
    (one, first), (other, second) = names.items()
    for name, words, without in ((one, first, second), (other, second, first)):
        things = [word.text for word in words if word.says == OTHER]
        denied = [word.text for word in without if word.says == OTHER]
        is_denied = any(w.says in NOTS for w in without) and not any(w.says in NOTS for w in words)
        if is_denied and all(any(_are_alike(a, b) for b in things) for a in denied):
            return name
    return None


def _denied_at_once(one: str, other: str) -> str | None:
    """The same in one word: `spalled`, `unspalled`."""
    before = [*class_words.NOTS, *class_words.GLUED_BEFORE]
    after = [*class_words.NOTS_BEHIND, *class_words.GLUED_AFTER]
    for name, without in ((one, other), (other, one)):
        thing, denied = squeezed(name), squeezed(without)
        ways = [*(f"{word}{thing}" for word in before), *(f"{thing}{word}" for word in after)]
        if denied in ways:
            return name
    return None


def _are_alike(one: str, other: str) -> bool:
    return one == other or (len(one) >= ALIKE and one[:ALIKE] == other[:ALIKE])


def is_silent(words: Sequence[Word]) -> bool:
    """Tell whether no word says anything, so that the other name may say it for this one."""
    return not any(word.says in SIGNS for word in words)


@lru_cache(maxsize=256)
def is_of_cracks(one: str, other: str) -> bool:
    """Tell whether two names that are understood are of cracks and of no other thing."""
    names = {one: words_of(one), other: words_of(other)}
    if any(word.says == class_words.CRACK for words in names.values() for word in words):
        return True
    positive = guess(one, other) or one
    told, beside = names[positive], names[other if positive == one else one]
    if pair(one, other):  # Of `rust_1` and `rust_0` the digits tell, and `rust` is left.
        apart = _without(told, beside)
        is_whole = _as_pair(one, other, squeezed(one), squeezed(other)) is not None
        return is_whole or not _has_a_thing(_without(told, apart))
    # `unhealthy` says that something is bad by what it denies.
    return any(word.says in (BAD, THERE, WELL) for word in told) and not _has_a_thing(told)


def _has_a_thing(words: Sequence[Word]) -> bool:
    return any(word.says == OTHER for word in words)


def _without(words: Sequence[Word], other: Sequence[Word]) -> tuple[Word, ...]:
    return tuple(word for word in words if word not in other)


def _joined(words: Sequence[Word]) -> str:
    return "".join(word.text for word in words)


def _meaning(words: Sequence[Word]) -> str | None:
    """Sum up what words say, each turned around where it is denied."""
    telling = [word for word in words if word.says not in (FILLER, OTHER)]
    signs = [SIGNS.get(word.says, 0) for word in telling]
    if not any(signs):
        return _of_bare_words(words)
    turned = list(signs)
    for at, word in enumerate(telling):
        if word.says in NOTS:
            for reached in _reach(signs, at, forward=word.says == NOT_AFTER_IT):
                turned[reached] = -signs[reached]  # `sin ninguna grieta` denies once.
    said = {sign for sign in turned if sign}
    return None if len(said) > 1 else CRACK if said == {1} else SOUND


def _reach(signs: Sequence[int], at: int, forward: bool) -> list[int]:
    """Give the places of the words that a negation denies: the nearest ones that say the same."""
    after, before = range(at + 1, len(signs)), range(at - 1, -1, -1)
    for places in (after, before) if forward else (before, after):
        told = [place for place in places if signs[place]]
        if told:
            last = next((n for n, p in enumerate(told) if signs[p] != signs[told[0]]), len(told))
            return told[:last]
    return []


def _of_bare_words(words: Sequence[Word]) -> str | None:
    """Tell what `no`, `none`, `with` and `ohne` mean where nothing else is said."""
    said = {word.says for word in words} - {FILLER}
    if said & {*NOTS} and said <= {*NOTS, THERE}:
        return SOUND
    return CRACK if said == {THERE} else None
