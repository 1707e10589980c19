"""Cracks, and the marks on sound concrete that look like them."""

import numpy as np

from crackcls.datasets.synthetic.strokes import (
    Array,
    Light,
    across,
    band,
    beside,
    blots,
    blurred,
    carve,
    filled,
    line,
    noise,
    painted,
    ragged,
    shifted,
    walk,
)

Rng = np.random.Generator
SMALLEST_CRACK = 0.003  # Share of the picture; less is not to be seen.


def crack(rng: Rng, surface: Array) -> Array:
    """Draw one crack, seldom two, with branches: ragged, of varying width and depth."""
    size = surface.shape[1]
    width = float(np.clip(rng.lognormal(1.95, 0.7), 1.5, 36))
    mask = _crack_mask(rng, size, width)
    while mask.mean() < SMALLEST_CRACK:
        mask = _crack_mask(rng, size, width)
    if rng.random() < 0.4:
        surface = _worn(rng, surface, mask, width)
    rim = float(rng.choice([0.0, rng.uniform(0, 0.5), rng.uniform(0.4, 1)]))
    light = Light(rng.uniform(0, 2 * np.pi), rng.uniform(0, 0.75), rim)
    if width > 7 and rng.random() < 0.6:
        return _deep(rng, surface, mask, width, light)
    return carve(surface, mask, rng.uniform(0.55, 0.95), width / 2, light)


def joint(rng: Rng, surface: Array) -> Array:
    """Draw the joint of two form-work boards: straight, and often a step in brightness."""
    size = surface.shape[1]
    path = across(rng, size, 0.0)
    step = np.float32(rng.normal(0, 0.1)) * filled(size, [beside(path, size)])
    surface = surface * (1 + step)
    mask = line(rng, size, path, rng.uniform(0.6, 4), 0.12)
    if rng.random() < 0.4:
        return painted(surface, blurred(mask, 0.8), 0.95, rng.uniform(0.1, 0.5))
    return carve(surface, blurred(mask, 0.7), rng.uniform(0.1, 0.6), 2, _any_light(rng))


def saw_cut(rng: Rng, surface: Array) -> Array:
    """Draw a saw cut: straight, dark, sharp, of one width."""
    size = surface.shape[1]
    mask = line(rng, size, across(rng, size, 0.0), rng.uniform(1, 5), 0.0)
    return carve(surface, mask, rng.uniform(0.5, 0.95), 3, _any_light(rng))


def tie_hole(rng: Rng, surface: Array) -> Array:
    """Draw a form tie's round hole."""
    size = surface.shape[1]
    angle = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    ring = rng.uniform(8, 40) * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    mask = blurred(filled(size, [ring + rng.uniform(0, size, 2)]), 0.8)
    return carve(surface, mask, rng.uniform(0.3, 0.95), 6, _any_light(rng))


def scratches(rng: Rng, surface: Array) -> Array:
    """Draw thin light scratches."""
    size = surface.shape[1]
    paths = [across(rng, size, 0.02)[: rng.integers(12, 50)] for _ in range(rng.integers(1, 5))]
    masks = [line(rng, size, path, rng.uniform(0.4, 1.4), 0.3) for path in paths]
    return painted(surface, np.max(masks, axis=0), 0.95, rng.uniform(0.2, 0.7))


def cable_shadow(rng: Rng, surface: Array) -> Array:
    """Draw the soft shadow of a cable or a twig: a smooth curve."""
    size = surface.shape[1]
    path = across(rng, size, 0.0)
    t = np.linspace(-1, 1, len(path))
    aside = (path[-1] - path[0])[::-1] * np.array([-1, 1])
    curve = path + np.outer(rng.normal(0, 0.15) * t**2 + rng.normal(0, 0.1) * t**3, aside)
    soft = blurred(line(rng, size, curve, rng.uniform(2, 9), 0.0), rng.uniform(2, 5))
    return surface * (1 - np.float32(rng.uniform(0.15, 0.5)) * soft)


def root(rng: Rng, surface: Array) -> Array:
    """Draw a plant's root on the surface: branched, round, with a shadow beside it."""
    size, width = surface.shape[1], rng.uniform(1.2, 5)
    stem = across(rng, size, rng.uniform(0.04, 0.12))
    paths = [(stem, width), *_branches(rng, stem, width, size)]
    mask = filled(size, [band(path, _edges(rng, len(path), wide, 0.08)) for path, wide in paths])
    shadow = blurred(shifted(mask, tuple(rng.integers(-3, 4, 2))), 1.2)
    surface = surface * (1 - np.float32(rng.uniform(0.2, 0.5)) * shadow)
    colours = ([0.55, 0.45, 0.3], [0.4, 0.5, 0.25], [0.75, 0.68, 0.55], [0.35, 0.28, 0.2])
    colour = np.array(colours[rng.integers(len(colours))], np.float32)
    round_ = 0.35 + 0.65 * blurred(mask, width / 3)
    return painted(surface, mask * round_, colour, rng.uniform(0.7, 1))


