"""What Predict says of the images of an evaluation, beside what their probabilities say."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from crackcls.network.pipeline import Row

VERDICT = "verdict"
# Predict's words for not saying whether a class is there.
NO_VERDICT = ("doubtful", "unfamiliar")


def added(table: pd.DataFrame, rows: Sequence[Row]) -> pd.DataFrame:
    """Add a column `verdict` to a table of predictions, where each row of a file has one."""
    if not all(VERDICT in row for row in rows):
        return table
    return table.assign(**{VERDICT: [str(row[VERDICT]) for row in rows]})


def counted(table: pd.DataFrame) -> dict[str, Any]:
    """Count the images on which Predict gives no verdict: `no_verdict`, by its words.

    Of a table without verdicts nothing is counted.
    """
    if VERDICT not in table:
        return {}
    return {"no_verdict": {words: int((table[VERDICT] == words).sum()) for words in NO_VERDICT}}


def in_words(report: Mapping[str, Any]) -> str:
    """Say how many images of a report have no verdict; nothing where all have one."""
    counts = {words: n for words, n in report.get("no_verdict", {}).items() if n}
    if not counts:
        return ""
    told = " and ".join(f"{n:,} {words}" for words, n in counts.items())
    total = sum(counts.values())
    return (
        f"Predict calls {told}: on {'this image' if total == 1 else 'these'} it gives no verdict. "
        f"Here {'it counts' if total == 1 else 'they count'} by the probability."
    )
