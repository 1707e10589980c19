"""What is in a folder of labelled images, told before training."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crackcls import config, events, images, parallel
from crackcls.datasets import copies, passed_over, pictures
from crackcls.errors import InputError
from crackcls.files import read_bytes
from crackcls.formats.marks import Kind
from crackcls.labelled import Labelled

# Fewest images of a class of which each of the three parts gets one, see `split.part_sizes`.
LEAST_IMAGES = 3
FEW_PICTURES = 20
EXAMPLES = 8

IMAGE_COLUMNS = ["file", "class", "width", "height", "sha256", "several", "picture", "group"]
EXAMPLE_COLUMNS = ["one", "other", "what they are", "in two classes"]

_NOTHING = "nothing to do"
_KEPT = "kept; the grouped split puts all copies of an image into one part"
_SORT = "kept, but at most one of a picture's labels is right: look at it and sort it by hand"
_ACROSS = "kept apart only where the split is drawn anew; the given one flatters the test"
_FIRST = "the first picture or the main one is taken; save the others as files of their own"
_PASSED = "passed over and listed"
_BLUR = "kept; enlarged to the model's input, which blurs them"


@dataclass(frozen=True)
class Inspection:
    """What was found in a folder of labelled images.

    Attributes:
        classes: Class names in sorted order.
        images: One row for each image that can be read: `file`, `class`, `width` and
            `height` (pixels, upright), `sha256` (hexadecimal), `several` (bool, whether its
            file holds more pictures), `picture` (int, one number for images that show the
            same) and `group` (int, one number for near copies). Where a split is given also
            `part`, empty for none.
        broken: One row for each file that cannot be read: `file`, `class` and `reason`.
        near_pairs: How many pairs of pictures with different hashes are near copies.
        examples: At most `EXAMPLES` pairs of images with different bytes that are near
            copies, or with the same bytes in two classes: `one` and `other` (file names),
            `what they are` and `in two classes` (bool), pairs in two classes first.
        passed_over: What each file among the images is that is no photo, by its name.
    """

    classes: tuple[str, ...]
    images: pd.DataFrame
    broken: pd.DataFrame
    near_pairs: int
    examples: pd.DataFrame
    passed_over: dict[str, Kind]


def inspect(labelled: Labelled, emit: events.Emit) -> Inspection:
    """Read every image once and tell what is broken, doubled, small or rare.

    Args:
        labelled: The images, one folder a class.
        emit: Hears the progress; may raise `events.Stopped`.

    Returns:
        What was found. No file is changed, and a broken one ends nothing.
    """
    paths = [labelled.path(file) for file in labelled.files]
    coming = parallel.ordered_map(_look, paths)
    looks = list(events.with_progress(emit, "checking images", coming, len(paths)))
    good = {i: look for i, look in enumerate(looks) if not isinstance(look, InputError)}
    table = _listed(labelled, good)
    prints = np.array([look["fingerprint"] for look in good.values()], np.uint8)
    emit("phase", phase="finding near copies", total=len(good))
    found = copies.find_copies(prints.reshape(-1, copies.FINGERPRINT_BYTES))
    table["picture"] = _pictures(table["sha256"], found.identity, prints)
    table["group"] = copies.groups(found)
    if labelled.levels.parts:
        table["part"] = [labelled.levels.parts[i] for i in good]
    reasons = {i: look for i, look in enumerate(looks) if isinstance(look, InputError)}
    broken = _broken(labelled, reasons)
    examples = _examples(table, found)
    return Inspection(
        classes=labelled.classes,
        images=table,
        broken=broken,
        near_pairs=copies.pair_count(found),
        examples=examples,
        passed_over=passed_over.of(labelled),
    )


def class_table(found: Inspection) -> pd.DataFrame:
    """Count the images of each class and give their sides.

    Returns:
        One row for each class: `class`, `images` (that can be read), `different pictures`
        (copies counted once), `broken`, and in pixels `smallest side`, `median short side`
        and `largest side` (NaN where no image can be read).
    """
    table = found.images.assign(
        short=found.images[["width", "height"]].min(axis=1),
        long=found.images[["width", "height"]].max(axis=1),
    ).groupby("class")
    columns = {
        "images": _count(found, found.images["class"]),
        "different pictures": table["group"].nunique(),
        "broken": _count(found, found.broken["class"]),
        "smallest side": table["short"].min(),
        "median short side": table["short"].median(),
        "largest side": table["long"].max(),
    }
    wide = pd.DataFrame(columns, index=pd.Index(found.classes, name="class")).reset_index()
    return wide.fillna({"different pictures": 0}).astype({"different pictures": int})


def left_out(labelled: Labelled, found: Inspection) -> pd.DataFrame:
    """List the files that are left out: `file` and `reason`, for having no class or as broken."""
    without = pd.DataFrame(labelled.levels.left_out, columns=["file", "reason"])
    return pd.concat([found.broken[["file", "reason"]], without], ignore_index=True)


def guess_accuracy(found: Inspection) -> float:
    """Give the accuracy of always guessing the largest class, 0 to 1; 0 without images."""
    counts = class_table(found)["images"]
    return float(counts.max() / max(counts.sum(), 1))


def findings(found: Inspection) -> pd.DataFrame:
    """Say in plain words what was found and what training will make of it.

    Args:
        found: What `inspect` gave.

    Returns:
        Columns `what was found`, `count` (int) and `what will be done`, one row for each
        kind, also where the count is 0.
    """
    doubled = found.images["sha256"].duplicated(keep=False)
    short = found.images[["width", "height"]].min(axis=1)
    counts = class_table(found)
    more = int(counts["images"].max() - counts["images"].min())
    few = counts[counts["different pictures"] < FEW_PICTURES]
    rows = [
        ("files that cannot be read", len(found.broken), _say_broken(counts)),
        ("exact copies (images with the same bytes)", int(doubled.sum()), _KEPT),
        (
            "near copies (mirrored, turned, shifted or saved again)",
            int(_is_near_copy(found.images).sum()),
            _KEPT,
        ),
        ("images of one picture in two classes", _count_conflicts(found), _SORT),
        ("images that the largest class has above the smallest", more, _say_imbalance(found)),
        (f"images under {config.SMALL_SIDE} pixels", int((short < config.SMALL_SIDE).sum()), _BLUR),
        (f"classes with under {FEW_PICTURES} different pictures", len(few), _say_few(few)),
    ]
    several = int(found.images["several"].sum())
    rows += [
        ("files that hold several pictures", several, _FIRST),
        ("files that are no photos", len(found.passed_over), _PASSED),
    ]
    if "part" in found.images:
        across = int((found.images.groupby("group")["part"].transform("nunique") > 1).sum())
        rows.append(("near copies in two parts of the given split", across, _ACROSS))
    told = [(what, count, done if count else _NOTHING) for what, count, done in rows]
    return pd.DataFrame(told, columns=["what was found", "count", "what will be done"])


def _look(path: Path) -> dict[str, Any] | InputError:
    """Read and decode a file and keep what is small."""
    try:
        content = read_bytes(path, config.MAX_PHOTO_BYTES)
        photo = images.read_photo(content)
        several = pictures.names_of(content) != ("",)
    except InputError as error:
        return error
    return {
        "width": photo.width,
        "height": photo.height,
        "sha256": hashlib.sha256(content).hexdigest(),
        "several": several,
        "fingerprint": copies.fingerprint(photo),
    }


def _class_of(labelled: Labelled, i: int) -> str:
    return labelled.classes[labelled.labels[i]]


def _listed(labelled: Labelled, looks: dict[int, dict[str, Any]]) -> pd.DataFrame:
    rows = [
        {**look, "file": labelled.files[i], "class": _class_of(labelled, i)}
        for i, look in looks.items()
    ]
    return pd.DataFrame(rows, columns=IMAGE_COLUMNS)


def _broken(labelled: Labelled, reasons: dict[int, InputError]) -> pd.DataFrame:
    rows = [(labelled.files[i], _class_of(labelled, i), str(why)) for i, why in reasons.items()]
    return pd.DataFrame(rows, columns=["file", "class", "reason"])


def _pictures(shas: pd.Series, identity: np.ndarray, prints: np.ndarray) -> np.ndarray:
    """Number the pictures: by hash, and by bytes where a picture is too even to have one."""
    prints = prints.reshape(-1, copies.FINGERPRINT_BYTES)[:, : copies.CODE_BYTES]
    even = np.bitwise_count(prints).sum(axis=1) <= config.NEAR_COPY_BITS
    return pd.factorize(np.where(even, shas.to_numpy(object), identity.astype(str)))[0]


def _examples(table: pd.DataFrame, found: copies.Copies) -> pd.DataFrame:
    """Choose pairs to show side by side."""
    pairs = np.concatenate([_pairs_of_one_hash(table, found), _pairs_of_two(table, found)])
    one, other = (table.iloc[side].reset_index(drop=True) for side in pairs.T)
    same, crossed = one["sha256"] == other["sha256"], one["class"] != other["class"]
    kind = np.where(same, "same bytes", "near copies")
    columns = (one["file"], other["file"], kind, crossed)
    told = pd.DataFrame(dict(zip(EXAMPLE_COLUMNS, columns, strict=True)))[crossed | ~same]
    told = told.sort_values("in two classes", ascending=False, kind="stable")
    return told.head(EXAMPLES).reset_index(drop=True)


def _pairs_of_one_hash(table: pd.DataFrame, found: copies.Copies) -> np.ndarray:
    """Pair images of one hash, neighbours by class and content: `(pairs, 2)`, int."""
    order = np.lexsort([table["sha256"].to_numpy(), table["class"].to_numpy(), found.identity])
    same = found.identity[order][1:] == found.identity[order][:-1]
    return np.stack([order[:-1][same], order[1:][same]], axis=1)


def _pairs_of_two(table: pd.DataFrame, found: copies.Copies) -> np.ndarray:
    """Pair images of two hashes, from two classes where they can be: `(pairs, 2)`, int."""
    order = np.lexsort([table["class"].to_numpy(), found.identity])
    numbers = np.arange(int(found.identity.max(initial=-1)) + 1)
    first = order[np.searchsorted(found.identity[order], numbers, "left")]
    last = order[np.searchsorted(found.identity[order], numbers, "right") - 1]
    left, right = found.pairs.T
    names = table["class"].to_numpy()
    crossed = names[first[left]] != names[last[right]]
    one = np.where(crossed, first[left], last[left])
    return np.stack([one, np.where(crossed, last[right], first[right])], axis=1)


def _is_near_copy(table: pd.DataFrame) -> pd.Series:
    return table.groupby("group")["sha256"].transform("nunique") > 1


def _in_two_classes(table: pd.DataFrame) -> pd.Series:
    return table.groupby("picture")["class"].transform("nunique") > 1


def _count_conflicts(found: Inspection) -> int:
    return int(_in_two_classes(found.images).sum())


def _count(found: Inspection, names: pd.Series) -> pd.Series:
    return names.value_counts().reindex(found.classes, fill_value=0)


def _say_broken(counts: pd.DataFrame) -> str:
    left_out = "left out of training and listed; no file is deleted"
    empty = counts.loc[counts["images"] == 0, "class"]
    if empty.empty:
        return left_out
    return f"{left_out}; training will refuse, for no image of {_quoted(empty)} can be read"


def _say_imbalance(found: Inspection) -> str:
    counts = class_table(found).set_index("class")["images"]
    return (
        "nothing is changed, classes keep their share in every part; compare with the accuracy "
        f"of always guessing '{counts.idxmax()}', {guess_accuracy(found):.1%}"
    )


def _say_few(few: pd.DataFrame) -> str:
    said = "kept, but figures on so few say little: add images that are no copies"
    # Three parts take three groups of copies at least.
    refused = (few["images"] < LEAST_IMAGES) | (few["different pictures"] < 3)
    if not refused.any():
        return said
    return f"training will refuse, for {_quoted(few['class'][refused])} cannot fill three parts"


def _quoted(names: pd.Series) -> str:
    return ", ".join(f"'{name}'" for name in names)
