"""What the whole network is trained on: cores, one GPU, several, and float16 where it is fast."""

import subprocess
import sys

import numpy as np
import pytest

pytestmark = pytest.mark.slow

import tensorflow as tf  # noqa: E402 (a fast run forbids TensorFlow)

from crackcls.config import TrainConfig  # noqa: E402
from crackcls.training import devices  # noqa: E402
from tests.training.test_augmenting import network_of  # noqa: E402

# Stands for a GPU.
GPU = tf.config.PhysicalDevice("/physical_device:GPU:0", "GPU")
# TensorFlow can be told to see two processors only before it computes, so in a process of its own.
TWO = """
import sys
import tensorflow as tf
cores = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cores, [tf.config.LogicalDeviceConfiguration()] * 2)
from pathlib import Path
import numpy as np
from crackcls.training import devices
from tests.training import test_augmenting
mirrored = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
assert mirrored.num_replicas_in_sync == 2
part, folder = test_augmenting.pictures(11), Path(sys.argv[1])
alone = tf.distribute.get_strategy()
for name, by, scale in (("one", alone, 0), ("two", mirrored, 0), ("half", alone, 256)):
    devices.strategy, devices.in_halves = lambda: by, lambda _: bool(scale)
    weights = test_augmenting.fitted(part, folder / f"{name}-saved.npz", scale)
    np.savez(folder / name, *weights)
"""


def with_gpus(monkeypatch: pytest.MonkeyPatch, *capabilities: tuple[int, int]) -> None:
    """Let TensorFlow tell of so many GPUs."""
    details = {str(i): {"compute_capability": one} for i, one in enumerate(capabilities)}
    gpus = [GPU._replace(name=name) for name in details]
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: gpus)
    monkeypatch.setattr(tf.config.experimental, "get_device_details", lambda gpu: details[gpu.name])


@pytest.mark.parametrize(
    ("capabilities", "precision", "halves", "said"),
    [
        ([], "int8", False, None),
        ([(9, 0)], "int8", True, "trained on 1 GPU, in mixed precision (float16)"),
        ([(7, 0), (8, 6)], "int8", True, "trained on 2 GPUs, in mixed precision (float16)"),
        ([(6, 1)], "int8", False, "trained on 1 GPU, in float32"),
        ([(8, 0), (6, 1)], "int8", False, "trained on 2 GPUs, in float32"),
        ([(9, 0)], "float32", False, "trained on 1 GPU, in float32"),
    ],
)
def test_float16_is_for_gpus_that_are_fast_with_it(
    capabilities, precision, halves, said, monkeypatch
):
    with_gpus(monkeypatch, *capabilities)
    settings = TrainConfig(fine_tune="all", precision=precision)
    assert devices.in_halves(settings) == halves
    assert devices.in_words(settings) == said


@pytest.fixture(scope="module")
def ended(tmp_path_factory) -> dict[str, list[np.ndarray]]:
    """Give how far weights move: by one in float32, by two that share, by one in float16."""
    folder = tmp_path_factory.mktemp("fits")
    command = [sys.executable, "-c", TWO, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    begun = network_of()[0].get_weights()
    found = {}
    for name in ("one", "two", "half"):
        with np.load(folder / f"{name}.npz") as kept:
            found[name] = [kept[key] - old for key, old in zip(kept.files, begun, strict=True)]
    return found


def test_two_share_batches_and_end_at_the_weights_of_one(ended):
    # Batches of 10 and of 1, so that the second of two has 5 images and then none.
    for one, two in zip(ended["one"], ended["two"], strict=True):
        assert np.linalg.norm(two - one) <= 0.05 * np.linalg.norm(one)


def test_in_float16_the_weights_move_as_in_float32(ended):
    one, half = (np.concatenate([moved.ravel() for moved in ended[n]]) for n in ("one", "half"))
    lengths = np.linalg.norm(one), np.linalg.norm(half)
    # Rounding moves values over the bends at 0 and 6, of one image by itself the most.
    assert lengths[1] == pytest.approx(lengths[0], rel=0.25)
    assert one @ half > 0.95 * lengths[0] * lengths[1]
