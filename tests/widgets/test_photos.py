"""How far the judging of photos has come."""

import pytest

from crackcls.photos.line import Standing
from crackcls.widgets import photos


@pytest.mark.parametrize(
    ("done", "total", "at", "said"),
    [
        (0, 1, Standing(0, 0.4), "Judging the photo …"),
        (2, 12, Standing(0, 0.4), "Judging photo 3 of 12, about 4 s left"),
        (0, 1, Standing(1, 0.4), "1 photo of others before the photo, about 1 s left"),
        (1, 3, Standing(12, 6.16), "12 photos of others before photo 2 of 3, about 12 s left"),
    ],
)
def test_progress_in_words(done, total, at, said):
    assert photos.stand(done, total, at) == said


@pytest.mark.parametrize(
    ("seconds", "pause"), [(0.0, 0.2), (3.0, 0.2), (20.0, 1.0), (60.0, 3.0), (900.0, 3.0)]
)
def test_who_waits_long_is_told_anew_more_seldom(seconds, pause):
    assert photos.until_next_look(seconds) == pytest.approx(pause)
