"""Classes that stand in the names of files, such as `cracked_001.jpg`."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath

from crackcls.classes.names import CRACK, SOUND, meaning

# What samples of Teachable Machine have between class and number.
MARK = "-!-"
MOST_CLASSES = 12
# So many of the names must tell their class, else the words stand there by chance.
NEARLY_ALL = 0.8
# What cameras, phones and programs call a file: they tell no class.
CAMERA_WORDS = frozenset(
    (
        *("img", "image", "images", "dsc", "dscn", "dscf", "dscn", "dji", "pxl", "mvimg", "vid"),
        *(
            "pic",
            "picture",
            "photo",
            "photos",
            "foto",
            "fotos",
            "bild",
            "bilder",
            "imagen",
            "resim",
        ),
        *("gopro", "gopr", "goproh", "screenshot", "screen", "shot", "whatsapp", "signal", "snap"),
        *("scan", "scanned", "frame", "untitled", "unnamed", "file", "copy", "kopie", "capture"),
        *("cam", "camera", "tile", "patch", "crop", "sample", "p", "e", "l", "r", "a", "b"),
    )
)
_COUNTER = re.compile(r"[\s_\-.,#()\[\]]*(\d+|copy|kopie|copie|copia)[\s)\]]*$", re.IGNORECASE)
_NUMBER_BEFORE = re.compile(r"^(?:[\s_\-.,#()\[\]]*\d+)+[\s_\-.,#()\[\]]*")
_EDGES = " _-.,#()[]"


def stem_of(file: str) -> str:
    """Give what a file's name says beside its numbers: `cracked` for `walls/cracked_001.jpg`."""
    name = PurePosixPath(file).stem
    if MARK in name:
        return name.rpartition(MARK)[0].strip()
    while shorter := _COUNTER.sub("", name):
        if shorter == name:
            break
        name = shorter
    return _NUMBER_BEFORE.sub("", name if shorter else "").strip(_EDGES)


def understood(files: Sequence[str]) -> list[str] | None:
    """Give the class of each file where the names tell cracked from sound.

    Args:
        files: Names of the files.

    Returns:
        The class of each file, empty for one whose name does not tell; None where hardly any
        name tells, or all tell the same.
    """
    stems = [stem_of(file) for file in files]
    kinds = {stem: meaning(stem) for stem in {*stems}}
    told = [kinds[stem] for stem in stems]
    known = Counter(told)
    if sum(known[kind] for kind in (CRACK, SOUND)) < NEARLY_ALL * len(files):
        return _few_words(stems, {*kinds.values()})
    if not (known[CRACK] and known[SOUND]):
        return None
    names = {None: ""} | {kind: _name_of(kind, stems, told) for kind in (CRACK, SOUND)}
    return [names[kind] for kind in told]


def marked(files: Sequence[str]) -> list[str] | None:
    """Give the class of each file where a mark stands behind it, as in `Class 1-!-0.jpg`."""
    is_marked = [MARK in PurePosixPath(file).stem for file in files]
    if sum(is_marked) < NEARLY_ALL * len(files):
        return None
    return [stem_of(file) if has else "" for file, has in zip(files, is_marked, strict=True)]


def plausible(files: Sequence[str]) -> list[str] | None:
    """Give the first word of each name where few words come again and again.

    Returns:
        A name for each file; None where these are no classes: one word, many, or a camera's.
    """
    stems = [stem_of(file) for file in files]
    counts = Counter(stems)
    words = {word for stem in counts for word in re.findall(r"[^\W\d_]+", stem.lower())}
    is_few = 2 <= len(counts) <= MOST_CLASSES and min(counts.values()) > 1
    return stems if is_few and counts[""] == 0 and not words & CAMERA_WORDS else None


def _few_words(stems: list[str], kinds: set[str | None]) -> list[str] | None:
    """Take the words as they are where cracked and sound are among few that come again."""
    counts = Counter(stems)
    is_few = len(counts) <= MOST_CLASSES and min(counts.values()) > 1 and not counts[""]
    return stems if {CRACK, SOUND} <= kinds and is_few else None


def _name_of(kind: str, stems: list[str], told: list[str | None]) -> str:
    """Give the word of a kind where there is one, else the kind's own."""
    words = {stem.casefold(): stem for stem, one in zip(stems, told, strict=True) if one == kind}
    return next(iter(words.values())) if len(words) == 1 else CANONICAL[kind]


# What classes are called that several words mean.
CANONICAL = {CRACK: "Cracked", SOUND: "Sound"}
