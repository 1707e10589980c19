"""A share of images or of certainty: the interval that it lies in, and the words for it."""


def wilson(right: int, images: int) -> tuple[float, float]:
    """Give the 95 % interval of a share (E. B. Wilson, JASA 22, 1927).

    Args:
        right: How many images count.
        images: Of how many, one or more.

    Returns:
        The lowest and the highest share, 0 to 1.
    """
    from scipy.stats import binomtest

    interval = binomtest(right, images).proportion_ci(0.95, method="wilson")
    return float(interval.low), float(interval.high)


def percent(share: float) -> str:
    """Say a probability or a vote in percent, and neither as certainty."""
    return "over 99.9%" if share > 0.999 else "under 0.1%" if share < 0.001 else f"{share:.1%}"
