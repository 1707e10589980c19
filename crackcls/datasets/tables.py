"""Classes that stand in a table beside the photos, such as `labels.csv`."""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from crackcls.classes.names import CRACK, SOUND, meaning
from crackcls.datasets import level_words
from crackcls.datasets.file_names import CANONICAL

MOST_COLUMNS, MOST_CLASSES = 60, 50
# A table is one of these photos where so many of its rows, or of the photos, are in it.
ENOUGH = 0.5
# The column of the files is chosen by the first rows.
SAMPLE = 300
DELIMITERS = ",;\t|"

LABELS = (
    *("label", "labels", "class", "classes", "classname", "classlabel", "category", "target"),
    *("truth", "groundtruth", "verdict", "condition", "state", "damage", "y", "tag", "status"),
    *("klasse", "zustand", "befund", "schaden", "classe", "etiquette", "etat", "clase"),
    *("etiqueta", "categoria", "estado", "etichetta", "rotulo", "sinif", "etiket"),
    *("类别", "标签", "類別", "クラス", "ラベル", "라벨", "클래스"),
)
PARTS = ("split", "set", "subset", "part", "partition", "usage", "phase")
GROUPS = (
    *("group", "groupid", "building", "house", "bridge", "site", "location", "structure", "object"),
    *("photograph", "photo", "source", "scene", "inspector", "date", "visit", "camera"),
    *(
        "gebaude",
        "bauwerk",
        "brucke",
        "objekt",
        "prufer",
        "datum",
        "batiment",
        "ouvrage",
        "edificio",
    ),
)
TRUE, FALSE = {"1", "1.0", "true", "yes", "x", "y"}, {"0", "0.0", "false", "no", "", "n"}


@dataclass
class Table:
    """What tables say of the photos.

    Attributes:
        names: The tables that were read.
        columns: Names of the columns of file and class, as the first table has them.
        labels: The classes that each file is given.
        parts: The part of a split of each file, where a column tells it.
        groups: What each file belongs to, where a column tells it.
        missing: How many rows name no file.
    """

    names: list[str] = field(default_factory=list)
    columns: tuple[str, str] = ("", "")
    labels: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    parts: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    missing: int = 0


def read(tables: Mapping[str, bytes], files: Sequence[str]) -> Table | None:
    """Find what tables say of the classes of photos.

    Args:
        tables: The bytes of each table, by its name; each is read as if damaged.
        files: Names of the photos, in the same folder or below.

    Returns:
        What they say; None where none tells a class.
    """
    found, known = Table(), dict[str, Names]()
    for name, content in tables.items():
        above = str(PurePosixPath(name).parent)
        known[above] = known.get(above) or Names(files, above)
        _add(found, name, content, known[above])
    classes = {label for labels in found.labels.values() for label in labels}
    return found if found.labels and len(classes) <= MOST_CLASSES else None


class Names:
    """Finds a photo by what a table calls it: its path, its name, or its name without ending."""

    def __init__(self, files: Sequence[str], above: str) -> None:
        prefix = "" if above == "." else f"{above}/"
        self.near = [file for file in files if file.startswith(prefix)] or files
        self.known: dict[str, str | None] = {}
        for file in self.near:
            path = PurePosixPath(file.removeprefix(prefix))
            for called in {str(path), path.name, path.stem, str(path.with_suffix(""))}:
                # What two files share names neither.
                folded = called.casefold()
                self.known[folded] = file if folded not in self.known else None
        # A whole path names its file, whatever else has that name.
        self.known |= {file.removeprefix(prefix).casefold(): file for file in self.near}
        self.known |= {file.casefold(): file for file in self.near}

    def find(self, called: str) -> str | None:
        """Give the photo, or None; what stands before its path, such as a drive, says nothing."""
        parts = called.strip().strip("\"'").replace("\\", "/").casefold().split("/")
        tails = ("/".join(parts[start:]) for start in range(len(parts)))
        return next((file for tail in tails if tail and (file := self.known.get(tail))), None)


def _add(found: Table, name: str, content: bytes, names: Names) -> None:
    """Read one table into what has been found."""
    rows, at, count = _best(content, names)
    if not rows or count < ENOUGH * min(len(rows), len(names.near)):
        return
    has_head = names.find(rows[0][at]) is None
    head = rows[0] if has_head else [""] * len(rows[0])
    body = rows[has_head:]
    label = _label_column(head, body, at)
    if not label:
        return
    what, labels = label
    part = _column(head, body, PARTS, at)
    group = _column(head, body, GROUPS, at)
    found.names.append(name)
    found.columns = found.columns if any(found.columns) else (head[at], what)
    for row, label_of in zip(body, labels, strict=True):
        file = names.find(row[at])
        if file is None:
            found.missing += 1
            continue
        if label_of:
            found.labels[file].add(label_of)
        if part is not None and (known := level_words.part_of(row[part])):
            found.parts[file] = known
        if group is not None and row[group].strip():
            found.groups[file] = " ".join(row[group].split())


