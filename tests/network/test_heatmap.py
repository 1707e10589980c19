"""Heat maps: evidence at a place, and colour laid where it is high."""

import numpy as np
import pytest
from PIL import Image

from crackcls import config, images
from crackcls.network import classifier, heatmap
from tests.conftest import picture


@pytest.mark.parametrize(
    ("scores", "label", "expected"),
    [([0, 0], 1, 0.5), ([0, 2], 1, 0.881), ([0, 2], 0, 0.119), ([900, -900], 0, 1.0)],
)
def test_evidence_is_the_softmax_of_a_place(scores, label, expected):
    found = heatmap.evidence(np.array([[scores]], np.float32), label)
    assert found.shape == (1, 1)
    assert found[0, 0] == pytest.approx(expected, abs=1e-3)


def test_colour_lies_where_the_evidence_is_and_nowhere_else():
    grey = Image.new("RGB", (100, 60), (128, 128, 128))
    heat = np.zeros((2, 2), np.float32)
    heat[0, 1] = 1
    seen = np.asarray(heatmap.overlay(grey, heat)).astype(int)
    assert seen.shape == (60, 100, 3)
    assert abs(seen[5, 95] - 128).max() > 60
    assert (abs(seen[46:, :24] - 128) <= 2).all()


def test_half_evidence_leaves_the_image_as_it_is():
    grey = Image.new("RGB", (10, 10), (128, 128, 128))
    assert heatmap.overlay(grey, np.full((5, 5), 0.5)).tobytes() == grey.tobytes()


def test_the_shipped_model_sees_a_crack_where_it_is():
    model = classifier.load_model(config.PROJECT / "models" / "metu")
    pixels = images.to_square(picture(3, 227, cracked=True), model.image_size)
    outputs = model.run(pixels[None])
    heat = heatmap.evidence(outputs["activation_map"][0], model.classes.index("Positive"))
    assert heat[:, 1:4].mean() > heat[:, [0, -1]].mean()
