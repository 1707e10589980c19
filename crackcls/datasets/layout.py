"""How people lay out their data: what in folders, names and tables is the class."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from crackcls import config
from crackcls.datasets import file_names, level_words, levels, said, tables, together
from crackcls.datasets.file_names import CANONICAL
from crackcls.datasets.levels import Tree
from crackcls.errors import InputError

# What a person may say: whatever lies below the uppermost folders is theirs; the outermost or the
# innermost folders that are no split and wrap nothing are the classes; names tell; a table tells.
OUTER, INNER, NAMES, TABLE, PLAIN = config.LAYOUTS
NO_FOLDER, NO_NAME = "It lies in no class folder.", "Its name tells no class."
A_MASK = "It lies in a folder of masks, beside one of pictures."
NO_ROW, NO_CLASS = "The table does not name it.", "The table gives it no class, or several."

# Reads the tables beside the photos, by name, where they are needed.
Tables = Callable[[], Mapping[str, bytes]]


@dataclass(frozen=True)
class Layout:
    """What was recognised of a folder's photos.

    Attributes:
        files: The photos that have a class, in sorted order.
        names: The class of each.
        groups: The building, date or the like that each is of, empty for none; no item at all
            where no such level is kept together.
        parts: The part of a given split that each lies in, empty for none; no item at all where
            none is given.
        said: What was taken for what, in sentences; none where the folders are the classes and
            nothing else.
        kept: What is kept together, or why it is not, in a sentence; empty for nothing to say.
        left_out: The reason for each photo that has no class.
    """

    files: tuple[str, ...]
    names: tuple[str, ...]
    groups: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    kept: str = ""
    left_out: tuple[tuple[str, str], ...] = ()


class UnclearError(InputError):
    """A layout that can be read in several ways, of which a person must choose."""

    def __init__(self, sentence: str, choices: Mapping[str, str]) -> None:
        ways = ", ".join(f"--layout {way} for {words}" for way, words in choices.items())
        super().__init__(sentence, f"Say which: {ways}.")
        self.choices = choices


@dataclass(frozen=True)
class _Told:
    """What tells the class of each file: a level of its folders, or a name.

    Attributes:
        names: The class of each file; None where nothing tells.
        levels: The level of each file's folders that is its class; None for none.
        by: What told it, in words.
        why: The reason for a file without a class.
        table: What a table says, where it told.
    """

    names: Sequence[str | None]
    levels: Sequence[int | None]
    by: str = ""
    why: str = NO_FOLDER
    table: tables.Table | None = None


def recognise(files: Sequence[str], read_tables: Tables, way: str = "") -> Layout:
    """Tell the class of each photo from its folders, its name or a table.

    Args:
        files: Names of the photos below the data folder, `/` between folders.
        read_tables: Gives the tables that lie beside them.
        way: One of `config.LAYOUTS` but `PLAIN`, as a person has said; empty to find out.

    Raises:
        UnclearError: There are several ways to read the folders.
        InputError: No class is told, or one only.
    """
    masks = _masks(files)
    kept = [file for file in files if file not in masks]
    tree = Tree([tuple(file.split("/")[:-1]) for file in kept])
    told = _as_said(way, kept, tree, read_tables) if way else _found(kept, tree, read_tables)
    if told is None:
        raise InputError(said.nothing(kept, tree))
    layout = _laid_out(kept, tree, told)
    if len({*layout.names}) < 2:
        raise InputError(said.one_class(layout.names, told.by))
    gone = tuple((file, A_MASK) for file in files if file in masks)
    return replace(layout, left_out=(*layout.left_out, *gone))


def _masks(files: Sequence[str]) -> set[str]:
    """Find the files in folders of masks that lie beside folders of pictures."""
    children = Tree([tuple(file.split("/")[:-1]) for file in files]).children
    found = {
        (*above, name)
        for above, names in children.items()
        for name in names
        if level_words.is_masks(name, names - {name})
    }
    if not found:
        return set()
    starts = tuple("/".join(folders) + "/" for folders in found)
    return {file for file in files if file.startswith(starts)}


def _as_said(way: str, files: Sequence[str], tree: Tree, read_tables: Tables) -> _Told | None:
    """Read the files as a person said."""
    if way == NAMES:
        names = file_names.marked(files) or file_names.understood(files)
        stems = names or [file_names.stem_of(file) for file in files]
        return _by_names(stems) if len({*stems} - {""}) <= tables.MOST_CLASSES else None
    if way == TABLE:
        return _by_table(files, read_tables)
    taken = levels.outermost(tree) if way == OUTER else levels.innermost(tree)
    return _by_folders(tree, taken) if any(one is not None for one in taken) else None


def _found(files: Sequence[str], tree: Tree, read_tables: Tables) -> _Told | None:
    """Find out what tells the class, what is understood before what is not."""
    if crossed := levels.contradict(tree):
        raise _unclear(tree, *crossed)
    if (by_words := levels.understood(tree)) is not None:
        return _by_folders(tree, by_words)
    if by_table := _by_table(files, read_tables):
        return by_table
    if names := file_names.marked(files) or file_names.understood(files):
        return _by_names(names)
    possible, half = levels.candidates(tree), levels.half_understood(tree)
    if half is not None and (possible in ([], [half]) or levels.is_repeated(tree, half)):
        possible = [half]
    if possible and (len(possible) == 1 or levels.are_own(tree, possible[0])):
        return _by_folders(tree, levels.at(tree, possible[0]))
    if possible:
        raise _unclear(tree, possible[0], possible[-1])
    if choices := _doubtful(files, tree):
        raise UnclearError(said.doubtful(tree, choices), choices)
    return None


def _doubtful(files: Sequence[str], tree: Tree) -> dict[str, str]:
    """Give what may be the classes: folders that look like places, or words in names."""
    choices = {}
    if tree.open:
        choices[OUTER] = said.listed(tree.names[tree.open[0]])
    if stems := file_names.plausible(files):
        choices[NAMES] = f"{said.listed([*dict.fromkeys(stems)])} (in the names of the files)"
    return choices


def _unclear(tree: Tree, upper: int, lower: int) -> UnclearError:
    outer, inner = tree.names[upper], tree.names[lower]
    choices = {
        OUTER: f"{said.listed(outer)} (with {said.listed(inner)} inside)",
        INNER: f"{said.listed(inner)} (inside {said.listed(outer)})",
    }
    return UnclearError(said.two_levels(outer, inner), choices)


def _by_folders(tree: Tree, taken: Sequence[int | None]) -> _Told:
    names = [
        None if depth is None else path[depth]
        for path, depth in zip(tree.paths, taken, strict=True)
    ]
    return _Told(_one_spelling(tree, names, taken), taken)


def _by_names(names: Sequence[str]) -> _Told:
    told = [name or None for name in names]
    return _Told(told, [None] * len(told), "the names of the files", NO_NAME)


def _by_table(files: Sequence[str], read_tables: Tables) -> _Told | None:
    table = tables.read(read_tables(), files)
    if table is None:
        return None
    labels = [table.labels.get(file, set()) for file in files]
    names = [next(iter(one)) if len(one) == 1 else None for one in labels]
    return _Told(names, [None] * len(files), said.table(table), NO_ROW, table)


def _one_spelling(
    tree: Tree, names: Sequence[str | None], taken: Sequence[int | None]
) -> list[str | None]:
    """Give a class one name where the folders of each branch write it in their own way."""
    above: dict[levels.Folders, set[str]] = defaultdict(set)
    for path, depth in {*zip(tree.paths, taken, strict=True)}:
        if depth is not None:
            above[path[:depth]].add(path[depth])
    kinds = levels.kinds_of({name for name in names if name})
    for share, fixed in ((_folded, {}), (kinds.get, CANONICAL)):
        if all(_tells_apart(siblings, share) for siblings in above.values()):
            called = _called(names, share, fixed)
            names = [called.get(name, name) if name else None for name in names]
    return list(names)


def _folded(name: str) -> str:
    return "".join(level_words.tokens(name)) + "".join(filter(str.isdigit, name)) or name


def _tells_apart(siblings: set[str], share: Callable[[str], str | None]) -> bool:
    """Tell whether folders that lie side by side differ in what is shared."""
    shared = [key for key in map(share, siblings) if key]
    return len({*shared}) == len(shared)


def _called(
    names: Sequence[str | None], share: Callable[[str], str | None], fixed: Mapping[str, str]
) -> dict[str, str]:
    """Choose one name for all that share a key: a fixed one, or the most frequent."""
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for name in names:
        if name and (key := share(name)):
            spellings[key][name] += 1
    return {
        name: fixed.get(key) or counts.most_common(1)[0][0]
        for key, counts in spellings.items()
        if len(counts) > 1
        for name in counts
    }


def _laid_out(files: Sequence[str], tree: Tree, told: _Told) -> Layout:
    """Put together what tells the class with the levels that are no class."""
    kept = [i for i, name in enumerate(told.names) if name]
    gone = [(files[i], _why(told, files[i])) for i, name in enumerate(told.names) if not name]
    mine, paths = [files[i] for i in kept], [tree.paths[i] for i in kept]
    names, taken = [str(told.names[i]) for i in kept], [told.levels[i] for i in kept]
    rest = [together.rest_of(tree, *pair) for pair in zip(paths, taken, strict=True)]
    parts = [tree.part(path) for path in paths]
    if told.table:
        parts = [told.table.parts.get(file, "") for file in mine] if told.table.parts else parts
        rest = [(told.table.groups.get(file, ""),) for file in mine] if told.table.groups else rest
    parts = parts if len({*parts} - {""}) > 1 else []
    kin = together.find(mine, names, rest, together.are_below(tree, paths, taken))
    sentences = [
        *said.classes(tree, paths, taken, names, told.by),
        *([said.parts(parts)] if parts else []),
    ]
    return Layout(
        files=tuple(mine),
        names=tuple(names),
        groups=tuple(kin.groups),
        parts=tuple(parts),
        said=tuple(sentences),
        kept=kin.said,
        left_out=tuple(gone),
    )


def _why(told: _Told, file: str) -> str:
    return NO_CLASS if told.table and file in told.table.labels else told.why
