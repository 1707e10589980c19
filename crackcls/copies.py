"""Exact and near copies among images, mirrored and turned ones included."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from crackcls import config

SIDE = 16
CODE_BYTES = SIDE * SIDE // 8
VERSIONS = 8
FINGERPRINT_BYTES = VERSIONS * CODE_BYTES


@dataclass(frozen=True)
class Copies:
    """Which images are copies of which.

    Attributes:
        identity: Shape `(images,)`, int. Images with one number have the same hash.
        pairs: Shape `(pairs, 2)`, int. Numbers from `identity` that are near copies.
    """

    identity: np.ndarray
    pairs: np.ndarray


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
    grey = image.convert("L")
    wide = np.asarray(grey.resize((SIDE + 1, SIDE), Image.Resampling.LANCZOS))
    tall = np.asarray(grey.resize((SIDE, SIDE + 1), Image.Resampling.LANCZOS)).T
    turned = [v for base in (wide, tall) for v in (base, base[::-1])]
    codes = [np.packbits(m[:, 1:] > m[:, :-1]) for v in turned for m in (v, v[:, ::-1])]
    return np.concatenate(codes)


def find_copies(fingerprints: np.ndarray) -> Copies:
    """Find all pairs of images whose hashes differ in few bits.

    The search is exact. Two codes that differ in at most 10 of 256 bits agree on one at
    least of 11 bands, so only images that share a band are compared.

    Args:
        fingerprints: Shape `(images, 256)`, uint8, from `fingerprint`.

    Returns:
        The copies among the images, in the order given.
    """
    upright = np.ascontiguousarray(fingerprints[:, :CODE_BYTES])
    _, first, identity = np.unique(upright, axis=0, return_index=True, return_inverse=True)
    codes = fingerprints[first].reshape(len(first), VERSIONS, CODE_BYTES)
    bands = _bands(codes)
    found = [
        _pairs_of_version(codes[:, 0], codes[:, version], bands[:, 0], bands[:, version])
        for version in range(VERSIONS)
    ]
    pairs = np.sort(np.concatenate(found), axis=1)
    return Copies(identity.reshape(-1), np.unique(pairs, axis=0))


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
    left, right = copies.pairs.T
    near[left[present[right]]] = True
    near[right[present[left]]] = True
    return near[copies.identity]


def _bands(codes: np.ndarray) -> np.ndarray:
    """Cut each code into bands of bits: `(images, versions, bands)`, uint32."""
    bits = np.unpackbits(codes, axis=-1)
    # Neighbouring bits agree more often than chance; a fixed shuffle keeps bands apart.
    order = np.argsort(np.arange(256) * 101 % 256)
    parts = np.array_split(order, config.NEAR_COPY_BITS + 1)
    weights = [1 << np.arange(len(part), dtype=np.uint32) for part in parts]
    return np.stack(
        [bits[..., part] @ weight for part, weight in zip(parts, weights, strict=True)], axis=-1
    )


def _pairs_of_version(base, version, base_bands, version_bands) -> np.ndarray:
    found = []
    for band in range(base_bands.shape[1]):
        left, right = _equal(base_bands[:, band], version_bands[:, band])
        apart = left != right
        left, right = left[apart], right[apart]
        distance = np.bitwise_count(base[left] ^ version[right]).sum(axis=1)
        near = distance <= config.NEAR_COPY_BITS
        found.append(np.stack([left[near], right[near]], axis=1))
    return np.concatenate(found)


def _equal(base: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give all index pairs with `base[left] == other[right]`."""
    order = np.argsort(base, kind="stable")
    start = np.searchsorted(base[order], other, "left")
    count = np.searchsorted(base[order], other, "right") - start
    right = np.repeat(np.arange(len(other)), count)
    offset = np.arange(len(right)) - np.repeat(np.cumsum(count) - count, count)
    return order[np.repeat(start, count) + offset], right
