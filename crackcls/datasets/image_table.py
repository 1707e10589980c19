"""The table of a training's images: what it has where there are several sets or photographs."""

from typing import Any

import numpy as np
import pandas as pd

from crackcls.datasets import groups, split
from crackcls.errors import InputError
from crackcls.labelled import Labelled, set_of

SET, CLASS, WEIGHT = "set", "class", "weight"
# What stays in one part: the building, date or the like of an image, and its photograph.
GROUP, PHOTOGRAPH = "belongs_to", "photograph"
# The part that the data's own folders or table give.
GIVEN = "given_part"


def choose(labelled: Labelled, shas: list[str], limit: int | None, seed: int) -> np.ndarray:
    """Choose images: of each set up to its cap, of all up to the limit, each class in its share.

    Args:
        labelled: The images.
        shas: SHA-256 of each, in hexadecimal.
        limit: How many to choose in all; None takes all.
        seed: Another seed chooses other images.

    Returns:
        Sorted indices of the chosen images, int.
    """
    if not labelled.sets:
        return split.choose(shas, labelled.labels, limit, seed)
    names = np.array([set_of(file) for file in labelled.files])
    kept = []
    for one in labelled.sets:
        mine = np.flatnonzero(names == one.name)
        labels = [labelled.labels[i] for i in mine]
        kept.append(mine[split.choose([shas[i] for i in mine], labels, one.cap, seed)])
    chosen = np.sort(np.concatenate(kept))
    strata = [f"{labelled.labels[i]} of {names[i]}" for i in chosen]
    return chosen[split.choose([shas[i] for i in chosen], strata, limit, seed)]


def columns(labelled: Labelled) -> dict[str, Any]:
    """Give what a table of images has beside file and label: of one folder, nothing or little.

    Returns:
        Of several sets `set` and `class`, a name for each image, and `weight` where one is not
        1; and `photograph` where the images are pieces of photographs, see `groups.photographs`.
        `class` also where a file's uppermost folder is not its class, `belongs_to` where images
        of one building or the like stay together, `given_part` where there is a given split.
    """
    found: dict[str, Any] = {}
    names = [labelled.classes[label] for label in labelled.labels]
    if labelled.sets:
        found[SET] = list(map(set_of, labelled.files))
    if labelled.sets or names != [file.partition("/")[0] for file in labelled.files]:
        found[CLASS] = names
    if labelled.sets:
        weights = {one.name: one.weight for one in labelled.sets}
        if {*weights.values()} != {1.0}:
            found[WEIGHT] = [weights[name] for name in found[SET]]
    levels = {GIVEN: labelled.levels.parts, GROUP: labelled.levels.groups}
    levels[PHOTOGRAPH] = tuple(_photographs(labelled))
    return found | {name: list(values) for name, values in levels.items() if any(values)}


def last(images: pd.DataFrame) -> pd.DataFrame:
    """Put the columns of `columns` behind the others, where nobody counts on their place."""
    all_ours = (SET, CLASS, WEIGHT, GIVEN, GROUP, PHOTOGRAPH)
    ours = [name for name in all_ours if name in images]
    return images[[name for name in images if name not in ours] + ours]


def strata(images: pd.DataFrame) -> list[str]:
    """Name what shall come to each part in its share: the classes, of several sets by set."""
    if SET in images:
        return list(images[CLASS] + " of " + images[SET])
    if CLASS in images:
        return list(images[CLASS])
    return [file.partition("/")[0] for file in images["file"]]


def together(images: pd.DataFrame) -> list[str] | None:
    """Name what each image stays together with: its photograph, its building or the like.

    Returns:
        A name for each image, empty where it stands alone; None where all do.
    """
    columns = [images[name] for name in (GROUP, PHOTOGRAPH) if name in images]
    if len(columns) < 2:
        return list(columns[0]) if columns else None
    alone = np.logical_and.reduce([column == "" for column in columns])
    number = np.arange(len(images))
    for column in columns:
        number = groups.join(number, list(column))
    return ["" if no else str(one) for no, one in zip(alone, number, strict=True)]


def given_parts(images: pd.DataFrame) -> np.ndarray:
    """Give the number of the part of each image that the data itself gives, of others training.

    Raises:
        InputError: It gives none, or none for training.
    """
    if GIVEN not in images or split.PARTS[0] not in set(images[GIVEN]):
        raise InputError(
            "A given split must be one that the data has, such as folders 'train', 'valid' and "
            "'test', and it has no images for training. Choose another split."
        )
    numbers = {name: number for number, name in enumerate(split.PARTS)}
    return np.array([numbers.get(name, 0) for name in images[GIVEN]])


def counts_by_part(images: pd.DataFrame) -> dict[str, Any]:
    """Count the images of each set in each part: `sets`; nothing where there is one folder."""
    if SET not in images:
        return {}
    counts = pd.crosstab(images[SET], images["part"]).reindex(columns=split.PARTS, fill_value=0)
    return {"sets": counts.to_dict("index")}


def torn(images: pd.DataFrame, column: str) -> int:
    """Count what has images in more than one part, as by a random or a given split.

    Args:
        images: With the column `part`.
        column: `GROUP` or `PHOTOGRAPH`.
    """
    if column not in images:
        return 0
    pieces = images[images[column] != ""]
    return int((pieces.groupby(column)["part"].nunique() > 1).sum())


def _photographs(labelled: Labelled) -> list[str]:
    """Name the photograph of each image, its set before it; empty where it is a piece of none."""
    members: dict[str, list[int]] = {}
    alone = "" if labelled.sets else labelled.name  # Looking it up asks the disk.
    for i, file in enumerate(labelled.files):
        members.setdefault(alone or set_of(file), []).append(i)
    found = list(labelled.levels.photographs) or [""] * len(labelled.files)
    for name, mine in members.items():
        files, of = [labelled.files[i] for i in mine], [found[i] for i in mine]
        if not any(of) and (rule := groups.rule_for(name, files)):
            of = groups.photographs(files, rule)
        for i, one in zip(mine, of, strict=True):
            found[i] = f"{name}/{one}" if one else ""
    return found
