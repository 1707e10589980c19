"""Photos seen in pieces: how many, what they hold, and what is made of their features."""

import numpy as np
import pytest
from PIL import Image

from crackcls import images
from crackcls.errors import InputError
from crackcls.network import pieces
from crackcls.network.pieces import Head, Pieces, pieces_for
from crackcls.network.scale import Scale
from tests.conftest import picture


def all_of(long: int, short: int) -> Scale:
    return Scale((long,) * 3, (short,) * 3)


@pytest.mark.parametrize(
    ("trained_on", "found"),
    [
        (None, None),
        (all_of(227, 227), None),
        (all_of(479, 479), None),
        (all_of(512, 512), Pieces(2, 2)),
        (all_of(1200, 900), Pieces(4, 3)),
        (all_of(1600, 1200), Pieces(5, 4)),
        (all_of(4000, 3000), Pieces(8, 6)),
        (all_of(8000, 500), Pieces(8, 1)),
        (Scale((227, 4000, 4000), (227, 3000, 3000)), None),
    ],
)
def test_large_photos_alone_are_cut_into_pieces(trained_on, found):
    assert pieces_for(trained_on, 160) == found


@pytest.mark.parametrize(("size", "grid"), [((400, 300), (4, 3)), ((300, 400), (3, 4))])
def test_a_photo_is_seen_whole_and_in_pieces_row_by_row(size, grid):
    photo = Image.new("RGB", size)
    photo.paste((200, 0, 0), (100, 0, 200, 100))  # The second of the first row.
    seen = pieces.views(photo, Pieces(4, 3), 96)
    assert (seen.shape, seen.dtype) == ((13, 96, 96, 3), np.uint8)
    assert np.array_equal(seen[0], images.to_square(photo, 96))
    red = seen[1:, ..., 0].mean(axis=(1, 2))
    assert red.argmax() == 1 and red[1] > 190
    assert Pieces(4, 3).grid(size) == grid
    # Only its neighbours have a seam of it.
    below = grid[0]
    assert set(np.flatnonzero(red > 1)) <= {0, 1, 2, below, below + 1, below + 2}


def test_without_pieces_a_photo_is_squeezed():
    photo = picture(1, 300)
    assert np.array_equal(pieces.views(photo, None, 96), images.to_square(photo, 96)[None])


def test_each_feature_is_the_highest_of_the_looks_of_its_photo():
    calls = []

    def run(batch: np.ndarray) -> dict[str, np.ndarray]:
        calls.append(len(batch))
        return {"cut": batch[:, 0, 0, :2].astype(float)}

    photos = np.zeros((3, 5, 2, 2, 3), np.uint8)
    photos[1, 4, :, :, 0], photos[1, 2, :, :, 1], photos[2, 0] = 7, 9, 3
    found = pieces.pooling(run, "cut", 4)(photos)["cut"]
    assert found.tolist() == [[0, 0], [7, 9], [3, 3]]
    assert calls == [4, 4, 4, 3]


def test_the_map_lies_as_the_pieces_and_its_strongest_piece_has_the_scores_of_the_photo():
    maps = np.zeros((7, 2, 2, 2), np.float32)
    maps[:, ..., 0] = 1
    maps[5, ..., 1] = 4  # The second of the second row of three.
    laid = pieces.map_of(maps, np.array([-1.0, 2.0]), 1, (3, 2))
    assert laid.shape == (4, 6, 2)
    assert (laid[2:, 2:4] == [-1, 2]).all()
    assert (laid[:2] == [-1, -2]).all()
    assert (laid[2:, :2] == [-1, -2]).all()


def test_the_head_is_kept_and_missed(tmp_path):
    head = Head(np.eye(1280, 2, dtype="f4"), np.array([1, -1], "f4"))
    pieces.save(head, tmp_path)
    features = np.zeros((1, 1280))
    features[0, :3] = 2, 3, 4
    assert pieces.load(tmp_path, 2).scores(features).tolist() == [[3, 2]]
    with pytest.raises(InputError, match=r"pieces.npz' must be whole, .* another shape"):
        pieces.load(tmp_path, 3)
    (tmp_path / pieces.FILE).unlink()
    with pytest.raises(InputError, match=r"pieces.npz' must be whole, .* it is missing"):
        pieces.load(tmp_path, 2)
