"""The three disjoint parts: training, validation and test."""

import hashlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import numpy as np
import pandas as pd

from crackcls import stored
from crackcls.datasets import even
from crackcls.datasets.copies import Copies, groups, has_copy_in
from crackcls.datasets.groups import join
from crackcls.errors import InputError
from crackcls.files import write_csv

PARTS = ("train", "validation", "test")


def choose(
    shas: list[str], labels: Sequence[str] | Sequence[int], limit: int | None, seed: int
) -> np.ndarray:
    """Choose a number of images, each class in its share, by seed and content.

    Args:
        shas: SHA-256 of each image's bytes, in hexadecimal.
        labels: Class of each image, its name or its number.
        limit: How many to choose; None takes all.
        seed: Another seed chooses other images.

    Returns:
        Sorted indices of the chosen images, int.
    """
    if limit is None or limit >= len(shas):
        return np.arange(len(shas))
    keys, label_of = _image_keys(shas, seed), np.asarray(labels)
    classes, counts = np.unique(label_of, return_counts=True)
    chosen = []
    for label, share in zip(classes, _shares(counts, limit), strict=True):
        members = sorted(np.flatnonzero(label_of == label), key=keys.__getitem__)
        chosen += members[:share]
    return np.sort(np.array(chosen, int))


def make_split(
    shas: list[str],
    labels: list[str],
    copies: Copies,
    mode: str,
    seed: int,
    together: Sequence[str] | None = None,
    given: np.ndarray | None = None,
) -> pd.DataFrame:
    """Split images 70/24/6 into training, validation and test, stratified by class.

    The order is drawn from the seed and the images' content, so it is the same on every
    machine, whatever the files are called. Where images are pieces of photographs, or of one
    building, the parts have these sizes as nearly as whole photographs allow.

    Args:
        shas: SHA-256 of each image's bytes, in hexadecimal.
        labels: Class name of each image, or class and data set.
        copies: Near copies among the images.
        mode: `grouped` keeps copies and photographs in one part, `random` treats each image
            alone, `given` keeps the parts that are given.
        seed: Another seed gives another split.
        together: The photograph that each image is a piece of, the building that it is of or the
            like; empty where it stands alone.
        given: For the mode `given` the number of each image's part, int; where a class has no
            image in a part, its share is drawn from training as in the mode `grouped`.

    Returns:
        Columns `part` (a name from `PARTS`), `sha256`, `group` (int, images that belong
        together by copies or photographs) and `copy_in_training` (bool), one row for each
        image in the order given.

    Raises:
        InputError: A class has too few distinct images for three parts.
    """
    classes, label = np.unique(labels, return_inverse=True)
    of = together or [""] * len(shas)
    group = join(groups(copies), of)
    is_piece = np.array([bool(name) for name in of]) & (mode != "random")
    units = np.arange(len(label)) if mode == "random" else group
    drawn = _Drawn(units, label, np.array(_image_keys(shas, seed)), is_piece)
    part = _assign(drawn, range(len(PARTS))) if given is None else _fill(drawn, given)
    for number, name in enumerate(classes):
        _check_parts(part[label == number], name, bool(is_piece[label == number].any()))
    leaked = has_copy_in(copies, part == 0)
    return pd.DataFrame(
        {
            "part": np.array(PARTS)[part],
            "sha256": shas,
            "group": group,
            "copy_in_training": leaked & (part != 0),
        }
    )


def part_sizes(count: int) -> tuple[int, int, int]:
    """Give the sizes of the three parts: 70 %, then 80:20 of the rest; of three images one each.

    Args:
        count: How many images a class has.

    Returns:
        Sizes of training, validation and test, which sum to `count`.
    """
    if count == len(PARTS):
        return 1, 1, 1
    train = count * 7 // 10
    validation = (count - train) * 8 // 10
    return train, validation, count - train - validation


def spread_evenly(numbers: np.ndarray, most: int) -> np.ndarray:
    """Take at most so many of some numbers, spread evenly over their order."""
    count = len(numbers)
    return numbers[np.linspace(0, count - 1, min(count, most)).astype(int)]


def save_split(split: pd.DataFrame, path: Path) -> None:
    """Write a split with its column `file` as CSV, whole or not at all."""
    write_csv(path, split)


def load_split(path: Path) -> pd.DataFrame:
    """Read what `save_split` wrote.

    Raises:
        InputError: The file is damaged.
    """
    return stored.read_csv(path, dict.fromkeys(("file", "sha256", "part"), stored.NAME))


def _shares(counts: np.ndarray, limit: int) -> np.ndarray:
    """Divide a limit among the classes; the largest remainders get what is left.

    A rare class gets one image for each part at least, where the limit allows it.
    """
    exact = counts * limit / counts.sum()
    shares = exact.astype(int)
    most_short = np.argsort(shares - exact, kind="stable")
    shares[most_short[: limit - shares.sum()]] += 1
    least = np.minimum(counts, len(PARTS))
    shares = np.maximum(shares, least) if least.sum() <= limit else shares
    while shares.sum() > limit:
        shares[shares.argmax()] -= 1
    return shares


