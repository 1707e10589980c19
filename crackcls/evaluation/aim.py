"""The class that a trained model looks for: told, and changed without training again."""

from typing import Any

from crackcls import config
from crackcls.classes.names import guess_positive, is_crack, looked_for
from crackcls.errors import InputError
from crackcls.evaluation import store
from crackcls.evaluation.report import make_report
from crackcls.evaluation.verdicts import VERDICT
from crackcls.files import write_csv, write_json
from crackcls.runs.folders import Run, model_of

CAUTION = (
    "Nobody has said which class this model looks for, and the names of its classes ({}) do not "
    "tell. '{}' is taken."
)


def positive_of(run: Run) -> str | None:
    """Give the class that a model looks for; None where there are more than two."""
    about = _about(run)
    return looked_for(about["classes"], about.get("positive"))


def version_of(run: Run) -> str:
    """Give what differs between a model and itself trained anew or looking for another class."""
    return str(_about(run))


def is_of_cracks(run: Run) -> bool:
    """Tell whether a model looks for cracks."""
    return is_crack(_about(run)["classes"], positive_of(run))


def caution(run: Run) -> str | None:
    """Say that the class looked for is not known for sure; None where it is, or of more than two.

    A model of an older version does not say it.
    """
    about = _about(run)
    classes = about["classes"]
    if len(classes) != 2 or about.get("positive") or guess_positive(classes):
        return None
    return CAUTION.format(", ".join(classes), positive_of(run))


def change(run: Run, positive: str) -> None:
    """Let a model look for the other of its two classes.

    The figures that hang on it are counted again from the kept predictions; the network, its
    calibration and its classes stay.

    Args:
        run: A run that has ended and left a model.
        positive: The class that it shall look for.

    Raises:
        InputError: The model is a shipped one or at work, or has not two classes or not this one.
    """
    _check(run, positive)
    counted = []
    for evaluation in store.list_evaluations(run):  # All are read before one is written.
        report, table = store.report_of(evaluation), store.table_of(evaluation)
        table = table.drop(columns=VERDICT, errors="ignore")  # It was of the other class.
        report.pop("no_verdict", None)
        again = make_report(table, report["classes"], positive)
        counted.append((evaluation.folder, table, {**report, **again}))
    for folder, table, report in counted:
        write_csv(folder / "predictions.csv", table)
        write_json(folder / "report.json", report)
    write_json(run.folder / "config.json", {**run.config, "positive": positive})
    write_json(run.folder / "model.json", {**_about(run), "positive": positive})


def _about(run: Run) -> dict[str, Any]:
    return model_of(run.folder)


def _check(run: Run, positive: str) -> None:
    is_shipped = run.name in config.SHIPPED_MODELS
    if is_shipped or run.state == "running" or not run.has_model:
        what = "a shipped model" if is_shipped else "running, or no model"
        raise InputError(
            "The class looked for can be changed of a model of one's own that is trained, and "
            f"'{run.name}' is {what}."
        )
    classes = _about(run)["classes"]
    if len(classes) != 2 or positive not in classes:
        listed = ", ".join(f"'{name}'" for name in classes)
        raise InputError(
            f"The class looked for must be one of two classes, and those of '{run.name}' are "
            f"{listed}, received '{positive}'."
        )
