"""MobileNetV2 as it is trained here: the same network in fewer passes over memory.

Batch norm keeps its statistics, its scale and its shift. So the scale goes into the kernels
before a step, and the shift is the bias of the convolution. A convolution of one pixel is a
product of matrices, which TensorFlow computes faster than the convolution, above all backwards.
"""

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

Kernels = dict[str, tf.Tensor]
Shifts = dict[str, np.ndarray]

NORMS = {"Conv1": "bn_Conv1", "Conv_1": "Conv_1_bn"}
# The blocks that halve the side.
HALVING = 1, 3, 6, 13
BLOCKS = range(1, 17)
HEAD, BIAS = "probabilities", "bias"


def kernels(network: keras.Model) -> Kernels:
    """Fold the scales of batch norm into the kernels before them.

    Args:
        network: From pixels to probabilities, see `build.build`.

    Returns:
        By the names of the convolutions their kernels, and those of the head with its bias.
    """
    found = {name: _scaled(network, name) for name in _convolutions()}
    head = network.get_layer(HEAD)
    bias = tf.convert_to_tensor(head.bias)
    return {**found, HEAD: tf.convert_to_tensor(head.kernel), BIAS: bias}


def shifts(network: keras.Model) -> Shifts:
    """Give what batch norm adds behind each convolution, by the convolution's name."""
    return {name: _frozen(network, name)[1] for name in _convolutions()}


def forward(
    pixels: tf.Tensor, by_name: Kernels, added: Shifts, numbers: tf.DType = tf.float32
) -> tuple[tf.Tensor, tf.Tensor]:
    """Run the network.

    Args:
        pixels: Shape `(n, side, side, 3)`, RGB in 0-255, float32; the side a multiple of 32.
        by_name: From `kernels`.
        added: From `shifts`.
        numbers: What the convolutions compute in; float16 for mixed precision (P. Micikevicius
            et al., "Mixed Precision Training", ICLR 2018). The head computes in float32.

    Returns:
        Features `(n, 1280)` and probabilities `(n, classes)`, float32.
    """
    lower = {name: tf.cast(kernel, numbers) for name, kernel in by_name.items()}
    shifted = {name: shift.astype(numbers.as_numpy_dtype) for name, shift in added.items()}
    rows = _maps(tf.cast(pixels / 127.5 - 1, numbers), lower, shifted)
    features = tf.reduce_mean(tf.cast(rows, tf.float32), [1, 2])
    return features, tf.nn.softmax(tf.matmul(features, by_name[HEAD]) + by_name[BIAS])


def _maps(rows: tf.Tensor, by_name: Kernels, added: Shifts) -> tf.Tensor:
    """Run all convolutions."""
    rows = tf.nn.conv2d(rows, by_name["Conv1"], 2, "SAME")
    rows = tf.nn.relu6(tf.nn.bias_add(rows, added["Conv1"]))
    rows = _squeezed(rows, "expanded_conv", 1, by_name, added)
    for number in BLOCKS:
        name, stride = f"block_{number}", 2 if number in HALVING else 1
        wide = _pointwise(rows, f"{name}_expand", by_name, added, tf.nn.relu6)
        narrow = _squeezed(wide, name, stride, by_name, added)
        rows = rows + narrow if narrow.shape[1:] == rows.shape[1:] else narrow
    return _pointwise(rows, "Conv_1", by_name, added, tf.nn.relu6)


def _convolutions() -> list[str]:
    """Name all convolutions, the first one first."""
    first = ["Conv1", "expanded_conv_depthwise", "expanded_conv_project"]
    each = [f"block_{i}_{part}" for i in BLOCKS for part in ("expand", "depthwise", "project")]
    return [*first, *each, "Conv_1"]


def _frozen(network: keras.Model, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Give by what batch norm multiplies behind a convolution, and what it adds, as constants."""
    norm = network.get_layer(NORMS.get(name, f"{name}_BN"))
    with tf.init_scope():
        gamma, beta, mean, variance = norm.get_weights()
    scale = gamma / np.sqrt(variance + norm.epsilon)
    return scale, beta - mean * scale


def _scaled(network: keras.Model, name: str) -> tf.Tensor:
    scale, _ = _frozen(network, name)
    of_channels = scale[:, None] if name.endswith("depthwise") else scale
    return network.get_layer(name).kernel.value * of_channels


def _squeezed(
    wide: tf.Tensor, name: str, stride: int, by_name: Kernels, added: Shifts
) -> tf.Tensor:
    """Run the second half of a block: each channel for itself, then to few channels."""
    own = _depthwise(wide, by_name[f"{name}_depthwise"], stride)
    own = tf.nn.relu6(tf.nn.bias_add(own, added[f"{name}_depthwise"]))
    return _pointwise(own, f"{name}_project", by_name, added)


def _pointwise(
    rows: tf.Tensor,
    name: str,
    by_name: Kernels,
    added: Shifts,
    after: Callable[[tf.Tensor], tf.Tensor] = tf.identity,
) -> tf.Tensor:
    # Not a slice, whose way back would fill a kernel with zeros and copy into it.
    kernel = tf.squeeze(by_name[name], [0, 1])
    flat = tf.matmul(tf.reshape(rows, [-1, rows.shape[-1]]), kernel)
    # TensorFlow makes one operation of these three where nothing stands between them.
    flat = after(tf.nn.bias_add(flat, added[name]))
    return tf.reshape(flat, [-1, *rows.shape[1:3], kernel.shape[-1]])


def _depthwise(rows: tf.Tensor, kernel: tf.Tensor, stride: int) -> tf.Tensor:
    run = _alike if stride == 1 else _halved
    return run(rows, kernel)


def _halved(rows: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
    """Halve the side. Where it is even, Keras's padding below and on the right is SAME."""
    return tf.nn.depthwise_conv2d(rows, kernel, [1, 2, 2, 1], "SAME")


@tf.custom_gradient
def _alike(rows: tf.Tensor, kernel: tf.Tensor) -> tuple[tf.Tensor, object]:
    """Keep the side. Backwards it is the same convolution with the kernel turned round.

    TensorFlow's own way back takes up to twice the time of the way there.
    """
    how = {"strides": [1, 1, 1, 1], "padding": "SAME"}

    def gradient(above: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        below = tf.nn.depthwise_conv2d(above, tf.reverse(kernel, [0, 1]), **how)
        of_kernel = tf.raw_ops.DepthwiseConv2dNativeBackpropFilter(
            input=rows, filter_sizes=kernel.shape, out_backprop=above, **how
        )
        return below, of_kernel

    return tf.nn.depthwise_conv2d(rows, kernel, **how), gradient
