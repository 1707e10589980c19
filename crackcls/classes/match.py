"""Class folders of other data, matched with the classes of a model."""

from collections.abc import Mapping, Sequence

from crackcls.classes.meaning import CRACK, SOUND, meaning
from crackcls.classes.names import CRACKED, guess_positive, in_words, meanings
from crackcls.classes.words import squeezed
from crackcls.errors import InputError

# What a person reads for each meaning.
WORDS = {CRACK: CRACKED, SOUND: SOUND}


def match(
    found: Sequence[str],
    known: Sequence[str],
    positive: str | None,
    said: Mapping[str, str] | None = None,
) -> dict[str, str | None]:
    """Find the class of a model that each class folder of other data stands for.

    Names match without case, accents and separators; else both must mean a crack, or both sound
    concrete.

    Args:
        found: Names of the class folders.
        known: The model's classes.
        positive: The class that the model looks for; None where there are more than two.
        said: What a person says of some folders: a class of the model, or what it is called.

    Returns:
        The model's class for each folder; None where neither name nor meaning tells.

    Raises:
        InputError: What was said names no folder or no class.
    """
    spelt = {name: _spelt_alike(name, known) for name in found}
    words = in_words(known, positive)
    meant = {word: name for name, word in words.items() if word in WORDS.values()}
    told = _called(found)
    guessed = {name: spelt[name] or meant.get(told.get(name, "")) for name in found}
    return {**guessed, **_said(said or {}, found, known, words)}


def settle_match(
    found: Sequence[str],
    known: Sequence[str],
    positive: str | None,
    said: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Match as `match` does, and refuse what does not tell.

    Raises:
        InputError: As `match`, or a folder stands for no class of the model.
    """
    matched = match(found, known, positive, said)
    settled = {name: of for name, of in matched.items() if of is not None}
    if len(settled) < len(matched):
        lost = next(name for name, of in matched.items() if of is None)
        raise InputError(
            f"The class folders must be the model's classes {list(known)} or mean the same, and "
            f"'{lost}' does not. Rename it or choose another model.",
            f"Or say which class it is, such as by --map {lost}={known[0]}.",
        )
    return settled


def _spelt_alike(name: str, known: Sequence[str]) -> str | None:
    """Find the class of the same name, first to the letter, then without case and separators."""
    alike = [one for one in known if squeezed(one) and squeezed(one) == squeezed(name)]
    return name if name in known else alike[0] if len(alike) == 1 else None


def _called(found: Sequence[str]) -> Mapping[str, str]:
    """Give what a person reads for each folder, where its words tell."""
    if len(found) == 2:
        return in_words(found, guess_positive(found))
    kinds = meanings(found) or {name: kind for name in found if (kind := meaning(name))}
    return {name: WORDS[kind] for name, kind in kinds.items()}


def _said(
    said: Mapping[str, str], found: Sequence[str], known: Sequence[str], words: Mapping[str, str]
) -> dict[str, str]:
    names = {word: name for name, word in words.items()}
    settled = {}
    for folder, of in said.items():
        name = _spelt_alike(of, known) or names.get(of)
        if folder not in found or name is None:
            raise InputError(
                f"The option --map must name a class folder ({', '.join(found)}), '=' and a class "
                f"of the model ({', '.join(known)}), received '{folder}={of}'."
            )
        settled[folder] = name
    return settled
