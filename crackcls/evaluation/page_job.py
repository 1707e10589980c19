"""The report of a stored evaluation, written in another process."""

import subprocess
import sys
import tempfile
from pathlib import Path

from crackcls import config
from crackcls.errors import InputError
from crackcls.evaluation import store

SECONDS_FOR_A_REPORT = 120


def in_a_process(chosen: store.Evaluation, at: float) -> str:
    """Write the page of a stored evaluation in another process.

    Drawing takes a JavaScript engine, which the server of the pages shall not hold.

    Raises:
        InputError: It could not be written; with the process's last words.
    """
    with tempfile.TemporaryDirectory() as place:
        out = Path(place) / "report.html"
        words = ["report", "--model", chosen.run.name, "--threshold", str(at), "--out", str(out)]
        words += [] if chosen.is_own else ["--on", chosen.folder.name]
        done = subprocess.run(
            [sys.executable, "-m", "crackcls", *words],
            cwd=config.PROJECT,
            capture_output=True,
            text=True,
            timeout=SECONDS_FOR_A_REPORT,
        )
        if done.returncode:
            raise InputError(
                f"The report could not be written. {done.stderr[-300:].strip()}",
                public="The report could not be written on the server. Tell whoever runs it.",
            )
        return out.read_text(encoding="utf-8")
