"""What is installed: an installation that only serves has nothing to train with."""

from importlib.machinery import PathFinder

from crackcls.errors import InputError

# What requirements.txt has and requirements-serve.txt has not, by the names it is imported by.
TRAINING = {"tensorflow": "TensorFlow", "keras": "Keras", "cleanlab": "cleanlab"}
ADVICE = "Install it with `pip install -r requirements.txt`."


def missing() -> list[str]:
    """Name what training needs and this installation has not; nothing is imported."""
    return [title for name, title in TRAINING.items() if PathFinder.find_spec(name) is None]


def check_training() -> None:
    """Check that this installation can train.

    Raises:
        InputError: It cannot.
    """
    if lacks := missing():
        raise InputError(
            "Training needs the full installation, and this one only serves: it is without "
            f"{', '.join(lacks)}.",
            ADVICE,
        )
