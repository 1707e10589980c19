"""The table of a training's images: what it has where there are several sets or photographs."""

from typing import Any

import numpy as np
import pandas as pd

from crackcls.datasets import groups, split
from crackcls.labelled import Labelled, set_of

SET, CLASS, WEIGHT, PHOTOGRAPH = "set", "class", "weight", "photograph"


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
    """
    found: dict[str, Any] = {}
    if labelled.sets:
        found[SET] = list(map(set_of, labelled.files))
        found[CLASS] = [labelled.classes[label] for label in labelled.labels]
        weights = {one.name: one.weight for one in labelled.sets}
        if {*weights.values()} != {1.0}:
            found[WEIGHT] = [weights[name] for name in found[SET]]
    photograph = _photographs(labelled)
    return found | ({PHOTOGRAPH: photograph} if any(photograph) else {})


def last(images: pd.DataFrame) -> pd.DataFrame:
    """Put the columns of `columns` behind the others, where nobody counts on their place."""
    ours = [name for name in (SET, CLASS, WEIGHT, PHOTOGRAPH) if name in images]
    return images[[name for name in images if name not in ours] + ours]


def strata(images: pd.DataFrame) -> list[str]:
    """Name what shall come to each part in its share: the classes, of several sets by set."""
    if SET not in images:
        return [file.split("/", 1)[0] for file in images["file"]]
    return list(images[CLASS] + " of " + images[SET])


def photographs_of(images: pd.DataFrame) -> list[str] | None:
    """Give the photograph of each image; None where no image is a piece of one."""
    return list(images[PHOTOGRAPH]) if PHOTOGRAPH in images else None


def counts_by_part(images: pd.DataFrame) -> dict[str, Any]:
    """Count the images of each set in each part: `sets`; nothing where there is one folder."""
    if SET not in images:
        return {}
    counts = pd.crosstab(images[SET], images["part"]).reindex(columns=split.PARTS, fill_value=0)
    return {"sets": counts.to_dict("index")}


def torn_photographs(images: pd.DataFrame) -> int:
    """Count the photographs whose pieces lie in more than one part; by a random split they do."""
    if PHOTOGRAPH not in images:
        return 0
    pieces = images[images[PHOTOGRAPH] != ""]
    return int((pieces.groupby(PHOTOGRAPH)["part"].nunique() > 1).sum())


def _photographs(labelled: Labelled) -> list[str]:
    """Name the photograph of each image, its set before it; empty where it is a piece of none."""
    files: dict[str, list[str]] = {}
    for file in labelled.files:
        files.setdefault(set_of(file) if labelled.sets else labelled.name, []).append(file)
    found = []
    for name, mine in files.items():
        rule = groups.rule_for(name, mine)
        of = groups.photographs(mine, rule) if rule else [""] * len(mine)
        found += [f"{name}/{one}" if one else "" for one in of]
    return found
