"""What the command line shows: progress bars and tables."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from tqdm import tqdm

from crackcls import disk
from crackcls.cli import console
from crackcls.evaluation import headline, sets, verdicts, wording
from crackcls.names import shown

if TYPE_CHECKING:
    import numpy as np


class Bars:
    """Shows the events of a run as progress bars and lines on standard error.

    A terminal gets bars; a file gets only the lines.
    """

    def __init__(self) -> None:
        self.bar: tqdm | None = None

    def __call__(self, kind: str, **fields: Any) -> None:
        """Hear one event."""
        show = getattr(self, "_on_" + kind.replace(" ", "_"), None)
        if show:
            show(**fields)

    def close(self) -> None:
        """End the bar that is open."""
        if self.bar is not None:
            self.bar.close()
            self.bar = None

    def _on_phase(self, phase: str, total: int, unit: str = "images") -> None:
        self.close()
        if total:
            is_bytes = unit == "bytes"
            word = "B" if is_bytes else f" {unit}"
            self.bar = tqdm(desc=phase, total=total, unit=word, unit_scale=is_bytes, disable=None)
        else:
            say(f"{phase} ...", sys.stderr)

    def _on_progress(self, done: int, **fields: Any) -> None:
        if self.bar is not None:
            self.bar.update(done - self.bar.n)

    def _on_epoch(self, epoch: int, **figures: float) -> None:
        told = "  ".join(f"{name} {value:.4f}" for name, value in figures.items())
        say(f"epoch {epoch}  {told}", sys.stderr)

    def _on_left_out(self, file: str, reason: str) -> None:
        say(f"left out {shown(file)}: {shown(reason)}", sys.stderr)

    def _on_note(self, text: str) -> None:
        say(shown(text), sys.stderr)

    def _on_end(self, **fields: Any) -> None:
        self.close()


def print_result(as_json: bool, value: Any, text: str) -> None:
    """Print what a command found: a value as JSON for a machine, or text."""
    print(console.as_json(value) if as_json else text)


def save(path: Path, write: Callable[[Path], object]) -> int:
    """Write what a command has made, or keep it under another name and say so, see `disk.save`.

    Returns:
        The command's exit status: 0, or 1 where it is kept elsewhere.
    """
    kept = disk.save(path, write)
    if kept:
        say(f"crackcls: {shown(kept)}", sys.stderr)
    return int(bool(kept))


def say(text: str, where: TextIO) -> None:
    """Print a line without breaking the progress bar."""
    tqdm.write(text, file=where)


def table(rows: "Sequence[Sequence[Any]] | np.ndarray", heads: Sequence[str]) -> str:
    """Set rows in columns, text to the left and numbers to the right; a name stays in its cell."""
    cells = [[shown(cell) for cell in row] for row in [heads, *rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(heads))]
    numeric = [all(isinstance(row[i], (int, float)) for row in rows) for i in range(len(heads))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numeric, strict=True)
        ).rstrip()
        for row in cells
    )


def report_lines(report: dict[str, Any]) -> str:
    """Say a test report in lines."""
    report = wording.report_in_words(report)
    auc = report["roc_auc"]
    lines = [
        *_headline(report),
        f"ROC AUC {auc:.5f}" if auc is not None else "ROC AUC: needs two classes",
    ]
    if by_set := sets.rows(report):
        lines += ["", table(by_set, sets.HEADS), ""]
    if said := verdicts.in_words(report):
        lines.append(said)
    if "near_copies" in report:
        copies = report["near_copies"]
        count = copies["test_images_with_copy_in_training"]
        lines.append(f"{count} test images have a near copy in training")
    rows = [
        [name, *(f"{figures[key]:.4f}" for key in ("precision", "recall", "f1")), figures["images"]]
        for name, figures in report["per_class"].items()
    ]
    lines += ["", table(rows, ["class", "precision", "recall", "F1", "images"]), ""]
    matrix = zip(report["classes"], report["confusion_matrix"], strict=True)
    predicted = [f"predicted {name}" for name in report["classes"]]
    lines.append(table([[f"actual {name}", *row] for name, row in matrix], ["", *predicted]))
    return "\n".join(lines)


def _headline(report: dict[str, Any]) -> list[str]:
    said = headline.of_report(report)
    *rates, accuracy = said.figures
    low, high = report["accuracy_interval"]
    right = accuracy.value if said.caution else f"{report['accuracy']:.4f}"
    return [
        *(shown(f"{figure.label} {figure.value} ({figure.counted})") for figure in rates),
        f"accuracy {right} ({report['wrong']} wrong of {report['images']:,}; "
        f"95 % interval {low:.4f} to {high:.4f})",
        *([shown(said.caution)] if said.caution else []),
    ]
