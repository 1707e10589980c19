"""Where a model saw a class: its activation map laid over the image."""

import numpy as np
from PIL import Image

# Colours of heat from 0 to 1. Their luminance rises, so that whoever sees no red sees the heat:
# three of matplotlib's `inferno` (S. van der Walt and N. Smith, SciPy 2015).
COLOURS = (187, 55, 84), (249, 142, 9), (252, 255, 164)
STRONGEST = 0.65


def evidence(activation_map: np.ndarray, label: int) -> np.ndarray:
    """Tell at each place how much speaks for a class.

    The map is exact: averaged over the picture it gives the class's score before softmax
    (class activation mapping: B. Zhou et al., CVPR 2016).

    Args:
        activation_map: Shape `(..., rows, columns, classes)`, float, from the model.
        label: The class, an index into the last axis.

    Returns:
        Shape `(..., rows, columns)`, float32, 0 to 1: the probability that the place
        alone would give.
    """
    scores = activation_map - activation_map.max(axis=-1, keepdims=True)
    powers = np.exp(scores)
    return (powers[..., label] / powers.sum(axis=-1)).astype(np.float32)


def overlay(
    image: Image.Image, heat: np.ndarray, opacity: float = STRONGEST, above: float = 0.5
) -> Image.Image:
    """Lay colour over an image where heat is high.

    Args:
        image: Pillow image of mode RGB.
        heat: Shape `(rows, columns)`, float, 0 to 1, for the whole image.
        opacity: Of the colour where heat is 1, 0 to 1.
        above: The heat from which there is colour, 0 to below 1.

    Returns:
        An image of the same size.
    """
    strong = np.clip((heat - above) / (1 - above), 0, 1).astype(np.float32)
    smooth = Image.fromarray(strong).resize(image.size, Image.Resampling.BICUBIC)
    share = np.clip(np.asarray(smooth), 0, 1)
    cover = Image.fromarray((share * opacity * 255).astype(np.uint8))
    return Image.composite(
        Image.fromarray(_colours()[(share * 255).astype(np.uint8)]), image, cover
    )


def _colours() -> np.ndarray:
    """Give the colour of each of 256 steps of heat, shape `(256, 3)`, uint8."""
    stops = np.linspace(0, 255, len(COLOURS))
    columns = [np.interp(np.arange(256), stops, column) for column in zip(*COLOURS, strict=True)]
    return np.stack(columns, axis=1).astype(np.uint8)
