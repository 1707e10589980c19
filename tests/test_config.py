"""What follows from the settings that have no other value."""

import pytest

from crackcls import config


@pytest.mark.parametrize(
    ("fine_tune", "images", "batch"),
    [
        ("head", 0, 16),  # Not known yet.
        ("head", 2000, 16),
        ("head", 32, 16),
        ("head", 31, 8),
        ("head", 20, 8),
        ("head", 7, 2),
        ("head", 1, 1),
        ("all", 2000, 32),
        ("all", 40, 16),
    ],
)
def test_the_training_part_of_few_images_fills_the_batch(fine_tune, images, batch):
    assert config.batch_size_for(fine_tune, images) == batch
