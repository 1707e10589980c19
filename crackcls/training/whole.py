"""Training the whole network: on changed pixels, with a schedule, and its export."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from crackcls.config import TrainConfig
from crackcls.datasets.split import spread_evenly
from crackcls.network import classifier, export
from crackcls.training import devices
from crackcls.training.augmenting import Augmenting, judging
from crackcls.training.fit import Loss, Part, class_weights, outputs

LABEL_SMOOTHING = 0.05
# The first quarter of an epoch brings the step length up, the rest brings it down.
WARM_UP, FIRST, LAST = 0.25, 0.1, 0.01
# Images whose ranges int8 takes, and images on which it is held to float32.
SAMPLES, HELD = 200, 1000
# Int8 is kept where its share of wrong calls is at most so much higher than float32's.
LOSS = 0.005
# Of no set more sound validation images than these are called cracked.
CALLED = 0.05
# A set with fewer sound validation images than these tells too little.
LEAST_SOUND = 20


def compiled(network: keras.Model, train: Part, settings: TrainConfig) -> Augmenting:
    """Make a whole network ready for `fit.fit_suffix`.

    Args:
        network: From pixels to probabilities, trainable but for batch norm.
        train: The training part, whose rows are stored pixels `(images, side, side, 3)`, uint8.
        settings: Settings of the run.
    """
    pixels = keras.Input(train.rows.shape[1:], name="stored")
    size = network.input_shape[1]
    smaller = keras.layers.Resizing(size, size, antialias=True, name="to_size")(pixels)
    numbers = tf.float16 if devices.in_halves(settings) else tf.float32
    more = {"network": network, "seed": settings.seed, "batch_size": settings.batch_size}
    model = Augmenting(pixels, network(smaller), numbers=numbers, **more)
    steps = settings.epochs * -(-train.seen // settings.batch_size)
    adam = keras.optimizers.Adam(_schedule(settings, steps))
    model.compile(
        # The gradients of float16 are too small for it where the loss is not scaled.
        optimizer=keras.optimizers.LossScaleOptimizer(adam) if numbers.size < 4 else adam,
        loss=_loss(train.labels, settings),
        metrics=["accuracy"],
        jit_compile=False,
    )
    # What is there before the first step is not a reason to trace the step twice.
    model.optimizer.build(model.trainable_variables)
    return model


def move_bias(network: keras.Model, validation: Part, sets: Sequence[str], positive: int) -> float:
    """Move the bias of the head until no set has more than `CALLED` false alarms.

    Labels of cracks are noisier than those of sound images: on many a "cracked" patch nobody sees
    a crack. A network that believes them calls sound patches too. What it ranks higher stays as it
    is; only the probability of 0.5 moves.

    Args:
        network: From pixels to probabilities of two classes.
        validation: Stored pixels and labels.
        sets: The name of the data set of each image.
        positive: Index of the class that is looked for, 0 or 1.

    Returns:
        How much less the logit of that class is now, 0 or more.
    """
    head = network.get_layer("probabilities")
    kernel, bias = head.get_weights()
    _, probabilities = outputs(judging(network), validation)
    least = np.finfo(np.float32).tiny
    logs = np.log(np.maximum(probabilities, least))
    margin = logs[:, positive] - logs[:, 1 - positive]
    sound = validation.labels != positive
    names = np.asarray(sets)
    groups = [margin[sound & (names == name)] for name in sorted(set(sets))]
    limits = [float(np.quantile(one, 1 - CALLED)) for one in groups if len(one) >= LEAST_SOUND]
    shift = max([0.0, *limits])
    bias[positive] -= shift
    head.set_weights([kernel, bias])
    return shift


def export_network(
    network: keras.Model, parts: Sequence[Part], settings: TrainConfig, path: Path
) -> str:
    """Write the trained network as a LiteRT model, in int8 where that loses little.

    Args:
        network: From pixels to probabilities, fitted.
        parts: Training and validation part, whose rows are stored pixels.
        settings: Settings of the run.
        path: Where to.

    Returns:
        The precision: `int8` or `float32`.
    """
    train, validation = parts[0], parts[1]
    if settings.precision == "int8":
        export.export_classifier(network, path, _resized(train, SAMPLES, settings.image_size))
        held = _resized(validation, HELD, settings.image_size)
        labels = spread_evenly(validation.labels, HELD)
        judged = judging(network)
        if _lost(lambda pixels, training: judged(pixels)[1], path, held, labels) <= max(
            LOSS, 1 / len(labels)
        ):
            return "int8"
    export.export_classifier(network, path)
    return "float32"


def _schedule(settings: TrainConfig, steps: int) -> keras.optimizers.schedules.LearningRateSchedule:
    """Warm up, then fall along a cosine (I. Loshchilov and F. Hutter, "SGDR", ICLR 2017)."""
    warm = round(WARM_UP * steps / settings.epochs)
    return keras.optimizers.schedules.CosineDecay(
        FIRST * settings.learning_rate,
        max(1, steps - warm),
        alpha=LAST / FIRST,
        warmup_target=settings.learning_rate,
        warmup_steps=warm,
    )


def _loss(labels: np.ndarray, settings: TrainConfig) -> Loss:
    """Give the cross entropy with smoothed labels, each class weighed as the settings say.

    Label smoothing: C. Szegedy et al., "Rethinking the Inception Architecture", CVPR 2016.
    """
    counts, found = np.bincount(labels), class_weights(labels, settings)
    weights = tf.constant(np.ones(len(counts)) if found is None else found, tf.float32)

    def loss(actual: tf.Tensor, probabilities: tf.Tensor) -> tf.Tensor:
        actual = tf.reshape(tf.cast(actual, tf.int32), [-1])
        wanted = tf.one_hot(actual, len(counts)) * (1 - LABEL_SMOOTHING)
        wanted += LABEL_SMOOTHING / len(counts)
        entropy = keras.losses.categorical_crossentropy(wanted, probabilities)
        return entropy * tf.gather(weights, actual)

    return loss


def _resized(part: Part, most: int, size: int) -> np.ndarray:
    """Give images of a part in the size that the network takes, float32, 0-255."""
    rows = part.rows[spread_evenly(part.where, most)]
    return tf.image.resize(rows.astype(np.float32), (size, size), antialias=True).numpy()


def _lost(network: Callable[..., Any], path: Path, pixels: np.ndarray, labels: np.ndarray) -> float:
    """Give the share of images that the exported model calls wrongly and the network rightly."""
    run = classifier.sessions(path.read_bytes(), threads=1)
    found = []
    for start in range(0, len(pixels), 16):
        batch = pixels[start : start + 16]
        ours = np.asarray(network(batch, training=False)).argmax(axis=1)
        found.append((ours, run(batch)["probabilities"].argmax(axis=1)))
    ours, exported = (np.concatenate(column) for column in zip(*found, strict=True))
    return float(np.mean(exported != labels) - np.mean(ours != labels))
