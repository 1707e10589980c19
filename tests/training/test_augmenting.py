"""A step in pieces: as if the batch were computed at once, by the network itself."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.slow

import keras  # noqa: E402 (a fast run forbids TensorFlow)
import tensorflow as tf  # noqa: E402

from crackcls.config import TrainConfig  # noqa: E402
from crackcls.network.build import after_cut, build, cut  # noqa: E402
from crackcls.training import augment, augmenting, fit, whole  # noqa: E402
from tests.conftest import picture  # noqa: E402

SIZE, STORED, STEPS = 96, 115, 2
# So short that rounding does not grow from step to step.
LENGTH = 1e-5
SETTINGS = TrainConfig(epochs=1, batch_size=10, image_size=SIZE, fine_tune="all", seed=3)


def pictures(count: int) -> fit.Part:
    """Give pictures, every third of them cracked."""
    labels = (np.arange(count) % 3 == 0).astype(int)
    made = [picture(i, STORED, cracked=bool(label)) for i, label in enumerate(labels)]
    return fit.Part(np.stack([np.asarray(one) for one in made]), np.arange(count), labels)


def network_of() -> tuple[keras.Model, keras.Model]:
    """Give a network and what of it is trained, the same each time."""
    keras.utils.set_random_seed(3)
    network = build(2, SIZE)
    return network, cut(network, "all")[1]


def by_keras(model: augmenting.Augmenting, rows: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    """Take a step by Keras's network, its own batch norm, and all images of a batch at once."""
    step = tf.cast(tf.convert_to_tensor(model.optimizer.iterations), tf.int32)
    images = augment.augment(rows, SIZE, tf.stack([model.draw_seed, step]))
    with tf.GradientTape() as tape:
        probabilities = model.network(images, training=True)
        loss = model.compute_loss(images, labels, probabilities)
    weights = model.trainable_weights
    model.optimizer.apply(tape.gradient(loss, weights), weights)
    return probabilities


def fitted(part: fit.Part, saved: Path, scale: float = 0) -> list[np.ndarray]:
    """Train for an epoch in short steps down the gradient, the loss scaled for float16."""
    network, suffix = network_of()
    model = whole.compiled(suffix, part, SETTINGS)
    steps = keras.optimizers.SGD(LENGTH)
    if scale:
        steps = keras.optimizers.LossScaleOptimizer(steps, initial_scale=scale)
    model.compile(steps, model.loss, metrics=["accuracy"])
    fit.fit_suffix(model, part, part, SETTINGS, lambda *_, **__: None, saved)
    return network.get_weights()


def test_a_few_steps_end_at_the_weights_of_plain_keras(tmp_path, monkeypatch):
    part = pictures(STEPS * 10 - 3)  # The last batch has 7: a piece of four and one of three.
    ours = fitted(part, tmp_path / "ours.npz")
    monkeypatch.setattr(augmenting.Augmenting, "_fit_batch", by_keras)
    theirs = fitted(part, tmp_path / "theirs.npz")
    for one, other, begun in zip(ours, theirs, network_of()[0].get_weights(), strict=True):
        moved = np.linalg.norm(other - begun)
        assert np.linalg.norm(one - other) <= 0.05 * moved


def test_a_gpu_takes_a_batch_at_once_and_cores_a_few_images_each(monkeypatch):
    for gpu, pieces in ((False, 3), (True, 1)):
        monkeypatch.setattr(augmenting, "has_gpu", lambda gpu=gpu: gpu)
        count, place = augmenting._pieces(slice(tf.constant(2), tf.constant(11)))
        assert int(count) == pieces
        assert int(place(tf.constant(0)).start) == 2
        assert int(place(count - 1).stop) == 11


@pytest.mark.parametrize(("count", "gpu"), [(1, False), (4, False), (9, False), (9, True)])
def test_what_is_judged_in_pieces_is_judged_as_by_the_network(count, gpu, monkeypatch):
    monkeypatch.setattr(augmenting, "has_gpu", lambda: gpu)
    network, rows = network_of()[0], pictures(9).rows[:count]
    found = augmenting.judging(network)(rows)
    for ours, theirs in zip(found, after_cut(network, "all")(rows), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_the_loss_of_validation_is_that_of_the_pixels_as_they_are(tmp_path):
    part, settings = pictures(9), replace(SETTINGS, batch_size=9)
    network, suffix = network_of()
    model = whole.compiled(suffix, part, settings)
    said = model.evaluate(part.rows, part.labels, batch_size=9, verbose=0)[0]
    theirs = np.mean(model.loss(part.labels, after_cut(network, "all")(part.rows)[1]))
    assert said == pytest.approx(float(theirs), rel=1e-4)
