"""How far the judging of photos has come."""

from crackcls.widgets import photos


def test_progress_in_words():
    assert photos.stand(0, 1, 0.0) == "Judging the photo …"
    assert photos.stand(0, 12, 0.0) == "Judging the first of 12 photos …"
    assert photos.stand(3, 12, 1.5) == "Judged 3 of 12, about 4 s left"
