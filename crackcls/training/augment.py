"""Changes of pixels that leave a crack a crack: place, light, colour, sharpness, noise."""

from collections.abc import Callable

import tensorflow as tf

# The least share of a side that a crop keeps.
CROP = 0.9
# Light: of 255, and of the contrast (a power of e).
BRIGHTNESS, CONTRAST = 0.2, 0.3
# Colour: of each channel, of the saturation, and the share of images in grey.
TINT, SATURATION, GREY = 0.1, 0.4, 0.1

# Sharpness: the share of images that lose some, and to what share of their side they are shrunk
# for that. Sets of small pictures would else teach that a blurred surface is a sound one.
BLURRED, SHRUNK = 0.3, 0.55

Draw = Callable[..., tf.Tensor]


def augment(rows: tf.Tensor, side: int, seed: tf.Tensor) -> tf.Tensor:
    """Change a batch of images, each in its own way.

    Args:
        rows: Shape `(n, stored side, stored side, 3)`, RGB in 0-255, any number type.
        side: Of what comes out, in pixels.
        seed: Shape `(2,)`, int32. The same gives the same changes.

    Returns:
        Shape `(n, side, side, 3)`, float32, RGB in 0-255.
    """
    draw = _drawing(tf.shape(rows)[0], seed)
    images = _cropped(tf.cast(rows, tf.float32), side, draw)
    images = _turned(images, draw)
    images = _blurred(images, side, draw)
    images = _lit(images, draw)
    images = _coloured(images, draw)
    return tf.clip_by_value(images, 0.0, 255.0)


def _drawing(count: tf.Tensor, seed: tf.Tensor) -> Draw:
    """Give a function that draws one number, or several, for each image."""
    drawn = iter(range(1_000))

    def draw(low: float, high: float, width: int = 1) -> tf.Tensor:
        own = seed + tf.constant([next(drawn) * 1_000_003, 0])
        return tf.random.stateless_uniform([count, width], own, low, high)

    return draw


def _cropped(images: tf.Tensor, side: int, draw: Draw) -> tf.Tensor:
    """Cut out a square and bring it to the size; mirrored both ways by chance."""
    share = draw(CROP, 1.0)
    start = draw(0.0, 1.0, 2) * (1 - share)
    ends = tf.concat([start, start + share], axis=1)
    mirrored = tf.concat([draw(0.0, 1.0, 2) < 0.5] * 2, axis=1)
    boxes = tf.where(mirrored, tf.gather(ends, [2, 3, 0, 1], axis=1), ends)
    return tf.image.crop_and_resize(images, boxes, tf.range(tf.shape(images)[0]), [side, side])


def _turned(images: tf.Tensor, draw: Draw) -> tf.Tensor:
    """Swap rows and columns by chance, which makes quarter turns of mirrored images."""
    is_turned = draw(0.0, 1.0)[:, :, None, None] < 0.5
    return tf.where(is_turned, tf.transpose(images, [0, 2, 1, 3]), images)


def _blurred(images: tf.Tensor, side: int, draw: Draw) -> tf.Tensor:
    """Mix some images with a coarser copy of themselves."""
    small = tf.image.resize(images, [round(SHRUNK * side)] * 2, antialias=True)
    coarse = tf.image.resize(small, [side, side])
    share = tf.where(draw(0.0, 1.0) < BLURRED, draw(0.0, 1.0), 0.0)[:, :, None, None]
    return images + (coarse - images) * share


def _lit(images: tf.Tensor, draw: Draw) -> tf.Tensor:
    mean = tf.reduce_mean(images, axis=[1, 2], keepdims=True)
    contrast = tf.exp(draw(-CONTRAST, CONTRAST))[:, :, None, None]
    brightness = draw(-BRIGHTNESS, BRIGHTNESS)[:, :, None, None]
    return (images - mean) * contrast + mean + 255 * brightness


def _coloured(images: tf.Tensor, draw: Draw) -> tf.Tensor:
    grey = tf.reduce_mean(images, axis=3, keepdims=True)
    saturation = 1 + draw(-SATURATION, SATURATION)
    saturation = tf.where(draw(0.0, 1.0) < GREY, 0.0, saturation)[:, :, None, None]
    tint = 1 + draw(-TINT, TINT, 3)[:, None, None, :]
    return (grey + (images - grey) * saturation) * tint
