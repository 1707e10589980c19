"""Spreading few groups over the parts, so that each part gets its share, or some, of each class."""

from collections.abc import Sequence

import numpy as np

# Each pass over the groups moves those whose move helps; it ends earlier where none does.
PASSES = 50


def spread(needs: np.ndarray, wanted: np.ndarray, keys: Sequence[str]) -> np.ndarray:
    """Give each group a part, near to the wanted counts; larger groups allow only so near.

    Each group is drawn by its key at first. Then one group after another goes where that brings
    the counts nearer: in chi-square, so that a part of 6 % counts as much as one of 70 %.

    Args:
        needs: Shape `(groups, strata)`, int: how many images of each stratum a group holds.
        wanted: Shape `(parts, strata)`, int: how many images each part shall get.
        keys: A random number of each group in hexadecimal, 16 digits or more.

    Returns:
        Shape `(groups,)`, int: the number of each group's part.
    """
    shares = np.cumsum(wanted.sum(axis=1)) / max(wanted.sum(), 1)
    points = [int(key[-16:], 16) / 16**16 for key in keys]
    part = np.searchsorted(shares, points, side="right").clip(max=len(wanted) - 1)
    room = wanted.astype(float)
    np.subtract.at(room, part, needs)
    cost_of = 1 / (np.maximum(wanted, 1) * np.maximum(wanted.sum(axis=0), 1))
    for _ in range(PASSES):
        moved = [_move(group, needs[group], part, room, cost_of) for group in range(len(part))]
        if not any(moved):
            break
    return part


def fill(
    part: np.ndarray, parts: int, units: np.ndarray, labels: np.ndarray, keys: np.ndarray
) -> np.ndarray:
    """Give each part some of each class that has as many units as there are parts.

    Drawn by chance, or by the shares of others that lie in the same groups, the few units of a
    rare class may leave a part without it.

    Args:
        part: Shape `(images,)`, int: the number of each image's part.
        parts: How many parts there are.
        units: Shape `(images,)`, int: images of one unit stay in one part.
        labels: Shape `(images,)`, int: the class of each image.
        keys: Shape `(images,)`, a random text of each image, which decides among units of one size.

    Returns:
        The parts, with units moved where a part had none of a class, the smallest first. None is
        moved that would leave a part without another class.
    """
    part = part.copy()
    for label in np.unique(labels):
        for empty in sorted({*range(parts)} - {*part[labels == label].tolist()}):
            for unit in _smallest_first(units, np.flatnonzero(labels == label), keys):
                moved = np.where(units == unit, empty, part)
                if _covered(moved, labels) > _covered(part, labels):
                    part = moved
                    break
    return part


def _smallest_first(units: np.ndarray, mine: np.ndarray, keys: np.ndarray) -> list[int]:
    sizes = np.bincount(units)
    order = sorted(mine, key=lambda image: (sizes[units[image]], keys[image]))
    return list(dict.fromkeys(units[order].tolist()))


def _covered(part: np.ndarray, labels: np.ndarray) -> int:
    """Count the pairs of a part and a class that has images in it."""
    return len(np.unique(part * (int(labels.max()) + 1) + labels))


def _move(
    group: int, need: np.ndarray, part: np.ndarray, room: np.ndarray, cost_of: np.ndarray
) -> bool:
    """Put one group where it costs least, and tell whether that is another part."""
    room[part[group]] += need
    # (room - need)² - room², without what is the same for all parts.
    costs = (cost_of * (need * need - 2 * room * need)).sum(axis=1)
    best = int(costs.argmin())
    is_better = bool(costs[best] < costs[part[group]] - 1e-12)
    if is_better:
        part[group] = best
    room[part[group]] -= need
    return is_better
