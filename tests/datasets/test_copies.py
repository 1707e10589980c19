"""Exact and near copies: the eight codes, the search against brute force, the groups."""

import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from crackcls import images
from crackcls.datasets import copies
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


def chained_prints(seed: int) -> np.ndarray:
    """Make 300 codes, most of them near a turned version of an earlier one."""
    rng = np.random.default_rng(seed)
    prints = random_prints(300, seed)
    for index in range(60, 300):
        code = prints[rng.integers(index)].reshape(8, 32)[rng.integers(8)]
        prints[index, :32] = flipped(code, rng.choice(256, rng.integers(1, 14), replace=False))
    prints[290:] = prints[:10]
    return prints


def sparse_prints(count: int, share: float = 0.04) -> np.ndarray:
    """Make codes with few bits set, as nearly uniform pictures give them."""
    bits = np.random.default_rng(2).random((count, 2048)) < share
    return np.packbits(bits, axis=1)


def frames(count: int, noise: float = 0.02) -> np.ndarray:
    """Make codes of one scene with noise, as a camera on a tripod gives them."""
    return random_prints(1, 3) ^ sparse_prints(count, noise)


def mixed_prints() -> np.ndarray:
    """Make 600 codes of all kinds, in mixed order."""
    kinds = [chained_prints(4), sparse_prints(140), frames(150), frames(10)]
    return np.random.default_rng(5).permutation(np.concatenate(kinds))


@pytest.mark.slow
@pytest.mark.parametrize("share", [-1, 1 / 32, np.inf], ids=["brute force", "either", "bands"])
@pytest.mark.parametrize("at_once", [50, 1000, 2**17])
@pytest.mark.parametrize(
    ("prints", "least", "most"),
    [
        *((chained_prints(seed), 400, 4000) for seed in range(3)),
        (sparse_prints(200), 1000, 20_000),
        (frames(200), 10_000, 36_000),
        (frames(200, 0.03), 2000, 20_000),
        (mixed_prints(), 10_000, 100_000),
    ],
    ids=["chains 0", "chains 1", "chains 2", "sparse", "frames", "noisy frames", "mixed"],
)
def test_the_search_finds_what_brute_force_finds(share, at_once, prints, least, most, monkeypatch):
    monkeypatch.setattr(copies, "CANDIDATE_SHARE", share)
    monkeypatch.setattr(copies, "PAIRS_AT_ONCE", at_once)
    expected = distances(prints) <= 10
    assert least < expected.sum() < most
    assert np.array_equal(linked(copies.find_copies(prints)), expected)


@pytest.mark.parametrize("share", [-1, np.inf], ids=["brute force", "bands"])
@pytest.mark.parametrize("make", [lambda: chained_prints(0), mixed_prints], ids=["chains", "mixed"])
def test_a_table_tells_what_the_pairs_tell(share, make, monkeypatch):
    prints = make()
    listed = copies.find_copies(prints)
    monkeypatch.setattr(copies, "MAX_MARKS", 50)
    monkeypatch.setattr(copies, "CANDIDATE_SHARE", share)
    found = copies.find_copies(prints)
    assert listed.table is None
    assert len(found.pairs) < len(prints) < len(listed.pairs) + 200
    assert copies.pair_count(found) == copies.pair_count(listed) == len(listed.pairs)
    assert np.array_equal(copies.groups(found), copies.groups(listed))
    near = distances(prints) <= 10
    for seed in range(5):
        reference = np.random.default_rng(seed).random(len(prints)) < 0.02
        expected = near[:, reference].any(axis=1)
        assert np.array_equal(copies.has_copy_in(found, reference), expected)
        assert np.array_equal(copies.has_copy_in(listed, reference), expected)


@pytest.mark.parametrize("share", [-1, np.inf], ids=["brute force", "bands"])
def test_opposite_codes_are_no_copies(share, monkeypatch):
    monkeypatch.setattr(copies, "CANDIDATE_SHARE", share)
    one = random_prints(1)
    assert copies.find_copies(np.concatenate([one, ~one])).pairs.shape == (0, 2)


@pytest.mark.parametrize("share", [-1, np.inf], ids=["brute force", "bands"])
def test_memory_does_not_grow_with_the_candidates(share, monkeypatch):
    monkeypatch.setattr(copies, "CANDIDATE_SHARE", share)
    prints = frames(1500, 0.03)
    copies.find_copies(prints[:10])
    tracemalloc.start()
    found = copies.find_copies(prints)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found.pairs) > 50_000
    # The bands give ten million candidates, which took 400 MB all at once.
    assert peak < 60e6


def test_codes_that_share_bands_are_compared_by_brute_force(monkeypatch):
    def fail(*_):
        raise AssertionError("took the candidates of the bands")

    monkeypatch.setattr(copies, "_blocks", fail)
    assert len(copies.find_copies(sparse_prints(2000)).identity) == 2000
    with pytest.raises(AssertionError, match="took the candidates"):
        copies.find_copies(random_prints(2000))


@pytest.mark.parametrize("count", [0, 1])
def test_no_images_and_one_have_no_copies(count: int):
    found = copies.find_copies(random_prints(count))
    assert found.pairs.shape == (0, 2)
    assert len(copies.groups(found)) == count
    assert copies.has_copy_in(found, np.zeros(count, bool)).tolist() == [False] * count


@pytest.mark.slow
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
@pytest.mark.slow
def test_the_search_finds_what_brute_force_finds_on_metu():
    files = sorted(METU.glob("*/*.jpg"))[::10]
    with ThreadPoolExecutor() as pool:
        photos = pool.map(lambda path: images.read_photo(path.read_bytes()), files)
        prints = np.stack(list(pool.map(copies.fingerprint, photos)))
    expected = distances(prints) <= 10
    assert len(files) == 2000
    assert np.triu(expected, 1).sum() > 20
    assert np.array_equal(linked(copies.find_copies(prints)), expected)
