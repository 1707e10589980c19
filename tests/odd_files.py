"""Odd, hostile and damaged photo files, made in memory from drawn pictures."""

import io
import itertools
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pillow_heif
from PIL import Image, ImageCms

from crackcls import config
from tests.conftest import encoded, picture

SIZE = WIDTH, HEIGHT = 64, 32
RED, BLUE = (200, 40, 40), (30, 60, 190)
# Nearly 80 megapixels, and just above.
FULL, BEYOND = (10_000, 7_900), (10_000, 8_001)
EXTREMES = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
BIT, GREY, RGB, PALETTE, GREY_ALPHA, RGBA = (1, 0), (8, 0), (8, 2), (8, 3), (8, 4), (8, 6)


def odd_files(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Give odd files one by one: those made by hand first, then mutations of all formats.

    Args:
        count: How many.
        seed: Another number gives other mutations.

    Yields:
        A name and the content of the file.
    """
    yield from itertools.islice(itertools.chain(by_hand(), mutations(seed)), count)


def by_hand() -> Iterator[tuple[str, bytes]]:
    """Give one file of each kind that is known to be odd."""
    parts = (no_photos, modes, deep, frames, turned, profiles, shapes, headers, bombs, broken)
    for part in (*parts, metadata, heavy):
        yield from part()


def halves(mode: str = "RGB", left: object = RED, right: object = BLUE) -> Image.Image:
    """Draw a picture whose left half has one value and whose right half another."""
    image = Image.new(mode, SIZE, left)
    image.paste(right, (WIDTH // 2, 0, WIDTH, HEIGHT))
    return image


def heic(image: Image.Image, **options) -> bytes:
    buffer = io.BytesIO()
    pillow_heif.from_pillow(image).save(buffer, **{"quality": 90, **options})
    return buffer.getvalue()


def patched(content: bytes, at: int, new: bytes) -> bytes:
    assert at >= 0
    return content[:at] + new + content[at + len(new) :]


# PNG and TIFF put together by hand, for what Pillow does not write.


def chunk(kind: bytes, content: bytes) -> bytes:
    checked = kind + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))


def png(
    size: tuple[int, int],
    kind: tuple[int, int],
    rows: Iterable[bytes],
    extra: bytes = b"",
    interlaced: bool = False,
) -> bytes:
    """Write a PNG of a bit depth and colour type; each row starts with its filter byte."""
    packer = zlib.compressobj(1)
    body = b"".join([packer.compress(row) for row in rows]) + packer.flush()
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", *size, *kind, 0, 0, interlaced))
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + header + extra + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def plain_png(size: tuple[int, int], kind: tuple[int, int], pixel: bytes) -> bytes:
    """Write a PNG of one colour in constant memory, of a palette of red and blue."""
    palette = chunk(b"PLTE", bytes(RED + BLUE)) if kind == PALETTE else b""
    width = -(-size[0] // 8) if kind == BIT else size[0]
    return png(size, kind, itertools.repeat(b"\0" + pixel * width, size[1]), palette)


def adam7(grey: int) -> bytes:
    passes = ((1, 1), (1, 1), (2, 1), (2, 2), (4, 2), (4, 4), (8, 4))
    rows = [(b"\0" + bytes([grey]) * width) * height for width, height in passes]
    return png((8, 8), GREY, rows, interlaced=True)


def tiff(tags: dict[int, Sequence[int]], pixels: bytes, order: str = "<") -> bytes:
    """Write a TIFF of one strip or tile, as its tags say; values are 32-bit, or 16-bit for 258."""
    place = 324 if 322 in tags else 273
    lists = {**tags, place: (0,), place + (1 if place == 324 else 6): (len(pixels),)}
    start = 8 + 2 + 12 * len(lists) + 4
    kinds = {tag: "H" if tag in (258, 339) else "I" for tag in lists}
    lengths = [len(lists[tag]) * (2 if kinds[tag] == "H" else 4) for tag in lists]
    lists[place] = (start + sum(length for length in lengths if length > 4),)
    entries, behind = b"", b""
    for tag, values in sorted(lists.items()):
        packed = struct.pack(f"{order}{len(values)}{kinds[tag]}", *values)
        where = packed.ljust(4, b"\0")
        if len(packed) > 4:
            where, behind = struct.pack(f"{order}I", start + len(behind)), behind + packed
        type_ = 3 if kinds[tag] == "H" else 4
        entries += struct.pack(f"{order}HHI", tag, type_, len(values)) + where
    mark = b"II*\0" if order == "<" else b"MM\0*"
    head = mark + struct.pack(f"{order}IH", 8, len(lists))
    return head + entries + bytes(4) + behind + pixels


def grey_tags(size: tuple[int, int], bits: int, **more: int) -> dict[int, Sequence[int]]:
    tags = {256: (size[0],), 257: (size[1],), 258: (bits,), 259: (1,), 262: (1,), 277: (1,)}
    return {**tags, 278: (size[1],), **{int(tag[1:]): (value,) for tag, value in more.items()}}


def twelve_bit() -> bytes:
    """Give rows of 12-bit samples, two in three bytes: 2,048 on the left, 4,095 on the right."""
    pairs = WIDTH // 4
    return (bytes([0x80, 0x08, 0x00]) * pairs + bytes([0xFF, 0xFF, 0xFF]) * pairs) * HEIGHT


def icc(space: bytes, kind: bytes, connection: bytes, tags: dict[bytes, bytes]) -> bytes:
    """Write a colour profile of version 2."""
    table, body, start = b"", b"", 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        table += name + struct.pack(">II", start + len(body), len(content))
        body += content.ljust(-(-len(content) // 4) * 4, b"\0")
    total = start + len(body)
    head = struct.pack(">I4sI", total, bytes(4), 0x02400000) + kind + space + connection
    head += bytes(12) + b"acsp" + bytes(28) + struct.pack(">III", 0xF6D6, 0x10000, 0xD32D)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def described(more: dict[bytes, bytes]) -> dict[bytes, bytes]:
    words = b"made up\0"
    text = b"desc" + bytes(4) + struct.pack(">I", len(words)) + words + bytes(12 + 67)
    white = b"XYZ " + bytes(4) + struct.pack(">III", 0xF6D6, 0x10000, 0xD32D)
    return {b"desc": text, b"wtpt": white, **more}


def grey_profile() -> bytes:
    """Give a profile of grey whose tone curve is a power of 3, so that it darkens."""
    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, 3 << 8)
    return icc(b"GRAY", b"mntr", b"XYZ ", described({b"kTRC": curve}))


def cmyk_profile() -> bytes:
    """Give a profile of inks under which magenta with yellow is green, unlike any other."""
    lab = {True: (150, 70, 190), False: (255, 128, 128)}
    grid = [lab[inks == (0, 1, 1, 0)] for inks in itertools.product((0, 1), repeat=4)]
    ramp = bytes(range(256))
    head = b"mft1" + bytes(4) + bytes([4, 3, 2, 0])
    head += struct.pack(">9i", *(65536 * (i % 4 == 0) for i in range(9)))
    table = head + ramp * 4 + bytes(itertools.chain(*grid)) + ramp * 3
    return icc(b"CMYK", b"prtr", b"Lab ", described({b"A2B0": table}))


# The kinds of odd files.


def no_photos() -> Iterator[tuple[str, bytes]]:
    yield "empty.jpg", b""
    yield "one byte.jpg", b"\xff"
    yield "zeros.png", bytes(5000)
    yield "text.jpg", b"this is no photo\n" * 30
    yield "page.jpg", b"<!DOCTYPE html><html><body><img src='a.jpg'></body></html>"
    yield "drawing.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'><rect width='9'/></svg>"
    yield "paper.jpg", b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"
    yield "archive.jpg", b"PK\x03\x04\x14\0\0\0\x08\0" + bytes(60)
    yield "script.jpg", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n"
    yield "icon.jpg", encoded(halves(), "ICO")
    yield "movie.heic", b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + bytes(500)
    yield "letters.tif", b"MM" + b"ost of this file is text" * 20
    yield "too large.jpg", encoded(halves()).ljust(config.MAX_PHOTO_BYTES + 1)


def modes() -> Iterator[tuple[str, bytes]]:
    """Give colour models and kinds of transparency, and endings that lie."""
    inks = halves("CMYK", (0, 255, 255, 0), (0, 0, 0, 255))
    yield "cmyk.jpg", encoded(inks, "JPEG", quality=95)
    yield "cmyk.tif", encoded(inks, "TIFF")
    yield "png called.jpg", encoded(halves(), "PNG")
    yield "jpeg called.png", encoded(halves(), quality=95)
    for format_ in ("PNG", "TIFF", "BMP", "PPM"):
        yield f"1-bit.{format_}", encoded(halves("1", 0, 1), format_)
    indexed = halves("P", 0, 1)
    indexed.putpalette(RED + BLUE)
    yield "palette.png", encoded(indexed, "PNG", transparency=0)
    yield "palette.gif", encoded(indexed, "GIF", transparency=1)
    yield "alpha.png", encoded(halves("RGBA", (*RED, 255), (*BLUE, 0)), "PNG")
    yield "alpha.webp", encoded(halves("RGBA", (*RED, 255), (*BLUE, 0)), "WEBP", lossless=True)
    yield "alpha.avif", encoded(halves("RGBA", (*RED, 255), (*BLUE, 0)), "AVIF", quality=95)
    yield "alpha.heic", heic(halves("RGBA", (*RED, 255), (*BLUE, 0)))
    yield "alpha.tif", encoded(halves("RGBA", (*RED, 255), (*BLUE, 0)), "TIFF")
    yield "grey alpha.png", encoded(halves("LA", (90, 255), (90, 0)), "PNG")
    yield "ycbcr.tif", encoded(halves().convert("YCbCr"), "TIFF")
    yield "ycbcr jpeg.tif", encoded(halves(), "TIFF", compression="jpeg")
    lab = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    stored = ImageCms.profileToProfile(halves(), lab[1], lab[0], outputMode="LAB")
    yield "lab.tif", encoded(stored, "TIFF")
    yield "lossless.webp", encoded(halves(), "WEBP", lossless=True)
    yield "photo.avif", encoded(halves(), "AVIF", quality=95)
    yield "photo.heic", heic(halves())
    yield "photo.jp2", encoded(halves(), "JPEG2000")
    yield "grid.heic", heic(halves().resize((600, 300), 0), tile_size=256)


def deep() -> Iterator[tuple[str, bytes]]:
    """Give pictures of more than 8 bits a sample."""
    grey = halves("I;16", 32768, 65535)
    yield "16-bit.png", encoded(grey, "PNG")
    yield "16-bit.tif", encoded(grey, "TIFF")
    yield "16-bit.jp2", encoded(grey, "JPEG2000")
    yield "16-bit.pgm", encoded(grey.convert("I"), "PPM")
    yield "32-bit.tif", encoded(halves("I", 32768, 65535), "TIFF")
    yield "float 1.tif", encoded(halves("F", 0.25, 1.0), "TIFF")
    yield "float 9.tif", encoded(halves("F", 4.5, 9.0), "TIFF")
    yield "float nan.tif", encoded(halves("F", float("nan"), 0.5), "TIFF")
    yield "float inf.tif", encoded(halves("F", 0.5, float("inf")), "TIFF")
    yield "float.pfm", encoded(halves("F", 0.25, 1.0), "PPM")
    yield "12-bit.tif", tiff(grey_tags(SIZE, 12), twelve_bit())
    high = struct.pack(">3H", 0x8000, 0, 0) * 32 + struct.pack(">3H", 0, 0, 0xFFFF) * 32
    rows = [b"\0" + high] * HEIGHT
    yield "16-bit rgb.png", png(SIZE, (16, 2), rows)
    yield (
        "16-bit clear.png",
        png(SIZE, (16, 2), rows, chunk(b"tRNS", struct.pack(">3H", 0, 0, 65535))),
    )
    two = struct.pack(">32H", *[32768] * 32) + struct.pack(">32H", *[300] * 32)
    clear = chunk(b"tRNS", struct.pack(">H", 300))
    yield "16-bit grey clear.png", png(SIZE, (16, 0), [b"\0" + two] * HEIGHT, clear)
    tags = {**grey_tags(SIZE, 16), 258: (16, 16, 16), 262: (2,), 277: (3,)}
    yield "16-bit rgb.tif", tiff(tags, high * HEIGHT, ">")
    yield "10 of 15.ppm", b"P6\n64 32\n15\n" + (bytes([10, 0, 0]) * 32 + bytes(96)) * HEIGHT
    wide = struct.pack(">32H", *[2048] * 32) + struct.pack(">32H", *[4095] * 32)
    yield "12 of 16.pgm", b"P5\n64 32\n4095\n" + wide * HEIGHT
    yield "plain.pgm", b"P2 # words\n64 32 4095\n" + (b"2048 " * 32 + b"4095 " * 32) * HEIGHT
    yield "plain.pbm", b"P1\n64 32\n" + (b"1" * 32 + b"0" * 32 + b"\n") * HEIGHT
    yield "bad maxval.ppm", b"P6\n64 32\n70000\n" + bytes(9000)


def frames() -> Iterator[tuple[str, bytes]]:
    """Give several pictures in one file: the first counts."""
    options = {"WEBP": {"lossless": True}, "MPO": {"quality": 95}, "TIFF": {}, "PNG": {}, "GIF": {}}
    for format_, more in options.items():
        others = [Image.new("RGB", SIZE, "lime") for _ in range(5)]
        content = encoded(halves(), format_, save_all=True, append_images=others, **more)
        yield f"frames.{format_}", content
    tiles = Image.new("RGB", (3000, 2000), RED)
    greens = [Image.new("RGB", tiles.size, (0, 20 * i, 0)) for i in range(9)]
    many = {"save_all": True, "append_images": greens}
    yield "large frames.webp", encoded(tiles, "WEBP", lossless=True, quality=0, method=0, **many)
    yield "large frames.gif", encoded(tiles, "GIF", **many)
    heif = pillow_heif.from_pillow(halves())
    heif.add_from_pillow(Image.new("RGB", SIZE, "lime"))
    buffer = io.BytesIO()
    heif.save(buffer, quality=90)
    yield "frames.heic", buffer.getvalue()


def turned() -> Iterator[tuple[str, bytes]]:
    for orientation in range(1, 10):
        exif = Image.Exif()
        exif[0x0112] = orientation
        exif[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0)}
        yield f"turned {orientation}.jpg", encoded(halves(), quality=95, exif=exif)
    exif = Image.Exif()
    exif[0x0112] = 6
    data = exif.tobytes()
    yield "turned 6.tif", encoded(halves(), "TIFF", exif=exif)
    yield "turned 6.heic", heic(halves(), exif=data)
    for name, content in {
        "cut": data[: len(data) // 2],
        "no": b"Exif\0\0 no exif at all",
        "empty": b"Exif\0\0",
        "endless": data.replace(struct.pack(">H", 0x0112), b"\xff\xff"),
    }.items():
        yield f"{name} exif.jpg", encoded(halves(), quality=95, exif=content)
        yield f"{name} exif.png", encoded(halves(), "PNG", exif=content)
        yield f"{name} exif.webp", encoded(halves(), "WEBP", lossless=True, exif=content)


def profiles() -> Iterator[tuple[str, bytes]]:
    """Give colour profiles that fit, that do not, and that are none."""
    inks = halves("CMYK", (0, 255, 255, 0), (0, 0, 0, 0))
    grey = halves("L", 128, 255)
    indexed = halves("P", 0, 1)
    indexed.putpalette(RED + BLUE)
    yield "cmyk profile.jpg", encoded(inks, quality=95, icc_profile=cmyk_profile())
    yield "cmyk profile.tif", encoded(inks, "TIFF", icc_profile=cmyk_profile())
    yield "grey profile.png", encoded(grey, "PNG", icc_profile=grey_profile())
    clear = halves("LA", (128, 255), (9, 0))
    yield "grey alpha profile.png", encoded(clear, "PNG", icc_profile=grey_profile())
    yield "grey profile on rgb.png", encoded(halves(), "PNG", icc_profile=grey_profile())
    yield "cmyk profile on rgb.jpg", encoded(halves(), quality=95, icc_profile=cmyk_profile())
    yield "grey profile on cmyk.tif", encoded(inks, "TIFF", icc_profile=grey_profile())
    standard = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    wild = standard.replace("sRGB".encode("utf-16-be"), "wild".encode("utf-16-be"))
    yield "palette profile.png", encoded(indexed, "PNG", icc_profile=wild)
    yield "rgb profile on grey.png", encoded(grey, "PNG", icc_profile=wild)
    for name, profile in {
        "cut": cmyk_profile()[:300],
        "garbage": bytes(range(256)) * 9,
        "tiny": b"acsp",
        "endless": patched(grey_profile(), 128, b"\xff\xff\xff\xff"),
        "no tags": icc(b"CMYK", b"prtr", b"Lab ", {}),
    }.items():
        yield f"{name} profile.jpg", encoded(inks, quality=95, icc_profile=profile)
        yield f"{name} profile.png", encoded(halves(), "PNG", icc_profile=profile)


def shapes() -> Iterator[tuple[str, bytes]]:
    """Give sizes at the ends, and ways to lay out the pixels."""
    options = {"JPEG": {"quality": 95}, "PNG": {}, "TIFF": {}, "BMP": {}, "GIF": {}, "PPM": {}}
    for format_, more in options.items():
        yield f"1 x 1.{format_}", encoded(Image.new("RGB", (1, 1), RED), format_, **more)
        yield f"20000 x 10.{format_}", encoded(Image.new("RGB", (20_000, 10), RED), format_, **more)
        yield f"10 x 20000.{format_}", encoded(Image.new("RGB", (10, 20_000), RED), format_, **more)
    yield "1 x 1.heic", heic(Image.new("RGB", (1, 1), RED))
    yield "1 x 1.webp", encoded(Image.new("RGB", (1, 1), RED), "WEBP", lossless=True)
    yield "60000000 x 1.png", plain_png((60_000_000, 1), BIT, b"\xff")
    yield "1 x 4000000.png", plain_png((1, 4_000_000), BIT, b"\xff")
    yield "interlaced.png", adam7(90)
    yield "interlaced.gif", encoded(halves("L", 90, 200), "GIF", interlace=1)
    yield "progressive.jpg", encoded(halves(), quality=95, progressive=True)
    yield "restarts.jpg", encoded(halves(), quality=95, restart_marker_blocks=1)
    rows = Image.new("L", SIZE, 90).tobytes()
    yield "tiled.tif", tiff(grey_tags((60, 30), 8, t322=64, t323=32), rows)
    for compression in ("tiff_lzw", "tiff_adobe_deflate", "packbits"):
        yield f"{compression}.tif", encoded(halves(), "TIFF", compression=compression)
    yield "group4.tif", encoded(halves("1", 0, 1), "TIFF", compression="group4")
    bmp = encoded(halves(), "BMP")
    upside = patched(bmp, 22, struct.pack("<i", -HEIGHT))
    yield "top down.bmp", upside


def sized(format_: str, content: bytes, size: tuple[int, int]) -> bytes:
    """Overwrite the size that a file's header gives."""
    width, height = size
    marks = {
        "JPEG": (b"\xff\xc0", 5, ">HH", (height, width)),
        "GIF": (b"GIF8", 6, "<HH", (width, height)),
        "BMP": (b"BM", 18, "<ii", (width, height)),
        "WEBP": (b"\x9d\x01\x2a", 3, "<HH", (width, height)),
        "JPEG2000": (b"ihdr", 4, ">II", (height, width)),
        "AVIF": (b"ispe", 8, ">II", (width, height)),
        "HEIF": (b"ispe", 8, ">II", (width, height)),
    }
    if format_ == "PNG":
        fixed = struct.pack(">II", width, height) + content[24:29]
        return content[:8] + chunk(b"IHDR", fixed) + content[33:]
    mark, behind, layout, values = marks[format_]
    return patched(content, content.find(mark) + behind, struct.pack(layout, *values))


def stored() -> dict[str, bytes]:
    """Give the same picture in the formats whose header `sized` can overwrite."""
    formats = ("JPEG", "GIF", "BMP", "WEBP", "JPEG2000", "AVIF", "PNG")
    return {**{name: encoded(picture(1), name) for name in formats}, "HEIF": heic(picture(1))}


def headers() -> Iterator[tuple[str, bytes]]:
    """Give headers that say another size than the pixels have."""
    for format_, content in stored().items():
        yield f"smaller.{format_}", sized(format_, content, (8, 8))
        yield f"larger.{format_}", sized(format_, content, (1000, 900))
        yield f"nothing.{format_}", sized(format_, content, (0, 64))
    lying = sized("WEBP", encoded(picture(1), "WEBP"), (16383, 4000))
    yield "65 megapixels.webp", lying
    code = encoded(picture(1), "JPEG2000")
    at = code.find(b"\xff\x51")
    yield "codestream.jp2", patched(code, at + 6, struct.pack(">II", 30_000, 30_000))
    yield "tile size.jp2", patched(code, at + 22, struct.pack(">II", 30_000, 30_000))
    grid = heic(picture(1, 600), tile_size=256)
    at = grid.find(struct.pack(">HH", 600, 600))
    yield "larger grid.heic", patched(grid, at, struct.pack(">HH", 9000, 8800))


def bombs() -> Iterator[tuple[str, bytes]]:
    """Give files that say, or unpack to, far more than they hold."""
    for format_, content in stored().items():
        most = (16383, 16383) if format_ == "WEBP" else (65_000, 65_000)
        yield f"bomb.{format_}", sized(format_, content, most)
        if format_ != "WEBP":
            yield f"beyond.{format_}", sized(format_, content, BEYOND)
    yield "bomb.ppm", b"P6\n99999 99999\n255\n" + bytes(99)
    yield "bomb.pgm", b"P5\n9999999999 9\n255\n" + bytes(99)
    yield "beyond by one row.png", plain_png(BEYOND, BIT, b"\xff")
    yield "bomb.tif", tiff(grey_tags((60_000, 60_000), 8, t259=8), zlib.compress(bytes(10**6)))
    packed = zlib.compress(bytes(30_000 * 20_000), 1)
    yield "tile.tif", tiff(grey_tags(SIZE, 8, t259=8, t322=30_000, t323=20_000), packed)
    many = 2_000_000
    strips = {**grey_tags((8, many), 8), 278: (1,)}
    yield "strips.tif", strips_of(strips, many)
    exif = encoded(halves())
    yield "segments.jpg", exif[:2] + b"\xff\xe1\0\x09Exif\0\0a" * 900_000 + exif[2:]
    scanned = encoded(Image.new("L", (8000, 8000), 90), progressive=True)
    last = scanned.rfind(b"\xff\xda")
    yield "scans.jpg", scanned[:-2] + scanned[last:-2] * 1000 + scanned[-2:]


def strips_of(tags: dict[int, Sequence[int]], count: int) -> bytes:
    """Write a TIFF of millions of strips which all lie at its start."""
    lists = {**tags, 273: range(8, 8 + count), 279: itertools.repeat(8, count)}
    head, start = b"", 8 + 2 + 12 * len(lists) + 4
    for i, (tag, values) in enumerate(sorted(lists.items())):
        long = tag in (273, 279)
        value = start + 4 * count * (tag == 279) if long else values[0]
        kind = 3 if tag == 258 else 4
        head += struct.pack("<HHII", tag, kind, count if long else 1, value)
        assert i < len(lists)
    tables = b"".join(np.fromiter(lists[tag], "<u4").tobytes() for tag in (273, 279))
    return b"II*\0" + struct.pack("<IH", 8, len(lists)) + head + bytes(4) + tables


def broken() -> Iterator[tuple[str, bytes]]:
    """Give files that end early or are damaged where it matters."""
    for format_, content in stored().items():
        for share in (4, 2):
            yield f"cut at 1 in {share}.{format_}", content[: len(content) // share]
        yield f"cut at the end.{format_}", content[:-20]
        yield f"junk behind.{format_}", content + bytes(range(256)) * 20
    marked = encoded(picture(2), restart_marker_blocks=1)
    for name, mark in {"wrong": b"\xff\xd7", "no": b"\0\0", "end": b"\xff\xd9"}.items():
        yield f"{name} restarts.jpg", marked.replace(b"\xff\xd1", mark)
    yield "arithmetic.jpg", encoded(picture(2)).replace(b"\xff\xc0", b"\xff\xc9")
    yield "lossless.jpg", encoded(picture(2)).replace(b"\xff\xc0", b"\xff\xc3")
    yield "no tables.jpg", encoded(picture(2)).replace(b"\xff\xdb", b"\xff\xec")
    paper = {**grey_tags(SIZE, 8), 277: (60_000,)}
    yield "samples.tif", tiff(paper, bytes(WIDTH * HEIGHT))
    again = patched(tiff(grey_tags(SIZE, 8), bytes(WIDTH * HEIGHT)), 4, struct.pack("<I", 4))
    yield "itself.tif", again
    runs = struct.pack("<IiiHHIIiiII", 40, 2000, 2000, 1, 8, 1, 0, 0, 0, 256, 0) + bytes(1024)
    head = b"BM" + struct.pack("<IHHI", 0, 0, 0, 14 + len(runs))
    yield "runs.bmp", head + runs + b"\x01\x05" * 1_000_000


def metadata() -> Iterator[tuple[str, bytes]]:
    """Give descriptions that are far larger than the picture."""
    plain, large = encoded(halves(), "PNG"), zlib.compress(bytes(2**28), 1)
    for name, kind, start in (
        ("iCCP", b"iCCP", b"profile\0\0"),
        ("zTXt", b"zTXt", b"Comment\0\0"),
        ("iTXt", b"iTXt", b"Comment\0\1\0\0\0"),
    ):
        yield f"{name}.png", plain[:33] + chunk(kind, start + large) + plain[33:]
    words = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(900_000)))
    yield "many words.png", plain[:33] + words * 200 + plain[33:]
    yield "many chunks.png", plain[:33] + chunk(b"prVt", b"") * 200_000 + plain[33:]
    yield "long comment.jpg", encoded(halves(), quality=95, comment=b"word " * 13_000)
    comment = b"\x21\xfe" + (b"\xff" + b"a" * 255) * 20_000 + b"\0"
    drawn = encoded(halves("L", 90, 200), "GIF")
    at = drawn.find(b"\x2c\0\0\0\0")
    yield "long comment.gif", drawn[:at] + comment + drawn[at:]
    yield "long xmp.webp", encoded(halves(), "WEBP", lossless=True, xmp=b"<x/>" * 500_000)
    yield "long exif.png", plain[:33] + chunk(b"eXIf", b"II*\0\x08\0\0\0" * 500_000) + plain[33:]


