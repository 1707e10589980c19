"""The photos that come with the app to let any model judge the same ones.

They lie among the images of their own tests that come with the shipped models. A list beside these
models, made by `python -m benchmarks.own_images`, says which, so that none was chosen because a
model errs on it: a class of a data set has as large a share of errors here as in the whole test.
No shipped model has learned from one of them.
"""

from pathlib import Path

from crackcls import config, stored
from crackcls.labelled import Labelled

NAME, LIST = "shipped-photos", "photos.csv"
COLUMNS = dict.fromkeys(("file", "class"), stored.NAME)


def listing() -> Labelled:
    """List them.

    Raises:
        InputError: The list is damaged.
    """
    folder = config.shipped_folder()
    table = stored.read_csv(folder / LIST, COLUMNS)
    classes = tuple(sorted({*table["class"]}))
    labels = tuple(classes.index(name) for name in table["class"])
    return Labelled(folder, classes, tuple(table["file"]), labels, called=NAME)


def are(data: str, folder: Path | None) -> bool:
    """Tell whether an evaluation was on these photos.

    Args:
        data: The name of its data; any upload may have the same.
        folder: Where its images are; None where that is not known.
    """
    return data == NAME and folder is not None and folder.resolve() == _folder()


def _folder() -> Path:
    return config.shipped_folder().resolve()
