"""LiteRT models: the same numbers as the network, in float32 and nearly so in int8."""

import numpy as np
import pytest

from crackcls import images
from crackcls.network import classifier, export
from crackcls.network.build import build, cut
from tests.conftest import METU, picture

pytestmark = pytest.mark.slow


def pixels(size: int) -> np.ndarray:
    """Give real images where they are there, made ones elsewhere."""
    if METU.is_dir():
        files = sorted(METU.glob("Positive/*.jpg"))[:3] + sorted(METU.glob("Negative/*.jpg"))[:3]
        photos = [images.read_photo(file.read_bytes()) for file in files]
    else:
        photos = [picture(seed, 227, cracked=seed % 2 == 0) for seed in range(6)]
    return np.stack([images.to_square(photo, size) for photo in photos])


@pytest.fixture(scope="module")
def network():
    built = build(2, 96)
    rng = np.random.default_rng(0)
    head = built.get_layer("probabilities")
    head.set_weights([rng.normal(0, 0.1, w.shape) for w in head.get_weights()])
    return built


@pytest.mark.parametrize("fine_tune", ["head", "top"])
def test_the_whole_gives_the_probabilities_of_suffix_after_lite_prefix(
    network, fine_tune, tmp_path
):
    prefix, suffix = cut(network, fine_tune)
    export.export_prefix(prefix, tmp_path / "prefix.tflite")
    export.export_classifier(network, tmp_path / "whole.tflite")
    batch = pixels(96)
    outputs = classifier.sessions((tmp_path / "prefix.tflite").read_bytes(), 1)(batch)["cut"]
    in_parts = np.asarray(suffix(outputs))
    assert in_parts.std(axis=0).min() > 1e-3, "the images must differ for this to tell anything"
    whole = classifier.sessions((tmp_path / "whole.tflite").read_bytes(), 1)(batch)["probabilities"]
    np.testing.assert_allclose(in_parts, np.asarray(network(batch.astype("f4"))), atol=1e-4)
    np.testing.assert_allclose(in_parts, whole, atol=1e-4)


@pytest.mark.parametrize("precision", ["float32", "int8"])
def test_the_activation_map_averages_to_the_logits(network, precision, tmp_path):
    samples = pixels(96) if precision == "int8" else None
    export.export_classifier(network, tmp_path / "whole.tflite", samples)
    outputs = classifier.sessions((tmp_path / "whole.tflite").read_bytes(), 1)(pixels(96))
    assert outputs["features"].shape == (6, 1280)
    assert outputs["activation_map"].shape == (6, 3, 3, 2)
    logits = outputs["activation_map"].mean(axis=(1, 2))
    odds = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(odds, outputs["probabilities"], atol=1e-5)


def test_int8_is_a_third_of_the_size_with_nearly_the_probabilities(network, tmp_path):
    export.export_classifier(network, tmp_path / "float32.tflite")
    export.export_classifier(network, tmp_path / "int8.tflite", pixels(96))
    sizes = [(tmp_path / f"{name}.tflite").stat().st_size for name in ("int8", "float32")]
    assert sizes[0] < 0.4 * sizes[1]
    near, exact = (
        classifier.sessions((tmp_path / f"{name}.tflite").read_bytes(), 1)(pixels(96))
        for name in ("int8", "float32")
    )
    assert 1e-4 < np.abs(near["probabilities"] - exact["probabilities"]).max() < 0.2


@pytest.mark.parametrize("precision", ["float32", "int8"])
def test_a_filled_template_gives_what_a_conversion_gives(network, precision, tmp_path):
    samples = pixels(96) if precision == "int8" else None
    head = network.get_layer("probabilities")
    kept = head.get_weights()
    export.export_template(network, tmp_path / "template", samples)
    assert all(np.array_equal(*pair) for pair in zip(kept, head.get_weights(), strict=True))
    rng = np.random.default_rng(1)
    head.set_weights([rng.normal(size=weights.shape) for weights in kept])
    export.fill_template(network, tmp_path / "template", tmp_path / "filled")
    export.export_classifier(network, tmp_path / "converted", samples)
    head.set_weights(kept)
    batch = rng.integers(0, 256, (3, *network.input.shape[1:])).astype(np.uint8)
    filled, converted = (
        classifier.sessions((tmp_path / name).read_bytes(), 1)(batch)
        for name in ("filled", "converted")
    )
    assert set(filled) == {"probabilities", "features", "activation_map"}
    for name, values in filled.items():
        assert np.array_equal(values, converted[name]), name


def test_a_file_without_the_marks_is_no_template(network, tmp_path):
    (tmp_path / "other").write_bytes(b"no template")
    with pytest.raises(ValueError, match="marked head"):
        export.fill_template(network, tmp_path / "other", tmp_path / "filled")
