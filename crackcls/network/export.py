"""The network as LiteRT models: converted in float32 or int8, or filled into a template.

TensorFlow is imported inside the functions.
"""

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from crackcls.files import write_atomically
from crackcls.network.build import import_keras

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

# The layers that stay in float32 where the others compute in int8, by the beginning of their
# names: the first block, whose channels differ too much for 256 steps, and the head.
FLOAT_LAYERS = "to_minus_one", "Conv1", "bn_Conv1", "expanded_conv", "probabilities"


def export_prefix(prefix: "keras.Model", path: Path) -> None:
    """Write a prefix as a LiteRT model with the output `cut`, in float32."""
    keras = import_keras()
    _export(keras.Model(prefix.input, {"cut": prefix.output}), path)


def export_classifier(model: "keras.Model", path: Path, samples: np.ndarray | None = None) -> None:
    """Write a trained model as a LiteRT model with three named outputs.

    Args:
        model: What `build.build` gave, trained.
        path: Where to. The outputs are `probabilities` `(n, classes)`, `features` `(n, 1280)`
            and `activation_map` `(n, size / 32, size / 32, classes)`: the class activation
            map (B. Zhou et al., "Learning Deep Features for Discriminative Localization",
            CVPR 2016), whose mean over the places is the logit of the class, bias included.
        samples: Images `(n, size, size, 3)`, RGB in 0-255. With them the frozen layers compute
            in int8, over the ranges that these images show (B. Jacob et al., "Quantization and
            Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference", CVPR
            2018). None keeps float32.
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
    _export(keras.Model(model.input, outputs), path, samples)


def export_template(model: "keras.Model", path: Path, samples: np.ndarray | None = None) -> None:
    """Write the classifier with a marked head, for `fill_template` to fill in another one.

    Args:
        model: What `build.build` gave. Its weights are left as they are.
        path: Where to.
        samples: As in `export_classifier`.
    """
    head = model.get_layer("probabilities")
    kept = head.get_weights()
    head.set_weights(_marks(len(kept[1])))
    export_classifier(model, path, samples)
    head.set_weights(kept)


def fill_template(model: "keras.Model", template: Path, path: Path) -> None:
    """Write a trained model whose backbone is the template's, without converting it again.

    A conversion takes 2 s. The head's numbers stand in the file as they are, twice: for the
    probabilities and for the activation map.

    Args:
        model: What `build.build` gave, with a trained head.
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


def _export(model: "keras.Model", path: Path, samples: np.ndarray | None = None) -> None:
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
    content = converter.convert() if samples is None else _in_int8(converter, samples)
    write_atomically(path, _name_outputs(content, sorted(call.structured_outputs)))


def _in_int8(converter: "tf.lite.TFLiteConverter", samples: np.ndarray) -> bytes:
    """Convert to int8, all but `FLOAT_LAYERS` and what gives the outputs.

    The public converter takes all layers or none. Its two steps, to measure ranges and then to
    quantize, let some be left out.
    """
    import tensorflow as tf
    from tensorflow.lite.python.convert import mlir_quantize

    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([one[None].astype("f4")] for one in samples)
    converter._experimental_calibrate_only = True
    with warnings.catch_warnings():  # That the types of inputs are not given, which is meant.
        warnings.simplefilter("ignore", UserWarning)
        measured = converter.convert()
    return mlir_quantize(measured, denylisted_nodes=_float_nodes(measured))


def _float_nodes(content: bytes) -> list[str]:
    """Name the nodes of a LiteRT model that belong to layers which stay in float32."""
    from tensorflow.lite.tools import flatbuffer_utils

    graph = flatbuffer_utils.convert_bytearray_to_object(bytearray(content)).subgraphs[0]
    made = [node.outputs[0] for node in graph.operators]
    names = {tensor: graph.tensors[tensor].name.decode() for tensor in made}
    return [
        name
        for tensor, name in names.items()
        if tensor in graph.outputs or any(f"/{layer}" in name for layer in FLOAT_LAYERS)
    ]


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
