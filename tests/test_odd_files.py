"""Odd, hostile and damaged files: each ends in an upright RGB photo or in one sentence.

A process of its own reads them, so that a crash, a hang and the memory that they take are
seen. 300 files by default, 2,000 where CRACKCLS_FULL is 1.
"""

import json
import os
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from crackcls import config, images
from crackcls.errors import InputError
from crackcls.network import calibration
from crackcls.network.classifier import load_model
from crackcls.photos.verdict import analyse, decide
from tests import odd_files

pytestmark = pytest.mark.slow

IS_FULL = os.environ.get("CRACKCLS_FULL") == "1"
COUNT = 2000 if IS_FULL else 300
# Larger photos have hundreds of tiles; they are judged only where IS_FULL.
SMALL = 1_000_000
WORDS = {"cracked", "doubtful", "no crack found", "unfamiliar"}
LONGEST_S, MOST_MB, LONGEST_SENTENCE = 20, 1500, 400
STATUS = Path("/proc/self/status")

RED, BLUE = odd_files.RED, odd_files.BLUE
WHITE, BLACK, HALF = (255, 255, 255), (0, 0, 0), (128, 128, 128)
PURE_RED, PURE_BLUE = (255, 0, 0), (0, 0, 255)
SIZE, TALL = odd_files.SIZE, odd_files.SIZE[::-1]
FULL = odd_files.FULL


