"""Evaluating on other data as a job, see `jobs.start_job`: logged, followed, stopped."""

from collections.abc import Mapping, Sequence
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
    runs: Sequence[folders.Run],
    labelled: Labelled,
    include_seen: bool,
    judge: store.Judge,
    listen: events.Emit,
    mapped: Sequence[Mapping[str, str]],
) -> list[store.Evaluation] | None:
    """Judge labelled images by models, one after another; each evaluation is kept beside its model.

    Args:
        runs: The models' runs; the job is the first one's.
        labelled: The images.
        include_seen: Whether to judge images of training and validation too.
        judge: As `store.evaluate_on`.
        listen: Hears the events that the log gets.
        mapped: For each model which of its classes a folder is, as in `store.evaluate_on`.

    Returns:
        The evaluations; None where the job was stopped.

    Raises:
        InputError: As `store.evaluate_on`, or another job is at work on the first model.
    """

    def work(emit: events.Emit) -> list[store.Evaluation]:
        kept = []
        for run, said in zip(runs, mapped, strict=True):
            table, report = store.evaluate_on(run, labelled, include_seen, judge, emit, said)
            kept.append(store.save(run, labelled, table, report))
        return kept

    return jobs.run_job(folder(runs[0]), listen, {"data": labelled.name}, work)


def words(
    run: folders.Run,
    source: str,
    mapped: Mapping[str, str],
    layout: str = "",
    others: Sequence[folders.Run] = (),
) -> list[str]:
    """Give the command that does the job.

    Args:
        run: The model's run.
        source: What `--data` takes.
        mapped: What `--map` takes.
        layout: What `--layout` takes; empty for nothing.
        others: Further models, to judge the same images.
    """
    said = ["--layout", layout] if layout else []
    said += [word for folder, of in mapped.items() for word in ("--map", f"{folder}={of}")]
    also = [word for other in others for word in ("--with", other.name)]
    command = ["compare", *also] if also else ["evaluate"]
    return [*command, "--model", run.name, "--data", source, "--keep", *said]