def paint_line(rng: Rng, surface: Array) -> Array:
    """Draw a painted line or a chalk mark."""
    size = surface.shape[1]
    mask = line(rng, size, across(rng, size, 0.0), rng.uniform(3, 30), 0.05)
    worn = np.clip(1 + 0.5 * noise(rng, size, 5), 0, 1)
    colours = ([0.95, 0.95, 0.92], [0.9, 0.75, 0.2], [0.75, 0.2, 0.15], [0.2, 0.35, 0.7])
    colour = np.array(colours[rng.integers(len(colours))], np.float32)
    return painted(surface, mask * worn, colour, rng.uniform(0.4, 0.95))


def wet_edge(rng: Rng, surface: Array) -> Array:
    """Darken one side of a wandering border, as water does."""
    size = surface.shape[1]
    side = filled(size, [beside(across(rng, size, 0.12), size)])
    mask = blurred(side, rng.uniform(0.6, 3))
    wide = blurred(mask, 3)
    loss = rng.uniform(0.12, 0.45) * mask + rng.uniform(0, 0.6) * wide * (1 - wide)
    return surface * (1 - loss).astype(np.float32)


def chips(rng: Rng, surface: Array) -> Array:
    """Break some patches off: larger than pores, dark or light."""
    mask = blots(rng, surface.shape[1], rng.uniform(4, 22, rng.integers(1, 5)))
    mask = ragged(rng, mask, 8)
    if rng.random() < 0.4:
        return painted(surface, mask, rng.uniform(0.6, 0.95), rng.uniform(0.1, 0.5))
    return carve(surface, mask, rng.uniform(0.1, 0.6), 5, _any_light(rng))


LOOK_ALIKES = (
    *(joint, saw_cut, tie_hole, scratches, cable_shadow),
    *(root, paint_line, wet_edge, chips),
)


def _crack_mask(rng: Rng, size: int, width: float) -> Array:
    paths = [(_crack_path(rng, size), width) for _ in range(1 + (rng.random() < 0.12))]
    paths += [branch for path, _ in paths for branch in _branches(rng, path, width, size)]
    mask = filled(size, [band(path, _edges(rng, len(path), wide)) for path, wide in paths])
    mask = ragged(rng, mask, width)
    return mask * np.clip(1 + 0.35 * noise(rng, size, 25), 0.55, 1)


def _crack_path(rng: Rng, size: int) -> Array:
    path = across(rng, size, rng.uniform(0.06, 0.2))
    return path[: rng.integers(38, 60)] if rng.random() < 0.2 else path


def _branches(rng: Rng, path: Array, width: float, size: int) -> list[tuple[Array, float]]:
    """Let thinner paths leave a path."""
    count = int(rng.integers(1, 3)) if rng.random() < 0.35 else 0
    found = []
    for at in rng.integers(8, len(path) - 1, count):
        angle = rng.uniform(0, 2 * np.pi)
        end = path[at] + rng.uniform(0.2, 0.6) * size * np.array([np.cos(angle), np.sin(angle)])
        found.append((walk(rng, path[at], end, 0.15), width * rng.uniform(0.25, 0.7)))
    return found


def _edges(rng: Rng, count: int, width: float, uneven: float = 0.35) -> Array:
    """Vary the width along a path, each edge for itself, and close it at its end."""
    knots = rng.normal(0, uneven, (9, 2)) + rng.normal(0, uneven, (9, 1))
    at = np.linspace(0, 8, count)
    smooth = np.stack([np.interp(at, np.arange(9), knots[:, i]) for i in (0, 1)], axis=1)
    rough = rng.normal(0, uneven / 3, (count, 2))
    taper = np.minimum(1, np.linspace(6, 0.15, count))[:, None]
    return width / 2 * np.exp(smooth + rough) * taper


def _deep(rng: Rng, surface: Array, mask: Array, width: float, light: Light) -> Array:
    """Sink a wide crack in two steps: a slope with dirt on it, and a dark core to one side."""
    dirt = np.array([0.42, 0.36, 0.28], np.float32) * np.float32(rng.uniform(0.4, 1.3))
    slope = painted(surface, mask, dirt, rng.uniform(0.1, 0.8))
    slope = carve(slope, mask, rng.uniform(0.05, 0.5), width / 2, light)
    turn = light.angle + rng.normal(0, 0.5)
    by = round(width / 5 * np.cos(turn)), round(width / 5 * np.sin(turn))
    core = np.clip(3 * (shifted(blurred(mask, width / 6), by) * mask - rng.uniform(0.4, 0.7)), 0, 1)
    return carve(slope, core, rng.uniform(0.7, 0.97), width / 4, Light(0, 0, 0))


def _worn(rng: Rng, surface: Array, mask: Array, width: float) -> Array:
    """Surround a crack by broken edges or dried lime, lighter or darker than the surface."""
    size = surface.shape[1]
    near = np.clip(blurred(mask, float(np.clip(width * rng.uniform(0.4, 1), 1.5, 12))) * 2.5, 0, 1)
    patchy = np.clip(0.6 * noise(rng, size, rng.uniform(6, 25)) + rng.uniform(0, 0.6), 0, 1)
    return painted(surface, near * patchy, rng.choice([0.95, 0.85, 0.35]), rng.uniform(0.15, 0.6))


def _any_light(rng: Rng) -> Light:
    return Light(rng.uniform(0, 2 * np.pi), rng.uniform(0, 0.6), rng.uniform(0, 0.35))
