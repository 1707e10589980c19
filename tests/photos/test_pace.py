"""What is said of the time that photos will take, by those that were judged last."""

import pytest

from crackcls.photos.pace import Pace

LARGE, SMALL = 12.0, 0.5


@pytest.mark.parametrize(
    ("judged", "photos", "seconds"),
    [
        # Nothing was judged yet: 0.1 s for a megapixel and for a photo.
        ([], [LARGE], 1.3),
        ([], [LARGE, LARGE, SMALL], 2.75),
        ([], [], 0.0),
        # One on a busy machine counts as much as what was expected; after ten it counts alone.
        ([(LARGE, 5.2)], [LARGE], 3.25),
        ([(LARGE, 5.2)] * 10, [LARGE], 5.2),
        ([(LARGE, 5.2)] * 10, [LARGE] * 50, 260.0),
        # What was long ago is forgotten.
        ([(LARGE, 26.0)] * 30 + [(LARGE, 2.6)] * 10, [LARGE] * 10, 26.0),
        # Small photos tell of large ones by what each costs beside its pixels.
        ([(SMALL, 0.3)] * 10, [LARGE], 2.6),
        ([(SMALL, 0.3)] * 10, [SMALL] * 100, 30.0),
    ],
)
def test_the_time_is_by_what_the_last_photos_took(judged, photos, seconds):
    pace = Pace()
    for megapixels, took in judged:
        pace.add(megapixels, took)
    assert pace.seconds(photos) == pytest.approx(seconds)
