"""What belongs together, such as the photos of one building: it stays in one part of a split."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from crackcls.datasets import groups, level_words, said
from crackcls.datasets.levels import Folders, Tree

# Of fewer in a class not each of three parts gets one.
LEAST_GROUPS = 3


@dataclass(frozen=True)
class Together:
    """What each photo belongs to.

    Attributes:
        groups: The building, date or the like of each photo, empty for none; no item at all where
            nothing is kept together.
        said: What was taken for what, in a sentence; empty where there is nothing to say.
    """

    groups: Sequence[str] = ()
    said: str = ""


def rest_of(tree: Tree, path: Folders, depth: int | None) -> Folders:
    """Give the folders of a photo that are neither class nor split and wrap nothing."""
    return tuple(path[step] for step in tree.steps(path) if step != depth)


def are_below(tree: Tree, paths: Sequence[Folders], taken: Sequence[int | None]) -> bool:
    """Tell whether all folders that are no class lie inside of one that is."""
    pairs = zip(paths, taken, strict=True)
    return all(depth is not None and tree.steps(path)[:1] == [depth] for path, depth in pairs)


def find(
    files: Sequence[str], names: Sequence[str], rest: Sequence[Folders], below: bool
) -> Together:
    """Tell what the photos belong to.

    Args:
        files: Names of the photos.
        names: The class of each.
        rest: The folders of each that are no class, the outermost first.
        below: Whether all of these lie inside of class folders.
    """
    if not any(rest):
        return Together()
    first = [one[0] if one else "" for one in rest]
    called = [*dict.fromkeys(filter(None, first))]
    if level_words.are_surfaces(called) and groups.rule_for("", files):
        return Together(said=said.photographs(called))
    if below and not level_words.are_places(called) and not _is_shared(first, names):
        return Together(said=said.kinds(called))
    whole = ["/".join(one) for one in rest]
    for choice in (first, whole):
        if _fewest(choice, names) >= LEAST_GROUPS:
            return Together(choice, said.together([*dict.fromkeys(filter(None, choice))]))
    return Together(said=said.too_few([*dict.fromkeys(filter(None, whole))]))


def _is_shared(of: Sequence[str], names: Sequence[str]) -> bool:
    """Tell whether a folder of one name lies in several classes."""
    pairs = {(group, name) for group, name in zip(of, names, strict=True) if group}
    return len(pairs) > len({group for group, _ in pairs})


def _fewest(of: Sequence[str], names: Sequence[str]) -> int:
    """Count the groups of the class that has the fewest; a photo without one counts as one."""
    found: dict[str, set[str]] = defaultdict(set)
    for number, (group, name) in enumerate(zip(of, names, strict=True)):
        found[name].add(group or f"/{number}")
    return min(map(len, found.values()))
