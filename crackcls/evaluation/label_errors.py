"""Images whose label is likely wrong: ranked, kept beside the model, read again.

The method is confident learning (C. Northcutt, L. Jiang, I. Chuang, "Confident Learning:
Estimating Uncertainty in Dataset Labels", JAIR 70, 2021), by the library cleanlab.
"""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, TypedDict

import numpy as np
import pandas as pd

from crackcls import stored
from crackcls.classes.names import in_words, looked_for
from crackcls.errors import InputError
from crackcls.evaluation.store import (
    WRONG_LABELS,
    Evaluation,
    Row,
    folder_for,
    kept_in,
    marked,
    read,
)
from crackcls.files import write_csv, write_json
from crackcls.labelled import Labelled
from crackcls.runs import folders, shapes

FOLDER, FILE = "label_errors", "label_errors.csv"
COLUMNS = ["file", "sha256", "given", "suggested", "quality", "probability"]
# Where several data sets were trained on together, the name of each image's.
SET = "set"


class Counted(TypedDict):
    """Counts of one class."""

    images: shapes.Count
    likely_wrong: shapes.Count


class AboutList(TypedDict):
    """`about.json` of a list."""

    data: shapes.Text
    folds: shapes.Count
    images: shapes.Count
    per_class: dict[shapes.Name, Counted]


def rank(images: pd.DataFrame, probabilities: np.ndarray, classes: Sequence[str]) -> pd.DataFrame:
    """List the images whose label is likely wrong, the most likely first.

    An image is listed where confident learning counts it among the wrong labels of its class
    (cleanlab's `prune_by_noise_rate`).

    Args:
        images: Columns `file`, `sha256`, `label` (an index into the classes) and maybe `set`.
        probabilities: Shape `(images, classes)`, each row sums to 1, each from a network that
            was not trained on that image.
        classes: Class names in the order of the columns.

    Returns:
        `COLUMNS`, and `set` where the images have it: the class `given` and the class
        `suggested`, `quality` (0 to 1, the probability of the given class: low is likely wrong)
        and `probability` (of the suggested class).
    """
    # It takes a second to import, and a page that shows a list needs nothing of it.
    from cleanlab.filter import find_label_issues
    from cleanlab.rank import get_label_quality_scores

    labels = images["label"].to_numpy()
    # Processes of its own would be forks of one in which TensorFlow has threads.
    likely = find_label_issues(labels, probabilities, n_jobs=1)
    suggested, names = probabilities.argmax(axis=1), np.array(classes)
    table = images[["file", "sha256"]].assign(
        given=names[labels],
        suggested=names[suggested],
        quality=get_label_quality_scores(labels, probabilities),
        probability=probabilities.max(axis=1),
        **{name: images[name] for name in (SET,) if name in images},
    )
    return table[likely].sort_values(["quality", "file"], ignore_index=True)


def counts(images: pd.DataFrame, table: pd.DataFrame, classes: Sequence[str]) -> dict[str, Any]:
    """Count the images and the likely wrong labels of each class.

    Args:
        images: What `rank` was given.
        table: What `rank` gave.
        classes: Class names.

    Returns:
        `images`, `likely_wrong` and `per_class` (the same two for each class).
    """
    labels = images["label"]
    per_class = {
        name: {
            "images": int((labels == number).sum()),
            "likely_wrong": int((table["given"] == name).sum()),
        }
        for number, name in enumerate(classes)
    }
    return {"images": len(images), "likely_wrong": len(table), "per_class": per_class}


def save(
    run: folders.Run,
    labelled: Labelled,
    shas: Sequence[str],
    table: pd.DataFrame,
    about: dict[str, Any],
) -> Evaluation:
    """Keep a list beside the model whose settings made it; the same images take its place.

    Its folder is named by the data and by the content of the images.

    Args:
        run: The model's run.
        labelled: The images.
        shas: SHA-256 of each image that was judged.
        table: What `rank` gave.
        about: What `counts` gave, and more to keep with it.
    """
    folder = folder_for(run.folder / FOLDER, labelled, shas)
    write_csv(folder / FILE, table)
    told = {"data": labelled.name, "layout": labelled.levels.layout, **about}
    write_json(folder / "about.json", told)
    return read(run, folder)


def list_found(run: folders.Run) -> list[Evaluation]:
    """List the data sets whose labels were looked at with a model's settings; whole ones."""
    return look(run)[0]


def look(run: folders.Run) -> tuple[list[Evaluation], list[str]]:
    """Give the lists that are whole, and a sentence on each other one."""
    found, damage = [], []
    for folder in kept_in(run.folder / FOLDER):
        try:
            one = read(run, folder)
            about_of(one)
            table_of(one)
            found.append(one)
        except InputError as error:
            damage.append(str(error))
    return found, damage


def table_of(found: Evaluation) -> pd.DataFrame:
    """Read a list, see `rank`.

    Raises:
        InputError: It is damaged.
    """
    texts = dict.fromkeys(("file", "sha256", "given", "suggested"), stored.NAME)
    shares = dict.fromkeys(("quality", "probability"), stored.SHARE)
    return stored.read_csv(found.folder / FILE, texts | shares)


def about_of(found: Evaluation) -> dict[str, Any]:
    """Read what `save` was told of a list.

    Raises:
        InputError: It is damaged.
    """
    return stored.read_json(found.folder / "about.json", AboutList)


def called(about: Mapping[str, Any]) -> dict[str, str]:
    """Give what a person reads for each class of a list, see `class_names.in_words`.

    Args:
        about: What `about_of` gave.
    """
    classes = list(about["per_class"])
    return in_words(classes, looked_for(classes, about.get("positive")))


def marked_in(names: Collection[str]) -> dict[Path, int]:
    """Find the lists of labels that a person marked as wrong in data sets of these names.

    Returns:
        The list of each model that has one, and how many images of these data sets are on it.
    """
    found = {}
    for run in folders.list_models():
        try:
            count = int(marked(run)["data"].isin(names).sum())
        except InputError:  # The Evaluate page says so where the list is shown.
            continue
        if count:
            found[run.folder / WRONG_LABELS] = count
    return found


def as_judged(row: Row) -> Row:
    """Give a row of a list the names that `store.mark` takes."""
    return {**row, "actual": row["given"], "predicted": row["suggested"]}


def job_folder(run: folders.Run) -> Path:
    """Give the folder of the job that makes a list: its log, its process."""
    return run.folder / FOLDER / "job"


def words(run: folders.Run, source: str, layout: str = "") -> list[str]:
    """Give the command that makes the list for what `label-errors --data` and `--layout` take."""
    said = ["--layout", layout] if layout else []
    return ["label-errors", "--model", run.name, "--data", source, *said]
