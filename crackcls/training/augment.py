"""Changes of pixels that leave a crack a crack: place, light, colour, sharpness, noise."""

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

# Pixels that are multiplied at once; the side of an image is a multiple.
AT_ONCE = 4

# What is drawn for each image: from, to, how many numbers. The place in this table goes into the
# seed of the draw.
DRAWS = {
    "share": (CROP, 1.0, 1),
    "start": (0.0, 1.0, 2),
    "mirrored": (0.0, 1.0, 2),
    "turned": (0.0, 1.0, 1),
    "blurred": (0.0, 1.0, 1),
    "blur": (0.0, 1.0, 1),
    "contrast": (-CONTRAST, CONTRAST, 1),
    "brightness": (-BRIGHTNESS, BRIGHTNESS, 1),
    "saturation": (-SATURATION, SATURATION, 1),
    "grey": (0.0, 1.0, 1),
    "tint": (-TINT, TINT, 3),
}

Drawn = dict[str, tf.Tensor]


def augment(rows: tf.Tensor, side: int, seed: tf.Tensor) -> tf.Tensor:
    """Change a batch of images, each in its own way.

    Args:
        rows: Shape `(n, stored side, stored side, 3)`, RGB in 0-255, any number type.
        side: Of what comes out, in pixels.
        seed: Shape `(2,)`, int32. The same gives the same changes.

    Returns:
        Shape `(n, side, side, 3)`, float32, RGB in 0-255.
    """
    return changed(rows, side, draw(tf.shape(rows)[0], seed))


def draw(count: int | tf.Tensor, seed: tf.Tensor) -> Drawn:
    """Draw the numbers by which images of a batch are changed.

    Args:
        count: Images in the batch.
        seed: As `augment` takes it.

    Returns:
        By the names of `DRAWS`: shape `(count, how many)`, float32.
    """
    return {
        name: tf.random.stateless_uniform(
            [count, width], seed + tf.constant([place * 1_000_003, 0]), low, high
        )
        for place, (name, (low, high, width)) in enumerate(DRAWS.items())
    }


def changed(rows: tf.Tensor, side: int, drawn: Drawn) -> tf.Tensor:
    """Change some images of a batch by what was drawn for them.

    Args:
        rows: As `augment` takes them.
        side: Of what comes out, in pixels.
        drawn: From `draw`, of these images.

    Returns:
        What `augment` gives.
    """
    images = _cropped(tf.cast(rows, tf.float32), side, drawn)
    images = _turned(images, drawn)
    images = _blurred(images, side, drawn)
    images = _lit(images, drawn)
    return tf.clip_by_value(images, 0.0, 255.0)


def _cropped(images: tf.Tensor, side: int, drawn: Drawn) -> tf.Tensor:
    """Cut out a square and bring it to the size; mirrored both ways by chance."""
    share = drawn["share"]
    start = drawn["start"] * (1 - share)
    ends = tf.concat([start, start + share], axis=1)
    mirrored = tf.concat([drawn["mirrored"] < 0.5] * 2, axis=1)
    boxes = tf.where(mirrored, tf.gather(ends, [2, 3, 0, 1], axis=1), ends)
    return tf.image.crop_and_resize(images, boxes, tf.range(tf.shape(images)[0]), [side, side])


def _turned(images: tf.Tensor, drawn: Drawn) -> tf.Tensor:
    """Swap rows and columns by chance, which makes quarter turns of mirrored images."""
    chosen = tf.where(drawn["turned"][:, 0] < 0.5)
    turned = tf.transpose(tf.gather_nd(images, chosen), [0, 2, 1, 3])
    return tf.tensor_scatter_nd_update(images, chosen, turned)


def _blurred(images: tf.Tensor, side: int, drawn: Drawn) -> tf.Tensor:
    """Mix some images with a coarser copy of themselves."""
    chosen = tf.where(drawn["blurred"][:, 0] < BLURRED)
    sharp = tf.gather_nd(images, chosen)
    small = tf.image.resize(sharp, [round(SHRUNK * side)] * 2, antialias=True)
    coarse = tf.image.resize(small, [side, side])
    share = tf.gather_nd(drawn["blur"], chosen)[:, None, None]
    return tf.tensor_scatter_nd_add(images, chosen, (coarse - sharp) * share)


def _lit(images: tf.Tensor, drawn: Drawn) -> tf.Tensor:
    """Change contrast and brightness, then saturation and tint: one matrix for each image.

    Contrast is about the mean of each channel, saturation about the mean of a pixel's channels.
    """
    contrast = tf.exp(drawn["contrast"])
    saturation = tf.where(drawn["grey"] < GREY, 0.0, 1 + drawn["saturation"])[:, :, None]
    mixed = saturation * tf.eye(3) + (1 - saturation) / 3
    coloured = mixed * (1 + drawn["tint"])[:, None]
    mean = tf.reduce_mean(images, axis=[1, 2])
    light = (1 - contrast) * mean + 255 * drawn["brightness"]
    return _multiplied(images, contrast[:, :, None] * coloured, light[:, None] @ coloured)


def _multiplied(images: tf.Tensor, matrices: tf.Tensor, added: tf.Tensor) -> tf.Tensor:
    """Multiply each pixel by the matrix of its image, and add to it.

    Several pixels at once, with the matrix so many times along the diagonal: products with 3
    columns and sums along 3 numbers take several times as long.

    Args:
        images: Shape `(n, side, side, 3)`, float32.
        matrices: Shape `(n, 3, 3)`, float32: from the channels, along the first of the last two
            axes, to those that come out.
        added: Shape `(n, 1, 3)`, float32.
    """
    side, size = images.shape[1], 3 * AT_ONCE
    along = tf.eye(AT_ONCE)[None, :, None, :, None] * matrices[:, None, :, None, :]
    pixels = tf.reshape(images, [-1, side * side // AT_ONCE, size])
    rows = tf.reshape(pixels @ tf.reshape(along, [-1, size, size]), [-1, side, 3 * side])
    return tf.reshape(rows + tf.tile(added, [1, 1, side]), [-1, side, side, 3])
