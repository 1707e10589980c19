"""A model's evaluations: on its own test part, and on other labelled data."""

import hashlib
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NotRequired, TypedDict

import numpy as np
import pandas as pd

from crackcls import __version__, events, stored
from crackcls.classes.match import settle_match
from crackcls.datasets import catalogue, passed_over, said, split
from crackcls.datasets.layout import PLAIN
from crackcls.errors import InputError
from crackcls.evaluation import going_on
from crackcls.evaluation.report import make_report, tabulate, unseen
from crackcls.files import write_csv, write_json
from crackcls.labelled import Labelled, content_hashes
from crackcls.network import pipeline
from crackcls.network.classifier import load_model
from crackcls.runs import folders, shapes
from crackcls.runs.folders import Run

FOLDER, WRONG_LABELS = "evaluations", "wrong_labels.csv"
TEXTS = dict.fromkeys(("file", "actual", "predicted"), stored.NAME)
MARK_COLUMNS = ["file", "sha256", "actual", "predicted", "probability", "data"]
# One of a table, as `to_dict("records")` gives it.
Row = dict[Hashable, Any]
# Takes files and the folder of a model, and gives for each `probabilities` and its `verdict`, or
# why it could not be read.
Judge = Callable[[Sequence[Path], Path], Iterator[pipeline.Row | InputError]]


class About(TypedDict):
    """`about.json`: what the data of an evaluation or of a list is called."""

    data: shapes.Text
    layout: NotRequired[shapes.Layout]


@dataclass(frozen=True)
class Evaluation:
    """Stored predictions of a model on labelled images.

    Attributes:
        run: The model's run.
        folder: Where `predictions.csv` and `report.json` lie.
        data: Name of the data.
        images: Folder of the images on this machine; None where it is not known, or where there
            are several.
        sets: Where there are several data sets, the folder of each on this machine.
        layouts: How the folders of each set are read, see `Levels`; of one, by the name ``.
    """

    run: Run
    folder: Path
    data: str
    images: Path | None
    sets: Mapping[str, Path] = field(default_factory=dict)
    layouts: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_own(self) -> bool:
        """Whether these are the model's own test images."""
        return self.folder == self.run.folder

    @property
    def places(self) -> dict[str, Path]:
        """The folders of the images, as `Labelled.places`; empty where one is not there."""
        places = {**self.sets} or ({"": self.images} if self.images else {})
        return places if all(map(stored.is_folder, places.values())) else {}

    @property
    def title(self) -> str:
        """What to call it in a list."""
        if not self.is_own:
            return f"{self.data}, unseen images"
        of = f"{len(self.sets)} data sets" if self.sets else self.data
        return f"its own test part of {of}"


def list_evaluations(run: Run) -> list[Evaluation]:
    """List a model's evaluations that are whole, its own test part first."""
    return look(run)[0]


def look(run: Run) -> tuple[list[Evaluation], list[str]]:
    """Give a model's evaluations that are whole, and a sentence on each other one."""
    if not run.config:  # It is damaged, and says nothing of its data.
        return [], []
    sets = catalogue.find_sets(run)
    images = None if sets else catalogue.find(run)
    described = {one["name"]: one for one in run.config.get("sets", [])} or {"": run.config}
    layouts = {name: one.get("layout", PLAIN) for name, one in described.items()}
    own = Evaluation(run, run.folder, run.config["data"], images, sets, layouts)
    found, damage = [own] * bool(run.report), []
    for folder in kept_in(run.folder / FOLDER):
        try:
            one = read(run, folder)
            report_of(one)
            found.append(one)
        except InputError as error:
            damage.append(str(error))
    return found, damage


def kept_in(above: Path) -> list[Path]:
    """Give the folders that `folder_for` made and that have been filled."""
    return sorted(one for one in above.glob("*") if stored.is_there(one / "about.json"))


def report_of(evaluation: Evaluation) -> dict[str, Any]:
    """Read the stored figures.

    Raises:
        InputError: They are damaged.
    """
    path = evaluation.folder / "report.json"
    return stored.read_json(path, shapes.Report, shapes.wrong_report)


def table_of(evaluation: Evaluation) -> pd.DataFrame:
    """Read the stored predictions, see `report.predictions`, with a column `sha256`.

    Raises:
        InputError: They, or what they need, are damaged.
    """
    report = report_of(evaluation)
    classes = report["classes"]
    shares = ("probability", *(f"probability of {name}" for name in classes))
    columns = TEXTS | dict.fromkeys(shares, stored.SHARE)

    def check(table: pd.DataFrame) -> str:
        named = {*table["actual"], *table["predicted"]}
        whole = len(table) == report["images"] and named <= {*classes}
        return "" if whole else "it must have the images and the classes of 'report.json'"

    table = stored.read_csv(evaluation.folder / "predictions.csv", columns, check)
    if "sha256" in table:
        return table.astype({"sha256": str})
    shas = split.load_split(evaluation.run.folder / "split.csv").set_index("file")["sha256"]
    return table.assign(sha256=table["file"].map(shas[~shas.index.duplicated()]).fillna(""))


