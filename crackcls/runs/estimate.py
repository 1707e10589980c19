"""How long a training will take, told before it begins."""

import os

from crackcls.config import TrainConfig

# Seconds on two cores at 160 pixels: for a run at all, for each image once (reading, the frozen
# part), and for each training image in each epoch. See docs/speed.md.
MEASURED = {
    "head": (6.0, 0.002, 0.00002),
    "top": (15.0, 0.004, 0.002),
    "all": (30.0, 0.006, 0.008),
}
CORES, SIDE, TRAINING_SHARE = 2, 160, 0.7


def seconds(images: int, settings: TrainConfig) -> float:
    """Estimate how long a run takes on this machine, with nothing cached.

    Args:
        images: How many there are.
        settings: Settings of the run.

    Returns:
        Seconds. Another kind of processor may take half or twice as long.
    """
    start, once, each = MEASURED[settings.fine_tune]
    count = min(images, settings.limit or images)
    work = count * (once + TRAINING_SHARE * settings.epochs * each)
    slower = (settings.image_size / SIDE) ** 2 * CORES / (os.cpu_count() or 1)
    return start + work * slower


def in_words(duration: float) -> str:
    """Say a duration as a person plans with it: 'about 20 minutes'."""
    if duration < 90:
        return "about a minute"
    if duration < 90 * 60:
        return f"about {round(duration / 60)} minutes"
    return f"about {duration / 3600:.1f} hours"
