"""Where a run stands, rebuilt from its event log."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from crackcls import config, events
from crackcls.runs import event_shapes, folders, rates, watched
from crackcls.runs.folders import Run
from crackcls.runs.watched import Watched
from crackcls.runs.work import LOG, is_asked_to_stop

RUN_COLUMNS = [
    *("name", "state", "epochs", "val_accuracy", "test_accuracy"),
    *("test_recall", "test_false_alarms", "seconds"),
    *("data", "images", "split", "fine_tune", "learning_rate", "damage"),
]
HISTORY = [*event_shapes.Epoch.__annotations__]
# Headings as a person reads them.
IN_WORDS = {
    "val_accuracy": "validation accuracy",
    "val_loss": "validation loss",
    "test_accuracy": "test accuracy",
    "test_recall": "recall",
    "test_false_alarms": "false alarms",
    "fine_tune": "what learns",
    "learning_rate": "learning rate",
}


@dataclass(frozen=True)
class Status:
    """Where a run stands.

    Attributes:
        phase: What it does, or did last.
        stopping: Whether it lives and is asked to stop.
        share: Done share of the phase, 0 to 1.
        detail: Counts, speed and time left of the phase, in words.
        seconds: How long the run has worked so far, the processes before a resume included.
        history: One row for each epoch, with the columns of `history.csv`.
        running: Columns `epoch` (a fraction), `accuracy` and `loss`: the training part within
            the epoch that runs now.
        left_out: Columns `file` and `reason`: images that could not be read.
        watched: A few validation pictures and their verdicts; None before the first epoch.
    """

    phase: str
    stopping: bool
    share: float
    detail: str
    seconds: float
    history: pd.DataFrame
    running: pd.DataFrame
    left_out: pd.DataFrame
    watched: Watched | None = None


def read_status(run: Run) -> Status:
    """Read where a run stands from its event log."""
    log = _read(run.folder / LOG)
    *_, current = processes = _by_process(log)
    phases = [event for event in current if event["kind"] in ("phase", "progress")]
    last: dict[str, Any] = phases[-1] if phases else {"phase": "starting"}
    share = last["done"] / last["total"] if "done" in last else 0.0
    return Status(
        last["phase"],
        run.state == "running" and is_asked_to_stop(run.folder),
        min(share, 1.0),
        _detail(last),
        sum(map(_worked, processes)),
        _history(log),
        _running_epoch(last, current),
        _table(current, "left out"),
        watched.of_log(log),
    )


def doing(now: Status) -> str:
    """Say what a run does now, for a progress bar."""
    if now.stopping:
        return f"**Stopping** … It was {now.phase}."
    return f"**{now.phase.capitalize()}** {now.detail}"


def runs_table(runs: Sequence[Run] | None = None) -> pd.DataFrame:
    """Tabulate runs in their order; None takes all, the latest first.

    Returns:
        Columns `name`, `state`, `epochs` (finished ones), `val_accuracy` (of the best epoch),
        `test_accuracy`, `test_recall` and `test_false_alarms` (of the class looked for, or of
        more than two the rarest), `seconds`, `data`, `images`, `split`, `fine_tune`,
        `learning_rate` and `damage` (sentences on its damaged files); text, with `-` where there
        is nothing to tell.
    """
    rows = [_run_row(run) for run in (folders.list_runs() if runs is None else runs)]
    table = pd.DataFrame(rows, columns=RUN_COLUMNS, dtype=object)
    return table.where(table.notna(), "-").astype(str)


def history_of(name: str) -> pd.DataFrame:
    """Give the epochs of a run, see `Status.history`."""
    return _history(_read(config.models_folder() / name / LOG))


def in_words(table: pd.DataFrame) -> pd.DataFrame:
    """Write the headings of a history, or of a table of runs, as a person reads them."""
    return table.rename(columns=IN_WORDS)


def duration(seconds: float) -> str:
    """Say how long something takes: '1 min 5 s'."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _by_process(log: Sequence[dict[str, Any]]) -> list[Sequence[dict[str, Any]]]:
    """Part a log by the processes that wrote it; the last one is last, though it wrote nothing."""
    starts = [i for i, event in enumerate(log) if event["kind"] in ("start", "launched")]
    return [log[one:other] for one, other in itertools.pairwise([0, *starts, len(log)])]


def _worked(log: Sequence[dict[str, Any]]) -> float:
    """Give the seconds that one process worked; one that was killed did to its last event."""
    for event in log:
        if event["kind"] == "end" and "seconds" in event:
            return event["seconds"]
    times = [event["time"] for event in log if events.fits(event, event_shapes.Dated)]
    return max(0.0, times[-1] - times[0]) if times else 0.0


def _read(path: Path) -> list[dict[str, Any]]:
    """Read a log without events that lack what is shown of them."""
    log = events.read_log(path)
    shape_of = event_shapes.EVENTS
    return [event for event in log if events.fits(event, shape_of.get(event["kind"], events.Event))]


def _run_row(run: Run) -> dict[str, Any]:
    now = read_status(run)
    about = {name: str(run.config[name]) for name in RUN_COLUMNS if name in run.config}
    table = now.history.dropna(subset="val_loss") if len(now.history) else now.history
    best = table.iloc[table["val_loss"].argmin()] if len(table) else None
    tested = rates.tested(run.report)
    return {
        **about,
        "name": run.name,
        "state": run.state_in_words,
        "damage": " ".join(run.damage.values()) or None,
        "epochs": len(now.history),
        "val_accuracy": f"{best['val_accuracy']:.4f}" if best is not None else None,
        **{name: None if share is None else f"{share:.4f}" for name, share in tested.items()},
        "seconds": f"{now.seconds:.0f}" if now.seconds else None,
    }


def _history(log: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Give the epochs; one that was run again after a crash counts once."""
    table = _table(log, "epoch")
    if table.empty:
        return table
    table = table[[name for name in HISTORY if name in table]]
    return table.drop_duplicates("epoch", keep="last")


def _running_epoch(last: dict[str, Any], log: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Give the batches of the epoch that runs now, as points between two epochs."""
    if last["phase"] != "training" or "epoch" not in last:
        return pd.DataFrame(columns=["epoch", "accuracy", "loss"])
    rows = [
        {
            "epoch": event["epoch"] - 1 + event["batch"] / event["batches"],
            "accuracy": event["accuracy"],
            "loss": event["loss"],
        }
        for event in log
        if event["kind"] == "progress" and event.get("epoch") == last["epoch"]
        if events.fits(event, event_shapes.Batch)
    ]
    return pd.DataFrame(rows, columns=["epoch", "accuracy", "loss"])


def _detail(progress: dict[str, Any]) -> str:
    if "done" not in progress:
        return "…"
    epoch = f"epoch {progress['epoch']}, " if "epoch" in progress else ""
    unit, scale = progress.get("unit", "images"), 1.0
    if unit == "bytes":
        unit, scale = "MB", 1e6
    return (
        f"{epoch}{progress['done'] / scale:,.0f} of {progress['total'] / scale:,.0f} {unit}, "
        f"{progress['per_second'] / scale:,.0f} {unit}/s, "
        f"{duration(progress['seconds_left'])} left"
    )


def _table(log: Sequence[dict[str, Any]], kind: str) -> pd.DataFrame:
    rows = [event for event in log if event["kind"] == kind]
    return pd.DataFrame(rows).drop(columns=["time", "kind"], errors="ignore")