def judge(content: bytes) -> dict[str, Any]:
    """Do with one file what the product does, in the process that is watched.

    Returns:
        The size, mode and two colours of the photo, or the sentence that refuses it.
    """
    try:
        photo = images.read_photo(content)
    except InputError as error:
        return {"refused": str(error)}
    width, height = photo.size
    words = verdict_on(photo) if IS_FULL or width * height < SMALL else ""
    places = ((width // 4, height // 4), (3 * width // 4, 3 * height // 4))
    return {
        "mode": photo.mode,
        "size": photo.size,
        "colours": [photo.getpixel(place) for place in places],
        "kept": [*photo.info, *photo.getexif()],
        "words": words,
    }


def verdict_on(upright) -> str:
    """Judge a photo with the shipped model."""
    model, known = shipped()
    return decide(analyse(upright, model, known)).words


@cache
def shipped() -> tuple:
    folder = config.PROJECT / "models" / "metu"
    return load_model(folder), calibration.load(folder)


def peak_mb() -> float:
    """Give the most memory that this process has had.

    Linux hands `ru_maxrss` on from the process that started this one, which has TensorFlow.
    """
    if STATUS.exists():
        lines = dict(line.split(":", 1) for line in STATUS.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) / 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def serve() -> None:
    """Judge the files that come by standard input and answer a line for each."""
    source = sys.stdin.buffer
    while head := source.read(8):
        content = source.read(struct.unpack("<Q", head)[0])
        start = time.perf_counter()
        try:
            verdict = judge(content)
        except BaseException as error:
            verdict = {"raised": repr(error)}
        spent = {"seconds": time.perf_counter() - start, "mb": peak_mb()}
        print(json.dumps(verdict | spent), flush=True)


def start(errors: Any) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.test_odd_files"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        cwd=config.PROJECT,
    )


def ask(process: subprocess.Popen, content: bytes) -> dict[str, Any]:
    """Give the answer to one file, or how the process ended over it."""
    begin = time.perf_counter()
    watch = threading.Timer(3 * LONGEST_S, process.kill)
    watch.start()
    try:
        process.stdin.write(struct.pack("<Q", len(content)) + content)
        process.stdin.flush()
        line = process.stdout.readline()
    except BrokenPipeError:
        line = b""
    finally:
        watch.cancel()
    if line:
        return json.loads(line)
    spent = time.perf_counter() - begin
    return {"raised": f"ended with {process.wait()}", "seconds": spent, "mb": 0}


def answers(files: Iterable[tuple[str, bytes]], errors: Any) -> Iterator[tuple[str, dict]]:
    process = start(errors)
    try:
        for name, content in files:
            answer = ask(process, content)
            yield name, answer
            if process.poll() is not None:
                process = start(errors)
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()


@pytest.fixture(scope="module")
def verdicts() -> dict[str, dict[str, Any]]:
    """Judge all files once. What the process says besides is under "stderr"."""
    with tempfile.TemporaryFile() as errors:
        found = dict(answers(odd_files.odd_files(COUNT, seed=0), errors))
        errors.seek(0)
        return {**found, "stderr": {"text": errors.read().decode(errors="replace")}}


@pytest.fixture(scope="module")
def files(verdicts) -> dict[str, dict[str, Any]]:
    return {name: verdict for name, verdict in verdicts.items() if name != "stderr"}


def is_sentence(text: str) -> bool:
    """Whether a text can stand on the page: one line, ended, of a sane length, no insides."""
    insides = ("Traceback", "object at 0x", "/tmp/", "/home/", ".py", "\\")
    ended = text.endswith(".") and len(text) < LONGEST_SENTENCE
    return ended and text.isprintable() and not any(word in text for word in insides)


def is_photo(verdict: dict[str, Any]) -> bool:
    width, height = verdict["size"]
    within = 0 < width * height <= config.MAX_PHOTO_PIXELS
    judged = verdict["words"] in (WORDS if IS_FULL else {*WORDS, ""})
    return verdict["mode"] == "RGB" and within and not verdict["kept"] and judged


def test_the_files_have_names_of_their_own(files):
    assert len(files) == COUNT


def test_each_file_ends_in_a_photo_or_in_a_sentence(files):
    assert {name: v["raised"] for name, v in files.items() if "raised" in v} == {}
    refused = {name: v["refused"] for name, v in files.items() if "refused" in v}
    assert {name: text for name, text in refused.items() if not is_sentence(text)} == {}
    photos = {name: v for name, v in files.items() if "mode" in v}
    assert {name: v for name, v in photos.items() if not is_photo(v)} == {}
    assert min(len(photos), len(refused)) > 50
    assert {v["words"] for v in photos.values()} - {""}, "none was judged"


def test_no_file_takes_long_and_none_much_memory(files):
    assert {name: v["seconds"] for name, v in files.items() if v["seconds"] > LONGEST_S} == {}
    peaks = {name: v["mb"] for name, v in files.items()}
    assert max(peaks.values()) < MOST_MB, next(n for n, mb in peaks.items() if mb > MOST_MB)


def test_no_warning_is_written(verdicts):
    """What libtiff itself writes of damaged files cannot be kept back from Python."""
    lines = verdicts["stderr"]["text"].splitlines()
    assert [line for line in lines if "Warning" in line or ".py" in line] == []


# What a person sees in the upper left quarter and in the lower right quarter.
SEEN = {
    "cmyk.jpg": (SIZE, PURE_RED, BLACK),
    "cmyk.tif": (SIZE, PURE_RED, BLACK),
    "png called.jpg": (SIZE, RED, BLUE),
    "jpeg called.png": (SIZE, RED, BLUE),
    "1-bit.PNG": (SIZE, BLACK, WHITE),
    "1-bit.TIFF": (SIZE, BLACK, WHITE),
    "1-bit.BMP": (SIZE, BLACK, WHITE),
    "1-bit.PPM": (SIZE, BLACK, WHITE),
    "palette.png": (SIZE, WHITE, BLUE),
    "palette.gif": (SIZE, RED, WHITE),
    "alpha.png": (SIZE, RED, WHITE),
    "alpha.webp": (SIZE, RED, WHITE),
    "alpha.avif": (SIZE, RED, WHITE),
    "alpha.heic": (SIZE, RED, WHITE),
    "alpha.tif": (SIZE, RED, WHITE),
    "grey alpha.png": (SIZE, (90, 90, 90), WHITE),
    "ycbcr.tif": (SIZE, RED, BLUE),
    "ycbcr jpeg.tif": (SIZE, RED, BLUE),
    "lab.tif": (SIZE, RED, BLUE),
    "lossless.webp": (SIZE, RED, BLUE),
    "photo.avif": (SIZE, RED, BLUE),
    "photo.heic": (SIZE, RED, BLUE),
    "photo.jp2": (SIZE, RED, BLUE),
    "grid.heic": ((600, 300), RED, BLUE),
    "16-bit.png": (SIZE, HALF, WHITE),
    "16-bit.tif": (SIZE, HALF, WHITE),
    "16-bit.jp2": (SIZE, HALF, WHITE),
    "16-bit.pgm": (SIZE, HALF, WHITE),
    "32-bit.tif": (SIZE, HALF, WHITE),
    "float 1.tif": (SIZE, (64, 64, 64), WHITE),
    "float 9.tif": (SIZE, HALF, WHITE),
    "float nan.tif": (SIZE, BLACK, HALF),
    "float inf.tif": (SIZE, HALF, WHITE),
    "float.pfm": (SIZE, (64, 64, 64), WHITE),
    "12-bit.tif": (SIZE, HALF, WHITE),
    "16-bit rgb.png": (SIZE, (128, 0, 0), PURE_BLUE),
    "16-bit clear.png": (SIZE, (128, 0, 0), WHITE),
    "16-bit grey clear.png": (SIZE, HALF, WHITE),
    "16-bit rgb.tif": (SIZE, (128, 0, 0), PURE_BLUE),
    "10 of 15.ppm": (SIZE, (170, 0, 0), BLACK),
    "12 of 16.pgm": (SIZE, HALF, WHITE),
    "plain.pgm": (SIZE, HALF, WHITE),
    "plain.pbm": (SIZE, BLACK, WHITE),
    **{f"frames.{kind}": (SIZE, RED, BLUE) for kind in ("WEBP", "MPO", "TIFF", "PNG", "GIF")},
    "frames.heic": (SIZE, RED, BLUE),
    "large frames.webp": ((3000, 2000), RED, RED),
    "large frames.gif": ((3000, 2000), RED, RED),
    "turned 1.jpg": (SIZE, RED, BLUE),
    "turned 2.jpg": (SIZE, BLUE, RED),
    "turned 3.jpg": (SIZE, BLUE, RED),
    "turned 4.jpg": (SIZE, RED, BLUE),
    "turned 5.jpg": (TALL, RED, BLUE),
    "turned 6.jpg": (TALL, RED, BLUE),
    "turned 7.jpg": (TALL, BLUE, RED),
    "turned 8.jpg": (TALL, BLUE, RED),
    "turned 9.jpg": (SIZE, RED, BLUE),
    "turned 6.tif": (TALL, RED, BLUE),
    "turned 6.heic": (TALL, RED, BLUE),
    "cut exif.jpg": (SIZE, RED, BLUE),
    "no exif.jpg": (SIZE, RED, BLUE),
    "empty exif.jpg": (SIZE, RED, BLUE),
    "endless exif.jpg": (SIZE, RED, BLUE),
    "no exif.png": (SIZE, RED, BLUE),
    "no exif.webp": (SIZE, RED, BLUE),
    "cmyk profile.jpg": (SIZE, (0, 170, 0), WHITE),
    "cmyk profile.tif": (SIZE, (0, 170, 0), WHITE),
    "grey profile.png": (SIZE, (99, 99, 99), WHITE),
    "grey alpha profile.png": (SIZE, (99, 99, 99), WHITE),
    "grey profile on rgb.png": (SIZE, RED, BLUE),
    "cmyk profile on rgb.jpg": (SIZE, RED, BLUE),
    "grey profile on cmyk.tif": (SIZE, PURE_RED, WHITE),
    "palette profile.png": (SIZE, RED, BLUE),
    "rgb profile on grey.png": (SIZE, HALF, WHITE),
    **{
        f"{name} profile.{ending}": (SIZE, *seen)
        for name in ("cut", "garbage", "tiny", "endless", "no tags")
        for ending, seen in {"jpg": (PURE_RED, WHITE), "png": (RED, BLUE)}.items()
    },
    "1 x 1.JPEG": ((1, 1), RED, RED),
    "1 x 1.heic": ((1, 1), RED, RED),
    "20000 x 10.JPEG": ((20_000, 10), RED, RED),
    "10 x 20000.PNG": ((10, 20_000), RED, RED),
    "60000000 x 1.png": ((60_000_000, 1), WHITE, WHITE),
    "1 x 4000000.png": ((1, 4_000_000), WHITE, WHITE),
    "interlaced.png": ((8, 8), (90, 90, 90), (90, 90, 90)),
    "progressive.jpg": (SIZE, RED, BLUE),
    "restarts.jpg": (SIZE, RED, BLUE),
    "tiled.tif": ((60, 30), (90, 90, 90), (90, 90, 90)),
    "tiff_lzw.tif": (SIZE, RED, BLUE),
    "group4.tif": (SIZE, BLACK, WHITE),
    "long comment.jpg": (SIZE, RED, BLUE),
    "long comment.gif": (SIZE, (90, 90, 90), (200, 200, 200)),
    "long xmp.webp": (SIZE, RED, BLUE),
    "long exif.png": (SIZE, RED, BLUE),
    "many chunks.png": (SIZE, RED, BLUE),
    "full 1-bit.png": (FULL, WHITE, WHITE),
    "full palette.png": (FULL, BLUE, BLUE),
    "full rgb.png": (FULL, RED, RED),
    "full alpha.png": (FULL, RED, RED),
    "full grey alpha.png": (FULL, (80, 80, 80), (80, 80, 80)),
    "full 16-bit.png": (FULL, HALF, HALF),
    "full turned.jpg": (FULL[::-1], (90, 90, 90), (90, 90, 90)),
    "full.gif": (FULL, (90, 90, 90), (90, 90, 90)),
    "full 1-bit.tif": (FULL, WHITE, WHITE),
    "full float.tif": (FULL, (64, 64, 64), (64, 64, 64)),
    "full.webp": ((16_000, 3100), (253, 247, 247), (253, 247, 247)),
    "full.jp2": ((8000, 4900), (90, 90, 90), (90, 90, 90)),
}


@pytest.mark.parametrize("name", SEEN)
def test_an_odd_photo_shows_what_a_person_sees(files, name):
    size, left, right = SEEN[name]
    verdict = files[name]
    assert verdict.get("size") == list(size), verdict
    for colour, wanted in zip(verdict["colours"], (left, right), strict=True):
        assert colour == pytest.approx(wanted, abs=9)


TOO_MANY, DAMAGED, NOT_OPENED = "at most 80,000,000", "be complete", "one that can be opened"
REFUSED = {
    "empty.jpg": "has 0 bytes",
    "one byte.jpg": "of a format that is not known here",
    "zeros.png": "nothing but zeros",
    "text.jpg": "this one is a text",
    "page.jpg": "a web page",
    "drawing.jpg": "a drawing (SVG)",
    "paper.jpg": "a PDF document",
    "archive.jpg": "a ZIP archive",
    "script.jpg": "a PostScript drawing",
    "icon.jpg": "an icon",
    "movie.heic": "a video",
    "letters.tif": "this one is a text",
    "samples.tif": DAMAGED,
    **dict.fromkeys(
        ["bad maxval.ppm", "iCCP.png", "zTXt.png", "iTXt.png", "itself.tif", "bomb.AVIF"],
        NOT_OPENED,
    ),
    "too large.jpg": "at most 26,214,400 bytes (25 MB)",
    **{f"bomb.{kind}": TOO_MANY for kind in ("JPEG", "GIF", "BMP", "HEIF", "PNG", "tif")},
    **{f"beyond.{kind}": "10000 x 8001" for kind in ("JPEG", "GIF", "BMP", "AVIF", "HEIF", "PNG")},
    "bomb.JPEG2000": TOO_MANY,
    "beyond.JPEG2000": "at most 40,000,000 pixels (40 megapixels)",
    "bomb.ppm": TOO_MANY,
    "bomb.pgm": TOO_MANY,
    "65 megapixels.webp": "at most 50,000,000 pixels (50 megapixels)",
    "beyond by one row.png": "10000 x 8001 pixels, which are 80,010,000",
    "tile.tif": "1 parts of 600,000,000",
    "strips.tif": "2,000,000 parts",
    "segments.jpg": "1,000 segments",
    "scans.jpg": "100 scans",
    "cut at the end.JPEG": DAMAGED,
    "cut at 1 in 2.PNG": DAMAGED,
    "cut at 1 in 2.HEIF": DAMAGED,
    "cut at 1 in 2.BMP": DAMAGED,
    "larger.HEIF": DAMAGED,
    "larger grid.heic": DAMAGED,
    "smaller.HEIF": DAMAGED,
    "larger.BMP": DAMAGED,
    "codestream.jp2": DAMAGED,
    "runs.bmp": DAMAGED,
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_no_photo_is_refused_with_the_reason(files, name):
    assert REFUSED[name] in files[name].get("refused", "")


if __name__ == "__main__":
    serve()
