"""What a comparison of the two splits says, over its seeds."""

import pandas as pd

FILE = "splits.csv"
TITLES = {
    "accuracy": "test accuracy",
    "share_with_copy": "test images with a near copy in training",
    "accuracy_without_copy": "accuracy on the others",
}


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
