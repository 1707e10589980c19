"""TIFF pictures of more bands, other depths and other layouts, as a person sees them."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from crackcls import images
from crackcls.errors import InputError
from tests.conftest import SHARED, encoded, picture
from tests.tiffs import bits_of, tags_of, tiff

SIZE = WIDTH, HEIGHT = 24, 20
# A picture whose white is 255, so that what is measured is known.
SEEN = np.asarray(picture(3, 64).resize(SIZE)).copy()
SEEN[0, 0], SEEN[-1, -1] = 255, 0
GREY = SEEN[..., 1].copy()
GREY[0, 0] = 255
OTHER = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 9), np.uint8)


def bands(count: int) -> np.ndarray:
    return np.concatenate([SEEN, OTHER], axis=-1)[..., :count]


def read(content: bytes) -> np.ndarray:
    return np.asarray(images.read_photo(content))


def one(values: np.ndarray, bits: int, order: str = "<", large: bool = False, **more) -> bytes:
    """Write numbers `(height, width, bands)` as one strip."""
    swapped = values.astype(values.dtype.newbyteorder(order))
    tags = tags_of(SIZE, values.shape[2], bits, **more)
    return tiff([(tags, [swapped.tobytes()])], order, large)


@pytest.mark.parametrize("count", [4, 5, 6, 8, 12])
@pytest.mark.parametrize("colours", [1, 2], ids=["grey", "rgb"])
def test_the_first_three_bands_are_the_picture(count, colours):
    assert np.array_equal(read(one(bands(count), 8, t262=colours)), SEEN)


@pytest.mark.parametrize("extra", [(), (0,)])
def test_a_fourth_band_that_is_no_opacity_hides_nothing(extra):
    more = {"t338": extra} if extra else {}
    assert np.array_equal(read(one(bands(4), 8, **more)), SEEN)


@pytest.mark.parametrize(("order", "large"), [("<", False), (">", False), ("<", True), (">", True)])
@pytest.mark.parametrize("count", [1, 3, 5])
@pytest.mark.parametrize(
    ("kind", "code", "times"),
    [
        ("u1", 1, 1),
        ("u2", 1, 257),
        ("u4", 1, 257),
        ("f2", 3, 1 / 255),
        ("f4", 3, 1 / 255),
        ("f8", 3, 1 / 255),
    ],
)
def test_each_depth_is_seen_as_it_is(order, large, count, kind, code, times):
    shown = bands(count) if count > 1 else GREY[..., None]
    values = (shown * float(times)).astype(kind)
    content = one(values, 8 * values.itemsize, order, large, t339=(code,) * count)
    wanted = SEEN if count > 1 else np.repeat(GREY[..., None], 3, axis=2)
    assert np.abs(read(content).astype(int) - wanted).max() <= (1 if kind == "f2" else 0)


@pytest.mark.parametrize("bits", range(9, 16))
@pytest.mark.parametrize("count", [1, 3, 4])
def test_nine_to_fifteen_bits_in_sixteen_are_scaled_by_their_range(bits, count):
    white = 2**bits - 1
    shown = bands(count) if count > 1 else GREY[..., None]
    values = np.rint(shown * (white / 255)).astype("u2")
    wanted = SEEN if count > 1 else np.repeat(GREY[..., None], 3, axis=2)
    assert np.array_equal(read(one(values, 16)), wanted)


@pytest.mark.parametrize("bits", [10, 12, 14])
@pytest.mark.parametrize("count", [3, 5])
def test_numbers_of_no_whole_count_of_bytes_are_read(bits, count):
    values = np.rint(bands(count) * ((2**bits - 1) / 255)).astype(int)
    content = tiff([(tags_of(SIZE, count, bits), [bits_of(values, bits)])])
    assert np.array_equal(read(content), SEEN)


def test_a_stated_white_counts_where_it_is_none_of_the_container():
    values = (SEEN // 2).astype("u2")
    assert read(one(values, 16, t281=(1000,) * 3)).max() == round(127 * 255 / 1000)
    assert read(one(values * 8, 16, t281=(65535,) * 3)).max() == round(127 * 8 * 255 / 1023)


def test_signed_numbers_below_zero_are_black():
    values = SEEN.astype("i2") * 128
    values[1] = -5000
    wanted = np.rint(np.clip(values, 0, None) * (255 / 32767))
    assert np.array_equal(read(one(values, 16, t339=(2,) * 3)), wanted)


def test_what_stands_for_no_data_is_no_white():
    values = (SEEN / 255).astype("f4")
    values[3] = 3e38
    seen = read(one(values, 32, t339=(3,) * 3, t42113=b"3e38\0"))
    assert np.array_equal(seen[:3], SEEN[:3])


@pytest.mark.parametrize("kind", ["u1", "u2"])
@pytest.mark.parametrize(("extra", "clear"), [(2, SEEN), (1, SEEN)])
def test_what_is_not_opaque_is_on_white(kind, extra, clear):
    times = {"u1": 1, "u2": 257}[kind]
    opaque = np.full((HEIGHT, WIDTH, 1), 255, np.uint8)
    opaque[5:8] = 0
    shown = np.where(opaque > 0, SEEN, 0)
    values = np.concatenate([shown, OTHER[..., :1], opaque], axis=-1).astype(kind) * times
    seen = read(one(values.astype(kind), 8 * values.dtype.itemsize, t338=(0, extra)))
    assert (seen[5:8] == 255).all()
    assert np.array_equal(seen[:5], SEEN[:5])


@pytest.mark.parametrize("kind", ["u1", "u2", "f4"])
@pytest.mark.parametrize("planes", [1, 2], ids=["together", "in planes"])
@pytest.mark.parametrize("tile", [None, (16, 32)], ids=["strips", "tiles"])
@pytest.mark.parametrize("packed", [1, 8], ids=["plain", "deflate"])
def test_strips_tiles_and_planes_are_put_together(kind, planes, tile, packed):
    code, times = (3, 1 / 255) if kind == "f4" else (1, {"u1": 1, "u2": 257}[kind])
    values = (bands(5) * float(times)).astype(kind)
    layers = [values] if planes == 1 else [values[..., [i]] for i in range(5)]
    pack = zlib.compress if packed == 8 else bytes
    parts = [pack(part.tobytes()) for layer in layers for part in cut(layer, tile)]
    more = {"t322": tile[0], "t323": tile[1]} if tile else {"t278": 7}
    tags = tags_of(SIZE, 5, 8 * values.itemsize, t259=packed, t284=planes, t339=(code,) * 5, **more)
    assert np.array_equal(read(tiff([(tags, parts)])), SEEN)


def cut(layer: np.ndarray, tile: tuple[int, int] | None) -> list[np.ndarray]:
    """Cut into strips of seven rows, or into tiles that reach beyond the picture."""
    if tile is None:
        return [layer[top : top + 7] for top in range(0, HEIGHT, 7)]
    wide, high = tile
    padded = np.zeros((64, 64, layer.shape[2]), layer.dtype)
    padded[:HEIGHT, :WIDTH] = layer
    return [
        padded[top : top + high, left : left + wide]
        for top in range(0, HEIGHT, high)
        for left in range(0, WIDTH, wide)
    ]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", ["u1", "u2", "f4"])
def test_differences_of_neighbours_are_added_up(order, kind):
    times = {"u1": 1, "u2": 257, "f4": 1 / 255}[kind]
    values = (bands(4) * float(times)).astype(kind)
    if kind == "f4":
        big = values.astype(">f4").view("u1").reshape(HEIGHT, WIDTH * 4, 4)
        apart = big.transpose(0, 2, 1).reshape(HEIGHT, -1, 4)
        stored, predictor, code = np.diff(apart, axis=1, prepend=0).astype("u1"), 3, 3
    else:
        steps = np.diff(values.astype(int), axis=1, prepend=0)
        stored, predictor, code = steps.astype(kind).astype(f"{order}{kind}"), 2, 1
    bits = 8 * values.itemsize
    tags = tags_of(SIZE, 4, bits, t259=8, t317=predictor, t339=(code,) * 4)
    assert np.array_equal(read(tiff([(tags, [zlib.compress(stored.tobytes())])], order)), SEEN)


def test_lzw_as_maps_are_packed_is_read():
    grey = Image.fromarray(bands(5).reshape(HEIGHT, -1))
    packed = encoded(grey, "TIFF", compression="tiff_lzw", tiffinfo={278: HEIGHT})
    opened = Image.open(io.BytesIO(packed))
    start, size = opened.tag_v2[273][0], opened.tag_v2[279][0]
    tags = tags_of(SIZE, 5, 8, t259=5)
    assert np.array_equal(read(tiff([(tags, [packed[start : start + size]])])), SEEN)


def test_white_may_be_zero():
    assert np.array_equal(
        read(one((65535 - GREY[..., None].astype("u2") * 257), 16, t262=0))[..., 0], GREY
    )


def test_a_page_is_turned_and_brought_to_srgb():
    from tests.test_images import steep_profile

    plain = read(one(bands(5), 8))
    turned = read(one(bands(5), 8, t274=6))
    assert np.array_equal(turned, np.rot90(plain, -1))
    dark = read(one(bands(5), 8, t34675=steep_profile()))
    assert dark.mean() < plain.mean() - 10


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        (tags_of(SIZE, 5, 8, t259=34887), ["5 bands of 8 bits", "method 34887", "JPEG"]),
        (tags_of(SIZE, 2, 64, t339=(6, 6)), ["2 bands of 64 bits, of kind 6"]),
        (tags_of(SIZE, 4, 8, t258=(8, 8, 8, 16)), ["4 bands of 8 and 16 bits"]),
        (tags_of(SIZE, 3, 24, t339=(3,) * 3), ["3 bands of 24 bits, of kind 3"]),
        (tags_of(SIZE, 5, 8, t317=9), ["5 bands"]),
        (tags_of((9000, 9000), 5, 8), ["80 megapixels", "9000 x 9000"]),
        (tags_of((8000, 8000), 5, 8, t259=8), ["at most 170,000,000 bytes at once"]),
        (tags_of(SIZE, 60_000, 8), ["must be complete"]),
        (tags_of(SIZE, 5, 8), ["must be complete"]),
    ],
    ids=["lerc", "complex", "depths", "24 bits", "predictor", "pixels", "strip", "bands", "cut"],
)
def test_what_cannot_be_read_is_said(tags, words):
    with pytest.raises(InputError) as error:
        images.read_photo(tiff([(tags, [bytes(50)])]))
    assert [word for word in words if word not in str(error.value)] == []


def test_parts_that_overlap_are_refused_before_they_are_copied():
    rows = {"t278": 1, "t273": (8,) * HEIGHT, "t279": (4000,) * HEIGHT}
    content = tiff([(tags_of(SIZE, 5, 8, **rows), [bytes(4000)])])
    with pytest.raises(InputError):
        images.read_photo(content)


def test_a_directory_that_says_far_more_than_the_file_holds_is_refused_at_once():
    content = tiff([(tags_of(SIZE, 3, 8), [bytes(2**20)])])
    many = b"".join(struct.pack("<HHII", 40_000 + i, 7, 2**20, 8) for i in range(2000))
    behind = struct.pack("<H", 2000) + many + bytes(4)
    bomb = content[:4] + struct.pack("<I", len(content)) + content[8:] + behind
    with pytest.raises(InputError, match="the directory of this one says more"):
        images.read_photo(bomb)


needs_cases = pytest.mark.skipif(
    not (SHARED / "cases").is_dir(), reason="the cases are not beside the project (../shared/cases)"
)


@needs_cases
@pytest.mark.parametrize(
    ("name", "start", "kind", "count", "white"),
    [("geotiff_5band.tif", 140, "u1", 5, 255), ("geotiff_11bit_in_16.tif", 134, "<u2", 3, 1023)],
)
def test_the_maps_among_the_cases_are_seen(name, start, kind, count, white):
    content = (SHARED / "cases" / name).read_bytes()
    stored = np.frombuffer(content, kind, 105 * 140 * count, start).reshape(105, 140, count)
    assert np.array_equal(read(content), np.rint(stored[..., :3] * (255 / white)))
