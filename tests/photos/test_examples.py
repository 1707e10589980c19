"""The made-up examples of the Predict page."""

import io

import pytest
from PIL import Image

from crackcls.photos import examples


@pytest.mark.slow
@pytest.mark.parametrize("name", examples.EXAMPLES)
def test_an_example_is_a_photo_of_a_phones_shape_and_the_same_each_time(name):
    content = examples.picture(name)
    assert Image.open(io.BytesIO(content)).size == (1200, 900)
    assert examples.picture(name) == content
