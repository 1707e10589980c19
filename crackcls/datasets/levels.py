"""Levels of folders: which of them is the classes, which a split, which a place."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from crackcls.classes.names import CRACK, SOUND, meaning, meanings
from crackcls.datasets import level_words

# A file's folders, the outermost first.
Folders = tuple[str, ...]
WRAP, SPLIT, OPEN = "wrap", "split", "open"
BOTH = {CRACK, SOUND}


@dataclass(frozen=True)
class Tree:
    """The folders of all files, level by level.

    Attributes:
        paths: The folders of each file.
    """

    paths: Sequence[Folders]

    @cached_property
    def names(self) -> list[Counter[str]]:
        """How many files lie below each name of each level."""
        counts: list[Counter[str]] = []
        for path, times in Counter(self.paths).items():
            for depth, name in enumerate(path):
                counts += [Counter()] * (depth >= len(counts))
                counts[depth][name] += times
        return counts

    @cached_property
    def children(self) -> Mapping[Folders, set[str]]:
        """The names of the folders in each folder."""
        found = defaultdict(set)
        for path in {*self.paths}:
            for depth, name in enumerate(path):
                found[path[:depth]].add(name)
        return found

    @cached_property
    def kinds(self) -> list[str]:
        """What each level is: one folder around all, a split, or a level that may be classes."""
        return [_kind_of(names) for names in self.names]

    @cached_property
    def meanings(self) -> list[dict[str, str | None]]:
        """What each name of each level means, see `kinds_of`."""
        return [kinds_of(names) for names in self.names]

    @cached_property
    def strong(self) -> list[int]:
        """The levels that may be classes and tell both cracked and sound in words."""
        return [depth for depth in self.open if {*self.meanings[depth].values()} >= BOTH]

    @property
    def open(self) -> list[int]:
        """The levels that may be classes."""
        return [depth for depth, kind in enumerate(self.kinds) if kind == OPEN]

    def steps(self, path: Folders) -> list[int]:
        """Give the levels of a path that may be classes."""
        return [depth for depth in range(len(path)) if self.kinds[depth] == OPEN]

    def wraps_most(self, depth: int) -> bool:
        """Tell whether a level is a folder around most files, or a split."""
        is_around = self.names[depth].total() > len(self.paths) / 2
        return self.kinds[depth] == SPLIT or (self.kinds[depth] == WRAP and is_around)

    def part(self, path: Folders) -> str:
        """Give the part of a split that a path lies in; empty where it lies in none."""
        for depth in range(len(path)):
            if self.kinds[depth] == SPLIT:
                return level_words.part_of(path[depth], self.names[depth]) or ""
        return ""


def _kind_of(names: Collection[str]) -> str:
    if len({name.casefold() for name in names}) == 1:
        return WRAP
    parts = {level_words.part_of(name, names) for name in names} - {None}
    return SPLIT if len(parts) > 1 else OPEN


def kinds_of(names: Collection[str]) -> dict[str, str | None]:
    """Tell what each of some names means by its own word, or all by their codes, such as `CD`."""
    found = {name: meaning(name) for name in names}
    return found if any(found.values()) else {**found, **(meanings([*names]) or {})}


def understood(tree: Tree) -> list[int | None] | None:
    """Find the classes where their words tell cracked from sound.

    Args:
        tree: The folders.

    Returns:
        For each file the level of its class, None for one that lies in no class folder; None
        for all where no level tells.
    """
    if not tree.strong:
        return None
    depths = {path: _told(path, tree) for path in {*tree.paths}}
    beside = {path[:depth] for path, depth in depths.items() if depth is not None}
    for path, depth in depths.items():
        if depth is None:  # Another class beside those that are understood, such as `Spalled`.
            depths[path] = next((step for step in tree.steps(path) if path[:step] in beside), None)
    return [depths[path] for path in tree.paths]


def _told(path: Folders, tree: Tree) -> int | None:
    """Give the outermost level of a path that tells; levels that tell both kinds go first."""
    known = [depth for depth in range(len(path)) if tree.meanings[depth][path[depth]]]
    first = [depth for depth in known if depth in tree.strong] or known
    return next((depth for depth in first if not tree.wraps_most(depth)), None)


def contradict(tree: Tree) -> tuple[int, int] | None:
    """Give two levels of which each tells cracked from sound, and that tell opposites."""
    for path in {*tree.paths} if len(tree.strong) > 1 else ():
        told = {tree.meanings[depth][path[depth]] for depth in tree.strong if depth < len(path)}
        if told >= BOTH:
            return tree.strong[0], tree.strong[-1]
    return None


def half_understood(tree: Tree) -> int | None:
    """Give the one level of two names of which one tells; the other is its opposite."""
    found = [depth for depth in tree.open if len(tree.names[depth]) == 2]
    told = [depth for depth in found if meanings([*tree.names[depth]])]
    return told[0] if len(told) == 1 else None


def is_repeated(tree: Tree, depth: int) -> bool:
    """Tell whether several folders hold all names of a level each, as classes do."""
    holders = [names for above, names in tree.children.items() if len(above) == depth]
    return len(holders) > 1 and all(names == {*tree.names[depth]} for names in holders)


def candidates(tree: Tree) -> list[int]:
    """Give the levels that can be classes, where no words tell: no places, no dates."""
    return [depth for depth in tree.open if not level_words.are_places(tree.names[depth])]


def are_own(tree: Tree, upper: int) -> bool:
    """Tell whether each folder of a level has inner folders of its own names."""
    branches: dict[str, set[str]] = defaultdict(set)
    for path in {*tree.paths}:
        if len(path) > upper:
            for depth in tree.steps(path):
                if depth > upper:
                    branches[path[depth]].add(path[upper])
    return all(len(above) == 1 for above in branches.values())


def outermost(tree: Tree) -> list[int | None]:
    """Take the outermost folder of each file that may be a class."""
    return [next(iter(tree.steps(path)), None) for path in tree.paths]


def innermost(tree: Tree) -> list[int | None]:
    """Take the innermost folder of each file that may be a class."""
    return [next(iter(tree.steps(path)[::-1]), None) for path in tree.paths]


def at(tree: Tree, depth: int) -> list[int | None]:
    """Take one level as the classes of all files that lie so deep."""
    return [depth if len(path) > depth else None for path in tree.paths]
