"""Small square pictures shrunk as Pillow does, to the bit, in a third of the time.

Pillow weighs each pixel in a loop. Here the weights are matrices that serve all pictures of one
size, and a product of matrices gives a picture in both shapes that the fingerprint takes.
"""

from functools import lru_cache

import numpy as np

# Larger pictures take as long to be decoded as their fingerprint, and need much memory here.
LARGEST_SIDE = 256
# Pillow's weights are whole numbers of this size (Resample.c: 32 bits less 8 and 2).
ONE = 2.0**22
LOBES = 3


def shrink(grey: np.ndarray, side: int) -> tuple[np.ndarray, np.ndarray]:
    """Shrink a grey picture by Lanczos resampling, as `PIL.Image.resize` does.

    Args:
        grey: Shape `(length, length)`, uint8, from `side + 2` to `LARGEST_SIDE` each way. In
            tall pictures Pillow begins with the columns, which rounds otherwise.
        side: The shorter side of what comes out, in pixels.

    Returns:
        The picture in the shapes `(side, side + 1)` and `(side + 1, side)`, float64, whole
        numbers in 0-255.
    """
    length = len(grey)
    across = _rounded(grey.astype(np.float64) @ _both(length, side))
    wide = _rounded(_weights(length, side).T @ across[:, : side + 1])
    return wide, _rounded(_weights(length, side + 1).T @ across[:, side + 1 :])


@lru_cache(64)
def _both(length: int, side: int) -> np.ndarray:
    return np.hstack([_weights(length, side + 1), _weights(length, side)])


@lru_cache(64)
def _weights(length: int, count: int) -> np.ndarray:
    """Weigh pixels for each pixel that comes out: `(length, count)`, whole numbers."""
    scale = length / count
    centre = (np.arange(count) + 0.5) * scale
    first, last = ((centre + sign * LOBES * scale + 0.5).astype(int) for sign in (-1, 1))
    at = np.arange(length)[:, None]
    distance = (at - centre + 0.5) / scale
    weights = np.sinc(distance) * np.sinc(distance / LOBES)
    inside = (at >= first) & (at < last) & (distance >= -LOBES) & (distance < LOBES)
    weights = np.where(inside, weights, 0)
    weights /= weights.sum(axis=0)
    return np.trunc(weights * ONE + np.copysign(0.5, weights))


def _rounded(sums: np.ndarray) -> np.ndarray:
    """Bring weighted sums back to 0-255, in place."""
    sums *= 1 / ONE
    sums += 0.5
    np.floor(sums, out=sums)
    return np.clip(sums, 0, 255, out=sums)