def _image_keys(shas: list[str], seed: int) -> list[str]:
    """Draw a sort key for each image; exact copies are told apart by their count."""
    seen: Counter[str] = Counter()
    keys = []
    for sha in shas:
        keys.append(hashlib.sha256(f"{seed}:{sha}:{seen[sha]}".encode()).hexdigest())
        seen[sha] += 1
    return keys


@dataclass(frozen=True)
class _Drawn:
    """What parts are drawn by: for each image its unit, class, key, and whether it is a piece."""

    units: np.ndarray
    labels: np.ndarray
    keys: np.ndarray
    is_piece: np.ndarray

    def __getitem__(self, chosen: np.ndarray) -> "_Drawn":
        return _Drawn(*(each[chosen] for each in vars(self).values()))


def _fill(drawn: _Drawn, given: np.ndarray) -> np.ndarray:
    """Keep the parts that are given; what a class has no image for is drawn from its training."""
    part = given.copy()
    classes = range(drawn.labels.max(initial=-1) + 1)
    present = {name: {*given[drawn.labels == name].tolist()} for name in classes}
    missing = {name: tuple({*range(len(PARTS))} - {0} - present[name]) for name in classes}
    for parts in {*missing.values()} - {()}:
        mine = [name for name in classes if missing[name] == parts]
        chosen = np.flatnonzero((given == 0) & np.isin(drawn.labels, mine))
        if len(chosen):
            part[chosen] = _assign(drawn[chosen], [0, *sorted(parts)])
    return part


def _assign(drawn: _Drawn, open_parts: Sequence[int]) -> np.ndarray:
    """Give each image its part: photographs first, then copies; single images fill the rest."""
    labels, keys, is_piece = drawn.labels, drawn.keys, drawn.is_piece
    members: dict[int, list[int]] = {}
    for index in sorted(range(len(keys)), key=keys.__getitem__):
        members.setdefault(int(drawn.units[index]), []).append(index)
    counts = np.bincount(labels)
    room = _wanted(counts, open_parts)
    part = np.empty(len(labels), int)
    pieces = set(drawn.units[is_piece].tolist())
    large = [indices for unit, indices in members.items() if unit in pieces]
    if large:
        needs = np.stack([np.bincount(labels[m], minlength=len(counts)) for m in large])
        wanted = _wanted(needs.sum(axis=0), open_parts)
        chosen_of = even.spread(needs, wanted, [keys[m[0]] for m in large])
        for indices, chosen in zip(large, chosen_of, strict=True):
            part[indices] = chosen
        np.subtract.at(room, chosen_of, needs)
    others = [indices for unit, indices in members.items() if unit not in pieces]
    # Most are single images, for which lists are much faster than arrays.
    left, names = room.tolist(), labels.tolist()
    for indices in sorted(others, key=lambda m: len(m) == 1):
        need = Counter(names[index] for index in indices)
        part[indices] = chosen = _draw_part(left, need, keys[indices[0]])
        for name, count in need.items():
            left[chosen][name] -= count
    part = even.fill(part, len(open_parts), drawn.units, labels, keys)
    return np.array(open_parts)[part]


def _wanted(counts: np.ndarray, open_parts: Sequence[int]) -> np.ndarray:
    """Give the sizes of the parts by class: shape `(parts, classes)`, int."""
    return np.array([_sizes(int(count), open_parts) for count in counts]).T


def _sizes(count: int, open_parts: Sequence[int]) -> list[int]:
    """Share images among parts as they have them among all three; training gets what is over."""
    if len(open_parts) == len(PARTS):
        return list(part_sizes(count))
    hundred = part_sizes(100)
    shares = [hundred[part] for part in open_parts]
    held = [count * share // sum(shares) for share in shares[1:]]
    return [count - sum(held), *held]


def _draw_part(room: Sequence[Sequence[int]], need: Mapping[int, int], key: str) -> int:
    """Draw a part with chances by the room left; where none has room, the roomiest.

    Args:
        room: By part and class.
        need: By class, where there is one.
        key: Of what needs the room.
    """
    wanted = [[of_part[name] for name in need] for of_part in room]
    weight = [
        min(places) if _has_room(of_part, need) else 0
        for of_part, places in zip(room, wanted, strict=True)
    ]
    if not any(weight):
        sums = [sum(places) for places in wanted]
        return sums.index(max(sums))
    # A group's key is its members' smallest, so only the last digits are evenly spread.
    point = int(key[-16:], 16) / 16**16 * sum(weight)
    return bisect_right(list(accumulate(weight)), point)


def _has_room(of_part: Sequence[int], need: Mapping[int, int]) -> bool:
    return all(places >= need.get(name, 0) for name, places in enumerate(of_part))


def _check_parts(part: np.ndarray, name: str, has_groups: bool) -> None:
    missing = [PARTS[number] for number in range(len(PARTS)) if number not in part]
    if missing:
        what = "copies of one another"
        what += ", or of what stays in one part" if has_groups else ""
        raise InputError(
            "Every class needs enough distinct images for training, validation and test, and "
            f"'{name}' with {len(part)} leaves none for {missing[0]}. Add images that are not "
            f"{what}."
        )
