"""The network: built, cut into prefix and suffix, saved.

TensorFlow is imported inside the functions, so that a page can import this module.
"""

import gc
import hashlib
import importlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from crackcls import config
from crackcls.errors import InputError

if TYPE_CHECKING:
    import keras
    import numpy as np
    import tensorflow as tf

# What lies after the cut: from its outputs to features and probabilities.
AfterCut = Callable[["np.ndarray"], tuple["tf.Tensor", "tf.Tensor"]]
# The layer whose output is the last of the frozen prefix.
CUTS = {"head": "features", "top": "block_12_add", "all": "image"}

# Keras imports these where they are installed, for wrappers and drawings that nothing here uses.
UNUSED = "sklearn", "matplotlib"


def build(class_count: int, image_size: int, weights: Path | None = None) -> "keras.Model":
    """Build the full classifier on the ImageNet backbone.

    MobileNetV2: M. Sandler et al., "MobileNetV2: Inverted Residuals and Linear
    Bottlenecks", CVPR 2018. Every layer lies in one flat graph, so that it can be cut.

    Args:
        class_count: Number of classes, 2 or more.
        image_size: Side of the input square in pixels, one of `config.IMAGE_SIZES`.
        weights: File with the ImageNet weights; None takes the one in the repository.

    Returns:
        A Keras Functional model from `image` `(n, image_size, image_size, 3)`, RGB in 0-255,
        to `probabilities` `(n, class_count)`, softmax, in the order of the classes.

    Raises:
        InputError: The weights are missing or altered.
    """
    weights = weights or config.weights_path()
    check_weights(weights)
    keras = import_keras()
    image = keras.Input((image_size, image_size, 3), name="image")
    scaled = keras.layers.Rescaling(1 / 127.5, offset=-1, name="to_minus_one_to_one")(image)
    backbone = keras.applications.MobileNetV2(input_tensor=scaled, include_top=False, weights=None)
    backbone.load_weights(weights)
    features = keras.layers.GlobalAveragePooling2D(name="features")(backbone.output)
    head = keras.layers.Dense(class_count, activation="softmax", name="probabilities")
    return keras.Model(image, head(features), name="crackcls")


def check_weights(path: Path) -> None:
    """Check that the ImageNet weights are there and unaltered.

    Raises:
        InputError: The file is missing or its SHA-256 is another.
    """
    if not path.exists():
        raise InputError(
            f"The ImageNet weights must lie in 'models/', and '{path.name}' is missing. "
            "Get it back with `git checkout models`."
        )
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != config.WEIGHTS_SHA256:
        raise InputError(
            f"The ImageNet weights must have SHA-256 {config.WEIGHTS_SHA256[:12]}…, and "
            f"'{path.name}' has {digest[:12]}…. Get it back with `git checkout models`."
        )


def cut(model: "keras.Model", fine_tune: str) -> tuple["keras.Model", "keras.Model"]:
    """Cut a model into its frozen prefix and its trainable suffix.

    Batch norm stays in inference mode throughout (Keras's transfer-learning guide): its
    layers are set untrainable, in the suffix too.

    Args:
        model: What `build` gave.
        fine_tune: `head` cuts after global average pooling, `top` before block 13, `all` before
            the first layer.

    Returns:
        Two Keras models that share their layers with the given one: prefix, from images to
        the cut, and suffix, from the cut to probabilities.
    """
    keras = import_keras()
    layer = model.get_layer(CUTS[fine_tune])
    prefix = keras.Model(model.input, layer.output, name="prefix")
    suffix = keras.Model(layer.output, model.output, name="suffix")
    for layer in model.layers:
        frozen = layer in prefix.layers or isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = not frozen
    return prefix, suffix


def after_cut(model: "keras.Model", fine_tune: str) -> AfterCut:
    """Give the function from the cut to both features and probabilities.

    Args:
        model: What `build` gave.
        fine_tune: `head`, `top` or `all`, as in `cut`.

    Returns:
        A function from outputs at the cut to tensors `(n, 1280)` and `(n, classes)`.
    """
    keras = import_keras()
    layer, features = model.get_layer(CUTS[fine_tune]), model.get_layer("features")
    body = None if layer is features else keras.Model(layer.output, features.output)
    head = model.get_layer("probabilities")

    def run(rows: "np.ndarray") -> tuple["tf.Tensor", "tf.Tensor"]:
        if fine_tune == "all":  # Stored pixels are larger than the network takes them.
            size = model.input_shape[1:3]
            rows = keras.ops.image.resize(rows.astype("float32"), size, antialias=True)
        pooled = rows if body is None else body(rows, training=False)
        return pooled, head(pooled)

    return run


def save(model: "keras.Model", path: Path) -> None:
    """Write a model as `.keras`, whole or not at all."""
    temporary = path.with_name(f".{os.getpid()}.{path.name}")
    model.save(temporary)
    temporary.replace(path)


def has_gpu() -> bool:
    """Tell whether TensorFlow sees a GPU."""
    import_keras()
    import tensorflow as tf

    return bool(tf.config.list_physical_devices("GPU"))


def import_keras() -> ModuleType:
    """Import Keras on TensorFlow with TensorFlow's own notes kept quiet.

    The import makes a million objects that live to the end. Garbage collection is kept from
    looking at them, which saves half a second here and half a second at the end. What Keras
    would import for nothing saves a second more.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if "keras" not in sys.modules:
        with _long_lived(), _hidden(UNUSED):
            importlib.import_module("keras")
    import keras

    return keras


@contextmanager
def _hidden(names: Sequence[str]) -> Iterator[None]:
    """Let imports of packages fail as if they were not installed, but for those that are there."""
    hidden = {name: None for name in names if name not in sys.modules}
    sys.modules.update(hidden)  # type: ignore[arg-type]  # None is what stops an import.
    try:
        yield
    finally:
        for name in hidden:
            sys.modules.pop(name, None)


@contextmanager
def _long_lived() -> Iterator[None]:
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if was_on:
            gc.enable()
