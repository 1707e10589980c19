"""The network: weights checked, cut and whole, exported as built."""

from pathlib import Path

import numpy as np
import pytest

from crackcls import classifier, config, images, model
from crackcls.errors import InputError
from tests.conftest import METU, needs_metu, picture


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
    built = model.build(2, 96)
    rng = np.random.default_rng(0)
    head = built.get_layer("probabilities")
    head.set_weights([rng.normal(0, 0.1, w.shape) for w in head.get_weights()])
    return built


@pytest.mark.parametrize("fine_tune", ["head", "top"])
def test_the_whole_gives_the_probabilities_of_suffix_after_lite_prefix(
    network, fine_tune, tmp_path
):
    prefix, suffix = model.cut(network, fine_tune)
    model.export_prefix(prefix, tmp_path / "prefix.tflite")
    model.export_classifier(network, tmp_path / "whole.tflite")
    batch = pixels(96)
    cut = classifier.sessions(tmp_path / "prefix.tflite", 1)(batch)["cut"]
    in_parts = np.asarray(suffix(cut))
    assert in_parts.std(axis=0).min() > 1e-3, "the images must differ for this to tell anything"
    whole = classifier.sessions(tmp_path / "whole.tflite", 1)(batch)["probabilities"]
    np.testing.assert_allclose(in_parts, np.asarray(network(batch.astype("f4"))), atol=1e-4)
    np.testing.assert_allclose(in_parts, whole, atol=1e-4)


def test_the_activation_map_averages_to_the_logits(network, tmp_path):
    model.export_classifier(network, tmp_path / "whole.tflite")
    outputs = classifier.sessions(tmp_path / "whole.tflite", 1)(pixels(96))
    assert outputs["features"].shape == (6, 1280)
    assert outputs["activation_map"].shape == (6, 3, 3, 2)
    logits = outputs["activation_map"].mean(axis=(1, 2))
    odds = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(odds, outputs["probabilities"], atol=1e-5)


@pytest.mark.parametrize(
    ("fine_tune", "trained_first", "count"), [("head", "probabilities", 2), ("top", "block_13", 15)]
)
def test_only_the_suffix_trains_and_batch_norm_never(network, fine_tune, trained_first, count):
    prefix, suffix = model.cut(network, fine_tune)
    assert not prefix.trainable_weights
    weights = suffix.trainable_weights
    assert weights[0].path.startswith(trained_first)
    assert len(weights) == count
    assert not [w.path for w in weights if "BN" in w.path or "_bn" in w.path]


@needs_metu
def test_the_weights_in_the_repository_are_the_published_ones():
    shared = METU.parent / "weights" / config.WEIGHTS_FILE
    assert config.weights_path().read_bytes() == shared.read_bytes()


def test_a_missing_weights_file_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match=r"'gone\.h5' is missing"):
        model.build(2, 96, tmp_path / "gone.h5")


def test_an_altered_weights_file_is_refused(tmp_path: Path):
    altered = tmp_path / "altered.h5"
    altered.write_bytes(config.weights_path().read_bytes()[:-1] + b"x")
    with pytest.raises(InputError, match=r"must have SHA-256 ef8460efdc78…, and 'altered\.h5' has"):
        model.build(2, 96, altered)


def test_a_filled_template_gives_what_a_conversion_gives(network, tmp_path):
    head = network.get_layer("probabilities")
    kept = head.get_weights()
    model.export_template(network, tmp_path / "template")
    assert all(np.array_equal(*pair) for pair in zip(kept, head.get_weights(), strict=True))
    rng = np.random.default_rng(1)
    head.set_weights([rng.normal(size=weights.shape) for weights in kept])
    model.fill_template(network, tmp_path / "template", tmp_path / "filled")
    model.export_classifier(network, tmp_path / "converted")
    head.set_weights(kept)
    batch = rng.integers(0, 256, (3, *network.input.shape[1:])).astype(np.uint8)
    filled, converted = (
        classifier.sessions(tmp_path / name, 1)(batch) for name in ("filled", "converted")
    )
    assert set(filled) == {"probabilities", "features", "activation_map"}
    for name, values in filled.items():
        assert np.array_equal(values, converted[name]), name


def test_a_file_without_the_marks_is_no_template(network, tmp_path):
    (tmp_path / "other").write_bytes(b"no template")
    with pytest.raises(ValueError, match="marked head"):
        model.fill_template(network, tmp_path / "other", tmp_path / "filled")
