"""What a comparison of the two splits says, over its seeds."""

from pathlib import Path

import pandas as pd

from crackcls import stored

FILE = "splits.csv"
TITLES = {
    "accuracy": "test accuracy",
    "share_with_copy": "test images with a near copy in training",
    "accuracy_without_copy": "accuracy on the others",
}

COLUMNS = {
    **{"split": stored.TEXT, "seed": stored.COUNT, "images": stored.COUNT, "wrong": stored.COUNT},
    **{"accuracy": stored.SHARE, "share_with_copy": stored.SHARE},
}


def read(path: Path) -> pd.DataFrame:
    """Read what `compare_splits.compare` gave.

    Raises:
        InputError: The file is damaged.
    """
    table = stored.read_csv(path, COLUMNS | {"images_without_copy": stored.COUNT})
    # Where every test image has a copy, there is no figure without.
    alone = pd.to_numeric(table.get("accuracy_without_copy", float("nan")), errors="coerce")
    return table.assign(accuracy_without_copy=alone)


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Give mean and spread over the seeds.

    Args:
        table: What `compare_splits.compare` gave.

    Returns:
        One row for each split: `split`, `seeds`, and `mean`, `lowest` and `highest` of
        `accuracy` and of `share_with_copy`, as `accuracy mean` and so on.
    """
    rows = []
    for mode, part in table.groupby("split", sort=False):
        row = {"split": mode, "seeds": len(part)}
        for name in TITLES:
            values = part[name]
            figures = {"mean": values.mean(), "lowest": values.min(), "highest": values.max()}
            row |= {f"{name} {which}": value for which, value in figures.items()}
        rows.append(row)
    return pd.DataFrame(rows)
