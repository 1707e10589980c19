"""Exact and near copies: the eight codes, the search against brute force, the groups."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from crackcls import copies, images
from tests.conftest import METU, encoded, needs_metu, picture


def distances(prints: np.ndarray) -> np.ndarray:
    """Give the fewest bits between any image upright and another in any version."""
    bits = np.unpackbits(prints, axis=1).reshape(len(prints), 8, 256).astype(np.float32)
    upright = bits[:, 0]
    per_version = [upright @ (1 - bits[:, v]).T + (1 - upright) @ bits[:, v].T for v in range(8)]
    one_way = np.min(per_version, axis=0)
    return np.minimum(one_way, one_way.T)


def linked(found: copies.Copies) -> np.ndarray:
    """Give which images were found to be copies, as a table of all with all."""
    table = np.eye(found.identity.max() + 1, dtype=bool)
    left, right = found.pairs.T
    table[left, right] = table[right, left] = True
    return table[found.identity][:, found.identity]


def flipped(code: np.ndarray, bits: range) -> np.ndarray:
    """Flip the given bits of a code of 32 bytes."""
    mask = np.zeros(256, np.uint8)
    mask[bits] = 1
    return code ^ np.packbits(mask)


def random_prints(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, 256), np.uint8)


@pytest.mark.parametrize("seed", range(5))
def test_each_turned_version_is_near_a_code_of_its_own(seed: int):
    photo = picture(seed, size=227)
    codes = copies.fingerprint(photo).reshape(8, 32)
    turned = [photo, *(photo.transpose(way) for way in Image.Transpose)]
    upright = np.stack([copies.fingerprint(version)[:32] for version in turned])
    bits = np.bitwise_count(upright[:, None] ^ codes).sum(axis=-1)
    assert bits.min(axis=1).max() <= 10
    assert sorted(bits.argmin(axis=1)) == list(range(8))
    assert bits[0, 0] == 0


def test_a_photo_saved_smaller_and_turned_is_a_pair_and_unrelated_ones_are_not():
    photos = [picture(seed, size=227) for seed in range(40)]
    saved = encoded(photos[7].rotate(90).resize((180, 180)), quality=70)
    photos.append(images.read_photo(saved))
    found = copies.find_copies(np.stack([copies.fingerprint(photo) for photo in photos]))
    assert np.argwhere(np.triu(linked(found), 1)).tolist() == [[7, 40]]


@pytest.mark.parametrize("version", range(8))
@pytest.mark.parametrize(("bits", "is_copy"), [(1, True), (10, True), (11, False), (12, False)])
@pytest.mark.parametrize("start", [0, 37, 244])
def test_ten_bits_make_a_copy_and_eleven_do_not(version, bits, is_copy, start):
    one, other = random_prints(2)
    code = one.reshape(8, 32)[version]
    other[:32] = flipped(code, np.arange(start, start + bits) * 23 % 256)
    found = copies.find_copies(np.stack([one, other]))
    assert len(found.pairs) == is_copy


@pytest.mark.parametrize("seed", range(3))
def test_the_search_finds_what_brute_force_finds(seed: int):
    rng = np.random.default_rng(seed)
    prints = random_prints(300, seed)
    for index in range(60, 300):
        code = prints[rng.integers(index)].reshape(8, 32)[rng.integers(8)]
        prints[index, :32] = flipped(code, rng.choice(256, rng.integers(1, 14), replace=False))
    prints[290:] = prints[:10]
    expected = distances(prints) <= 10
    assert 400 < expected.sum() < 4000
    assert np.array_equal(linked(copies.find_copies(prints)), expected)


def test_none_of_many_copies_with_ten_bits_is_missed():
    rng = np.random.default_rng(1)
    prints = random_prints(40_000)
    changed = rng.permuted(np.arange(256) < np.full((20_000, 1), 10), axis=1)
    prints[20_000:, :32] = prints[:20_000, :32] ^ np.packbits(changed, axis=1)
    found = copies.find_copies(prints)
    pairs = np.sort(np.argsort(found.identity)[found.pairs], axis=1)
    assert len(pairs) == 20_000
    assert (pairs[:, 1] - pairs[:, 0] == 20_000).all()


def test_pairs_are_listed_once_and_in_order():
    one, other = random_prints(2)
    other[:64] = one[:64]
    other[0] ^= 1
    found = copies.find_copies(np.stack([one, other]))
    assert found.pairs.tolist() == [[0, 1]]


def test_identical_fingerprints_share_an_identity_and_make_no_pair():
    one, other = random_prints(2)
    found = copies.find_copies(np.stack([one, other, one, one]))
    assert found.identity[0] == found.identity[2] == found.identity[3] != found.identity[1]
    assert found.pairs.shape == (0, 2)
    group = copies.groups(found)
    assert group[0] == group[2] == group[3] != group[1]


def test_groups_reach_over_links_of_links():
    prints = random_prints(5)
    prints[1, :32] = flipped(prints[0, :32], range(0, 10))
    prints[2, :32] = flipped(prints[1, :32], range(10, 20))
    prints[4] = prints[2]
    found = copies.find_copies(prints)
    assert not linked(found)[0, 2]
    group = copies.groups(found)
    assert group[0] == group[1] == group[2] == group[4] != group[3]


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("......", "......"),
        ("x.....", "xxxx.."),
        (".x....", "xxxx.."),
        ("..x...", "xxx..."),
        ("...x..", "xx.xx."),
        ("....x.", "...xx."),
        (".....x", ".....x"),
        ("..x.x.", "xxxxx."),
        ("xxxxxx", "xxxxxx"),
    ],
)
def test_a_copy_is_told_by_one_link_and_no_more(reference: str, expected: str):
    found = copies.Copies(np.array([0, 0, 1, 2, 3, 4]), np.array([[0, 1], [0, 2], [2, 3]]))
    near = copies.has_copy_in(found, np.array([mark == "x" for mark in reference]))
    assert "".join(".x"[int(value)] for value in near) == expected


@needs_metu
def test_the_search_finds_what_brute_force_finds_on_metu():
    files = sorted(METU.glob("*/*.jpg"))[::10]
    with ThreadPoolExecutor() as pool:
        photos = pool.map(lambda path: images.read_photo(path.read_bytes()), files)
        prints = np.stack(list(pool.map(copies.fingerprint, photos)))
    expected = distances(prints) <= 10
    assert len(files) == 2000
    assert np.triu(expected, 1).sum() > 20
    assert np.array_equal(linked(copies.find_copies(prints)), expected)
