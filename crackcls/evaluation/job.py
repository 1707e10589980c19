"""Evaluating on other data as a job, see `jobs.start_job`: logged, followed, stopped."""

from pathlib import Path

from crackcls import data, evaluations, events, jobs, runs


def folder(run: runs.Run) -> Path:
    """Give the folder of the job: its log, its process."""
    return run.folder / evaluations.FOLDER / "job"


def evaluate(
    run: runs.Run, labelled: data.Labelled, include_seen: bool, listen: events.Emit
) -> evaluations.Evaluation | None:
    """Judge labelled images and keep the evaluation beside the model.

    Args:
        run: The model's run.
        labelled: The images.
        include_seen: Whether to judge images of training and validation too.
        listen: Hears the events that the log gets.

    Returns:
        The evaluation; None where the job was stopped.

    Raises:
        InputError: As `evaluations.evaluate_on`, or another job is at work on this model.
    """

    def work(emit: events.Emit) -> evaluations.Evaluation:
        table, report = evaluations.evaluate_on(run, labelled, include_seen, emit)
        return evaluations.save(run, labelled, table, report)

    return jobs.run_job(folder(run), listen, {"data": labelled.name}, work)


def words(run: runs.Run, source: str) -> list[str]:
    """Give the command that does the job on what `evaluate --data` takes."""
    return ["evaluate", "--model", run.name, "--data", source, "--keep"]
