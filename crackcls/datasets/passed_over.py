"""What lies among labelled images and is no photo."""

from crackcls.formats import photo_files
from crackcls.formats.marks import Kind
from crackcls.labelled import Labelled


def of(labelled: Labelled) -> dict[str, Kind]:
    """Tell what each file among images is that is no photo.

    Args:
        labelled: The images, of one folder or of several sets.

    Returns:
        What each is, by its name as `Labelled.files` has it; a table that told the classes is
        not among them.
    """
    found = {
        f"{name}/{file}" if name else file: kind
        for name, place in labelled.places.items()
        for file, kind in photo_files.below(place).passed_over.items()
    }
    said = {word for text in labelled.levels.said for word in text.split()}
    return {file: kind for file, kind in found.items() if not {*file.split()} <= said}


def lines(labelled: Labelled) -> list[str]:
    """Say which files among images are no photos, a line for each kind."""
    return photo_files.lines(of(labelled))
