"""One model in several runtimes, each measured in a process of its own."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil

from crackcls import config, images, parallel

# Takes images `(n, 160, 160, 3)`, uint8, and gives probabilities `(n, classes)`.
Predict = Callable[[np.ndarray], np.ndarray]
SIZE = 160
WARM_UP = 5
MODEL = config.PROJECT / "models" / config.DEFAULT_MODEL


def keras_predict(folder: Path) -> Predict:
    """Open the model in Keras, called by `model.predict`."""
    import keras

    model = keras.models.load_model(MODEL / "model.keras")
    return lambda batch: model.predict(batch.astype(np.float32), verbose=0)


def keras_traced(folder: Path) -> Predict:
    """Open the model in Keras, called by a traced function."""
    import keras
    import tensorflow as tf

    model = keras.models.load_model(MODEL / "model.keras")
    image = tf.TensorSpec([None, SIZE, SIZE, 3], tf.float32)
    call = tf.function(lambda image: model(image, training=False), input_signature=[image])
    return lambda batch: call(tf.constant(batch, tf.float32)).numpy()


def onnx_runtime(folder: Path) -> Predict:
    """Open the model that `convert_onnx` made in ONNX Runtime, with its own defaults."""
    import onnxruntime

    session = onnxruntime.InferenceSession(
        folder / "model.onnx", providers=["CPUExecutionProvider"]
    )
    name = session.get_inputs()[0].name
    return lambda batch: session.run(None, {name: batch.astype(np.float32)})[0]


def openvino(folder: Path) -> Predict:
    """Open the model that `convert_openvino` made, in float32 like the others."""
    import openvino as ov

    options = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}
    model = ov.Core().compile_model(folder / "model.xml", "CPU", options)
    return lambda batch: model(batch.astype(np.float32))[model.output(0)]


def crackcls(folder: Path) -> Predict:
    """Open the model as the product does, a session of one thread for each core."""
    from benchmarks import ours

    model = ours.open_model()
    return ours.predict_with(model.run, model.run_alone)


def crackcls_float32(folder: Path) -> Predict:
    """Open the model that `convert_float32` made as the product would."""
    from benchmarks import ours
    from crackcls.network.classifier import sessions

    content = (folder / "float32.tflite").read_bytes()
    return ours.predict_with(sessions(content, 1), sessions(content, os.cpu_count() or 1))


OPEN = {
    function.__name__: function
    for function in (
        *(keras_predict, keras_traced, onnx_runtime, openvino),
        *(crackcls_float32, crackcls),
    )
}


def convert_float32(folder: str) -> None:
    """Write the shipped model as the product does with `--precision float32`."""
    import keras

    from crackcls.network import export

    model = keras.models.load_model(MODEL / "model.keras")
    export.export_classifier(model, Path(folder) / "float32.tflite")


def convert_onnx(folder: str) -> None:
    """Write the shipped model as ONNX."""
    import keras
    import tensorflow as tf
    import tf2onnx

    model = keras.models.load_model(MODEL / "model.keras")
    image = tf.TensorSpec([None, SIZE, SIZE, 3], tf.float32, name="image")
    path = str(Path(folder) / "model.onnx")
    tf2onnx.convert.from_keras(model, [image], opset=17, output_path=path)


def convert_openvino(folder: str) -> None:
    """Write what `convert_float32` made in OpenVINO's own format, probabilities alone."""
    import openvino as ov

    # Of the three outputs only the probabilities have the shape (n, 2).
    model = ov.convert_model(Path(folder) / "float32.tflite")
    wanted = next(out for out in model.outputs if out.partial_shape == ov.PartialShape([-1, 2]))
    lean = ov.Model([wanted.get_node().input_value(0)], model.get_parameters(), "crackcls")
    ov.save_model(lean, Path(folder) / "model.xml", compress_to_fp16=False)


def measure(name: str, folder: str, calls: int) -> dict:
    """Measure a contender on patches.

    Args:
        name: A key of `OPEN`.
        folder: Where the converted models, `patches.npy` and the folder `patches` lie.
        calls: How often to predict one patch; a tenth as often for all.

    Returns:
        `load`, seconds from the start of the process to the first probability; lists of
        milliseconds by what was predicted; and `probabilities` of all patches.
    """
    where = Path(folder)
    predict = OPEN[name](where)
    # Mapped, so that the images count only where they are read.
    arrays = np.load(where / "patches.npy", mmap_mode="r")
    predict(arrays[:1])
    load = time.time() - psutil.Process().create_time()
    paths = sorted((where / "patches").iterdir())
    many = max(3, calls // 10)
    jobs = {
        "one array": (lambda: predict(arrays[:1]), calls),
        "one file": (lambda: predict(_decoded(paths[:1])), calls),
        "all arrays": (lambda: predict(arrays), many),
        "all files": (lambda: _predict_files(name, predict, paths), many),
    }
    times = {what: _times(job, count) for what, (job, count) in jobs.items()}
    return {"load": load, "times": times, "probabilities": predict(arrays).tolist()}


def measure_photo(name: str, folder: str, calls: int) -> dict:
    """Measure a contender on one large photo, shrunk to the model's input as a whole."""
    predict = OPEN[name](Path(folder))
    path = Path(folder) / "photo.jpg"
    return {"times": _times(lambda: predict(_decoded([path])), calls)}


def measure_ours_photo(folder: str, calls: int) -> dict:
    """Measure the product's whole judgement of one large photo."""
    from benchmarks import ours

    judge = ours.ours_photo()
    return {"times": _times(lambda: judge(str(Path(folder) / "photo.jpg")), calls)}


def save_arrays(folder: str) -> None:
    """Decode the patches for the rows in which the model is measured alone."""
    where = Path(folder)
    np.save(where / "patches.npy", _decoded(sorted((where / "patches").iterdir())))


def _predict_files(name: str, predict: Predict, paths: list[Path]) -> np.ndarray:
    """Decode on all cores, then predict in one call; the product does both side by side."""
    if name != crackcls.__name__:
        return predict(_decoded(paths))
    from benchmarks import ours

    return ours.predict_files(paths)


def _decoded(paths: list[Path]) -> np.ndarray:
    def decode(path: Path) -> np.ndarray:
        return images.to_square(images.read_photo(path.read_bytes()), SIZE)

    return np.stack(list(parallel.ordered_map(decode, paths)))


def _times(job: Callable, calls: int) -> list[float]:
    """Call so often after warming up; give the milliseconds of each call."""
    for _ in range(min(WARM_UP, calls)):
        job()
    times = []
    for _ in range(calls):
        start = time.perf_counter()
        job()
        times.append(1000 * (time.perf_counter() - start))
    return times
