"""Spreading few large groups over the parts, so that each part gets its share of each class."""

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
    _fill_empty(part, needs, len(wanted))
    return part


def _fill_empty(part: np.ndarray, needs: np.ndarray, parts: int) -> None:
    """Give each part a group of each stratum, where few large groups have left it none.

    The smallest group goes that leaves its own part some of each stratum.
    """
    for empty in range(parts):
        for stratum in np.flatnonzero(needs.sum(axis=0)):
            if needs[part == empty, stratum].any():
                continue
            free = [
                g for g in np.flatnonzero(needs[:, stratum]).tolist() if _is_free(g, part, needs)
            ]
            if free:
                part[min(free, key=lambda group: (needs[group].sum(), group))] = empty


def _is_free(group: int, part: np.ndarray, needs: np.ndarray) -> bool:
    """Tell whether a part keeps some of each stratum without one of its groups."""
    others = (part == part[group]) & (np.arange(len(part)) != group)
    return bool((needs[others].any(axis=0) >= (needs[group] > 0)).all())


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
