"""Which images are pieces of one photograph, as their names tell, and so belong together."""

import re
from collections.abc import Sequence

import numpy as np

SDNET2018 = "sdnet2018"
# `decks_7001-115.jpg`, or as published `7001-115.jpg`: the photograph is what stands before the
# dash. A rule is searched for in a file's name; its first group, if any, names the photograph.
SDNET2018_RULE = re.compile(r"(?:^|/)((?:(?:decks|pavements|walls)_)?\d{3,4})-\d{1,3}\.\w+$")
# A folder under another name is taken for such pieces where nearly all names fit and there are
# several photographs, for of `2024-001.jpg`, `2024-002.jpg` … each is a photograph.
NEARLY_ALL, LEAST_PHOTOGRAPHS = 0.95, 10


def rule_for(name: str, files: Sequence[str]) -> re.Pattern[str] | None:
    """Choose the rule that tells the photograph from a file's name.

    Args:
        name: Name of the data set.
        files: Names of its files.

    Returns:
        The rule; None where each image is a photograph of its own.
    """
    if name.lower() == SDNET2018:
        return SDNET2018_RULE
    found = [match[1] for file in files if (match := SDNET2018_RULE.search(file))]
    fits = len(found) >= NEARLY_ALL * len(files) and len({*found}) >= LEAST_PHOTOGRAPHS
    return SDNET2018_RULE if fits else None


def photographs(files: Sequence[str], rule: re.Pattern[str]) -> list[str]:
    """Name the photograph of each file.

    Args:
        files: Names of the files.
        rule: What `rule_for` gave, or another: its first group names the photograph, or all
            that it matches where it has none.

    Returns:
        A name for each file; empty where the rule does not fit and the image stands alone.
    """
    matches = (rule.search(file) for file in files)
    return [match[min(1, rule.groups)] or "" if match else "" for match in matches]


def join(groups: np.ndarray, photograph: Sequence[str]) -> np.ndarray:
    """Join groups that have images of one photograph.

    Args:
        groups: Shape `(images,)`, int from 0: the group of each image.
        photograph: The photograph of each image, empty where it has none.

    Returns:
        Shape `(images,)`, int: images that are linked either way have one number.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    named = np.array([bool(name) for name in photograph], bool)
    if not named.any():
        return groups
    _, number = np.unique(np.asarray(photograph)[named], return_inverse=True)
    first = int(groups.max()) + 1  # Photographs are numbered after the groups.
    size = first + int(number.max()) + 1
    links = np.ones(len(number), bool)
    graph = coo_array((links, (groups[named], first + number)), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    return label[groups]
