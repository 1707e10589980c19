"""Evaluating on other data as a job, see `jobs.start_job`: logged, followed, stopped."""

from collections.abc import Mapping
from pathlib import Path

from crackcls import events
from crackcls.evaluation import store
from crackcls.labelled import Labelled
from crackcls.runs import folders, jobs


def folder(run: folders.Run) -> Path:
    """Give the folder of the job: its log, its process."""
    return run.folder / store.FOLDER / "job"


def is_at_work(run: folders.Run) -> bool:
    """Tell whether a model is being evaluated on other data now."""
    now = jobs.read_job(folder(run))
    return now is not None and now.state == "running"


def evaluate(
    run: folders.Run,
    labelled: Labelled,
    include_seen: bool,
    judge: store.Judge,
    listen: events.Emit,
    mapped: Mapping[str, str] | None = None,
) -> store.Evaluation | None:
    """Judge labelled images and keep the evaluation beside the model.

    Args:
        run: The model's run.
        labelled: The images.
        include_seen: Whether to judge images of training and validation too.
        judge: As `store.evaluate_on`.
        listen: Hears the events that the log gets.
        mapped: Which class of the model a folder is, as in `store.evaluate_on`.

    Returns:
        The evaluation; None where the job was stopped.

    Raises:
        InputError: As `store.evaluate_on`, or another job is at work on this model.
    """

    def work(emit: events.Emit) -> store.Evaluation:
        table, report = store.evaluate_on(run, labelled, include_seen, judge, emit, mapped)
        return store.save(run, labelled, table, report)

    return jobs.run_job(folder(run), listen, {"data": labelled.name}, work)


def words(run: folders.Run, source: str, mapped: Mapping[str, str], layout: str = "") -> list[str]:
    """Give the command that does the job on what `evaluate --data`, `--map` and `--layout` take."""
    said = ["--layout", layout] if layout else []
    said += [word for folder, of in mapped.items() for word in ("--map", f"{folder}={of}")]
    return ["evaluate", "--model", run.name, "--data", source, "--keep", *said]