def heavy() -> Iterator[tuple[str, bytes]]:
    """Give photos within the limits that are small on disk and large in memory."""
    yield "full 1-bit.png", plain_png(FULL, BIT, b"\xff")
    yield "full palette.png", plain_png(FULL, PALETTE, b"\1")
    yield "full rgb.png", plain_png(FULL, RGB, bytes(RED))
    yield "full alpha.png", plain_png(FULL, RGBA, bytes((*RED, 255)))
    yield "full grey alpha.png", plain_png(FULL, GREY_ALPHA, b"\x50\xff")
    yield "full 16-bit.png", plain_png(FULL, (16, 0), b"\x80\0")
    yield "full turned.jpg", full_jpeg()
    yield "full.gif", encoded(Image.new("L", FULL, 90), "GIF")
    bit = Image.new("1", FULL, 1)
    yield "full 1-bit.tif", encoded(bit, "TIFF", compression="group4")
    packer = zlib.compressobj(1)
    row = struct.pack("<f", 0.25) * FULL[0]
    body = b"".join([packer.compress(row) for _ in range(FULL[1])]) + packer.flush()
    yield "full float.tif", tiff(grey_tags(FULL, 32, t259=8, t339=3), body)
    yield "full.avif", sized("AVIF", encoded(picture(1), "AVIF"), FULL)
    plain = encoded(Image.new("RGBA", (16, 16), (*RED, 9)), "WEBP", lossless=True)
    at = plain.find(b"VP8L") + 9
    (bits,) = struct.unpack("<I", plain[at : at + 4])
    bits = bits >> 28 << 28 | (3100 - 1) << 14 | (16_000 - 1)
    yield "full.webp", patched(plain, at, struct.pack("<I", bits))
    yield "full.jp2", encoded(Image.new("L", (8000, 4900), 90), "JPEG2000")


