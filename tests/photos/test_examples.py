"""The made-up examples of the Predict page."""

import io

import numpy as np
import pytest
from PIL import Image

from benchmarks import thumbnails
from crackcls.photos import examples


@pytest.mark.slow
@pytest.mark.parametrize("name", examples.EXAMPLES)
def test_an_example_is_a_photo_of_a_phones_shape_and_the_same_each_time(name):
    content = examples.picture(name)
    assert Image.open(io.BytesIO(content)).size == (1200, 900)
    assert examples.picture(name) == content


@pytest.mark.slow
def test_the_example_that_home_shows_as_judged_is_what_the_model_finds():
    assert examples.JUDGED.stat().st_size < 100_000
    kept, drawn = Image.open(examples.JUDGED), thumbnails.judged()
    assert kept.size == drawn.size
    assert abs(np.asarray(kept, float) - np.asarray(drawn, float)).mean() < 6, "JPEG alone"


@pytest.mark.slow
@pytest.mark.parametrize("name", examples.EXAMPLES)
def test_its_thumbnail_shows_it(name):
    drawn = np.asarray(thumbnails.small(name), float)
    kept = {other: Image.open(examples.thumbnail(other)) for other in examples.EXAMPLES}
    apart = {other: abs(np.asarray(image, float) - drawn).mean() for other, image in kept.items()}
    assert min(apart, key=apart.__getitem__) == name
    assert apart[name] < 12, "JPEG alone changes less"
