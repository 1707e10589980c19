"""Made-up concrete without marks: texture, colour, stains, light; and the camera."""

import numpy as np

from crackcls.datasets.synthetic.strokes import Array, Light, blots, blurred, carve, noise

GRAIN_CELLS = (2, 5, 12, 30, 80)


def concrete(rng: np.random.Generator, size: int) -> Array:
    """Make a concrete surface: aggregate and pores over several scales, stains, light.

    Args:
        rng: Source of randomness.
        size: Side in pixels.

    Returns:
        A surface, see `strokes`.
    """
    stains = _stains(rng, size)
    shade = (1 + _grain(rng, size)) * (1 + stains) * _light(rng, size)
    shade *= np.float32(rng.uniform(0.25, 0.82))
    surface = _colour(rng, stains)
    surface *= shade
    return _pores(rng, np.rot90(surface, int(rng.integers(4)), axes=(1, 2)))


def photograph(rng: np.random.Generator, surface: Array) -> Array:
    """Take a picture of a surface: blur, the camera's sharpening, sensor noise.

    Args:
        rng: Source of randomness.
        surface: What to photograph.

    Returns:
        Shape `(size, size, 3)`, uint8, RGB in 0-255.
    """
    sharp = blurred(surface, float(rng.choice([0.4, 0.7, 1.0, 1.6], p=[0.3, 0.35, 0.25, 0.1])))
    if rng.random() < 0.5:
        sharp = sharp + np.float32(rng.uniform(0.3, 1.2)) * (sharp - blurred(sharp, 1.2))
    sharp = sharp + np.float32(rng.gamma(2.0, 0.006)) * _sensor_noise(rng, surface.shape[1])
    picture = np.clip(sharp * 255, 0, 255).astype(np.uint8)
    return np.ascontiguousarray(np.moveaxis(picture, 0, -1))


def _grain(rng: np.random.Generator, size: int) -> Array:
    """Add up noise over scales, and light it from one side."""
    rough = min(rng.gamma(2.0, 0.5), 2.5)
    stretch = rng.choice([1.0, 3.0, 8.0], p=[0.88, 0.08, 0.04])
    strengths = rng.gamma(1.5, 0.014, len(GRAIN_CELLS)) * rough
    grain = sum(
        np.float32(strength) * noise(rng, size, cell, stretch)
        for strength, cell in zip(strengths, GRAIN_CELLS, strict=True)
    )
    relief = noise(rng, size, rng.uniform(2, 6), stretch)
    grain += np.float32(rng.gamma(1.5, 0.02)) * np.gradient(relief, axis=int(rng.integers(2)))
    return grain + _aggregate(rng, size)


def _aggregate(rng: np.random.Generator, size: int) -> Array:
    """Let stones of one size show through as lighter or darker patches."""
    field = noise(rng, size, rng.uniform(2, 10)) + 0.3 * noise(rng, size, 3)
    patches = np.clip(rng.uniform(0.5, 3) * (field - np.float32(rng.uniform(0.5, 2.0))), 0, 1)
    return np.float32(rng.normal(0, 0.08)) * patches


def _stains(rng: np.random.Generator, size: int) -> Array:
    """Darken and lighten wide patches with soft or clear edges."""
    stains = np.zeros((size, size), np.float32)
    for _ in range(rng.integers(0, 4)):
        field = noise(rng, size, rng.uniform(20, 110), rng.choice([0.3, 1.0, 1.0, 2.5]))
        field = field + 0.15 * noise(rng, size, 7)
        edge, level = np.float32(rng.uniform(0.8, 8.0)), np.float32(rng.normal(0.5, 0.5))
        stains += np.float32(rng.normal(-0.05, 0.12)) / (1 + np.exp(edge * (level - field)))
    return np.clip(stains, -0.5, 0.4)


def _light(rng: np.random.Generator, size: int) -> Array:
    """Let light fall off towards one side and towards the corners."""
    at = np.linspace(-1, 1, size, dtype=np.float32)
    angle, fall, corner = rng.uniform(0, 2 * np.pi), rng.gamma(1.5, 0.06), rng.gamma(1.0, 0.03)
    slope = fall * np.cos(angle) * at[None, :] + fall * np.sin(angle) * at[:, None]
    return (1 + slope - corner * (at[None, :] ** 2 + at[:, None] ** 2)).astype(np.float32)


def _colour(rng: np.random.Generator, stains: Array) -> Array:
    """Tint the grey: warm, cool or green all over, and rusty or bluish with the stains."""
    warm, green = rng.normal(0.02, 0.05), rng.normal(0.0, 0.012)
    tint = np.array([1 + warm, 1 + green, 1 - warm], np.float32)[:, None, None]
    rust = (rng.normal(0, 0.25) * np.array([-0.3, 0.0, 0.5])).astype(np.float32)
    return tint + stains * rust[:, None, None]


def _pores(rng: np.random.Generator, surface: Array) -> Array:
    """Dot the surface with air holes: dark, lit on the far rim, few of them large."""
    count = int(rng.gamma(0.8, 25))
    if not count:
        return surface
    radius = np.clip(rng.lognormal(0.2, 0.6, count), 0.6, 9)
    light = Light(rng.uniform(0, 2 * np.pi), rng.uniform(0.0, 0.5), rng.uniform(0.0, 0.3))
    mask = blots(rng, surface.shape[1], radius)
    return carve(surface, mask, rng.uniform(0.25, 0.85), 1.2, light)


def _sensor_noise(rng: np.random.Generator, size: int) -> Array:
    """Make noise that the three colours share in part; sums of two bytes are fast to draw."""
    drawn = rng.integers(0, 256, (2, 3, size, size), np.uint8)
    planes = np.add(*drawn, dtype=np.float32)
    planes -= 255
    planes /= 104  # Standard deviation 1.
    return planes / 2 + planes.sum(axis=0) / 2
