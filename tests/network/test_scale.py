"""The sizes of the images of a training: measured, kept, said."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from crackcls.network import how, scale
from crackcls.network.pieces import Pieces
from crackcls.network.scale import Scale
from tests.conftest import encoded

PATCHES = Scale((227, 227, 227), (227, 227, 227))
PHOTOS = Scale((1200, 1200, 1200), (900, 900, 900))
MIXED = Scale((227, 227, 4000), (227, 227, 3000))


def test_sides_are_measured_whatever_way_a_photo_lies(tmp_path):
    sizes = [(120, 90), (90, 120), (120, 90), (200, 100)]
    paths = [tmp_path / f"{number}.jpg" for number in range(6)]
    for path, size in zip(paths, sizes, strict=False):
        path.write_bytes(encoded(Image.new("RGB", size)))
    paths[4].write_text("no photo")
    assert scale.measure([*map(str, paths)], Path) == Scale((120, 120, 200), (90, 90, 100))
    assert scale.measure([*map(str, paths[4:])], Path) is None


def test_a_tiff_is_measured_by_its_first_page(tmp_path):
    path = tmp_path / "scan.tif"
    Image.new("RGB", (300, 200)).save(path)
    assert scale.measure([str(path)], Path) == Scale((300, 300, 300), (200, 200, 200))


def test_a_few_odd_sizes_do_not_count():
    sizes = np.array([(1200, 900)] * 96 + [(100, 80)] * 2 + [(9000, 6000)] * 2)
    assert scale.of_sizes(sizes) == PHOTOS


@pytest.mark.parametrize("one", [PATCHES, PHOTOS, MIXED])
def test_a_scale_is_kept_and_read_again(one: Scale):
    assert scale.from_json(scale.to_json(one)) == one
    assert scale.from_json(scale.to_json(None)) is None


@pytest.mark.parametrize(
    ("one", "pieces", "said"),
    [
        (None, None, "Made for patches of about 227 x 227 pixels, judges larger photos in tiles."),
        (
            PATCHES,
            None,
            "Trained on patches of about 227 x 227 pixels, judges larger photos in tiles.",
        ),
        (
            PHOTOS,
            None,
            "Trained on whole photos of about 1,200 x 900 pixels, each squeezed to 160 x 160; "
            "judges photos whole, in the same way.",
        ),
        (
            PHOTOS,
            Pieces(4, 3),
            "Trained on whole photos of about 1,200 x 900 pixels, each seen whole and in 4 x 3 "
            "pieces; judges photos whole, in the same way.",
        ),
        (
            MIXED,
            None,
            "Trained on patches and photos of 227 x 227 to 4,000 x 3,000 pixels, judges larger "
            "photos in tiles.",
        ),
        (
            Scale((800, 1200, 4000), (600, 900, 3000)),
            None,
            "Trained on whole photos of 800 x 600 to 4,000 x 3,000 pixels, each squeezed to "
            "160 x 160; judges photos whole, in the same way.",
        ),
    ],
)
def test_how_a_model_judges_is_said(one, pieces, said: str):
    assert how.in_words(one, pieces, 160) == said
