"""The network: built, cut into prefix and suffix, saved and exported to LiteRT.

TensorFlow is imported inside the functions, so that a page can import this module.
"""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from crackcls import config
from crackcls.errors import InputError
from crackcls.files import write_atomically

# The layer whose output is the last of the frozen prefix.
CUTS = {"head": "features", "top": "block_12_add"}


def build(class_count: int, image_size: int, weights: Path | None = None):
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


def cut(model, fine_tune: str):
    """Cut a model into its frozen prefix and its trainable suffix.

    Batch norm stays in inference mode throughout (Keras's transfer-learning guide): its
    layers are set untrainable, in the suffix too.

    Args:
        model: What `build` gave.
        fine_tune: `head` cuts after global average pooling, `top` before block 13.

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


def after_cut(model, fine_tune: str):
    """Give the function from the cut to both features and probabilities.

    Args:
        model: What `build` gave.
        fine_tune: `head` or `top`, as in `cut`.

    Returns:
        A function from outputs at the cut to tensors `(n, 1280)` and `(n, classes)`.
    """
    keras = import_keras()
    layer, features = model.get_layer(CUTS[fine_tune]), model.get_layer("features")
    body = None if layer is features else keras.Model(layer.output, features.output)
    head = model.get_layer("probabilities")

    def run(rows):
        pooled = rows if body is None else body(rows, training=False)
        return pooled, head(pooled)

    return run


def export_prefix(prefix, path: Path) -> None:
    """Write a prefix as a LiteRT model with the output `cut`."""
    keras = import_keras()
    _export(keras.Model(prefix.input, {"cut": prefix.output}), path)


def export_classifier(model, path: Path) -> None:
    """Write a trained model as a LiteRT model with three named outputs.

    Args:
        model: What `build` gave, trained.
        path: Where to. The outputs are `probabilities` `(n, classes)`, `features` `(n, 1280)`
            and `activation_map` `(n, size / 32, size / 32, classes)`: the class activation
            map (B. Zhou et al., "Learning Deep Features for Discriminative Localization",
            CVPR 2016), whose mean over the places is the logit of the class, bias included.
    """
    keras = import_keras()
    features, head = model.get_layer("features"), model.get_layer("probabilities")
    kernel, bias = head.get_weights()
    to_map = keras.layers.Conv2D(len(bias), 1, name="activation_map")
    activation_map = to_map(features.input)
    to_map.set_weights([kernel[None, None], bias])
    outputs = {
        "probabilities": model.output,
        "features": features.output,
        "activation_map": activation_map,
    }
    _export(keras.Model(model.input, outputs), path)


def export_template(model, path: Path) -> None:
    """Write the classifier with a marked head, for `fill_template` to fill in another one.

    Args:
        model: What `build` gave. Its weights are left as they are.
        path: Where to.
    """
    head = model.get_layer("probabilities")
    kept = head.get_weights()
    head.set_weights(_marks(len(kept[1])))
    export_classifier(model, path)
    head.set_weights(kept)


def fill_template(model, template: Path, path: Path) -> None:
    """Write a trained model whose backbone is the template's, without converting it again.

    A conversion takes 2 s. The head's numbers stand in the file as they are, twice: for the
    probabilities and for the activation map.

    Args:
        model: What `build` gave, with a trained head.
        template: What `export_template` wrote for a model of the same classes and size.
        path: Where to.

    Raises:
        ValueError: The marks are not in the template.
    """
    content = template.read_bytes()
    new = model.get_layer("probabilities").get_weights()
    for mark, values in zip(_marks(len(new[1])), new, strict=True):
        old, numbers = (np.ascontiguousarray(v.T, "<f4").tobytes() for v in (mark, values))
        if old not in content:
            raise ValueError(f"'{template.name}' must hold the marked head, and it does not.")
        content = content.replace(old, numbers)
    write_atomically(path, content)


def _marks(classes: int) -> list[np.ndarray]:
    """Give a kernel and a bias that stand nowhere else in a file."""
    rng = np.random.default_rng(20_191_104)
    return [rng.normal(size=shape).astype(np.float32) for shape in ((1280, classes), (classes,))]


def save(model, path: Path) -> None:
    """Write a model as `.keras`, whole or not at all."""
    temporary = path.with_name(f".{os.getpid()}.{path.name}")
    model.save(temporary)
    temporary.replace(path)


def _export(model, path: Path) -> None:
    """Convert a model whose outputs have names to LiteRT.

    Keras's own `model.export(format="litert")` gives the same numbers by way of a saved
    model, in 11 s where this takes 2 s on two cores.
    """
    import tensorflow as tf
    from tensorflow.python.framework import convert_to_constants

    image = tf.TensorSpec([None, *model.input.shape[1:]], tf.float32, name="image")
    call = tf.function(lambda image: model(image, training=False)).get_concrete_function(image)
    frozen = convert_to_constants.convert_variables_to_constants_v2(call)
    converter = tf.lite.TFLiteConverter.from_concrete_functions([frozen])
    converter.experimental_lower_to_saved_model = False
    names = sorted(call.structured_outputs)
    write_atomically(path, _name_outputs(converter.convert(), names))


def _name_outputs(content: bytes, names: Sequence[str]) -> bytes:
    """Add the signature that the conversion of a frozen function leaves out."""
    from tensorflow.lite.python import schema_py_generated as schema
    from tensorflow.lite.tools import flatbuffer_utils

    def entry(name: str, tensor: int) -> schema.TensorMapT:
        mapped = schema.TensorMapT()
        mapped.name, mapped.tensorIndex = name.encode(), tensor
        return mapped

    lite = flatbuffer_utils.convert_bytearray_to_object(bytearray(content))
    graph, signature = lite.subgraphs[0], schema.SignatureDefT()
    signature.signatureKey, signature.subgraphIndex = b"serving_default", 0
    signature.inputs = [entry("image", graph.inputs[0])]
    signature.outputs = [entry(n, i) for n, i in zip(names, graph.outputs, strict=True)]
    lite.signatureDefs = [signature]
    return bytes(flatbuffer_utils.convert_object_to_bytearray(lite))


def has_gpu() -> bool:
    """Tell whether TensorFlow sees a GPU."""
    import_keras()
    import tensorflow as tf

    return bool(tf.config.list_physical_devices("GPU"))


def import_keras():
    """Import Keras on TensorFlow with TensorFlow's own notes kept quiet."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras

    return keras