def _best(content: bytes, names: Names) -> tuple[list[list[str]], int, int]:
    """Cut a table by the delimiter, and choose the column, that name the most photos."""
    best: tuple[list[list[str]], int, int] = [], 0, 0
    for delimiter in DELIMITERS:
        rows = _rows(content, delimiter)
        for at in range(min(map(len, rows), default=0)):
            count = sum(names.find(row[at]) is not None for row in rows[:SAMPLE])
            if count > best[2]:
                best = rows, at, count
    rows, at, count = best if best[2] else _by_last_blank(content, names)
    return rows, at, sum(names.find(row[at]) is not None for row in rows)


def _by_last_blank(content: bytes, names: Names) -> tuple[list[list[str]], int, int]:
    """Cut a table where the class stands behind the last blank: `walls/1 a.jpg cracked`."""
    rows = [line.rsplit(maxsplit=1) for line in _text(content).splitlines() if line.strip()]
    if any(len(row) < 2 for row in rows):
        return [], 0, 0
    return rows, 0, sum(names.find(row[0]) is not None for row in rows)


def _text(content: bytes) -> str:
    for encoding in _encodings(content):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def _encodings(content: bytes) -> tuple[str, ...]:
    is_wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    return ("utf-16",) if is_wide else ("utf-8-sig", "cp1252")


def _rows(content: bytes, delimiter: str) -> list[list[str]]:
    """Cut a table into rows of two columns or more, all as long as the first."""
    lines = _text(content).replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").split("\n")
    if lines and re.fullmatch(r"sep=.", lines[0]):
        lines = lines[1:]
    try:
        read_ = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
        rows = [row for row in read_ if any(map(str.strip, row))]
    except csv.Error:
        return []
    wide = len(rows[0]) if rows else 0
    if not 2 <= wide <= MOST_COLUMNS:
        return []
    return [(row + [""] * wide)[:wide] for row in rows]


def _key(head: str) -> str:
    return "".join(level_words.tokens(head))


def _column(
    head: Sequence[str], body: list[list[str]], known: Sequence[str], at: int
) -> int | None:
    """Give the first column of one of these names, but not that of the files."""
    keys = [_key(name) for name in head]
    found = [keys.index(word) for word in known if word in keys]
    return next((i for i in found if i != at and any(row[i].strip() for row in body)), None)


def _label_column(
    head: Sequence[str], body: list[list[str]], at: int
) -> tuple[str, list[str]] | None:
    """Find the column of the class, or the columns of one class each; give what it is called."""
    named = _column(head, body, LABELS, at)
    if named is not None:
        return head[named], _spelled([row[named] for row in body])
    if columns := _one_of_each(head, body, at):
        return columns
    others = [i for i in range(len(head)) if i != at]
    told = [i for i in others if {*map(meaning, {row[i] for row in body})} >= {CRACK, SOUND}]
    chosen = told or (others if len(others) == 1 else [])
    return (head[chosen[0]], _spelled([row[chosen[0]] for row in body])) if chosen else None


def _one_of_each(
    head: Sequence[str], body: list[list[str]], at: int
) -> tuple[str, list[str]] | None:
    """Read columns of yes and no: one for each class, or one that says whether it is cracked."""
    yes_no = [
        i
        for i in range(len(head))
        if i != at and head[i].strip() and {row[i].strip().lower() for row in body} <= TRUE | FALSE
    ]
    if len(yes_no) == 1 and (kind := meaning(head[yes_no[0]])):
        other = CANONICAL[SOUND if kind == CRACK else CRACK]
        return head[yes_no[0]], [CANONICAL[kind] if _is(row[yes_no[0]]) else other for row in body]
    if len(yes_no) < 2:
        return None
    of = [[head[i].strip() for i in yes_no if _is(row[i])] for row in body]
    return ", ".join(head[i].strip() for i in yes_no), [
        one[0] if len(one) == 1 else "" for one in of
    ]


def _is(value: str) -> bool:
    return value.strip().lower() in TRUE


def _spelled(values: list[str]) -> list[str]:
    """Give labels one spelling each: blanks and case tell no class apart."""
    bare = [" ".join(value.split()) for value in values]
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for value in bare:
        counts[value.casefold()][value] += 1
    return [counts[value.casefold()].most_common(1)[0][0] for value in bare]
