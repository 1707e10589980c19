"""Names that anybody chose, of files, classes and sets: shown letter for letter, harmless."""

import re
import unicodedata

# What cannot be seen is spelt `<U+202E>`, a byte that is no text `<0xFF>`, as the program less
# does. Two names that differ are never shown alike, so a name that looks so is spelt too.
_LOOKALIKE = re.compile(r"<(?=U\+[0-9A-F]{4,6}>|0x[0-9A-F]{2}>)")
# Letters by Unicode's rules that no font draws.
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
# They join emoji and the letters of many scripts; between Latin letters they only hide.
_JOINERS = frozenset("\u200c\u200d")
# A byte of a file name that is no UTF-8 comes as one of these, see PEP 383.
_BYTES = range(0xDC80, 0xDD00)
_NO_TEXT = re.compile("[\ud800-\udfff]")
_LIKE_NO_TEXT = re.compile(r"<(?=U\+D[89A-F][0-9A-F]{2}>|0x[89A-F][0-9A-F]>)")

# Zero wide and without meaning: between the letters of a sign it keeps it from being one.
_APART = "\u2060"
# What Streamlit makes of plain text, where no backslash helps: emoji and icons by their names,
# arrows, links and addresses.
_SIGNS = re.compile(
    r":(?=[\w+-]+:)|:(?=material/)|https?(?=://)|www(?=\.)|[-.\w+](?=@[-\w])"
    r"|(?<!\S)(?:<(?=->?(?!\S)|=(?!\S))|-(?=[->](?!\S))|[>~](?==(?!\S)))",
    re.IGNORECASE,
)
_MARKS = re.compile(r"[\\`*_\[\]#|~<>$:&]")
# At its beginning a text may be taken for a list or for the line under a heading.
_LIST = re.compile(r"^(?:\d+(?=[.)](?:\s|$))|(?=[-+=]))")
# Blanks at the ends are cut off, and of several side by side one is shown.
_SECOND_BLANK, _END_BLANKS = re.compile(r"^ |(?<= ) | $"), re.compile(r"^(?=\s)|(?<=\s)\Z")

# Names that Windows keeps for devices, whatever follows a dot.
_DEVICES = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\.|$)", re.IGNORECASE
)
_FORBIDDEN = str.maketrans(dict.fromkeys('<>:"|?*', "_"))
# Of the 255 bytes that file systems allow a name, room for a number and an ending.
_MOST_NAME_BYTES = 200


def shown(name: object) -> str:
    """Write a name so that a person sees all of it, and that nothing of it moves or hides.

    Args:
        name: Any text, with bytes that are no text among it.

    Returns:
        Text in one line. Control characters, line ends, marks of the direction of writing and
        what has no width are spelt; emoji and letters of all scripts stay.
    """
    text = _LOOKALIKE.sub("<U+003C>", str(name))
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if _is_seen_at(text, at) else spelt(c) for at, c in enumerate(text))


def is_seen(character: str) -> bool:
    """Tell whether a character is drawn, or is a blank, or joins two that are drawn."""
    is_blank = unicodedata.category(character) == "Zs" or character in _JOINERS
    return is_blank or (character.isprintable() and character not in _BLANKS)


def spelt(character: str) -> str:
    """Spell one character: `<U+202E>`, or `<0xFF>` for a byte that is no text."""
    code = ord(character)
    return f"<0x{code - 0xDC00:02X}>" if code in _BYTES else f"<U+{code:04X}>"


def as_text(name: object) -> str:
    """Give a name as it is, with only spelt what cannot be written as UTF-8."""
    text = _LIKE_NO_TEXT.sub("<U+003C>", str(name))
    return _NO_TEXT.sub(lambda found: spelt(found[0]), text)


def markdown(name: object) -> str:
    """Write a name, or a sentence that has names, so that Streamlit's Markdown shows it all.

    Args:
        name: Any text. What `shown` spells is spelt.

    Returns:
        Text in which nothing is a link, a picture, a heading, an icon, a formula or a colour.
    """
    text = _SIGNS.sub(lambda found: found[0] + _APART, shown(name))
    text = _LIST.sub(r"\g<0>\\", _MARKS.sub(r"\\\g<0>", text))
    return _END_BLANKS.sub(_APART, _SECOND_BLANK.sub("\u00a0", text))


def file_stem(name: str) -> str:
    """Make of a name one for a file that every system takes; its number and ending are to come.

    Args:
        name: Any text; of a path the last part counts.

    Returns:
        At most `_MOST_NAME_BYTES` bytes in UTF-8, without control characters; may be empty.
    """
    base = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    stem = "".join(filter(str.isprintable, base)).translate(_FORBIDDEN).strip(" .")
    stem = f"_{stem}" if _DEVICES.match(stem) else stem
    return shortened(stem)


def shortened(name: str) -> str:
    """Cut a file's name to `_MOST_NAME_BYTES`."""
    while len(name.encode(errors="surrogatepass")) > _MOST_NAME_BYTES:
        name = name[:-1]
    return name


def _is_seen_at(text: str, at: int) -> bool:
    if text[at] not in _JOINERS:
        return is_seen(text[at])
    beside = text[at - 1 : at] + text[at + 1 : at + 2]
    return len(beside) == 2 and not any(c.isascii() or not c.isprintable() for c in beside)
