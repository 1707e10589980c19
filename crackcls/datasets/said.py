"""What was recognised of a layout, and what was not, in sentences for pages and commands."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from crackcls.datasets.level_words import PARTS as WORDS_OF_PARTS
from crackcls.datasets.level_words import part_of
from crackcls.datasets.levels import SPLIT, WRAP, Folders, Tree
from crackcls.datasets.tables import Table

SHOWN = 4
PARTS = tuple(WORDS_OF_PARTS)
WAYS_ON = (
    "Put the photos of each class into a folder of their own, or begin their names with it, such "
    "as 'cracked_001.jpg', or put a table beside them, such as labels.csv with the columns 'file' "
    "and 'label'."
)


def listed(names: Iterable[str]) -> str:
    """Name the first of some names in order, parts of a split in theirs, and count the others."""
    all_ = {*names}
    rank = {name: PARTS.index(part) for name in all_ if (part := part_of(name, all_))}
    ordered = sorted(all_, key=lambda name: (rank.get(name, len(PARTS)), name))
    more = f" and {len(all_) - SHOWN:,} more" if len(all_) > SHOWN else ""
    return ", ".join(ordered[:SHOWN]) + more


def classes(
    tree: Tree,
    paths: Sequence[Folders],
    taken: Sequence[int | None],
    names: Sequence[str],
    by: str,
) -> list[str]:
    """Say which classes were found, and where; nothing where they are the uppermost folders.

    Args:
        tree: The folders of all files.
        paths: The folders of each file that has a class.
        taken: The level of the class of each.
        names: The class of each.
        by: What told the class, where it was no folder.
    """
    if by:
        return [f"The classes {listed(names)} are told by {by}."]
    places = {(p, d) for p, d in zip(paths, taken, strict=True) if d is not None}
    own = {path[depth] for path, depth in places}
    above = [{path[step] for path, d in places if step < d} for step in range(len(tree.names))]
    around = [_level(tree, step, folders) for step, folders in enumerate(above) if folders]
    if not around and own == {*names}:
        return []
    called = "" if own <= {*names} else f", where they are called {listed(own)}"
    return [f"The classes {listed(names)} were found {', '.join(around)}{called}."]


def _level(tree: Tree, depth: int, folders: Collection[str]) -> str:
    place = "in the folder" if tree.kinds[depth] == WRAP else "below"
    return f"{place} {listed(folders)}"


def parts(of: Sequence[str]) -> str:
    """Say which split the folders or a table give."""
    counts = Counter(of)
    each = dict(zip(PARTS, ("for training", "for validation", "for the test"), strict=True))
    told = [f"{counts[part]:,} {words}" for part, words in each.items() if counts[part]]
    none = [f"{counts['']:,} in no part"] * bool(counts[""])
    return f"The photos are split already: {', '.join(told + none)}."


def together(groups: Sequence[str]) -> str:
    """Say that folders that are no class are kept whole."""
    return (
        f"{listed(groups)}: the photos of each of these {len(groups):,} stay together in one part "
        "of a split."
    )


def too_few(groups: Sequence[str]) -> str:
    """Say that there are too few such folders for three parts."""
    return (
        f"{listed(groups)}: too few in a class to keep each in one part of three, so the test has "
        "photos of what is in the training too."
    )


def kinds(names: Sequence[str]) -> str:
    """Say that the folders inside of the classes are kinds of them."""
    return f"The folders inside of the classes ({listed(names)}) are taken as kinds of them."


def photographs(names: Sequence[str]) -> str:
    """Say that pieces of one photograph are kept together, and parts of a structure are not."""
    return (
        f"{listed(names)}: taken together. Pieces of one photograph, by the numbers in their "
        "names, stay in one part of a split."
    )


def left_out(files: Iterable[tuple[str, str]]) -> list[str]:
    """Count the files that have no class by reason, and name the first."""
    by_reason: dict[str, list[str]] = {}
    for file, reason in files:
        by_reason.setdefault(reason, []).append(file)
    return [
        f"{len(some):,} photos are left out ({listed(some)}): {reason}"
        for reason, some in by_reason.items()
    ]


def table(of: Table) -> str:
    """Name a table and its columns."""
    file, label = (f"'{name}'" if name else "" for name in of.columns)
    columns = f" (columns {file} and {label})" if file and label else ""
    more = f" and {len(of.names) - 1:,} more tables" if len(of.names) > 1 else ""
    missing = f"; {of.missing:,} of its rows name no photo that is here" if of.missing else ""
    return f"{of.names[0]}{more}{columns}{missing}"


def two_levels(outer: Collection[str], inner: Collection[str]) -> str:
    """Say that either of two levels may be the classes."""
    return (
        f"It must be clear which folders are the classes, and these may be {listed(outer)} or, "
        f"inside of them, {listed(inner)}."
    )


def doubtful(tree: Tree, choices: Mapping[str, str]) -> str:
    """Say that what was found does not look like classes."""
    found = []
    if tree.open:
        found.append(f"the folders {listed(tree.names[tree.open[0]])} look like places or dates")
    if "names" in choices:
        found.append(f"the photos' names begin with {choices['names'].partition(' (')[0]}")
    return f"It must be clear which are the classes: {' and '.join(found)}."


def nothing(files: Sequence[str], tree: Tree) -> str:
    """Say that nothing tells the classes, what was found, and the ways on."""
    kinds, inside = {*tree.kinds}, [listed(names) for names in tree.names]
    where = f"lie below {' / '.join(inside)}" if inside else "lie in no folder"
    where = f"all lie in one folder, {'/'.join(inside)}" if kinds == {WRAP} else where
    where += ", which are parts of a split and hold no class folders" if SPLIT in kinds else ""
    some = ", ".join(file.rpartition("/")[2] for file in files[:3])
    return (
        f"A training must have photos of two classes or more, and nothing tells the class of these "
        f"{len(files):,}: they {where}, called {some}{' …' if len(files) > 3 else ''}. {WAYS_ON}"
    )


def one_class(names: Sequence[str], by: str) -> str:
    """Say that all photos are of one class."""
    found = f"'{names[0]}'" if names else "none"
    how = f", told by {by}" if by else ""
    return (
        f"A training must have photos of two classes or more, and these {len(names):,} are all of "
        f"one ({found}{how}). Add photos of another."
    )
