"""The interval that a share of images lies in."""


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
