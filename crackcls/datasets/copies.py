"""Exact and near copies among images, mirrored and turned ones included."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from PIL import Image

from crackcls import config
from crackcls.datasets import shrink

SIDE = 16
CODE_BYTES = SIDE * SIDE // 8
VERSIONS = 8
FINGERPRINT_BYTES = VERSIONS * CODE_BYTES

# A pair that the bands give takes as long as 16 to 32 pairs by brute force, so above one
# such candidate for 32 pairs all pairs are compared.
CANDIDATE_SHARE = 1 / 32
# Blocks of this many pairs stay in a core's cache.
PAIRS_AT_ONCE = 2**17
# Above this many marks, of which a pair has one or two, they are kept as a table of bits:
# 40,000 images can make 800 million pairs.
MAX_MARKS = 5_000_000


@dataclass(frozen=True)
class Copies:
    """Which images are copies of which.

    Attributes:
        identity: Shape `(images,)`, int. Images with one number have the same hash.
        pairs: Shape `(pairs, 2)`, int. Numbers from `identity` that are near copies: all
            such pairs, or where there is a table as many as link the same groups.
        table: None where the pairs are few. Else shape `(identities, bytes)`, uint8: bit j
            of row i, from the highest bit on, tells whether i and j are near copies.
    """

    identity: np.ndarray
    pairs: np.ndarray
    table: np.ndarray | None = None


@dataclass(frozen=True)
class _Ordered:
    """One band of all codes in order.

    Attributes:
        order: Shape `(images,)`, int: whose band stands where.
        values: Each value once, rising.
        start: The first place of each value.
        count: How often each value is there.
    """

    order: np.ndarray
    values: np.ndarray
    start: np.ndarray
    count: np.ndarray


def fingerprint(image: Image.Image) -> np.ndarray:
    """Hash an image in its eight mirrored and turned versions.

    The hash is the 256-bit difference hash (dHash: N. Krawetz, "Kind of Like That", The
    Hacker Factor Blog, 2013): a bit tells whether brightness grows to the right.

    Args:
        image: Pillow image of mode RGB at full size. Hashing a version that the JPEG
            decoder scaled down finds a third fewer near copies on METU.

    Returns:
        Array of shape `(256,)`, uint8: eight codes of 32 bytes, the upright one first.
    """
    wide, tall = _shapes(image.convert("L"))
    shapes = np.stack([wide, tall.T])
    bits = np.empty((2, 2, 2, SIDE, SIDE), bool)  # By shape, then upside down, then mirrored.
    bits[:, 0, 0] = shapes[:, :, 1:] > shapes[:, :, :-1]
    bits[:, 0, 1] = (shapes[:, :, :-1] > shapes[:, :, 1:])[:, :, ::-1]
    bits[:, 1] = bits[:, 0, :, ::-1]
    return np.packbits(bits)


def find_copies(fingerprints: np.ndarray) -> Copies:
    """Find all pairs of images whose hashes differ in few bits.

    The search is exact. Two codes that differ in at most 10 of 256 bits agree on one at
    least of 11 bands, so only images that share a band are compared. Where that spares too
    few pairs, as among frames of one camera, all are compared. The marks take an eighth of
    a byte for each two images, 200 MB for 40,000.

    Args:
        fingerprints: Shape `(images, 256)`, uint8, from `fingerprint`.

    Returns:
        The copies among the images, in the order given.
    """
    upright = np.ascontiguousarray(fingerprints[:, :CODE_BYTES])
    _, first, identity = np.unique(upright, axis=0, return_index=True, return_inverse=True)
    codes = fingerprints[first].reshape(len(first), VERSIONS, CODE_BYTES)
    words, bands = codes.view(np.uint64), _bands(codes)
    table = np.zeros((len(first), -(-len(first) // 64) * 8), np.uint8)
    ordered = [_ordered(band) for band in bands[0]]
    for version in range(VERSIONS):
        _mark(table, words[:, 0], words[:, version], ordered, bands[version])
    each = np.arange(len(first))
    table[each, each // 8] &= ~(128 >> each % 8).astype(np.uint8)
    return _from_table(identity.reshape(-1), table)


def groups(copies: Copies) -> np.ndarray:
    """Number the groups of images that are linked by copies.

    Args:
        copies: What `find_copies` gave.

    Returns:
        Shape `(images,)`, int: images of one group have one number.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    size = int(copies.identity.max(initial=-1)) + 1
    links = np.ones(len(copies.pairs), bool)
    graph = coo_array((links, (copies.pairs[:, 0], copies.pairs[:, 1])), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    return label[copies.identity]


def has_copy_in(copies: Copies, reference: np.ndarray) -> np.ndarray:
    """Tell which images have an exact or near copy among the reference images.

    Args:
        copies: What `find_copies` gave.
        reference: Shape `(images,)`, bool: the images to look among.

    Returns:
        Shape `(images,)`, bool. A reference image counts as a copy of itself.
    """
    present = np.zeros(int(copies.identity.max(initial=-1)) + 1, bool)
    present[copies.identity[reference]] = True
    near = present.copy()
    if copies.table is not None:
        reached = np.bitwise_or.reduce(copies.table, axis=0, where=present[:, None])
        near |= np.unpackbits(reached, count=len(near)).view(bool)
    left, right = copies.pairs.T
    near[left[present[right]]] = True
    near[right[present[left]]] = True
    return near[copies.identity]


def pair_count(copies: Copies) -> int:
    """Count the pairs of different hashes that are near copies."""
    if copies.table is None:
        return len(copies.pairs)
    return _count_marks(copies.table) // 2


def _shapes(grey: Image.Image) -> tuple[np.ndarray, np.ndarray]:
    """Shrink a picture to 16 rows of 17 pixels, and to 17 of 16."""
    if grey.width == grey.height and SIDE + 1 < grey.width <= shrink.LARGEST_SIDE:
        return shrink.shrink(np.asarray(grey), SIDE)
    sizes = (SIDE + 1, SIDE), (SIDE, SIDE + 1)
    wide, tall = (np.asarray(grey.resize(size, Image.Resampling.LANCZOS)) for size in sizes)
    return wide, tall


def _bands(codes: np.ndarray) -> np.ndarray:
    """Cut each code into bands of bits: `(versions, bands, images)`, uint32."""
    # Neighbouring bits agree more often than chance; a fixed shuffle keeps bands apart.
    order = np.argsort(np.arange(256) * 101 % 256)
    parts = np.array_split(order, config.NEAR_COPY_BITS + 1)
    # A band has 24 bits at most, which float32 adds up without loss and much faster.
    weights = np.zeros((len(parts), 256), np.float32)
    for weight, part in zip(weights, parts, strict=True):
        weight[part] = 1 << np.arange(len(part))
    each = (np.unpackbits(of_version, axis=-1) for of_version in codes.swapaxes(0, 1))
    return np.stack([weights @ bits.astype(np.float32).T for bits in each]).astype(np.uint32)


def _mark(
    table: np.ndarray,
    base: np.ndarray,
    other: np.ndarray,
    base_bands: Sequence[_Ordered],
    other_bands: np.ndarray,
) -> None:
    """Set bit j of row i where code i of base is near code j of the other."""
    spans = [_equal(*pair) for pair in zip(base_bands, other_bands, strict=True)]
    candidates = sum(int(count.sum()) for _, _, count in spans)
    if candidates > CANDIDATE_SHARE * len(base) ** 2:
        _mark_by_brute_force(table, base, other)
        return
    for left, right in (pairs for span in spans for pairs in _blocks(*span)):
        near = _near(base.take(left, axis=0).T, other.take(right, axis=0).T)
        at = left[near] * table.shape[1] + right[near] // 8
        np.bitwise_or.at(table.reshape(-1), at, (128 >> right[near] % 8).astype(np.uint8))


def _ordered(band: np.ndarray) -> _Ordered:
    order = np.argsort(band, kind="stable")
    return _Ordered(order, *np.unique(band[order], return_index=True, return_counts=True))


def _equal(base: _Ordered, other: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give an order of base, and where in it and how often each value of other stands."""
    at = np.searchsorted(base.values[:-1], other)
    return base.order, base.start[at], base.count[at] * (base.values[at] == other)


def _blocks(
    order: np.ndarray, start: np.ndarray, count: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Give all index pairs with `base[left] == other[right]`, a bounded number at a time."""
    ends = np.cumsum(count)
    cuts = np.searchsorted(ends, np.arange(0, count.sum(), PAIRS_AT_ONCE), "right")
    for low, high in pairwise([*cuts, len(count)]):
        many = count[low:high]
        right = np.repeat(np.arange(low, high), many)
        offset = np.arange(len(right)) - np.repeat(np.cumsum(many) - many, many)
        yield order[np.repeat(start[low:high], many) + offset], right


def _mark_by_brute_force(table: np.ndarray, base: np.ndarray, other: np.ndarray) -> None:
    columns, rows = np.ascontiguousarray(other.T), max(1, PAIRS_AT_ONCE // len(base))

    def mark(start: int) -> None:
        near = _near(base[start : start + rows].T[:, :, None], columns[:, None])
        packed = np.packbits(near, axis=1)
        table[start : start + rows, : packed.shape[1]] |= packed

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(mark, range(0, len(base), rows)))


def _near(base: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Compare codes of four words, the words along the first axis, uint64, as they broadcast."""
    bits = np.bitwise_count(base[0] ^ other[0])
    for word in (1, 2):
        bits += np.bitwise_count(base[word] ^ other[word])
    # 256 differing bits would count as 0 in a byte; three words alone cannot overflow it.
    near = bits <= config.NEAR_COPY_BITS
    bits += np.bitwise_count(base[3] ^ other[3])
    return near & (bits <= config.NEAR_COPY_BITS)


def _from_table(identity: np.ndarray, table: np.ndarray) -> Copies:
    if _count_marks(table) <= MAX_MARKS:
        return Copies(identity, _listed(table))
    _make_symmetric(table)
    return Copies(identity, _links(table), table)


def _count_marks(table: np.ndarray) -> int:
    return int(np.bitwise_count(table.view(np.uint64)).sum())


def _listed(table: np.ndarray) -> np.ndarray:
    """List the marks as pairs, each once, the smaller number first: `(pairs, 2)`, int."""
    words = table.view(np.uint64)  # Of eight bytes each, most of which are empty.
    row, word = np.nonzero(words)
    which, bit = np.nonzero(np.unpackbits(words[row, word, None].view(np.uint8), axis=1))
    pairs = np.sort(np.stack([row[which], word[which] * 64 + bit], axis=1), axis=1)
    keys = np.unique(pairs[:, 0] * len(table) + pairs[:, 1])
    return np.stack(np.divmod(keys, max(len(table), 1)), axis=1)


def _make_symmetric(table: np.ndarray) -> None:
    # Brightness equal on both sides sets no bit either way, so that i upright may be near
    # j mirrored and j upright not near i mirrored.
    for start in range(0, len(table), 256):
        bits = np.unpackbits(table[start : start + 256], axis=1, count=len(table))
        packed = np.packbits(bits, axis=0).T
        table[:, start // 8 : start // 8 + packed.shape[1]] |= packed


def _links(table: np.ndarray) -> np.ndarray:
    """Give pairs that link the same groups as all marks do, fewer than there are rows."""
    unseen, links = np.ones(len(table), bool), []
    while unseen.any():
        waiting = [int(unseen.argmax())]
        unseen[waiting] = False
        while waiting:
            here = waiting.pop()
            near = np.unpackbits(table[here], count=len(table)).view(bool)
            new = np.flatnonzero(near & unseen)
            unseen[new] = False
            waiting += new.tolist()
            links += [(here, there) for there in new.tolist()]
    return np.sort(np.array(links, int).reshape(-1, 2), axis=1)
