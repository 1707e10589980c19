"""What the whole network is trained on: the cores, one GPU or several, and in which numbers."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from crackcls.config import TrainConfig

# Compute capability from which a GPU multiplies matrices of float16 on units of their own
# ("Train With Mixed Precision", docs.nvidia.com). Older ones are slower with float16.
HALVES_FROM = 7, 0


def strategy() -> tf.distribute.Strategy:
    """Give `MirroredStrategy` over all GPUs where there are several, else TensorFlow's own."""
    several = len(tf.config.list_logical_devices("GPU")) > 1
    return tf.distribute.MirroredStrategy() if several else tf.distribute.get_strategy()


def in_halves(settings: TrainConfig) -> bool:
    """Tell whether a fit computes in float16, its weights and its loss staying float32.

    Args:
        settings: Of the run; with `--precision float32` it does not.
    """
    found = [capability(gpu) for gpu in tf.config.list_physical_devices("GPU")]
    return settings.precision == "int8" and bool(found) and min(found) >= HALVES_FROM


def capability(gpu: Any) -> tuple[int, int]:
    """Give the compute capability of a GPU; 0, 0 where it has none."""
    details: dict[str, Any] = tf.config.experimental.get_device_details(gpu)
    return details.get("compute_capability", (0, 0))


def in_words(settings: TrainConfig) -> str | None:
    """Say on which GPUs and in which numbers a network is trained; None on the cores."""
    gpus = len(tf.config.list_physical_devices("GPU"))
    if not gpus:
        return None
    numbers = "mixed precision (float16)" if in_halves(settings) else "float32"
    return f"trained on {gpus} GPU{'s' if gpus > 1 else ''}, in {numbers}"


def added_up(
    how: tf.distribute.Strategy, count: tf.Tensor, run: Callable[[slice], tuple[Any, tf.Tensor]]
) -> tuple[Any, tf.Tensor]:
    """Share a batch among the replicas of a strategy.

    Args:
        how: From `strategy`.
        count: Images of the batch.
        run: Takes where a share lies in the batch, maybe an empty one, and gives sums over its
            images and rows of its images.

    Returns:
        The sums over the batch, and the rows of all its images in order.
    """

    def of_replica() -> tuple[Any, tf.Tensor]:
        context = tf.distribute.get_replica_context()
        size = -(-count // context.num_replicas_in_sync)
        number = tf.cast(context.replica_id_in_sync_group, tf.int32)
        first, last = (tf.minimum(it * size, count) for it in (number, number + 1))
        return run(slice(first, last))

    if how.num_replicas_in_sync == 1:
        return run(slice(tf.constant(0), count))
    # Keras calls a step as the one replica of TensorFlow's own strategy.
    with how.scope(), tf.device(how.extended.worker_devices[0]):
        sums, rows = how.run(of_replica)
        total = how.reduce(tf.distribute.ReduceOp.SUM, sums, axis=None)
        return total, tf.concat(how.experimental_local_results(rows), 0)
