"""Shapes drawn into made-up concrete: noise, paths, bands, blots, their light and shade.

A surface has the shape `(3, size, size)`, float32: reflected red, green and blue light, 0 to
about 1. A mask has the shape `(size, size)`, float32: 0 outside and 1 inside.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

Array = np.ndarray
FINER = 2  # Masks are drawn larger and shrunk, which smooths their edges.


@dataclass(frozen=True)
class Light:
    """Where light comes from and what it does at the edge of a hole.

    Attributes:
        angle: Direction in radians.
        wall: How bright the lit wall inside is, 0 to 1.
        rim: How bright the lit edge outside is, 0 to 1.
    """

    angle: float
    wall: float
    rim: float


def noise(rng: np.random.Generator, size: int, cell: float, stretch: float = 1.0) -> Array:
    """Make smooth random values that vary over some distance.

    Args:
        rng: Source of randomness.
        size: Side in pixels.
        cell: Distance in pixels over which values change.
        stretch: How many times longer that distance is across than down.

    Returns:
        Shape `(size, size)`, float32, mean about 0, standard deviation about 1.
    """
    across, down = size / (cell * stretch), size / cell
    shape = int(np.ceil(down)) + 3, int(np.ceil(across)) + 3
    coarse = Image.fromarray(rng.standard_normal(shape, np.float32))
    left, top = rng.random(2)
    box = (left, top, left + across, top + down)
    fine = np.asarray(coarse.resize((size, size), Image.Resampling.BICUBIC, box))
    # Values between the coarse ones are means, which spread less: 1 / 1.35 on average.
    return 1.35 * fine


def blurred(values: Array, sigma: float) -> Array:
    """Blur a mask or a surface, nearly by a Gaussian, in a few sums of three values.

    Source: the "à trous" scheme, M. Holschneider et al., in "Wavelets", Springer, 1989.

    Args:
        values: Shape `(..., size, size)`, float32.
        sigma: Standard deviation in pixels.

    Returns:
        The same shape.
    """
    variance, step = sigma**2, 1
    while variance > 1e-6:
        weight = min(0.25, variance / (2 * step**2))
        values = _spread(values, step, weight)
        values = _spread(values.swapaxes(-1, -2), step, weight).swapaxes(-1, -2)
        variance -= 2 * weight * step**2
        step = min(2 * step, 8)
    return values


def _spread(values: Array, step: int, weight: float) -> Array:
    """Give a share of each value to those `step` pixels around it; edges repeat outwards."""
    share = values * np.float32(weight)
    spread = values - 2 * share
    spread[..., step:] += share[..., :-step]
    spread[..., :-step] += share[..., step:]
    spread[..., :step] += share[..., :1]
    spread[..., -step:] += share[..., -1:]
    return spread


def walk(rng: np.random.Generator, start: Array, end: Array, rough: float) -> Array:
    """Lead a random path from point to point by displacing midpoints.

    Source: A. Fournier, D. Fussell, L. Carpenter, "Computer rendering of stochastic
    models", CACM 25(6), 1982.

    Args:
        rng: Source of randomness.
        start: First point, `(x, y)` in pixels.
        end: Last point.
        rough: How far midpoints lie off, as a share of the distance.

    Returns:
        Shape `(65, 2)`, float: points `(x, y)`.
    """
    points = np.stack([start, end]).astype(float)
    for _ in range(6):
        step = np.diff(points, axis=0)
        aside = np.stack([-step[:, 1], step[:, 0]], axis=1)
        middle = (points[1:] + points[:-1]) / 2 + rng.normal(0, rough, (len(step), 1)) * aside
        joined = np.empty((len(points) + len(middle), 2))
        joined[::2], joined[1::2] = points, middle
        points = joined
    return points


def across(rng: np.random.Generator, size: int, rough: float) -> Array:
    """Lead a path through the picture from edge to edge, past a point near its middle."""
    angle = rng.uniform(0, np.pi)
    way = np.array([np.cos(angle), np.sin(angle)]) * size * 0.85
    centre = size * np.clip(rng.normal(0.5, 0.17, 2), 0.15, 0.85)
    halves = walk(rng, centre - way, centre, rough), walk(rng, centre, centre + way, rough)
    return np.concatenate([halves[0][::2], halves[1][2::2]])


def band(path: Array, width: Array) -> Array:
    """Widen a path to a polygon.

    Args:
        path: Shape `(n, 2)`, points `(x, y)`.
        width: Shape `(n, 2)`, distance of the left and the right edge in pixels.

    Returns:
        Shape `(2n, 2)`, the corners in order.
    """
    along = np.gradient(path, axis=0)
    along /= np.maximum(np.hypot(*along.T), 1e-6)[:, None]
    aside = np.stack([-along[:, 1], along[:, 0]], axis=1)
    return np.concatenate([path + aside * width[:, :1], (path - aside * width[:, 1:])[::-1]])


def line(rng: np.random.Generator, size: int, path: Array, half: float, uneven: float) -> Array:
    """Draw a path as a mask, `half` as wide on each side, its edges off by a share `uneven`."""
    return filled(size, [band(path, half * np.exp(rng.normal(0, uneven, (len(path), 2))))])


def beside(path: Array, size: int) -> Array:
    """Close a path to a polygon that covers all on one side of it."""
    way = path[-1] - path[0]
    aside = np.array([-way[1], way[0]]) / np.hypot(*way) * size * 2
    return np.concatenate([path, [path[-1] + aside, path[0] + aside]])


def filled(size: int, polygons: Sequence[Array]) -> Array:
    """Fill polygons, shape `(n, 2)` each, into a mask."""
    image = Image.new("L", (size * FINER, size * FINER))
    draw = ImageDraw.Draw(image)
    for polygon in polygons:
        draw.polygon((polygon * FINER).ravel().tolist(), fill=255)
    return np.asarray(image.reduce(FINER), np.float32) / 255


def blots(rng: np.random.Generator, size: int, radius: Array) -> Array:
    """Fill irregular round shapes, strewn at random.

    Args:
        rng: Source of randomness.
        size: Side of the picture in pixels.
        radius: Shape `(n,)`, in pixels.

    Returns:
        A mask.
    """
    count = len(radius)
    angle = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    lengths = radius[:, None] * np.exp(rng.normal(0, 0.25, (count, 12)))
    flat, turn = rng.uniform(0.45, 1, (count, 1)), rng.uniform(0, np.pi, (count, 1))
    wide, high = lengths * np.cos(angle), lengths * np.sin(angle) * flat
    x = wide * np.cos(turn) - high * np.sin(turn) + rng.uniform(0, size, (count, 1))
    y = wide * np.sin(turn) + high * np.cos(turn) + rng.uniform(0, size, (count, 1))
    return filled(size, [*np.stack([x, y], axis=-1)])


def ragged(rng: np.random.Generator, mask: Array, width: float) -> Array:
    """Roughen the edge of a shape that is `width` pixels wide."""
    soft = blurred(mask, float(np.clip(width / 6, 0.5, 2)))
    cell, strength = float(np.clip(width / 3, 2, 5)), np.float32(rng.uniform(0.03, 0.2))
    uneven = soft + strength * noise(rng, len(mask), cell) * (soft > 0.02)
    return np.clip((uneven - 0.3) * 3, 0, 1)


def carve(surface: Array, mask: Array, dark: float, half: float, light: Light) -> Array:
    """Sink a shape into the surface: darker with depth, lit on the side that faces the light.

    Args:
        surface: Where into.
        mask: The shape.
        dark: How much light the deepest part loses, 0 to 1.
        half: Half the width of the shape in pixels.
        light: Where light comes from.

    Returns:
        The surface with the shape in it.
    """
    reach = float(np.clip(0.6 * half, 1, 7))
    by = round(reach * np.cos(light.angle)), round(reach * np.sin(light.angle))
    moved = shifted(mask, by)
    depth = blurred(mask, float(np.clip(0.5 * half, 0.6, 6)))
    wall = np.clip(mask - moved, 0, 1) * light.wall
    kept = 1 - dark * mask * (0.6 + 0.4 * depth) * (1 - wall)
    if not light.rim:
        return surface * kept
    rim = (0.8 * light.rim) * np.clip(moved - mask, 0, 1)
    return surface * (kept - rim) + rim


def painted(surface: Array, mask: Array, colour: Array | float, cover: float) -> Array:
    """Cover a surface where the mask is by a colour, `(3,)` or one grey, `cover` from 0 to 1."""
    colour = np.broadcast_to(np.float32(colour), 3)[:, None, None]
    covered = np.float32(cover) * mask
    return surface * (1 - covered) + covered * colour


def shifted(mask: Array, by: tuple[int, int]) -> Array:
    """Move a mask by `(x, y)` pixels; what comes in repeats the edge."""
    x, y = by
    padded = np.pad(mask, ((abs(y), abs(y)), (abs(x), abs(x))), mode="edge")
    size = len(mask)
    return padded[abs(y) - y : abs(y) - y + size, abs(x) - x : abs(x) - x + size]
