"""What a model is shown of a photo: the same as in training."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from crackcls import images
from crackcls.network import pipeline
from crackcls.network.classifier import Classifier
from crackcls.network.pieces import Head, Pieces
from crackcls.network.scale import Scale
from crackcls.photos.looks import look
from tests.conftest import encoded, picture

SIDE = 96
PHOTOS = Scale((500,) * 3, (375,) * 3)


def darkness(batch: np.ndarray) -> dict[str, np.ndarray]:
    """Stand in for a model: the features are light and darkness, the scores too."""
    light = batch.mean(axis=3, dtype=np.float64).reshape(len(batch), 3, 32, 3, 32)
    light = light.mean(axis=(2, 4)) / 255
    maps = np.stack([light, 1 - light], axis=-1).astype(np.float32)
    return {
        "features": maps.mean(axis=(1, 2)),
        "activation_map": maps,
        "probabilities": maps[:, 0, 0],
    }


SQUEEZED = Classifier("made", ("sound", "crack"), "crack", SIDE, darkness, darkness, PHOTOS)
HEAD = Head(np.eye(2, dtype="f4") * 2, np.array([0, 1], "f4"))
IN_PIECES = replace(SQUEEZED, pieces=Pieces(2, 1), head=HEAD)


def half_dark(size: tuple[int, int]) -> Image.Image:
    """Give a light photo whose right half is dark."""
    photo = Image.new("RGB", size, (255,) * 3)
    photo.paste((0, 0, 0), (size[0] // 2, 0, *size))
    return photo


def test_a_photo_as_large_as_those_of_the_training_is_squeezed():
    photo = picture(1, 400).crop((0, 0, 400, 300))
    (seen,) = look(photo, SQUEEZED, 1)
    assert seen.places.tolist() == [[0, 0, 400, 300]]
    expected = darkness(images.to_square(photo, SIDE)[None])
    assert np.array_equal(seen.features, expected["features"])
    assert np.array_equal(seen.maps, expected["activation_map"])
    assert seen.scores == pytest.approx(expected["activation_map"].mean(axis=(1, 2)))


def test_in_pieces_the_highest_features_count_and_the_map_shows_the_piece():
    (seen,) = look(half_dark((400, 300)), IN_PIECES, 1)
    assert seen.features == pytest.approx(np.array([[1, 1]]), abs=0.02)
    assert seen.scores == pytest.approx(np.array([[2, 3]]), abs=0.05)
    assert seen.maps.shape == (1, 3, 6, 2)
    margin = seen.maps[0, ..., 1] - seen.maps[0, ..., 0]
    assert margin[:, 4:].mean() == pytest.approx(1, abs=0.1)
    assert margin[:, :2].max() < -0.9


def test_a_much_larger_photo_is_seen_whole_and_in_parts_of_their_size():
    for model in (SQUEEZED, IN_PIECES):
        whole, parts = look(half_dark((1500, 1125)), model, None)
        assert whole.places.tolist() == [[0, 0, 1500, 1125]]
        assert (parts.places[:, 2:] == [500, 375]).all()
        right = parts.places[:, 0] >= 750
        assert parts.scores[right, 1].min() > parts.scores[~right, 1].max() - 1e-6


def test_of_more_than_two_classes_one_scale_is_judged():
    several = replace(SQUEEZED, classes=("a", "b", "c"), positive=None)
    assert len(look(half_dark((1500, 1125)), several, 1)) == 1


def test_a_model_of_unknown_sizes_judges_tiles_as_it_did():
    old = replace(SQUEEZED, trained_on=None)
    assert [len(seen.places) for seen in look(half_dark((800, 800)), old, 1)] == [49, 81]
    (seen,) = look(half_dark((453, 300)), old, 1)
    assert seen.places.round().tolist() == [
        [0, 0, 300, 300],
        [150, 0, 300, 300],
        [153, 0, 300, 300],
    ]


@pytest.mark.parametrize("size", [(4000, 3000), (6000, 4000), (3264, 2448), (2500, 2000)])
def test_each_pixel_goes_through_the_network_once_at_the_smallest_tiles(size):
    looked = []

    def counting(batch: np.ndarray) -> dict[str, np.ndarray]:
        looked.append(len(batch))
        return darkness(batch)

    model = replace(SQUEEZED, trained_on=None, run=counting, run_alone=counting)
    scales = look(half_dark(size), model, 1)
    assert sum(looked) == sum(len(scale.places) for scale in scales)
    # How often, without what a last row or column that is not full holds once more.
    for scale, most in zip(scales, (4, 1.5, 1), strict=True):
        pixels = SIDE**2 * len(scale.places)
        again = sum(SIDE * n for n in scale.grid.size if n % SIDE) + SIDE**2
        assert pixels <= most * np.prod(scale.grid.size) + again


@pytest.mark.parametrize("model", [SQUEEZED, IN_PIECES])
@pytest.mark.parametrize("size", [(400, 300), (300, 400), (250, 100)])
def test_a_whole_photo_is_seen_as_training_saw_it(tmp_path: Path, model, size):
    path = tmp_path / "a.png"
    path.write_bytes(encoded(picture(2, 400).crop((0, 0, *size)), "PNG"))
    (row,) = pipeline.classify([path], model)
    (seen,) = look(images.read_photo(path.read_bytes()), model, 1)
    assert np.array_equal(seen.features[0], row["features"])
