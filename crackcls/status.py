"""Where a run stands, rebuilt from its event log."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from crackcls import events
from crackcls.runs import Run


@dataclass(frozen=True)
class Status:
    """Where a run stands.

    Attributes:
        phase: What it does, or did last.
        share: Done share of the phase, 0 to 1.
        detail: Counts, speed and time left of the phase, in words.
        seconds: How long the run took; 0 while it runs.
        history: One row for each epoch, with the columns of `history.csv`.
        left_out: Columns `file` and `reason`: images that could not be read.
    """

    phase: str
    share: float
    detail: str
    seconds: float
    history: pd.DataFrame
    left_out: pd.DataFrame


def read_status(run: Run) -> Status:
    """Read where a run stands from its event log."""
    log = events.read_log(run.folder / "events.jsonl")
    phases = [event for event in log if event["kind"] in ("phase", "progress")]
    last = phases[-1] if phases else {"phase": "starting"}
    share = last["done"] / last["total"] if "done" in last else 0.0
    ends = [event["seconds"] for event in log if event["kind"] == "end"]
    return Status(
        last["phase"],
        min(share, 1.0),
        _detail(last),
        ends[-1] if ends else 0.0,
        _table(log, "epoch"),
        _table(log, "left out"),
    )


def _detail(progress: dict[str, Any]) -> str:
    if "done" not in progress:
        return "…"
    epoch = f"epoch {progress['epoch']}, " if "epoch" in progress else ""
    return (
        f"{epoch}{progress['done']:,} of {progress['total']:,} images, "
        f"{progress['per_second']:,.0f} images/s, {_duration(progress['seconds_left'])} left"
    )


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _table(log: Sequence[dict[str, Any]], kind: str) -> pd.DataFrame:
    rows = [event for event in log if event["kind"] == kind]
    return pd.DataFrame(rows).drop(columns=["time", "kind"], errors="ignore")