def full_jpeg() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return encoded(Image.new("L", FULL, 90), exif=exif, progressive=True)


# Mutations.


def mutations(seed: int) -> Iterator[tuple[str, bytes]]:
    """Give damaged versions of all formats without end."""
    rng = np.random.default_rng(seed)
    originals = list(healthy())
    for i in itertools.count():
        name, content = originals[i % len(originals)]
        for _ in range(1 + (rng.random() < 0.3)):
            change = CHANGES[rng.integers(len(CHANGES))]
            content = change(rng, content, originals[rng.integers(len(originals))][1])
        if content[:4] == b"\x89PNG" and rng.random() < 0.7:
            content = checked(content)
        yield f"mutation {i} of {name}", content


def healthy() -> Iterator[tuple[str, bytes]]:
    """Give small files of each format and of the ways to store it."""
    yield from stored().items()
    kept = (modes, deep, frames, turned, profiles, shapes)
    for part in kept:
        for name, content in part():
            if 0 < len(content) < 30_000:
                yield name, content


def checked(content: bytes) -> bytes:
    """Write the checksums of a PNG anew, so that the damage is read and not just noticed."""
    parts, at = [content[:8]], 8
    while at + 12 <= len(content):
        (length,) = struct.unpack(">I", content[at : at + 4])
        body = content[at + 8 : at + 8 + length]
        parts.append(chunk(content[at + 4 : at + 8], body))
        at += 12 + length
    return b"".join(parts)