def evaluate_on(
    run: Run,
    labelled: Labelled,
    include_seen: bool,
    judge: Judge,
    emit: events.Emit,
    mapped: Mapping[str, str] | None = None,
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Judge labelled images by a model.

    Args:
        run: The model's run.
        labelled: The images; synthetic ones are made where they are not there. Classes of other
            names than the model's are matched as `class_match.match` does.
        include_seen: Whether to judge images of training and validation too.
        judge: What `photos.rows.judge` does.
        emit: Hears progress, and `left out` with `file` and `reason`.
        mapped: Which class of the model a folder is, where neither name nor meaning tells.

    Returns:
        The predictions with a column `sha256`, and the report with `seen_left_out` and
        `unreadable`, both counts of images, and `matched`: the model's class of each folder,
        where a name is another.

    Raises:
        InputError: There is no model, the classes do not match, or no image is left.
    """
    classifier = load_model(run.folder)
    matched = settle_match(labelled.classes, classifier.classes, classifier.positive, mapped)
    catalogue.ensure(labelled, emit)
    told = labelled.levels
    for text in (*told.said, *said.left_out(told.left_out), *passed_over.lines(labelled)):
        emit("note", text=text)
    images = _hashed(labelled, emit)
    images["actual"] = [matched[labelled.classes[label]] for label in labelled.labels]
    judged = images if include_seen else _unseen(run, images)
    rows = going_on.rows(
        [labelled.path(file) for file in judged["file"]],
        list(judged["sha256"]),
        {"crackcls": __version__, "model": folders.model_of(run.folder)},
        lambda paths: judge(paths, run.folder),
    )
    rows = events.with_progress(emit, "evaluating", rows, len(judged))

    def leave_out(file: str, reason: InputError) -> None:
        emit("left out", file=file, reason=str(reason))

    files, actual = list(judged["file"]), list(judged["actual"])
    table = tabulate(files, rows, classifier.classes, leave_out, actual)
    table["sha256"] = table["file"].map(judged.set_index("file")["sha256"])
    more: dict[str, Any] = {
        "seen_left_out": len(images) - len(judged),
        "unreadable": len(judged) - len(table),
        **({"matched": matched} if any(name != of for name, of in matched.items()) else {}),
    }
    return table, {**make_report(table, classifier.classes, classifier.positive), **more}


def save(run: Run, labelled: Labelled, table: pd.DataFrame, report: dict[str, Any]) -> Evaluation:
    """Keep an evaluation beside its model; the same images again take its place.

    Its folder is named by the data and by the content of the images.
    """
    folder = folder_for(run.folder / FOLDER, labelled, list(table["sha256"]))
    write_csv(folder / "predictions.csv", table)
    write_json(folder / "report.json", report)
    write_json(folder / "about.json", {"data": labelled.name, "layout": labelled.levels.layout})
    return read(run, folder)


def folder_for(above: Path, labelled: Labelled, shas: Sequence[str]) -> Path:
    """Make the folder of what is kept on a data set, and write where its images are.

    It is named by the data and by the content of the images. Whoever fills it writes
    `about.json` last: without that file nothing counts as kept.

    Args:
        above: The folder to make it in.
        labelled: The images.
        shas: SHA-256 of each image that was judged.
    """
    digest = hashlib.sha256("".join(sorted(shas)).encode()).hexdigest()
    folder = above / f"{labelled.name}-{digest[:8]}"
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / "local.json", {"data": str(labelled.folder.resolve())})
    return folder


def read(run: Run, folder: Path) -> Evaluation:
    """Read what is kept in a folder that `folder_for` made.

    Raises:
        InputError: It is damaged.
    """
    place, about = folders.local_data(folder), stored.read_json(folder / "about.json", About)
    layouts = {"": about.get("layout", PLAIN)}
    return Evaluation(run, folder, about["data"], place, layouts=layouts)


def mark(evaluation: Evaluation, row: Row, is_wrong: bool) -> None:
    """Put an image on the model's list of wrong labels, or take it off.

    Args:
        evaluation: Where the image was judged.
        row: Its row of `table_of`.
        is_wrong: Whether its label is wrong.

    Raises:
        InputError: The list is damaged; it is left as it is.
    """
    others = marked(evaluation.run)
    others = others[others["sha256"] != row["sha256"]]
    if is_wrong:
        new = pd.DataFrame([{**row, "data": evaluation.data}])[MARK_COLUMNS]
        others = pd.concat([others, new], ignore_index=True) if len(others) else new
    path = evaluation.run.folder / WRONG_LABELS
    if len(others):
        write_csv(path, others)
    else:
        path.unlink(missing_ok=True)


def marked(run: Run) -> pd.DataFrame:
    """Read the model's list of wrong labels, columns `MARK_COLUMNS`.

    Raises:
        InputError: The list is damaged.
    """
    path = run.folder / WRONG_LABELS
    if not stored.is_there(path):
        return pd.DataFrame(columns=MARK_COLUMNS)
    more = dict.fromkeys(("sha256", "data"), stored.TEXT)
    return stored.read_csv(path, {**TEXTS, **more, "probability": stored.SHARE})


def _hashed(labelled: Labelled, emit: events.Emit) -> pd.DataFrame:
    hashes = content_hashes([labelled.path(file) for file in labelled.files])
    shas = list(events.with_progress(emit, "reading images", hashes, len(labelled.files)))
    return pd.DataFrame({"file": labelled.files, "sha256": shas})


def _unseen(run: Run, images: pd.DataFrame) -> pd.DataFrame:
    """Leave out what the model saw in training and validation."""
    path = run.folder / "split.csv"
    if not path.exists():
        return images
    keep = unseen(list(images["file"]), list(images["sha256"]), split.load_split(path))
    if not np.any(keep):
        raise InputError(
            f"An evaluation needs images that the model has not seen, and it saw all "
            f"{len(keep):,} in training. Choose other data, or ask for them by --include-seen."
        )
    return images[keep].reset_index(drop=True)
