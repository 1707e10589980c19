"""Layouts in which people have data: how each is named in `docs/data.md`, and what is right."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import encoded, picture

# Makes the text of a table from the names of files and the class of each.
MakeTable = Callable[[list[tuple[str, str]]], bytes]


@dataclass(frozen=True)
class Example:
    """Names of files in one layout.

    Attributes:
        name: What the documentation calls it.
        files: Each file's class, and what it belongs to.
        parts: The given part of each file, if any.
        tables: Tables beside them, by name.
    """

    name: str
    files: dict[str, tuple[str, str]]
    parts: dict[str, str] = field(default_factory=dict)
    tables: dict[str, bytes] = field(default_factory=dict)


PARTS = {"train": "train", "valid": "validation", "test": "test"}
KINDS = ("Cracked", "Sound")
BUILDINGS = tuple(f"Building {letter}" for letter in "ABCDEF")


def _each(
    pattern: str, levels: tuple[str, ...], count: int, of: str = "", classes: dict | None = None
) -> dict[str, tuple[str, str]]:
    """Fill a pattern with each level, each class and a number."""
    return {
        pattern.format(level=level, kind=(classes or {}).get((level, kind), kind), number=number): (
            kind,
            level if of else "",
        )
        for level in levels
        for kind in KINDS
        for number in range(count)
    }


def _parts(files: dict[str, tuple[str, str]]) -> dict[str, str]:
    return {file: PARTS[part] for file in files for part in PARTS if f"{part}/" in file}


SURFACES = {
    (level, kind): f"{'C' if kind == 'Cracked' else 'U'}{level}"
    for level in "DPW"
    for kind in KINDS
}
SPLIT = _each("walls.v1i.folder/{level}/{kind}/{number}.jpg", (*PARTS,), 4)
SPLIT_BELOW = _each("{kind}/{level}/{number}.jpg", (*PARTS,), 4)
FLAT = {f"{kind.lower()}_{n:03}.jpg": (kind.lower(), "") for kind in KINDS for n in range(10)}
MARKED = {f"{kind}-!-{n}.jpg": (kind, "") for kind in KINDS for n in range(10)}
NUMBERED = {f"IMG_{n:04}.jpg": (KINDS[n % 2], "") for n in range(20)}


def _csv(files: dict[str, tuple[str, str]], head: str, line: str, encoding: str) -> bytes:
    rows = [line.format(Path(file).name, kind) for file, (kind, _) in files.items()]
    return "\r\n".join([head, *rows]).encode(encoding)


EXAMPLES = (
    Example("class folders", _each("{kind}/{number}.jpg", ("",), 10)),
    Example("a folder around them", _each("photos/2024/{kind}/{number}.jpg", ("",), 10)),
    Example("a split around the classes", SPLIT, _parts(SPLIT)),
    Example("a split inside of the classes", SPLIT_BELOW, _parts(SPLIT_BELOW)),
    Example(
        "SDNET2018 as published",
        _each("{level}/{kind}/{number}.jpg", ("D", "P", "W"), 4, "surface", SURFACES),
    ),
    Example(
        "SDNET2018 in words",
        _each("{level}/{kind}/{number}.jpg", ("Decks", "Pavements", "Walls"), 4, "surface"),
    ),
    Example(
        "a folder a building, date or inspector",
        _each("{level}/{kind}/{number}.jpg", BUILDINGS, 2, "building"),
    ),
    Example(
        "buildings inside of the classes",
        _each("{kind}/{level}/{number}.jpg", BUILDINGS, 2, "building"),
    ),
    Example("the class in the names", FLAT),
    Example("samples of Teachable Machine", MARKED),
    Example(
        "a table beside the photos",
        NUMBERED,
        tables={"classes.csv": _csv(NUMBERED, "\ufefffile;klasse", "{};{}", "utf-8")},
    ),
    Example(
        "a table and a folder of photos",
        {f"images/{file}": kind for file, kind in NUMBERED.items()},
        tables={"labels.csv": _csv(NUMBERED, "image,label", "{},{}", "utf-8")},
    ),
)


def write(folder: Path, example: Example, seed: int = 0) -> Path:
    """Make the photos of an example, cracked ones with a stroke, and its tables."""
    for number, (file, (kind, _)) in enumerate(example.files.items()):
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        image = picture(seed + number, cracked=kind.lower() == "cracked")
        path.write_bytes(encoded(image, quality=95))
    for name, content in example.tables.items():
        (folder / name).write_bytes(content)
    return folder


def folders(top: Path) -> Iterator[tuple[Example, Path]]:
    """Make all examples, each in a folder of its own, with photos of its own."""
    for number, example in enumerate(EXAMPLES):
        yield example, write(top / f"layout-{number}", example, 1000 * (number + 1))