def some_place(rng: np.random.Generator, content: bytes) -> int:
    """Choose a place in a file, one in the header a third of the time."""
    most = min(len(content), 200) if rng.random() < 0.33 else len(content)
    return int(rng.integers(max(most, 1)))


def flip_bits(rng: np.random.Generator, content: bytes, other: bytes) -> bytes:
    damaged = bytearray(content)
    for _ in range(min(rng.integers(1, 6), len(damaged))):
        damaged[some_place(rng, content)] ^= 1 << rng.integers(8)
    return bytes(damaged)


def cut_off(rng: np.random.Generator, content: bytes, other: bytes) -> bytes:
    return content[: some_place(rng, content)]


def splice(rng: np.random.Generator, content: bytes, other: bytes) -> bytes:
    return content[: some_place(rng, content)] + other[some_place(rng, other) :]


def overwrite(rng: np.random.Generator, content: bytes, other: bytes) -> bytes:
    layout = ("<I", ">I", "<H", ">H")[rng.integers(4)]
    most = 2 ** (8 * struct.calcsize(layout)) - 1
    number = EXTREMES[rng.integers(len(EXTREMES))] & most
    new = struct.pack(layout, number)
    return patched(content, some_place(rng, content), new)


def swap(rng: np.random.Generator, content: bytes, other: bytes) -> bytes:
    a, b, c = sorted(some_place(rng, content) for _ in range(3))
    return content[:a] + content[b:c] + content[a:b] + content[c:]


def repeat(rng: np.random.Generator, content: bytes, other: bytes) -> bytes:
    a, b = sorted(some_place(rng, content) for _ in range(2))
    return content[:a] + content[a:b] * int(rng.integers(2, 9)) + content[b:]


def leave_out(rng: np.random.Generator, content: bytes, other: bytes) -> bytes:
    a, b = sorted(some_place(rng, content) for _ in range(2))
    return content[:a] + content[b:]


CHANGES = (flip_bits, flip_bits, overwrite, overwrite, cut_off, splice, swap, repeat, leave_out)
