"""Names whose bytes do not say their alphabet: which one was it, by how the names then read."""

import re
import unicodedata
from collections.abc import Sequence

from crackcls.classes.meaning import meaning

# What programs of old systems wrote, in words for a person; of equal guesses the first counts.
ALPHABETS = {
    "cp932": "Japanese (Shift JIS)",
    "gb18030": "Chinese (GBK)",
    "cp949": "Korean (EUC-KR)",
    "big5": "Chinese (Big5)",
    "cp866": "Cyrillic (DOS)",
    "cp1251": "Cyrillic (Windows)",
    "cp437": "Latin (DOS, 437)",
    "cp850": "Latin (DOS, 850)",
    "cp1252": "Latin (Windows)",
    "cp857": "Turkish (DOS)",
    "cp1254": "Turkish (Windows)",
    "cp852": "Central European (DOS)",
    "cp1250": "Central European (Windows)",
    "cp737": "Greek (DOS)",
    "cp1253": "Greek (Windows)",
}
# Letters beyond a to z, a language a row: those of one name come from one row.
LETTERS = (
    *("äöüß", "àâçéèêëîïôùûüœæ", "áéíñóúü", "áâãàçéêíóôõú", "àèéìòù", "çğıöşüâîûi̇", "ąćęłńóśźż"),
    *("áčďéěíňóřšťúůýž", "åäö", "åæø", "áéíóöőúüű", "ăâîșțşţ", "čćžšđ"),
)
# Writing systems that stand in one name.
TOGETHER = {"HIRAGANA": "CJK", "KATAKANA": "CJK", "KATAKANA-HIRAGANA": "CJK", "IDEOGRAPHIC": "CJK"}
# Which two bytes are a rare character: the frequent ones come first in these alphabets.
RARE = {
    "cp932": re.compile(rb"[\x98-\xff]."),
    "gb18030": re.compile(rb"[\x81-\xa0\xd8-\xff].|.[^\xa1-\xfe]", re.DOTALL),
    "cp949": re.compile(rb"[\x81-\xaf\xc9-\xff].|.[^\xa1-\xfe]", re.DOTALL),
    "big5": re.compile(rb"[\xc9-\xff].", re.DOTALL),
}
# What folders of photos are called in alphabets where any two bytes are some letter.
THINGS = (
    *(
        "사진",
        "이미지",
        "그림",
        "벽",
        "교량",
        "콘크리트",
        "현장",
        "写真",
        "画像",
        "壁",
        "橋",
        "現場",
    ),
    *("照片", "图片", "图像", "墙", "桥", "混凝土", "现场", "圖片", "牆", "фото", "стена", "мост"),
)
ODD, LESS_ODD, A_WORD = 3.0, 1.0, -6.0


def guess(names: Sequence[bytes]) -> str:
    """Guess the alphabet in which all names were written.

    Args:
        names: Bytes of paths, none of them in UTF-8.

    Returns:
        A key of `ALPHABETS`.
    """
    read = {code: _decoded(names, code) for code in ALPHABETS}
    scores = {code: _score(texts, code) for code, texts in read.items() if texts}
    return min(scores, key=scores.__getitem__, default="cp437")


def _decoded(names: Sequence[bytes], code: str) -> list[str]:
    try:
        return [name.decode(code) for name in names]
    except UnicodeDecodeError:
        return []


def _score(texts: Sequence[str], code: str) -> float:
    """Say how unlikely names are: 0 for plain words, more for each sign that is odd in them."""
    parts = {part for text in texts for part in re.split(r"[/\\]", text) if not part.isascii()}
    return sum(_oddness(part, code) for part in parts) + A_WORD * any(map(_is_known, parts))


def _is_known(part: str) -> bool:
    """Tell whether a name is a word for cracks, or a thing, by its letters that are in question."""
    if any(thing in part.lower() for thing in THINGS):
        return True
    return meaning(part) is not None and meaning(re.sub(r"[^\0-\x7f]+", " ", part)) is None


def _oddness(part: str, code: str) -> float:
    strange = [character for character in part if not character.isascii()]
    scripts = [_script(character) for character in strange]
    odd = sum(_oddness_at(part, at) for at, c in enumerate(part) if not c.isascii())
    mixed = len(strange) - max(scripts.count(script) for script in scripts)
    latin = {c.lower() for c, script in zip(strange, scripts, strict=True) if script == "LATIN"}
    foreign = min(len(latin - {*letters}) for letters in LETTERS)
    rare = sum(code in RARE and bool(RARE[code].match(c.encode(code))) for c in strange)
    return odd + ODD * (mixed + foreign) + LESS_ODD * rare


def _script(character: str) -> str:
    first = unicodedata.name(character, "NONE").split()[0]
    return TOGETHER.get(first, first)


def _oddness_at(part: str, at: int) -> float:
    """Say how odd a character is: no letter, or one where no writer puts it."""
    character, script = part[at], _script(part[at])
    before, after = part[at - 1 : at] if at else "", part[at + 1 : at + 2]
    if unicodedata.category(character)[0] not in "LM":
        return 0 if script in ("CJK", "FULLWIDTH") else ODD
    if script in ("HALFWIDTH", "MASCULINE", "FEMININE", "NONE"):
        return ODD
    inside = ODD if character.isupper() and before.islower() else 0
    if script == "LATIN":
        return inside
    # Cyrillic or Chinese among small letters of ours: a number of a camera would be large ones.
    beside = sum(one.isascii() and one.islower() for one in (before, after))
    return inside + beside * (LESS_ODD if script in ("CJK", "HANGUL") else ODD)
